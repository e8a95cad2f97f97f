/**
 * The title that Anthropic's SDK gives a session: found by looking for field names in the first
 * and last 64 KiB of the file as text, without parsing. Fields of that name anywhere count, and
 * damaged lines too; repeating this exactly is what makes our titles the agent's own.
 */
import { asArray, asObject, firstCharacters, objectsIn } from '../json.ts';

const WINDOW_BYTES = 65_536;
const PROMPT_LENGTH = 200;

/** Most windows hold none of the fields: one look instead of one for each. */
const ANY_FIELD = /"(?:customTitle|aiTitle|lastPrompt|summary)": ?"/;

/** What the SDK never takes for a first prompt. */
const NO_PROMPT =
  /^(?:<local-command-stdout>|<session-start-hook>|<tick>|<goal>|\[Request interrupted by user[^\]]*\]|\s*<ide_opened_file>[\s\S]*<\/ide_opened_file>\s*$|\s*<ide_selection>[\s\S]*<\/ide_selection>\s*$)/;

/** Blanks as Python's `strip` knows them: four separators more than `trim`, no byte order mark. */
const BLANKS = /^[\s\x1c-\x1f\x85]+|[\s\x1c-\x1f\x85]+$/gu;

interface Piece {
  readonly seq: number;
  /** A view of what was read while a file passes by, of a copy from then on. */
  readonly bytes: Uint8Array;
}

/** So many dropped pieces are worth a move of the others. */
const MOST_DROPPED = 64;

/**
 * Keeps the first and the last 64 KiB of a file that passes by record by record. They are copied
 * when they are asked for, which is when the file has passed: to copy each record on its way is
 * work for nothing but the last of them.
 */
export class FileEnds {
  #head: Piece[] = [];
  #headBytes = 0;
  /** `undefined` where one was dropped: the first `#dropped`. */
  #tail: (Piece | undefined)[] = [];
  #dropped = 0;
  #tailBytes = 0;

  /** @param record its bytes do not change as long as `title` was not asked for */
  add(seq: number, record: Uint8Array): void {
    if (this.#headBytes < WINDOW_BYTES) {
      const bytes = record.subarray(0, WINDOW_BYTES - this.#headBytes);
      this.#head.push({ seq, bytes });
      this.#headBytes += bytes.length;
    }
    const bytes = record.length > WINDOW_BYTES ? record.subarray(-WINDOW_BYTES) : record;
    this.#tail.push({ seq, bytes });
    this.#tailBytes += bytes.length;
    for (;;) {
      const spare = this.#tail[this.#dropped]?.bytes.length ?? 0;
      if (this.#tailBytes - spare < WINDOW_BYTES) break;
      this.#tail[this.#dropped++] = undefined;
      this.#tailBytes -= spare;
    }
    if (this.#dropped < MOST_DROPPED) return;
    this.#tail.splice(0, this.#dropped);
    this.#dropped = 0;
  }

  /** Forgets the records from `seq` on. */
  truncate(seq: number): void {
    const before = (piece: Piece): boolean => piece.seq < seq;
    this.#head = this.#head.filter(before);
    this.#headBytes = lengthOf(this.#head);
    const tail = this.#kept().filter(before);
    this.#tail = tail;
    this.#dropped = 0;
    this.#tailBytes = lengthOf(tail);
  }

  /** The SDK's title; `undefined` for sessions that it does not list. */
  title(): string | undefined {
    const head = gathered(this.#head);
    const tail = gathered(this.#kept());
    this.#head = head.pieces;
    this.#tail = tail.pieces;
    this.#dropped = 0;
    const end = tail.bytes.subarray(Math.max(0, tail.bytes.length - WINDOW_BYTES));
    return titleFrom(head.bytes.toString('utf8'), end.toString('utf8'));
  }

  #kept(): Piece[] {
    return this.#tail.filter((piece) => piece !== undefined);
  }
}

function lengthOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, piece) => sum + piece.bytes.length, 0);
}

/** A copy of the pieces, and the pieces as parts of it. */
function gathered(pieces: readonly Piece[]): { readonly bytes: Buffer; readonly pieces: Piece[] } {
  const bytes = Buffer.concat(pieces.map((piece) => piece.bytes));
  let at = 0;
  const parts = pieces.map((piece) => {
    const start = at;
    at += piece.bytes.length;
    return { seq: piece.seq, bytes: bytes.subarray(start, at) };
  });
  return { bytes, pieces: parts };
}

function titleFrom(head: string, tail: string): string | undefined {
  const [firstLine = ''] = head.split('\n', 1);
  if (/"isSidechain": ?true/.test(firstLine)) return undefined;
  const first = ANY_FIELD.test(head) ? head : '';
  const last = ANY_FIELD.test(tail) ? tail : '';
  return (
    lastField(last, 'customTitle') ??
    lastField(first, 'customTitle') ??
    lastField(last, 'aiTitle') ??
    lastField(first, 'aiTitle') ??
    lastField(last, 'lastPrompt') ??
    lastField(last, 'summary') ??
    firstPrompt(head)
  );
}

/** The last string field of this name in a text that need not be whole JSON. */
function lastField(text: string, key: string): string | undefined {
  let last: string | undefined;
  for (const pattern of [`"${key}":"`, `"${key}": "`]) {
    let from = 0;
    for (;;) {
      const found = text.indexOf(pattern, from);
      if (found === -1) break;
      const start = found + pattern.length;
      const end = endOfString(text, start);
      if (end < text.length) last = unescaped(text.slice(start, end));
      from = end + 1;
    }
  }
  return last === '' ? undefined : last;
}

/** Where the closing quote is; the text's length when there is none. */
function endOfString(text: string, start: number): number {
  let at = start;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return Math.min(at, text.length);
}

function unescaped(raw: string): string {
  if (!raw.includes('\\')) return raw;
  try {
    return String(JSON.parse(`"${raw}"`));
  } catch {
    return raw; // As the SDK does: an odd title is better than none.
  }
}

function firstPrompt(head: string): string | undefined {
  let command: string | undefined;
  for (const line of head.split('\n')) {
    if (!/"type": ?"user"/.test(line) || line.includes('"tool_result"')) continue;
    if (/"isMeta": ?true/.test(line) || /"isCompactSummary": ?true/.test(line)) continue;
    for (const text of userTexts(line)) {
      const prompt = text.replaceAll('\n', ' ').replace(BLANKS, '');
      if (prompt === '') continue;
      const name = /<command-name>(.*?)<\/command-name>/.exec(prompt);
      if (name && !command) command = name[1];
      if (!name && !NO_PROMPT.test(prompt)) return cutTitle(prompt, PROMPT_LENGTH);
    }
  }
  return command === '' ? undefined : command;
}

function userTexts(line: string): readonly string[] {
  try {
    const record = asObject(JSON.parse(line));
    const message = record?.['type'] === 'user' ? asObject(record['message']) : undefined;
    const content = message?.['content'];
    if (typeof content === 'string') return [content];
    const blocks = objectsIn(asArray(content)).filter((block) => block['type'] === 'text');
    return blocks.flatMap(({ text }) => (typeof text === 'string' ? [text] : []));
  } catch {
    return []; // A torn line at the edge of the window holds no prompt.
  }
}

function cutTitle(text: string, length: number): string {
  const start = firstCharacters(text, length);
  return start === text ? text : `${start.replace(BLANKS, '')}…`;
}
