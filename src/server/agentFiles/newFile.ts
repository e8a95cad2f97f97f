/**
 * Puts a new file into an agent's folder: written beside its place under a name that no agent reads,
 * durable, then given its own name in one step that fails where the name is taken. Wherever this is
 * cut short, there is the whole file or none; a part that was left is removed by the next attempt.
 */
import { link, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf, MultipathError } from '../../core/errors.ts';

/** What is asked of the disk, so that tests can cut it short at each step. */
export interface NewFileDisk {
  readonly mkdir: typeof mkdir;
  readonly open: typeof open;
  readonly link: typeof link;
  readonly rename: typeof rename;
  readonly rm: typeof rm;
  readonly stat: typeof stat;
}

export const nodeDisk: NewFileDisk = { mkdir, open, link, rename, rm, stat };

const CHUNK_BYTES = 1 << 20;
/** What file systems say that know no second name for a file. */
const NO_LINKS: ReadonlySet<unknown> = new Set([
  'EPERM',
  'ENOSYS',
  'ENOTSUP',
  'EOPNOTSUPP',
  'EMLINK',
  'EXDEV',
]);

/** By file: who writes it now. A part has one name, so two at a time would take each other's. */
const underWay = new Map<string, Promise<number>>();

/** Where a file stands until it is whole. Agents look for `.jsonl` and `.json` at the end. */
export function partOf(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.part`);
}

/**
 * Writes the file; its folder is made where it is missing. Returns its size in bytes.
 * @throws MultipathError `bad-request` when there is a file of that name, `io` for what the disk says
 */
export async function writeNewFile(
  file: string,
  chunks: AsyncIterable<Uint8Array | string>,
  disk: NewFileDisk = nodeDisk,
): Promise<number> {
  const write = (): Promise<number> => writeAlone(file, chunks, disk);
  const before = underWay.get(file);
  const result = before ? before.then(write, write) : write();
  underWay.set(file, result);
  try {
    return await result;
  } finally {
    if (underWay.get(file) === result) underWay.delete(file);
  }
}

async function writeAlone(
  file: string,
  chunks: AsyncIterable<Uint8Array | string>,
  disk: NewFileDisk,
): Promise<number> {
  const beside = partOf(file);
  try {
    await disk.mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
    if (await exists(file, disk)) throw taken(file);
    await disk.rm(beside, { force: true });
    const bytes = await writePart(beside, chunks, disk);
    await giveName(beside, file, disk);
    await syncFolder(path.dirname(file), disk);
    return bytes;
  } catch (error) {
    await disk.rm(beside, { force: true });
    if (error instanceof MultipathError) throw error;
    throw new MultipathError('io', `Writing ${file} failed: ${messageOf(error)}`, { cause: error });
  }
}

async function writePart(
  beside: string,
  chunks: AsyncIterable<Uint8Array | string>,
  disk: NewFileDisk,
): Promise<number> {
  const handle = await disk.open(beside, 'wx', 0o600);
  try {
    let total = 0;
    let waiting: Buffer[] = [];
    let size = 0;
    const flush = async (): Promise<void> => {
      const bytes = Buffer.concat(waiting);
      let at = 0;
      while (at < bytes.length) at += (await handle.write(bytes, at)).bytesWritten;
      total += bytes.length;
      [waiting, size] = [[], 0];
    };
    for await (const chunk of chunks) {
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : Buffer.from(chunk);
      waiting.push(bytes);
      size += bytes.length;
      if (size >= CHUNK_BYTES) await flush();
    }
    await flush();
    await handle.sync();
    return total;
  } finally {
    await handle.close();
  }
}

async function giveName(beside: string, file: string, disk: NewFileDisk): Promise<void> {
  try {
    await disk.link(beside, file);
  } catch (error) {
    if (codeOf(error) === 'EEXIST') throw taken(file, error);
    if (!NO_LINKS.has(codeOf(error))) throw error;
    // The name is new, so nobody takes it between this look and the next line.
    if (await exists(file, disk)) throw taken(file, error);
    await disk.rename(beside, file);
    return;
  }
  await disk.rm(beside, { force: true });
}

/** The name is on disk too. Not every system lets a folder be opened. */
async function syncFolder(folder: string, disk: NewFileDisk): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await disk.open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

export async function exists(
  file: string,
  disk: Pick<NewFileDisk, 'stat'> = nodeDisk,
): Promise<boolean> {
  try {
    await disk.stat(file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return false;
    throw error;
  }
}

function taken(file: string, cause?: unknown): MultipathError {
  return new MultipathError(
    'bad-request',
    `There is a file at ${file} already. It was left as it is.`,
    ...(cause === undefined ? [] : [{ cause }]),
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
