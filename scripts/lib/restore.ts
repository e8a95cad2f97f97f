/**
 * Writes agents' files back from what the store kept of them, so that bytes can be compared. The
 * files go through a whole store in a temporary folder: read, taken in, archived, read back.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Agent } from '../../src/agents/agent.ts';
import { readFile } from '../../src/server/fileReading.ts';
import { appendBatch, beginLog, finishLog } from '../../src/server/fileSink.ts';
import { openStoreOver } from '../../src/server/openLocalStore.ts';
import type { StoreCore } from '../../src/store/storeCore.ts';

export interface RestoreRequest {
  readonly agent: Agent;
  readonly path: string;
  /** Where it goes, below the output folder. */
  readonly target: string;
}

/** Fails with the system's error when a file cannot be read, or one to be written exists already. */
export async function restore(requests: readonly RestoreRequest[], out: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'multipath-restore-'));
  const core = await openStoreOver({ storePath: folder, hotBytes: 1, readOnly: false });
  try {
    for (const request of requests) await restoreOne(core, request, out);
  } finally {
    core.access.dispose();
    core.database.close();
    core.archive.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function restoreOne(core: StoreCore, request: RestoreRequest, out: string): Promise<void> {
  const { agent, path: file } = request;
  const { size, mtimeMs } = await stat(file);
  const log = beginLog(core, agent.id, file, Date.now());
  const derived = await readFile(
    agent,
    file,
    undefined,
    (batch) => appendBatch(core, log, batch),
    () => undefined,
    new AbortController().signal,
  );
  await finishLog(core, log, { path: file, bytes: size, modifiedAt: mtimeMs }, derived);
  core.database.flush();
  await core.moves.archive(log, { sessionId: '', rule: 'asked', reason: 'restore' });

  const target = path.join(out, request.target);
  await mkdir(path.dirname(target), { recursive: true });
  const bytes = Readable.from(records(core, log));
  await pipeline(bytes, createWriteStream(target, { flags: 'wx', mode: 0o600 }));
}

async function* records(core: StoreCore, log: number): AsyncGenerator<Uint8Array> {
  for await (const batch of core.records.readAll(log)) yield Buffer.concat(batch);
}
