/**
 * Reads one agent's file: every record goes to the reader, records that the store does not have go
 * out in batches, each with a checkpoint. Holds one batch at a time.
 *
 * A reading can go on where it stopped when the file has only grown since: from the start of its
 * last unfinished line, so that an append costs what was appended, whatever stands before it.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Agent } from '../agents/agent.ts';
import { openForReading, type FileStatus, type OpenFile } from '../agents/byteSource.ts';
import { recordsOf, type LogRecord } from '../agents/jsonl.ts';
import { isCompressed } from '../agents/walk.ts';
import type { LogReader } from '../core/reader.ts';
import { encodeLog, type EncodedLog } from '../store/encodedLog.ts';
import type { FileState } from '../store/ingest/ingest.ts';
import type { Checkpoint } from '../store/logs.ts';

/** A batch goes out as soon as it has so many. */
export const BATCH_BYTES = 1024 * 1024;
const BATCH_RECORDS = 1024;
const NEWLINE = 0x0a;
/** By how many bytes at its beginning, and before where reading stopped, a file is known again. */
const HEAD_BYTES = 1024;
const TAIL_BYTES = 256;
export const NOTHING_READ: Checkpoint = { terminatedCount: 0, terminatedBytes: 0, prefixHash: '' };

export interface Batch {
  readonly firstSeq: number;
  readonly records: readonly Uint8Array[];
  /** Bytes of the file up to the end of the batch. */
  readonly byteCount: number;
  readonly checkpoint: Checkpoint;
}

export interface ReadingSteps {
  /** Awaited before reading on. */
  readonly onBatch: (batch: Batch) => Promise<void>;
  readonly signal: AbortSignal;
}

/** Thrown to start over: the file's beginning is not what was read before. */
export class Rewritten extends Error {}

/** The start of a line, and the hash of all that stands before it. */
interface LineStart {
  readonly seq: number;
  readonly offset: number;
  readonly hash: Hash;
}

export class Reading {
  readonly #agent: Agent;
  readonly #path: string;
  readonly #reader: LogReader;
  #line: LineStart = { seq: 0, offset: 0, hash: createHash('sha256') };
  #records = 0;
  #head = new Uint8Array();
  #tail = new Uint8Array();
  #checkpoint = NOTHING_READ;
  /** The file when reading stopped; its time is NaN where it went on growing meanwhile. */
  #status: FileStatus | undefined;

  constructor(agent: Agent, path: string) {
    this.#agent = agent;
    this.#path = path;
    this.#reader = agent.createReader(path);
  }

  /** Records read so far: what the reader keeps grows with them. */
  get records(): number {
    return this.#records;
  }

