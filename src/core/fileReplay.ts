/**
 * What a file holds after a branch's edits, done again one by one. Invariant: a text that is given
 * as whole is what the file held, if nobody but the branch's tool calls changed it; an edit that
 * does not fit what is known shows that somebody did, and then only the edits themselves are told.
 */
import type { BranchFile } from './comparison.ts';
import type { FileEdit, Passage } from './fileEdits.ts';
import { linesOfPassage, signed, type PassageLine } from './passageLines.ts';

interface Done {
  /** Position of the message in the session. */
  readonly index: number;
  readonly edit: FileEdit;
}

export class FileReplay {
  readonly #path: string;
  readonly #done: Done[] = [];
  /** `undefined` while the whole is not known. */
  #text: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** The agent looked at the file and saw this. */
  seen(text: string): void {
    this.#text = text;
  }

  apply(edit: FileEdit, index: number): void {
    this.#done.push({ edit, index });
    switch (edit.kind) {
      case 'whole':
        this.#text = edit.text;
        return;
      case 'passages':
        this.#text = this.#text === undefined ? undefined : replaced(this.#text, edit.passages);
        return;
      case 'removed':
      case 'unknown':
        this.#text = undefined;
    }
  }

  get file(): BranchFile {
    const last = this.#done.at(-1)?.edit;
    const known =
      this.#text !== undefined
        ? 'whole'
        : last === undefined
          ? 'untouched'
          : last.kind === 'removed'
            ? 'removed'
            : 'edits';
    return {
      path: this.#path,
      known,
      text: this.#text ?? '',
      patch: this.#done.map(patchOf).join('\n'),
      edits: this.#done.length,
    };
  }
}

/** `undefined` where a passage does not stand in the text, or not alone and is not meant everywhere. */
function replaced(text: string, passages: readonly Passage[]): string | undefined {
  let current = text;
  for (const { old, now, everywhere = false } of passages) {
    const at = old === '' ? -1 : current.indexOf(old);
    if (at < 0) return undefined;
    if (everywhere) current = current.split(old).join(now);
    else if (current.includes(old, at + 1)) return undefined;
    else current = current.slice(0, at) + now + current.slice(at + old.length);
  }
  return current;
}

function patchOf({ edit, index }: Done): string {
  const heading = `@@ message ${String(index + 1)} @@\n`;
  switch (edit.kind) {
    case 'whole':
      return heading + textOf(signed('+', edit.text));
    case 'removed':
      return `${heading}The file was removed.\n`;
    case 'unknown':
      return `${heading}The file was changed; the transcript does not tell how.\n`;
    case 'passages':
      return edit.passages.map((passage) => heading + textOf(linesOfPassage(passage))).join('');
  }
}

function textOf(lines: readonly PassageLine[]): string {
  return lines.map(({ sign, text }) => `${sign}${text}\n`).join('');
}
