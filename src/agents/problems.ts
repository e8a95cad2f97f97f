/**
 * What is wrong with a log's lines, told by line although the reader is given records: a line that
 * was glued together from several objects is several records.
 */
import type { ReadProblem } from '../core/reader.ts';
import { firstCharacters } from './json.ts';

/** A file that is no log at all would otherwise fill the memory with complaints. */
const MAX_PROBLEMS = 1000;
const TEXT_LENGTH = 100;

interface Noted {
  readonly seq: number;
  readonly message: string;
  readonly text: string;
}

export class Problems {
  readonly #noted: Noted[] = [];
  /** Records that are followed by another one on their line, ascending. */
  readonly #joined: number[] = [];
  #omitted = 0;

  add(seq: number, message: string, record: Uint8Array): void {
    if (this.#noted.length >= MAX_PROBLEMS) {
      this.#omitted++;
      return;
    }
    const start = Buffer.from(record.subarray(0, TEXT_LENGTH * 4)).toString('utf8');
    const text = firstCharacters(start, TEXT_LENGTH).trimEnd();
    this.#noted.push({ seq, message, text: Buffer.from(text).toString() });
  }

  /** Says that the record after `seq` stands on the same line. */
  joinLine(seq: number): void {
    this.#joined.push(seq);
  }

  /** Forgets what was said of the records from `seq` on. */
  truncate(seq: number): void {
    while ((this.#noted.at(-1)?.seq ?? -1) >= seq) this.#noted.pop();
    while ((this.#joined.at(-1) ?? -1) >= seq) this.#joined.pop();
  }

  list(): ReadProblem[] {
    const problems = this.#noted.map(({ seq, message, text }) => ({
      line: this.lineOf(seq),
      message,
      text,
    }));
    if (this.#omitted === 0) return problems;
    const line = problems.at(-1)?.line ?? 1;
    const message = `${this.#omitted} more problems follow after this line.`;
    return [...problems, { line, message, text: '' }];
  }

  /** The 1-based line that a record stands on. */
  lineOf(seq: number): number {
    let low = 0;
    let high = this.#joined.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#joined[middle] ?? 0) < seq) low = middle + 1;
      else high = middle;
    }
    return seq - low + 1;
  }
}
