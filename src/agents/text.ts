/** Texts of records in the sizes that lists and pages have room for. */
import type { BoundedText } from '../core/message.ts';

/** One line of at most `length` characters, as its own copy: it must not keep a big text alive. */
export function snippet(text: string, length: number): string {
  const line = text
    .slice(0, length * 4)
    // Single blanks, most of all there are, stay as they are without being looked at.
    .replace(/\s{2,}|[^\S ]/g, ' ')
    .trim();
  const cut = line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line;
  return Buffer.from(cut.toWellFormed(), 'utf8').toString('utf8');
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
