/** Texts of records in the sizes that lists and pages have room for. */
import type { BoundedText } from '../core/message.ts';

/** One line of at most `length` characters, as its own copy: it must not keep a big text alive. */
export function snippet(text: string, length: number): string {
  const line = text
    .slice(0, length * 4)
    .replace(/\s+/g, ' ')
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

/** The value as indented JSON; empty where there is none. */
export function indented(value: unknown): string {
  return value === undefined ? '' : JSON.stringify(value, null, 2);
}
