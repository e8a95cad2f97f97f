/**
 * Cuts a JSONL file into records without looking further into it than it must. Invariant: the
 * records of a file, one after the other, are the file's bytes. A record is a line with its `\n`;
 * an unterminated tail is a record too, and so is each part of a line that was glued together from
 * several objects (an agent appended to a file whose last line had lost its `\n`), because every
 * message needs a record, and with it an anchor, of its own. Works on bytes: U+2028 ends no line.
 */
import { chunksOf, openForReading, type OpenFile } from './byteSource.ts';
import { asBuffer } from './json.ts';

export interface LogRecord {
  /** Position in the file, counted in records from 0. */
  readonly seq: number;
  /** Verbatim, terminator included. A view: copy it to keep it without its neighbours. */
  readonly bytes: Uint8Array;
  /** Where the record starts in the file, in bytes. */
  readonly offset: number;
  /** False for an unterminated tail, which the agent may still be writing. */
  readonly complete: boolean;
}

/** A record is cut here even without an end of line, so that no file can fill the memory. */
export const MAX_RECORD_BYTES = 128 * 1024 * 1024;

const NUL = 0x00;
const NEWLINE = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
/** Drops a byte order mark. */
const decoder = new TextDecoder();

/** Cuts chunks of any size into records, which may be views of them. */
export interface Splitter {
  /** The records that `chunk` completes. */
  push(chunk: Uint8Array): Uint8Array[];
  /** What is left. */
  end(): Uint8Array[];
}

/** Cuts chunks of any size into records; `end` returns what is left without a terminator. */
export class RecordSplitter implements Splitter {
  readonly #maxBytes: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;

  constructor(maxBytes = MAX_RECORD_BYTES) {
    this.#maxBytes = maxBytes;
  }

  /** The records that `chunk` completes. They may be views of it. */
  push(chunk: Uint8Array): Uint8Array[] {
    const records: Uint8Array[] = [];
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline === -1) break;
      const line = chunk.subarray(start, newline + 1);
      if (this.#pending.length === 0 && !mayBeGlued(line)) {
        records.push(line); // As nearly all are: without a list of its own.
      } else {
        this.#keep(line);
        records.push(...this.#take());
      }
      start = newline + 1;
    }
    this.#keep(chunk.subarray(start));
    if (this.#pendingBytes >= this.#maxBytes) records.push(...this.#take());
    return records;
  }

  /** The unterminated rest, nothing when the last byte was a `\n`. */
  end(): Uint8Array[] {
    return this.#take();
  }

  #keep(part: Uint8Array): void {
    if (part.length === 0) return;
    this.#pending.push(part);
    this.#pendingBytes += part.length;
  }

  #take(): Uint8Array[] {
    const [only] = this.#pending;
    if (!only) return [];
    const line = this.#pending.length === 1 ? only : Buffer.concat(this.#pending);
    this.#pending = [];
    this.#pendingBytes = 0;
    return splitGlued(line);
  }
}

/**
 * Cuts a line at the seams of glued objects: after a `}` that closes the outermost object, before
 * the next `{`, and after a run of NULs (a crash leaves them, and no JSON holds one). One pass.
 */
export function splitGlued(line: Uint8Array): Uint8Array[] {
  if (!mayBeGlued(line)) return [line];
  const parts: Uint8Array[] = [];
  let start = 0;
  let sound = true;
  for (const seam of seamsOf(line)) {
    // Behind a torn object braces and quotes have lost their meaning up to the next NUL.
    if (seam.afterNul) sound = true;
    else if (sound) sound = isJson(line.subarray(start, seam.at));
    if (!sound) continue;
    parts.push(line.subarray(start, seam.at));
    start = seam.at;
  }
  parts.push(line.subarray(start));
  return parts;
}

function mayBeGlued(line: Uint8Array): boolean {
  const bytes = asBuffer(line);
  return bytes.includes('}{') || bytes.includes(NUL);
}

interface Seam {
  readonly at: number;
  readonly afterNul: boolean;
}

function seamsOf(line: Uint8Array): Seam[] {
  const seams: Seam[] = [];
  let depth = 0;
  let inString = false;
  let closed = false;
  let afterNul = false;
  for (let at = 0; at < line.length; at++) {
    const byte = line[at];
    if (byte === NUL) {
      closed ||= depth > 0 || inString;
      afterNul = closed;
      depth = 0;
      inString = false;
    } else if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) {
      inString = true;
    } else if (byte === OPEN) {
      if (depth === 0 && closed) seams.push({ at, afterNul });
      if (depth === 0) closed = afterNul = false;
      depth++;
    } else if (byte === CLOSE && depth > 0) {
      depth--;
      closed = depth === 0;
    } else if (depth === 0 && closed && !isSpace(byte)) {
      // What follows is no second object, so the line is not glued but broken: leave it whole.
      closed = false;
    }
  }
  return seams;
}

function isJson(bytes: Uint8Array): boolean {
  try {
    JSON.parse(decoder.decode(bytes).replaceAll('\0', ''));
    return true;
  } catch {
    return false; // The answer, not a failure.
  }
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}

export interface ReadOptions {
  /** Continue here: `offset` in bytes at the start of a record, which gets number `seq`. */
  readonly start?: { readonly offset: number; readonly seq: number };
  readonly chunkBytes?: number;
  /** What cuts the file; lines of JSON where it is absent. */
  readonly splitter?: Splitter;
  readonly signal?: AbortSignal;
}

/**
 * Reads a file's records in batches, holding one chunk and one record in memory. Opens the file
 * for reading only.
 *
 * @throws the system's error when the file cannot be opened or read, a MultipathError when it
 *   cannot be unpacked; the signal's when aborted.
 */
export async function* readRecords(
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<readonly LogRecord[]> {
  const file = await openForReading(path);
  try {
    yield* recordsOf(file, path, options);
  } finally {
    await file.close();
  }
}

/** As `readRecords`, of a file that is open and stays so. */
export async function* recordsOf(
  file: OpenFile,
  path: string,
  options: ReadOptions = {},
): AsyncGenerator<readonly LogRecord[]> {
  const { start = { offset: 0, seq: 0 }, chunkBytes, signal } = options;
  const { splitter = new RecordSplitter() } = options;
  let { seq, offset } = start;
  const place = (parts: readonly Uint8Array[], ended: boolean): LogRecord[] =>
    parts.map((bytes, index) => {
      const complete = !ended || index < parts.length - 1 || bytes.at(-1) === NEWLINE;
      const record = { seq: seq++, bytes, offset, complete };
      offset += bytes.length;
      return record;
    });
  for await (const chunk of chunksOf(file, path, start.offset, chunkBytes)) {
    signal?.throwIfAborted();
    const batch = place(splitter.push(chunk), false);
    if (batch.length > 0) yield batch;
  }
  signal?.throwIfAborted();
  const tail = place(splitter.end(), true);
  if (tail.length > 0) yield tail;
}
