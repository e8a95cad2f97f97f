/**
 * Cuts JSON that holds a conversation in a list (a whole document, or one line of a log) into
 * records, so that every message has records of its own and with them an anchor. Invariant: the
 * records, one after the other, are the bytes. Cuts stand before an element of the list, behind its
 * last one, and inside an element before a part that belongs to another message; each goes behind
 * the comma and, where there is one, the end of the line, so that records of indented documents are
 * whole lines. Nothing is parsed and one record is held, whatever the size of the document.
 */
import { MAX_RECORD_BYTES, type Splitter } from './jsonl.ts';

/** `list`: its objects stand in records of their own. `element`: is such an object itself. */
export type ContainerRole = 'list' | 'element' | undefined;

export interface CutRule {
  /** Every line is a value of its own; else the file is one value. */
  readonly lines: boolean;
  /**
   * What a container is: `path` are the keys that lead to it; `key` is the array under the key `k`
   * of the outermost object, if one stands before, as `["requests",0`.
   */
  role(path: readonly string[], key: string): ContainerRole;
  /** Keys of an element of which each is to have a record of its own. */
  readonly parts: ReadonlySet<string>;
}

interface Frame {
  readonly isArray: boolean;
  readonly role: ContainerRole;
  key: string;
  part: string | undefined;
}

const NUL = 0x00;
const TAB = 0x09;
const NEWLINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_LIST = 0x5b;
const BACKSLASH = 0x5c;
const CLOSE_LIST = 0x5d;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** Lists stand below at most so many keys; what is deeper is only counted. */
const SHALLOW = 4;
const MAX_KEY = 64;
const NOWHERE = -1;

export class JsonSplitter implements Splitter {
  readonly #rule: CutRule;
  readonly #maxBytes: number;
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  /** Offset in the file of the first pending byte. */
  #start = 0;
  #records: Uint8Array[] = [];

  #frames: Frame[] = [];
  /** Containers opened below the last frame. */
  #deeper = 0;
  #inString = false;
  #escaped = false;
  /** Text of a string that may be a key. */
  #word: string | undefined;
  /** Text of the array under the key `k`, while it is read and after. */
  #key = '';
  #inKey = false;
  /** Set behind a whole value: another one that begins on the same line is a record. */
  #closed = false;
  /** Where the next cut would stand, and whether it is still moving to the end of the line. */
  #mark = NOWHERE;
  #extends = false;
  /** Set between two elements: whatever comes next begins a record. */
  #due = false;
  /** Blanks since the last end of line; -1 behind anything else. */
  #indent = 0;
  #lineStart = 0;
  /** How far elements are indented, and the frames around them, once seen. */
  #element: { readonly indent: number; readonly frames: readonly Frame[] } | undefined;

  constructor(rule: CutRule, maxBytes = MAX_RECORD_BYTES) {
    this.#rule = rule;
    this.#maxBytes = maxBytes;
  }

  push(chunk: Uint8Array): Uint8Array[] {
    const from = this.#start + this.#pendingBytes;
    if (chunk.length > 0) this.#pending.push(chunk);
    this.#pendingBytes += chunk.length;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at] ?? 0;
      if (byte === NEWLINE) this.#endLine(from + at);
      else if (this.#inString) this.#string(byte);
      else this.#structure(byte, from + at);
      if (this.#inKey && byte > SPACE && this.#key.length < MAX_KEY) {
        this.#key += String.fromCharCode(byte);
      }
      if (byte !== NEWLINE) {
        this.#indent = byte === SPACE && this.#indent >= 0 ? this.#indent + 1 : NOWHERE;
      }
    }
    if (this.#pendingBytes >= this.#maxBytes) this.#cut(this.#start + this.#pendingBytes);
    return this.#taken();
  }

  end(): Uint8Array[] {
    this.#cut(this.#start + this.#pendingBytes);
    return this.#taken();
  }

  #taken(): Uint8Array[] {
    const records = this.#records;
    this.#records = [];
    return records;
  }

  #endLine(at: number): void {
    if (this.#rule.lines) {
      this.#cut(at + 1);
      this.#reset();
      this.#closed = false;
    } else {
      // No JSON string holds an end of line: a quote was lost or added.
      this.#inString = this.#escaped = false;
      this.#word = undefined;
      if (this.#extends) this.#mark = at + 1;
      this.#extends = false;
    }
    this.#indent = 0;
    this.#lineStart = at + 1;
  }

