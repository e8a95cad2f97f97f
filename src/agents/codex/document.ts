/**
 * The oldest threads of Codex, of spring 2025, are one document: `{"session": {…}, "items": […]}`.
 * It is cut at its list, and a piece of it is then what a line of later threads is: the session's
 * header, or an item. Lines of later threads are left as they are.
 */
import { asObject, type JsonObject } from '../json.ts';
import { RecordSplitter, type Splitter } from '../jsonl.ts';
import { JsonSplitter, type CutRule } from '../jsonSplitter.ts';

const RULE: CutRule = {
  lines: false,
  parts: new Set(),
  role: (path) => (path.length === 1 && path[0] === 'items' ? 'list' : undefined),
};
const NEWLINE = 0x0a;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const CLOSE = 0x7d;
const NOTHING = new Uint8Array();
const END = Buffer.from('\n');
/** What a document may begin with before its items; a longer header is none. */
const MOST_HEADER = 1 << 20;

export function createSplitter(path: string): Splitter {
  return /\.json$/i.test(path) ? new JsonSplitter(RULE) : new RecordSplitter();
}

/** A record as a line of JSON. */
export function lineOf(record: Uint8Array): Uint8Array {
  const end = lastByte(record);
  const last = record[end];
  if (last === COMMA) return Buffer.concat([record.subarray(0, end), END]);
  if (last === OPEN_LIST) return headerOf(`${text(record)}]}`);
  const first = firstByte(record);
  if (first === CLOSE_LIST) return NOTHING;
  if (last !== CLOSE || !/^\s*\{\s*"session"\s*:/.test(text(record.subarray(0, 64)))) {
    // The last item of a document on one line has no end of line.
    return record;
  }
  return headerOf(text(record));
}

function headerOf(json: string): Uint8Array {
  const session = json.length > MOST_HEADER ? undefined : asObject(parsed(json)?.['session']);
  return session ? Buffer.from(`${JSON.stringify(session)}\n`) : Buffer.from(json);
}

function parsed(json: string): JsonObject | undefined {
  try {
    return asObject(JSON.parse(json));
  } catch {
    return undefined; // The reader says what is wrong with it.
  }
}

function text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
}

function firstByte(bytes: Uint8Array): number | undefined {
  let at = 0;
  while (at < bytes.length && (bytes[at] ?? 0) <= 0x20) at++;
  return bytes[at];
}

function lastByte(bytes: Uint8Array): number {
  let at = bytes.length - 1;
  while (at >= 0 && ((bytes[at] ?? 0) <= 0x20 || bytes[at] === NEWLINE)) at--;
  return at;
}
