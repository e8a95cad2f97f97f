/**
 * The readings that the import worker keeps, so that a session that is being written to is read
 * once and then only at its end. What is kept is of files written to lately, and bounded; others are
 * read anew.
 *
 * Of what was derived only parts that differ from what was sent before are sent again, as long as
 * the owner says that it has saved those.
 */
import { LRUCache } from 'lru-cache';
import type { Agent } from '../agents/agent.ts';
import { openForReading, type FileOpener } from '../agents/byteSource.ts';
import type { EncodedBranch, EncodedLog } from '../store/encodedLog.ts';
import type { FileState } from '../store/ingest/ingest.ts';
import type { Checkpoint } from '../store/logs.ts';
import {
  NOTHING_READ,
  readAnew,
  Rewritten,
  type Reading,
  type ReadingSteps,
} from './fileReading.ts';

export interface ReadRequest {
  readonly agent: Agent;
  readonly path: string;
  /** How far the store has the file. */
  readonly known?: Checkpoint;
  /** Number of the last result of this file that the store has saved whole. */
  readonly saved?: number;
}

export interface ReadResult {
  readonly derived: EncodedLog;
  /** A number for this result, to be told with the next request once it is saved. */
  readonly result: number;
  /** The file as it was read, where it was still the same when reading ended. */
  readonly file?: FileState;
}

interface Kept {
  readonly reading: Reading;
  readonly derived: EncodedLog;
  readonly result: number;
}

/** What a reader keeps of a record, its links, counts and outline: measured over real sessions. */
const BYTES_PER_RECORD = 800;
const BYTES_PER_READING = 100_000;
/** Room for a session of 100 MB, or for some hundred usual ones; the owner is to stay small. */
const WARM_BYTES = 40_000_000;
/** Nobody goes on with an older file, as a rule: a first import would only fill the memory with them. */
const RECENT_MS = 86_400_000;

export interface WarmOptions {
  readonly maxBytes?: number;
  readonly open?: FileOpener;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

export class WarmReadings {
  readonly #open: FileOpener;
  readonly #now: () => number;
  readonly #kept: LRUCache<string, Kept>;
  #results = 0;

  constructor(options: WarmOptions = {}) {
    this.#open = options.open ?? openForReading;
    this.#now = options.now ?? Date.now;
    this.#kept = new LRUCache({
      maxSize: options.maxBytes ?? WARM_BYTES,
      sizeCalculation: ({ reading }) => BYTES_PER_READING + reading.records * BYTES_PER_RECORD,
    });
  }

  /**
   * @param onRewritten told before the batches of a new log begin
   * @throws the system's error when the file cannot be read; the signal's when aborted
   */
  async read(
    request: ReadRequest,
    steps: ReadingSteps,
    onRewritten: () => void,
  ): Promise<ReadResult> {
    const { agent, path, known = NOTHING_READ, saved } = request;
    const kept = this.#kept.get(path);
    // What fails half-way is not to be gone on with.
    this.#kept.delete(path);
    const file = await this.#open(path);
    try {
      const goesOn =
        kept !== undefined &&
        (await kept.reading.goesOn(file, known)) &&
        (await advances(() => kept.reading.advance(file, known, steps)));
      const reading = goesOn
        ? kept.reading
        : await readAnew(agent, path, file, known, steps, onRewritten);
      const derived = reading.derive();
      const result = ++this.#results;
      // Read anew, it may be another log, of which nothing is in the store.
      const before = goesOn && kept.result === saved ? kept.derived : undefined;
      const { fileState } = reading;
      // Of what went on growing while it was read, no time is known.
      const age = fileState ? this.#now() - fileState.modifiedAt : 0;
      if (age < RECENT_MS) this.#kept.set(path, { reading, derived, result });
      return {
        derived: before ? changesOf(derived, before) : derived,
        result,
        ...(fileState && { file: fileState }),
      };
    } finally {
      await file.close();
    }
  }
}

/** False where the file turned out to be another one after all. */
async function advances(advance: () => Promise<void>): Promise<boolean> {
  try {
    await advance();
    return true;
  } catch (error) {
    if (!(error instanceof Rewritten)) throw error;
    return false;
  }
}

function changesOf(derived: EncodedLog, before: EncodedLog): EncodedLog {
  const branches = derived.branches.map((branch, index): EncodedBranch => {
    const old = before.branches[index]?.chunks;
    if (!old) return branch;
    const chunks = branch.chunks.map((chunk, at) =>
      chunk !== undefined && chunk.data === old[at]?.data ? undefined : chunk,
    );
    return { ...branch, chunks };
  });
  return { ...derived, branches };
}