  derive(): EncodedLog {
    return encodeLog(this.#reader.finish());
  }

  /** The file as it was when all of it was read; `undefined` where it went on growing meanwhile. */
  get fileState(): FileState | undefined {
    const status = this.#status;
    if (!status || Number.isNaN(status.mtimeMs)) return undefined;
    return { bytes: status.size, modifiedAt: Math.round(status.mtimeMs) };
  }

  /** True when reading may go on: the file is the same one, and all that was read is still in it. */
  async goesOn(file: OpenFile, known: Checkpoint): Promise<boolean> {
    const before = this.#status;
    // A document is rewritten as a whole; of a compressed file no part can be read by itself.
    if (!before || !/\.jsonl$/i.test(this.#path) || this.#line.offset === 0) return false;
    const now = await file.stat();
    if (now.dev !== before.dev || now.ino !== before.ino || !isSame(known, this.#checkpoint)) {
      return false;
    }
    if (now.size < before.size) return false;
    // Written to without having grown: something else than an end was changed.
    if (now.size === before.size && now.mtimeMs !== before.mtimeMs) return false;
    const tailAt = this.#line.offset - this.#tail.length;
    return (await holds(file, this.#head, 0)) && (await holds(file, this.#tail, tailAt));
  }

  /**
   * Reads on to the end of the file.
   * @param known how far the store has it
   * @throws Rewritten, the system's error when the file cannot be read, the signal's when aborted
   */
  async advance(
    file: OpenFile,
    known: Checkpoint,
    { onBatch, signal }: ReadingSteps,
  ): Promise<void> {
    const start = this.#line;
    const hash = start.hash.copy();
    const before = await file.stat();
    let line = { seq: start.seq, offset: start.offset };
    /** Set while a line is open of which some records are hashed already. */
    let lineHash: Hash | undefined;
    let ended: Uint8Array | undefined;
    let terminated = { terminatedCount: start.seq, terminatedBytes: start.offset };
    let byteCount = start.offset;
    let pending: Uint8Array[] = [];
    let pendingBytes = 0;
    let firstSeq = known.terminatedCount;
    let sent = false;

    const send = async (): Promise<void> => {
      // Without new records one batch still goes out: it drops a torn tail that the file has lost.
      if (pending.length === 0 && sent) return;
      sent = true;
      const checkpoint = { ...terminated, prefixHash: hash.copy().digest('hex') };
      await onBatch({ firstSeq, records: pending, byteCount, checkpoint });
      this.#checkpoint = checkpoint;
      firstSeq += pending.length;
      pending = [];
      pendingBytes = 0;
    };
    const take = ({ seq, bytes, complete }: LogRecord): void => {
      this.#reader.add(seq, bytes);
      // Copied: a view would keep all that was read with it.
      if (seq === 0) this.#head = Uint8Array.from(bytes.subarray(0, HEAD_BYTES));
      byteCount += bytes.length;
      const endsLine = bytes.at(-1) === NEWLINE;
      if (complete) {
        if (!endsLine) lineHash ??= hash.copy();
        hash.update(bytes);
        terminated = { terminatedCount: seq + 1, terminatedBytes: byteCount };
      }
      if (endsLine) {
        line = { seq: seq + 1, offset: byteCount };
        lineHash = undefined;
        ended = bytes;
      }
      if (seq < known.terminatedCount) return;
      pending.push(bytes);
      pendingBytes += bytes.length;
    };
    const checkPrefix = (): void => {
      const same =
        terminated.terminatedBytes === known.terminatedBytes &&
        hash.copy().digest('hex') === known.prefixHash;
      if (!same) throw new Rewritten();
    };

    const splitter = this.#agent.createSplitter?.(this.#path);
    const options = { start, signal, ...(splitter && { splitter }) };
    for await (const records of recordsOf(file, this.#path, options)) {
      for (const record of records) {
        take(record);
        if (record.complete && record.seq + 1 === known.terminatedCount) checkPrefix();
        if (pendingBytes >= BATCH_BYTES || pending.length >= BATCH_RECORDS) await send();
      }
    }
    if (terminated.terminatedCount < known.terminatedCount) throw new Rewritten();
    await send();

    this.#line = { ...line, hash: lineHash ?? hash };
    this.#records = terminated.terminatedCount;
    if (ended) this.#tail = Uint8Array.from(ended.subarray(-TAIL_BYTES));
    const after = await file.stat();
    if (isCompressed(this.#path)) {
      const { dev, ino, size, mtimeMs } = after;
      const isSettled = size === before.size && mtimeMs === before.mtimeMs;
      this.#status = { dev, ino, size, mtimeMs: isSettled ? mtimeMs : NaN };
    } else {
      const { dev, ino, mtimeMs } = after;
      const isSettled = after.size === byteCount;
      this.#status = { dev, ino, size: byteCount, mtimeMs: isSettled ? mtimeMs : NaN };
    }
  }
}

function isSame(a: Checkpoint, b: Checkpoint): boolean {
  return (
    a.terminatedCount === b.terminatedCount &&
    a.terminatedBytes === b.terminatedBytes &&
    a.prefixHash === b.prefixHash
  );
}

/** True where the file has these bytes at a position. */
async function holds(file: OpenFile, bytes: Uint8Array, position: number): Promise<boolean> {
  const found = Buffer.alloc(bytes.length);
  let read = 0;
  while (read < found.length) {
    const { bytesRead } = await file.read(found, read, found.length - read, position + read);
    if (bytesRead === 0) return false;
    read += bytesRead;
  }
  return found.equals(bytes);
}

/**
 * Reads a file from its beginning and derives it.
 *
 * @param onBatch is awaited before reading on
 * @param onRewritten told before the batches of a new log begin
 * @throws the system's error when the file cannot be read; the signal's when aborted
 */
export async function readFile(
  agent: Agent,
  path: string,
  known: Checkpoint | undefined,
  onBatch: (batch: Batch) => Promise<void>,
  onRewritten: () => void,
  signal: AbortSignal,
): Promise<EncodedLog> {
  const file = await openForReading(path);
  try {
    const steps = { onBatch, signal };
    return (await readAnew(agent, path, file, known ?? NOTHING_READ, steps, onRewritten)).derive();
  } finally {
    await file.close();
  }
}

/** As `readFile`, of a file that is open. */
export async function readAnew(
  agent: Agent,
  path: string,
  file: OpenFile,
  known: Checkpoint,
  steps: ReadingSteps,
  onRewritten: () => void,
): Promise<Reading> {
  const reading = new Reading(agent, path);
  try {
    await reading.advance(file, known, steps);
    return reading;
  } catch (error) {
    if (!(error instanceof Rewritten)) throw error;
    onRewritten();
    const again = new Reading(agent, path);
    await again.advance(file, NOTHING_READ, steps);
    return again;
  }
}
