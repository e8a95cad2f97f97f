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
  #last = -1;
  /** Records without an end of line, ascending: a torn tail, and what others were glued to. */
  readonly #unended: number[] = [];

  /** `startsRecord` (global flag set) matches where a record of the format may begin. */
  constructor(startsRecord: RegExp) {
    this.#startsRecord = startsRecord;
  }

  /**
   * The record's object, where there is one. `forget` is called first when records from `seq` on
   * were read before.
   */
  read(seq: number, record: Uint8Array, forget: (seq: number) => void): JsonObject | undefined {
    if (seq <= this.#last) {
      this.#problems.truncate(seq);
      while ((this.#unended.at(-1) ?? -1) >= seq) this.#unended.pop();
      forget(seq);
    }
    const glued = seq > 0 && this.#unended.at(-1) === seq - 1;
    if (glued) this.#problems.joinLine(seq - 1);
    this.#last = seq;
    if (record.at(-1) !== NEWLINE) this.#unended.push(seq);

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

  lineOf(seq: number): number {
    return this.#problems.lineOf(seq);
  }

  problems(): ReadProblem[] {
    return this.#problems.list();
  }
}
