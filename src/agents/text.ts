/** Texts of records in the sizes that lists and pages have room for. */
import type { BoundedText } from '../core/message.ts';

/** One line of at most `length` characters, as its own copy: it must not keep a big text alive. */
export function snippet(text: string, length: number): string {
  const line = singleBlanks(text, Math.min(text.length, length * 4), length);
  const cut = line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line;
  return copied(cut.toWellFormed());
}

const scratch = Buffer.allocUnsafeSlow(4096);
/** Bytes of UTF-8 that one unit of a string can become. */
const MOST_BYTES = 3;

function copied(text: string): string {
  if (text.length * MOST_BYTES > scratch.length) return Buffer.from(text).toString();
  return scratch.toString('utf8', 0, scratch.write(text));
}

const SPACE = 32;
const OTHER_BLANK = /\s/;

/**
 * The text up to `end` with one space for each run of blanks, and none around it. Of a text with more
 * than `enough` characters only the beginning is looked at.
 */
function singleBlanks(text: string, end: number, enough: number): string {
  let line = '';
  /** Where what is not in the line yet begins; -1 before the first word. */
  let from = -1;
  let run = 0;
  for (let at = 0; at < end; at++) {
    if (isBlank(text, at)) {
      run++;
      continue;
    }
    // Single spaces, most of all there are, stay as they are.
    const isPlain = run === 0 || (run === 1 && text.charCodeAt(at - 1) === SPACE);
    if (from >= 0 && !isPlain) line += `${text.slice(from, at - run)} `;
    if (from < 0 || !isPlain) from = at;
    run = 0;
    if (line.length + at + 1 - from > enough) return line + text.slice(from, at + 1);
  }
  return from < 0 ? '' : line + text.slice(from, end - run);
}

function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  if (code > 127) return OTHER_BLANK.test(text.charAt(at));
  return code === SPACE || (code >= 9 && code <= 13);
}

/** The text, cut to `limit` characters but never inside one. */
export function bounded(text: string, limit: number): BoundedText {
  if (text.length <= limit) return { text };
  const splits = /[\uD800-\uDBFF]/.test(text[limit - 1] ?? '');
  return { text: text.slice(0, splits ? limit - 1 : limit), fullLength: text.length };
}

/** Levels that are written out of a value with more of them than the stack holds. */
const MOST_LEVELS = 200;

/** The value as indented JSON; empty where there is none. What is nested too deeply is left out. */
export function indented(value: unknown): string {
  if (value === undefined) return '';
  try {
    return JSON.stringify(value, null, 2);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return JSON.stringify(shallow(value, MOST_LEVELS), null, 2);
  }
}

function shallow(value: unknown, levels: number): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (levels === 0) return '…';
  if (Array.isArray(value)) return value.map((part: unknown) => shallow(part, levels - 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, shallow(part, levels - 1)]),
  );
}

/** Short, and the same for the same text but for blanks around it. */
export function fingerprint(text: string): string {
  const trimmed = text.trim();
  let hash = 0x811c9dc5;
  for (let at = 0; at < trimmed.length; at++) {
    hash = Math.imul(hash ^ trimmed.charCodeAt(at), 0x01000193);
  }
  return `${trimmed.length.toString(36)}-${(hash >>> 0).toString(36)}`;
}
