/**
 * What every reader of JSONL does with a record before it asks what it means: decodes it, notes
 * what is wrong with it, and forgets what was read of records that are given again because a torn
 * tail has grown.
 */
import type { ReadProblem } from '../core/reader.ts';
import { asObject, decodeRecord, type JsonObject } from './json.ts';
import { Problems } from './problems.ts';

const NEWLINE = 0x0a;

export class RecordIntake {
  readonly #startsRecord: RegExp;
  readonly #problems = new Problems();
  #last: { readonly seq: number; readonly ended: boolean } | undefined;

  /** `startsRecord` (global flag set) matches where a record of the format may begin. */
  constructor(startsRecord: RegExp) {
    this.#startsRecord = startsRecord;
  }

  /**
   * The record's object, where there is one. `forget` is called first when records from `seq` on
   * were read before.
   */
  read(seq: number, record: Uint8Array, forget: (seq: number) => void): JsonObject | undefined {
    if (this.#last && seq <= this.#last.seq) {
      this.#problems.truncate(seq);
      // What stands before was whole: only an unterminated tail is ever read again.
      this.#last = seq > 0 ? { seq: seq - 1, ended: true } : undefined;
      forget(seq);
    }
    const glued = this.#last?.ended === false;
    if (glued && this.#last) this.#problems.joinLine(this.#last.seq);
    this.#last = { seq, ended: record.at(-1) === NEWLINE };

    const { value, problem } = decodeRecord(record, this.#startsRecord);
    if (problem !== undefined) this.#problems.add(seq, problem, record);
    if (glued) this.#problems.add(seq, 'Is glued to the record before it on one line.', record);
    if (value === undefined) return undefined;
    const object = asObject(value);
    if (!object) {
      this.#problems.add(seq, 'Is not a record: a JSON object was expected.', record);
    }
    return object;
  }

  note(seq: number, message: string, record: Uint8Array = new Uint8Array()): void {
    this.#problems.add(seq, message, record);
  }

  lineOf(seq: number): number {
    return this.#problems.lineOf(seq);
  }

  problems(): ReadProblem[] {
    return this.#problems.list();
  }
}
