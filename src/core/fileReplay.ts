/**
 * What a file holds after a branch's edits, done again one by one. Invariant: a text that is given
 * as whole is what the file held, if nobody but the branch's tool calls changed it; an edit that
 * does not fit what is known shows that somebody did, and then only the edits themselves are told.
 * So it is with what a transcript makes too large: edits that multiply a text are a line each.
 */
import type { BranchFile } from './comparison.ts';
import type { FileEdit, Passage } from './fileEdits.ts';
import { changedLines, type PassageLine } from './passageLines.ts';

/** Characters of a text that is followed. */
const MOST_TEXT = 16_000_000;
/** Characters gone through for all edits of a file. */
const MOST_WORK = 1_000_000_000;
/** Milliseconds for the changed lines of all edits; the rest counts as replaced. */
const PATCH_TIMEOUT = 300;

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
  #work = 0;

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
        for (const passage of edit.passages) this.#replace(passage);
        return;
      case 'removed':
      case 'unknown':
        this.#text = undefined;
    }
  }

  #replace(passage: Passage): void {
    if (this.#text === undefined) return;
    this.#work += this.#text.length;
    this.#text = this.#work > MOST_WORK ? undefined : replaced(this.#text, passage);
  }

  get file(): BranchFile {
    const deadline = performance.now() + PATCH_TIMEOUT;
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
      patch: this.#done.map((done) => patchOf(done, deadline)).join('\n'),
      edits: this.#done.length,
    };
  }
}

/**
 * `undefined` where a passage does not stand in the text, or not alone and is not meant everywhere;
 * and where the text would become too large.
 */
function replaced(text: string, { old, now, everywhere = false }: Passage): string | undefined {
  const at = old === '' ? -1 : text.indexOf(old);
  if (at < 0) return undefined;
  if (!everywhere && text.includes(old, at + 1)) return undefined;
  const count = everywhere ? countOf(text, old) : 1;
  if (text.length + count * (now.length - old.length) > MOST_TEXT) return undefined;
  if (everywhere) return text.replaceAll(old, () => now);
  return text.slice(0, at) + now + text.slice(at + old.length);
}

function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

function patchOf({ edit, index }: Done, deadline: number): string {
  const heading = `@@ message ${String(index + 1)} @@\n`;
  switch (edit.kind) {
    case 'whole':
      return heading + under('+', edit.text);
    case 'removed':
      return `${heading}The file was removed.\n`;
    case 'unknown':
      return `${heading}The file was changed; the transcript does not tell how.\n`;
    case 'passages':
      return edit.passages.map((passage) => heading + patchOfPassage(passage, deadline)).join('');
  }
}

function patchOfPassage(passage: Passage, deadline: number): string {
  const lines = changedLines(passage, deadline - performance.now());
  return lines ? textOf(lines) : under('-', passage.old) + under('+', passage.now);
}

function textOf(lines: readonly PassageLine[]): string {
  return lines.map(({ sign, text }) => `${sign}${text}\n`).join('');
}

/** All lines of a text under one sign; a text may have millions of them. */
function under(sign: PassageLine['sign'], text: string): string {
  if (text === '') return '';
  const lines = text.endsWith('\n') ? text.slice(0, -1) : text;
  return `${sign}${lines.replaceAll('\n', `\n${sign}`)}\n`;
}
