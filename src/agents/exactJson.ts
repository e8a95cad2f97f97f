/**
 * JSON that is written again as it was read: numbers keep every digit, also those that JavaScript
 * has no exact number for. What a record says must not change on its way into another file.
 */
import { asObject, decodeRecord, textOfRecord, type JsonObject } from './json.ts';

/** A number that may not survive being parsed: many digits, an exponent, a fraction. */
const DELICATE = /\d{16}|\d[eE][+-]?\d|\d\.\d*0(?!\d)|-0(?![.\d])/;

interface RawJson {
  rawJSON(text: string): unknown;
}
// In every Node that can run this; TypeScript's library does not know it yet.
const raw = JSON as unknown as RawJson;

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

const keepDigits: Reviver = (_key, value, { source }) =>
  typeof value === 'number' && source !== undefined && String(value) !== source
    ? raw.rawJSON(source)
    : value;

/**
 * The object that a record holds, saved from a damaged one where that is possible; `undefined` where
 * there is none. `startsRecord` as for `decodeRecord`.
 */
export function exactObject(record: Uint8Array, startsRecord: RegExp): JsonObject | undefined {
  const object = asObject(decodeRecord(record, startsRecord).value);
  if (!object) return undefined;
  const { text } = textOfRecord(record);
  if (!DELICATE.test(text)) return object;
  try {
    return asObject(JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown));
  } catch {
    return object; // Saved from a damaged record, which has no digits of its own to keep.
  }
}
