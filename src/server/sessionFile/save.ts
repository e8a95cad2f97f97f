/**
 * Writes a session as a file of its own, streamed: beside its place first, durable, then moved there
 * whole. An existing file is replaced only when it is asked for.
 */
import { createHash, randomUUID } from 'node:crypto';
import { constants, copyFile, link, open, rename, rm, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, MultipathError } from '../../core/errors.ts';
import {
  encodeLine,
  FORMAT,
  recordLines,
  VERSION,
  type SessionFileLine,
} from '../../export/sessionFile.ts';
import {
  factContents,
  logContents,
  logsOfSession,
  type LogContents,
} from '../../store/sessionContents.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import type { SessionPosition } from '../../store/transcripts.ts';

export interface SaveRequest {
  readonly title: string;
  readonly file: string;
  readonly overwrite: boolean;
  readonly now: number;
}

const CHUNK_BYTES = 1024 * 1024;

/**
 * Returns the file's size in bytes.
 * @throws MultipathError `bad-request` for a relative path or an existing file, `not-found` where the
 *   session is removed meanwhile, `io`, and what reading damaged records throws; nothing is left
 *   behind then
 */
export async function saveSession(
  core: StoreCore,
  position: SessionPosition,
  { title, file, overwrite, now }: SaveRequest,
): Promise<number> {
  if (!path.isAbsolute(file)) {
    throw new MultipathError('bad-request', `Give the whole path of the file, not “${file}”.`);
  }
  // As they are now: what the agent adds meanwhile is not part of the copy.
  const logs = logsOfSession(core.outlines, position).flatMap((log) => {
    const contents = logContents(core.database, log);
    return contents ? [{ log, contents }] : [];
  });
  const beside = `${file}.${randomUUID()}.part`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    let bytes: number;
    try {
      const lines = new LineFile(handle);
      await lines.write({
        type: FORMAT,
        version: VERSION,
        sessionId: position.sessionId,
        title,
        savedAt: now,
      });
      for (const { log, contents } of logs) await writeLog(core, log, contents, lines);
      bytes = await lines.end();
      await handle.sync();
    } finally {
      await handle.close();
    }
    if (overwrite) await rename(beside, file);
    else await moveToNew(beside, file);
    return bytes;
  } catch (error) {
    await rm(beside, { force: true });
    if (error instanceof MultipathError) throw error;
    throw new MultipathError('io', `Writing ${file} failed: ${messageOf(error)}`, { cause: error });
  }
}

async function writeLog(
  { database, records }: StoreCore,
  log: number,
  contents: LogContents,
  lines: LineFile,
): Promise<void> {
  await lines.write({ type: 'log', ...contents, sessions: [...contents.sessions] });
  let written = 0;
  for await (const batch of records.readAll(log)) {
    for (const bytes of batch.slice(0, contents.records - written)) {
      for (const line of recordLines(bytes)) await lines.write(line);
      written++;
    }
  }
  if (written < contents.records) {
    throw new MultipathError('not-found', 'The session was removed while it was being saved.');
  }
  const sessions = contents.native
    ? [contents.native.sessionId]
    : contents.sessions.map(({ id }) => id);
  for (const id of sessions) {
    const facts = factContents(database, id);
    if (facts) await lines.write({ type: 'facts', ...facts, tags: [...facts.tags] });
  }
}

/** Takes the name only if nobody has it. */
async function moveToNew(beside: string, file: string): Promise<void> {
  try {
    // Not every file system knows links; a copy refuses to overwrite as well.
    await link(beside, file).catch((error: unknown) => {
      if (codeOf(error) === 'EEXIST') throw error;
      return copyFile(beside, file, constants.COPYFILE_EXCL);
    });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw new MultipathError('bad-request', `${file} exists. Choose another name.`, {
      cause: error,
    });
  }
  await rm(beside);
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/** Lines on their way to a file, counted and hashed. */
class LineFile {
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #chunk: Buffer[] = [];
  #chunkBytes = 0;
  #lines = 0;
  #bytes = 0;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(line: SessionFileLine): Promise<void> {
    const bytes = Buffer.from(encodeLine(line), 'utf8');
    this.#hash.update(bytes);
    this.#lines++;
    this.#bytes += bytes.length;
    this.#chunkBytes += bytes.length;
    this.#chunk.push(bytes);
    if (this.#chunkBytes >= CHUNK_BYTES) await this.#flush();
  }

  async end(): Promise<number> {
    const sha256 = this.#hash.copy().digest('hex');
    await this.write({ type: 'end', lines: this.#lines, sha256 });
    await this.#flush();
    return this.#bytes;
  }

  async #flush(): Promise<void> {
    const bytes = Buffer.concat(this.#chunk);
    this.#chunk = [];
    this.#chunkBytes = 0;
    let at = 0;
    while (at < bytes.length) at += (await this.#handle.write(bytes, at)).bytesWritten;
  }
}