  #reset(): void {
    this.#frames = [];
    this.#deeper = 0;
    this.#inString = this.#escaped = this.#extends = this.#due = false;
    this.#word = undefined;
    this.#key = '';
    this.#inKey = false;
    this.#mark = NOWHERE;
  }

  #string(byte: number): void {
    if (this.#escaped) this.#escaped = false;
    else if (byte === BACKSLASH) this.#escaped = true;
    else if (byte === QUOTE) this.#inString = false;
    else if (byte === NUL && this.#rule.lines) this.#torn();
    if (this.#inString && this.#word !== undefined && this.#word.length < MAX_KEY) {
      this.#word += String.fromCharCode(byte);
    }
  }

  /** NULs stand where a crash left a hole: what was open before it is not closed any more. */
  #torn(): void {
    this.#reset();
    this.#closed = true;
  }

  #structure(byte: number, at: number): void {
    if (byte === SPACE || byte === TAB || byte === RETURN) return;
    if (byte === NUL) {
      if (this.#rule.lines) this.#torn();
      return;
    }
    if (byte === OPEN && this.#indent > 0) this.#resume();
    const top = this.#frames.at(-1);
    if (this.#due && byte !== COMMA) {
      // An empty list is left in one piece.
      if (byte !== CLOSE_LIST || top?.part !== undefined) this.#cut(this.#mark);
      this.#due = false;
    }
    this.#extends = false;
    if (byte === QUOTE) {
      this.#inString = true;
      this.#word = this.#deeper === 0 && top && !top.isArray ? '' : undefined;
    } else if (byte === OPEN || byte === OPEN_LIST) this.#open(byte === OPEN_LIST, at);
    else if (byte === CLOSE || byte === CLOSE_LIST) this.#close(at);
    else if (!top) this.#closed = false;
    else if (this.#deeper > 0) return;
    else if (byte === COLON) this.#named(top);
    else if (byte === COMMA && (top.role !== undefined || this.#due)) {
      this.#mark = at + 1;
      this.#extends = true;
    }
  }

  /** The word before the colon is the key of what comes. */
  #named(top: Frame): void {
    const word = this.#word;
    this.#word = undefined;
    if (word === undefined || top.isArray) return;
    top.key = word;
    if (top.role !== 'element' || !this.#rule.parts.has(word)) return;
    if (top.part !== undefined && top.part !== word && this.#mark > this.#start) {
      this.#cut(this.#mark);
    }
    top.part = word;
  }

  #open(isArray: boolean, at: number): void {
    if (this.#deeper > 0 || this.#frames.length >= SHALLOW) {
      this.#deeper++;
      return;
    }
    const above = this.#frames.at(-1);
    if (!above && this.#closed) this.#cut(at);
    if (!above) this.#key = ''; // that of a value before it on the line
    this.#closed = false;
    const role = this.#roleOf(above, isArray);
    if (role === undefined && above?.isArray) {
      this.#deeper++;
      return;
    }
    if (role === 'element' && above?.role === 'list' && this.#indent > 0) {
      this.#element ??= { indent: this.#indent, frames: [...this.#frames] };
    }
    if (role === 'element' && above) above.part ??= '';
    if (above?.key === 'k' && this.#frames.length === 1) {
      this.#inKey = true;
      this.#key = '';
    }
    this.#frames.push({ isArray, role, key: '', part: undefined });
    if (role === 'list') {
      this.#due = this.#extends = true;
      this.#mark = at + 1;
    }
  }

  #roleOf(above: Frame | undefined, isArray: boolean): ContainerRole {
    if (above?.role === 'list') return isArray ? undefined : 'element';
    if (above?.isArray === true || above?.role !== undefined) return undefined;
    const role = this.#rule.role(
      this.#frames.map(({ key }) => key),
      this.#key,
    );
    return isArray === (role === 'list') ? role : undefined;
  }

  #close(at: number): void {
    if (this.#deeper > 0) this.#deeper--;
    else {
      const frame = this.#frames.pop();
      if (this.#frames.length === 1) this.#inKey = false;
      this.#closed = frame !== undefined && this.#frames.length === 0;
      if (frame?.role !== 'element') return;
    }
    const above = this.#frames.at(-1);
    if (this.#deeper > 0 || above?.role !== 'list') return;
    this.#due = this.#extends = true;
    this.#mark = at + 1;
  }

  /**
   * In an indented document an object that begins a line as far in as the elements is one. Where
   * the count of braces says another thing, what stands before is damaged, and counting begins anew.
   */
  #resume(): void {
    const known = this.#element;
    if (!known || this.#rule.lines || this.#indent !== known.indent) return;
    if (this.#deeper === 0 && this.#frames.length === known.frames.length) return;
    this.#frames = [...known.frames];
    this.#deeper = 0;
    this.#mark = this.#lineStart;
    this.#due = true;
  }

  #cut(at: number): void {
    let left = at - this.#start;
    if (left <= 0) return;
    const parts: Uint8Array[] = [];
    this.#start = at;
    this.#pendingBytes -= left;
    while (left > 0) {
      const first = this.#pending[0];
      if (!first) break;
      if (first.length <= left) {
        parts.push(first);
        this.#pending.shift();
        left -= first.length;
      } else {
        parts.push(first.subarray(0, left));
        this.#pending[0] = first.subarray(left);
        left = 0;
      }
    }
    const [only] = parts;
    this.#records.push(parts.length === 1 && only ? only : Buffer.concat(parts));
  }
}
