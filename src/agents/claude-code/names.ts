/**
 * Small numbers for the ids of a log. A log names every record twice and every tool call too;
 * kept as text that would be most of a reader's memory.
 */
const NO_NAME = -1;

export class Names {
  readonly #numbers = new Map<string, number>();
  readonly #names: string[] = [];

  /** The number of a name, a new one for a new name; -1 for none. */
  numberOf(name: string | undefined): number {
    if (name === undefined) return NO_NAME;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    const number = this.#names.length;
    this.#numbers.set(name, number);
    this.#names.push(name);
    return number;
  }

  nameOf(number: number): string | undefined {
    return this.#names[number];
  }

  /** How many numbers are in use: all are below it. */
  get size(): number {
    return this.#names.length;
  }
}
