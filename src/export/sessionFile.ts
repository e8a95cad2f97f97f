/**
 * A session as a file of its own: JSON lines that hold the records of every log its branch runs
 * through, byte for byte, and what the person noted. Described in docs/session-file.md.
 *
 * Invariant: the last line counts and hashes all before it, so a file that was cut off is known.
 */
import * as v from 'valibot';
import { isTime } from '../core/message.ts';

export const FORMAT = 'multipath-session';
export const VERSION = 1;

const id = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const time = v.pipe(v.number(), v.check(isTime));

const header = v.object({
  type: v.literal(FORMAT),
  version: count,
  sessionId: id,
  title: v.string(),
  savedAt: time,
});

const anchor = v.object({ logId: id, seq: count, nativeId: v.exactOptional(v.string()) });

/** The run that filled a fork, as facts that the store checks when it takes them in. */
const fact = v.object({ id, value: v.unknown() });
const explored = v.object({ exploration: fact, run: fact });

/** What a session of our own is made of; an agent's session is read out of its records. */
const native = v.object({
  sessionId: id,
  parentId: v.exactOptional(id),
  forkPoint: v.exactOptional(anchor),
  title: v.string(),
  createdAt: time,
  project: v.string(),
  explored: v.exactOptional(explored),
});

/** Of an agent's log whose beginning we wrote: what it was cut from. */
const resumed = v.object({
  sessionId: id,
  forkLog: id,
  forkSeq: count,
  messages: count,
  records: count,
  createdAt: time,
});

const log = v.object({
  type: v.literal('log'),
  id,
  agent: id,
  nativeId: v.string(),
  path: v.exactOptional(v.string()),
  createdAt: time,
  /** Records that follow, and their bytes. */
  records: count,
  bytes: count,
  native: v.exactOptional(native),
  resumed: v.exactOptional(resumed),
  /** Which session each branch of an agent's log is. */
  sessions: v.array(v.object({ branch: v.string(), id })),
});

const record = v.object({
  type: v.literal('record'),
  /** The record where it is UTF-8, else its bytes. */
  text: v.exactOptional(v.string()),
  base64: v.exactOptional(v.string()),
  /** The record goes on in the next line: no line is too large to be read at once. */
  more: v.exactOptional(v.literal(true)),
});

const facts = v.object({
  type: v.literal('facts'),
  sessionId: id,
  /** The title that the person gave. */
  title: v.exactOptional(v.string()),
  tags: v.array(v.string()),
  pinnedAt: v.exactOptional(time),
  note: v.exactOptional(v.string()),
  metadata: v.record(v.string(), v.unknown()),
  retentionPolicy: v.picklist(['standard', 'critical', 'temporary']),
  /** What models said of it and others; the store checks each when it takes it in. */
  judgements: v.exactOptional(v.array(v.object({ id, value: v.unknown() }))),
});

const end = v.object({
  type: v.literal('end'),
  /** Lines before this one, and the SHA-256 of their bytes in hex. */
  lines: count,
  sha256: v.string(),
});

const line = v.variant('type', [header, log, record, facts, end]);

export type SessionFileLine = v.InferOutput<typeof line>;
export type SavedLog = v.InferOutput<typeof log>;
type SavedRecord = v.InferOutput<typeof record>;
export type SavedFacts = v.InferOutput<typeof facts>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Bytes of a record in one line. */
const PART_BYTES = 16 * 1024 * 1024;

/** A record as the lines that hold it, nearly always one. */
export function* recordLines(bytes: Uint8Array): Generator<SessionFileLine> {
  for (let start = 0; start < bytes.length; start += PART_BYTES) {
    const end = start + PART_BYTES;
    if (end < bytes.length) {
      yield { type: 'record', base64: base64Of(bytes.subarray(start, end)), more: true };
    } else if (start > 0) yield { type: 'record', base64: base64Of(bytes.subarray(start)) };
    else yield { type: 'record', ...textOf(bytes) };
  }
  if (bytes.length === 0) yield { type: 'record', text: '' };
}

function textOf(bytes: Uint8Array): { text: string } | { base64: string } {
  try {
    return { text: utf8.decode(bytes) };
  } catch {
    // Agents' files may hold broken UTF-8, and it is kept.
    return { base64: base64Of(bytes) };
  }
}

function base64Of(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}

export function recordBytes(saved: SavedRecord): Uint8Array {
  return saved.base64 === undefined
    ? Buffer.from(saved.text ?? '', 'utf8')
    : Buffer.from(saved.base64, 'base64');
}

/** One line of the file, its line break included. */
export function encodeLine(value: SessionFileLine): string {
  return `${JSON.stringify(value)}\n`;
}

/** `undefined` for what is no line of such a file. */
export function parseLine(bytes: Uint8Array): SessionFileLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return undefined; // the caller says which line it is
  }
  const parsed = v.safeParse(line, value);
  return parsed.success ? parsed.output : undefined;
}
