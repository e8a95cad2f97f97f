/**
 * The bytes of an agent's file, as the agent wrote them: a compressed file is unpacked on the way.
 * Files are opened for reading only.
 */
import { open as openFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import * as zlib from 'node:zlib';
import { MultipathError } from '../core/errors.ts';
import { isCompressed } from './walk.ts';

/** As much of a file as reading needs: a test that counts bytes has its own. */
export interface OpenFile {
  stat(): Promise<FileStatus>;
  read(
    buffer: Uint8Array,
    offset: number,
    length: number,
    position: number,
  ): Promise<{ readonly bytesRead: number }>;
  close(): Promise<void>;
}

/** What tells a file that only grew from another one. */
export interface FileStatus {
  readonly dev: number;
  readonly ino: number;
  readonly size: number;
  readonly mtimeMs: number;
}

export type FileOpener = (path: string) => Promise<OpenFile>;

export const openForReading: FileOpener = (path) => openFile(path, 'r');

const CHUNK_BYTES = 1024 * 1024;
const LEAST_CHUNK = 16 * 1024;

/**
 * The file's bytes from `position` on, in chunks that are not used again.
 * @throws the system's error when it cannot be read; MultipathError `unavailable` for a compressed
 *   file that this Node.js cannot unpack, `corrupt-file` for one that is not whole
 */
export async function* chunksOf(
  file: OpenFile,
  path: string,
  position: number,
  chunkBytes = CHUNK_BYTES,
): AsyncGenerator<Uint8Array> {
  if (!isCompressed(path)) {
    yield* rawChunks(file, position, chunkBytes);
    return;
  }
  let left = position;
  for await (const chunk of unpacked(file, path, chunkBytes)) {
    if (left < chunk.length) yield chunk.subarray(left);
    left = Math.max(0, left - chunk.length);
  }
}

async function* rawChunks(
  file: OpenFile,
  from: number,
  chunkBytes: number,
): AsyncGenerator<Uint8Array> {
  const { size } = await file.stat();
  // Most files are small: room for all of one, and to see that it has ended.
  const room = Math.min(chunkBytes, Math.max(LEAST_CHUNK, size - from + 1));
  let position = from;
  let chunk = Buffer.allocUnsafe(room);
  let used = 0;
  const read = (): ReturnType<OpenFile['read']> => {
    const reading = file.read(chunk, used, chunk.length - used, position);
    // Who stopped asking does not hear of it; who goes on awaits it.
    reading.catch(() => undefined);
    return reading;
  };
  // One read is always under way, so that the disk is not waited for while a chunk is worked on.
  let next = read();
  for (;;) {
    const { bytesRead } = await next;
    if (bytesRead === 0) return;
    const bytes = chunk.subarray(used, used + bytesRead);
    position += bytesRead;
    used += bytesRead;
    if (used === chunk.length) {
      chunk = Buffer.allocUnsafe(room);
      used = 0;
    }
    next = read();
    yield bytes;
  }
}

async function* unpacked(
  file: OpenFile,
  path: string,
  chunkBytes: number,
): AsyncGenerator<Uint8Array> {
  const decoder = zstdDecoder(path);
  const source = Readable.from(rawChunks(file, 0, chunkBytes));
  source.on('error', (error) => decoder.destroy(error));
  source.pipe(decoder);
  try {
    for await (const chunk of decoder) yield chunk as Buffer;
  } catch (error) {
    if (!isZlibError(error)) throw error;
    throw new MultipathError('corrupt-file', `${path} is compressed and not whole.`, {
      cause: error,
    });
  } finally {
    source.destroy();
    decoder.destroy();
  }
}

/** Node.js has it from 22.15 on. */
function zstdDecoder(path: string): zlib.ZstdDecompress {
  const { createZstdDecompress } = zlib as Partial<typeof zlib>;
  if (createZstdDecompress) return createZstdDecompress();
  throw new MultipathError(
    'unavailable',
    `${path} is compressed with Zstandard, which the Node.js in this version of VS Code (${process.version}) cannot read. Update VS Code, or unpack the file with “unzstd”.`,
  );
}

function isZlibError(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^ZSTD_|^Z_/.test(String(error.code));
}
