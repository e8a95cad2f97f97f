/**
 * Turns a record's bytes into a JSON value, however damaged they are. Nothing here throws: what
 * is wrong with a record is said in `problem`, and what can be read of it is read all the same.
 */
import { isUtf8 } from 'node:buffer';

export type JsonObject = Readonly<Record<string, unknown>>;

export interface DecodedRecord {
  /** Absent for blank lines and for what no JSON could be read from. */
  readonly value?: unknown;
  /** What is wrong with the record, in words. */
  readonly problem?: string;
  /** True when the bytes are exactly one JSON value: what a plain line reader would accept. */
  readonly clean: boolean;
}

const BLANK: DecodedRecord = { clean: false };
/** Attempts to find a whole object behind a torn one; bounds the work on a hostile line. */
const MAX_ATTEMPTS = 32;

/**
 * Reads one record. `startsRecord` (global flag set) matches where a record of the format may
 * begin; it is used to save a good record that was appended to a torn one.
 */
export function decodeRecord(bytes: Uint8Array, startsRecord: RegExp): DecodedRecord {
  const { text, problem: damage, clean } = textOfRecord(bytes);
  if (text === '') return damage === undefined ? BLANK : { clean: false, problem: damage };
  const whole = parse(text);
  if (whole) {
    return {
      value: whole.value,
      clean,
      ...(damage !== undefined && { problem: damage }),
    };
  }
  startsRecord.lastIndex = 1;
  for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt++) {
    const match = startsRecord.exec(text);
    if (!match) break;
    const rest = parse(text.slice(match.index));
    if (rest) {
      return {
        value: rest.value,
        clean: false,
        problem: 'A torn record stands before this one on the same line; it could not be read.',
      };
    }
  }
  return { clean: false, problem: 'Is not valid JSON.' };
}

export interface RecordText {
  /** Empty for blank records. */
  readonly text: string;
  readonly problem?: string;
  readonly clean: boolean;
}

/** A record's text without what stands around it. */
export function textOfRecord(bytes: Uint8Array): RecordText {
  const span = trimmed(bytes);
  if (span.start === span.end) {
    return { text: '', clean: false, ...(span.nul && { problem: 'Holds nothing but NUL bytes.' }) };
  }
  const buffer = asBuffer(bytes);
  const problem = span.nul
    ? 'NUL bytes around the record were ignored.'
    : // What stands around it is UTF-8 by itself.
      isUtf8(buffer)
      ? undefined
      : 'Bytes that are no UTF-8 were replaced.';
  return {
    text: buffer.toString('utf8', span.start, span.end),
    clean: problem === undefined && !span.bom,
    ...(problem !== undefined && { problem }),
  };
}

/** The same bytes, without another view of them where they are a Buffer already. */
export function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes)
    ? bytes
    : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function parse(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined; // The caller says so in its problem.
  }
}

interface Span {
  readonly start: number;
  readonly end: number;
  readonly nul: boolean;
  readonly bom: boolean;
}

/** The record without byte order mark, blanks and NULs around it. */
function trimmed(bytes: Uint8Array): Span {
  let start = 0;
  let end = bytes.length;
  let nul = false;
  const bom = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  if (bom) start = 3;
  for (; start < end && isFiller(bytes[start]); start++) nul ||= bytes[start] === 0;
  for (; end > start && isFiller(bytes[end - 1]); end--) nul ||= bytes[end - 1] === 0;
  return { start, end, nul, bom };
}

function isFiller(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09 || byte === 0x00;
}

export function asObject(value: unknown): JsonObject | undefined {
  // The one place where "not null, not an array" becomes "has string keys".
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as JsonObject)
    : undefined;
}

export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** Those of the values that are objects. */
export function objectsIn(values: readonly unknown[]): readonly JsonObject[] {
  return values.map(asObject).filter((object) => object !== undefined);
}

/** A copy of an object that lacks some of its members. */
export function without(object: JsonObject, keys: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** The first `length` characters, none of them split in half. */
export function firstCharacters(text: string, length: number): string {
  let end = 0;
  for (let count = 0; count < length && end < text.length; count++) {
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  }
  return text.slice(0, end);
}

/** The string, unless it is empty. */
export function asString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A count of at least 0, else 0: neither is what sums of a few would make endless. */
export function asCount(value: unknown): number {
  return typeof value === 'number' && value > 0 && value <= Number.MAX_SAFE_INTEGER ? value : 0;
}

/** Milliseconds since the epoch of an ISO 8601 time, `undefined` for anything else. */
export function timeOf(value: unknown): number | undefined {
  if (typeof value !== 'string') return undefined;
  // Several parts of a reader ask for the time of one record.
  if (value !== lastText) {
    const time = Date.parse(value);
    lastTime = Number.isNaN(time) ? undefined : time;
    lastText = value;
  }
  return lastTime;
}

let lastText = '';
let lastTime: number | undefined;
