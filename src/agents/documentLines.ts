/**
 * What is wrong with records of which several may stand on a line, or one on several lines, told by
 * line. Keeps the first thousand.
 */
import type { ReadProblem } from '../core/reader.ts';
import { firstCharacters } from './json.ts';

const MAX_PROBLEMS = 1000;
const TEXT_LENGTH = 100;
const NEWLINE = 0x0a;

export class DocumentLines {
  /** Per record: the 1-based line it begins on. */
  readonly #lines: number[] = [1];
  readonly #problems: (ReadProblem & { readonly seq: number })[] = [];

  /** Counts a record; forgets what was said of it and all after it before. */
  add(seq: number, record: Uint8Array): void {
    while ((this.#problems.at(-1)?.seq ?? -1) >= seq) this.#problems.pop();
    let line = this.lineOf(seq);
    for (let at = record.indexOf(NEWLINE); at !== -1; at = record.indexOf(NEWLINE, at + 1)) line++;
    this.#lines.length = Math.min(this.#lines.length, seq + 1);
    this.#lines[seq + 1] = line;
  }

  note(seq: number, message: string, record: Uint8Array): void {
    if (this.#problems.length >= MAX_PROBLEMS) return;
    const start = Buffer.from(record.subarray(0, TEXT_LENGTH * 4)).toString('utf8');
    const text = Buffer.from(firstCharacters(start.trimStart(), TEXT_LENGTH).trimEnd()).toString();
    this.#problems.push({ seq, line: this.lineOf(seq), message, text });
  }

  lineOf(seq: number): number {
    return this.#lines[seq] ?? this.#lines.at(-1) ?? 1;
  }

  list(): ReadProblem[] {
    return this.#problems.map(({ line, message, text }) => ({ line, message, text }));
  }
}
