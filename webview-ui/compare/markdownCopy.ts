/** Collects what is on show as Markdown, for the clipboard or a file, and tells how far it is. */
import type { CompareState } from '../../src/protocol/panels.ts';
import { rowsAsMarkdown } from './copyRows.ts';
import type { ReadRows } from './rowLoader.ts';

/** How long "Copied" stands, in milliseconds. */
const COPIED = 2_000;

export class MarkdownCopy {
  /** Percent done while it is being collected. */
  percent: number | undefined;
  copied = false;
  readonly #read: ReadRows;
  readonly #changed: () => void;

  constructor(read: ReadRows, changed: () => void) {
    this.#read = read;
    this.#changed = changed;
  }

  /** @returns the text, handed on by `send`; nothing happens while one is being collected */
  async collect(
    state: CompareState,
    shown: ReadonlySet<number>,
    send: (markdown: Promise<string>) => Promise<boolean>,
  ): Promise<boolean> {
    if (this.percent !== undefined) return false;
    const text = rowsAsMarkdown(state, shown, this.#read, (percent) => {
      this.percent = percent;
      this.#changed();
    });
    try {
      return await send(text);
    } finally {
      this.percent = undefined;
      this.#changed();
    }
  }

  /** Says for a moment that it was copied. */
  tell(): void {
    this.copied = true;
    this.#changed();
    setTimeout(() => {
      this.copied = false;
      this.#changed();
    }, COPIED);
  }
}
