/**
 * The file of a session that its agent deleted, put back where it was with the bytes it had. Where
 * the agent's folder is elsewhere now, the file goes to the same place in that one.
 */
import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Agent } from '../../agents/agent.ts';
import { MultipathError } from '../../core/errors.ts';
import { number, text, textOrNull } from '../../store/database.ts';
import { LogFiles } from '../../store/logFiles.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import { exists, writeNewFile } from './newFile.ts';

/** Folders that agents keep sessions in, below their own. */
const KEPT_IN: Readonly<Record<string, readonly string[]>> = {
  'claude-code': ['projects'],
  codex: ['sessions', 'archived_sessions'],
  pi: ['sessions'],
  gemini: ['tmp'],
  'vscode-chat': ['workspaceStorage', 'globalStorage'],
};
const COMPRESSED = /\.zst$/i;

export interface LostFile {
  readonly log: number;
  readonly records: number;
  readonly agent: string;
  /** Where it was. */
  readonly path: string;
  /** Where it goes. */
  readonly target: string;
  readonly notes: readonly string[];
}

/**
 * The file of a log.
 * @param begun where the same request began to write it before: what stands there may be that
 * @throws MultipathError `not-found` for a log without a file, `bad-request` while it is there
 */
export async function lostFile(
  core: StoreCore,
  log: number,
  agent: Agent,
  roots: readonly string[],
  begun?: string,
): Promise<LostFile> {
  const row = core.database.get(
    `SELECT num, path, record_count FROM log WHERE superseded = 0
       AND path = (SELECT path FROM log WHERE num = ?)`,
    [log],
  );
  const file = row && textOrNull(row, 'path');
  const records = row ? number(row, 'record_count') : 0;
  if (!row || file === undefined || records === 0) {
    throw new MultipathError('not-found', 'No file of an agent belongs to this session.');
  }
  if (file !== begun && (await exists(file))) {
    throw new MultipathError('bad-request', `The file of this session is there: ${file}.`);
  }
  const plain = file.replace(COMPRESSED, '');
  const target = placeFor(plain, agent.id, roots);
  if (target !== file && target !== begun && (await exists(target))) {
    throw new MultipathError('bad-request', `There is a file at ${target}. It was left as it is.`);
  }
  const notes: string[] = [];
  if (plain !== file) notes.push('It was compressed and is written uncompressed.');
  if (target !== plain)
    notes.push(`Its folder was ${path.dirname(file)}; ${agent.label} looks elsewhere now.`);
  if (agent.id === 'vscode-chat') {
    notes.push(
      'VS Code lists a chat that was restored only after the window is reloaded, and only if its own index still names it.',
    );
  }
  return { log: number(row, 'num'), records, agent: agent.id, path: file, target, notes };
}

/** Where it was, if the agent still looks there; else the same place below where it looks now. */
function placeFor(file: string, agent: string, roots: readonly string[]): string {
  const [root] = roots;
  if (root === undefined || roots.some((one) => isBelow(file, one))) return file;
  const parts = file.split(/[\\/]/);
  const kept = KEPT_IN[agent] ?? [];
  const marker = parts.findLastIndex((part) => kept.includes(part));
  const tail = marker === -1 ? parts.slice(-1) : parts.slice(marker);
  return path.basename(root) === tail[0]
    ? path.join(root, ...tail.slice(1))
    : path.join(root, ...tail);
}

function isBelow(file: string, folder: string): boolean {
  const relative = path.relative(folder, file);
  return relative !== '' && !relative.startsWith('..') && !path.isAbsolute(relative);
}

/**
 * Returns the file's size in bytes. What a process wrote that ended before it had noted so is not
 * written again.
 * @throws MultipathError as `writeNewFile`; `not-found` where the session is removed meanwhile
 */
export async function writeBack(core: StoreCore, lost: LostFile): Promise<number> {
  const { path: from, target } = lost;
  const bytes =
    (await sizeIfWritten(core, lost)) ?? (await writeNewFile(target, recordsOf(core, lost)));
  const files = new LogFiles(core.database);
  core.database.transaction(() => {
    if (target === from) files.setGone([from], undefined);
    else files.move(from, target);
  });
  await core.commits.durable();
  return bytes;
}

/** Bytes of the file where it is there and says what is to be written. */
async function sizeIfWritten(core: StoreCore, lost: LostFile): Promise<number | undefined> {
  if (!(await exists(lost.target))) return undefined;
  const file = await open(lost.target, 'r');
  try {
    let size = 0;
    for await (const record of recordsOf(core, lost)) {
      const there = Buffer.alloc(record.length);
      const { bytesRead } = await file.read(there, 0, there.length, size);
      if (bytesRead < record.length || !there.equals(record)) return undefined;
      size += record.length;
    }
    return (await file.stat()).size === size ? size : undefined;
  } finally {
    await file.close();
  }
}

async function* recordsOf(core: StoreCore, { log, records }: LostFile): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const batch of core.records.readAll(log)) {
    yield* batch;
    read += batch.length;
  }
  if (read < records) {
    throw new MultipathError('not-found', 'The session was removed while it was being restored.');
  }
}

/** The agent that a log is of, by its stored id. */
export function agentOfLog(core: StoreCore, log: number): string {
  const row = core.database.get('SELECT agent FROM log WHERE num = ?', [log]);
  return row ? text(row, 'agent') : '';
}
