/**
 * A session as a file of its own: JSON lines that hold the records of every log its branch runs
 * through, byte for byte, and what the person noted. Described in docs/session-file.md.
 *
 * Invariant: the last line counts and hashes all before it, so a file that was cut off is known.
 */
import * as v from 'valibot';

export const FORMAT = 'multipath-session';
export const VERSION = 1;

const id = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));

const header = v.object({
  type: v.literal(FORMAT),
  version: count,
  sessionId: id,
  title: v.string(),
  savedAt: v.number(),
});

const anchor = v.object({ logId: id, seq: count, nativeId: v.exactOptional(v.string()) });

/** What a session of our own is made of; an agent's session is read out of its records. */
const native = v.object({
  sessionId: id,
  parentId: v.exactOptional(id),
  forkPoint: v.exactOptional(anchor),
  title: v.string(),
  createdAt: v.number(),
  project: v.string(),
});

const log = v.object({
  type: v.literal('log'),
  id,
  agent: id,
  nativeId: v.string(),
  path: v.exactOptional(v.string()),
  createdAt: v.number(),
  /** Records that follow, and their bytes. */
  records: count,
  bytes: count,
  native: v.exactOptional(native),
  /** Which session each branch of an agent's log is. */
  sessions: v.array(v.object({ branch: v.string(), id })),
});

const record = v.object({
  type: v.literal('record'),
  /** The record where it is UTF-8, else its bytes. */
  text: v.exactOptional(v.string()),
  base64: v.exactOptional(v.string()),
});

const facts = v.object({
  type: v.literal('facts'),
  sessionId: id,
  /** The title that the person gave. */
  title: v.exactOptional(v.string()),
  tags: v.array(v.string()),
  metadata: v.record(v.string(), v.unknown()),
  retentionPolicy: v.picklist(['standard', 'critical', 'temporary']),
});

const end = v.object({
  type: v.literal('end'),
  /** Lines before this one, and the SHA-256 of their bytes in hex. */
  lines: count,
  sha256: v.string(),
});

const line = v.variant('type', [header, log, record, facts, end]);

export type SessionFileLine = v.InferOutput<typeof line>;
export type SavedHeader = v.InferOutput<typeof header>;
export type SavedLog = v.InferOutput<typeof log>;
export type SavedFacts = v.InferOutput<typeof facts>;

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function recordLine(bytes: Uint8Array): SessionFileLine {
  try {
    return { type: 'record', text: utf8.decode(bytes) };
  } catch {
    // Agents' files may hold broken UTF-8, and it is kept.
    return { type: 'record', base64: Buffer.from(bytes).toString('base64') };
  }
}

export function recordBytes(saved: v.InferOutput<typeof record>): Uint8Array {
  return saved.base64 === undefined
    ? Buffer.from(saved.text ?? '', 'utf8')
    : Buffer.from(saved.base64, 'base64');
}

/** One line of the file, its line break included. */
export function encodeLine(value: SessionFileLine): string {
  return `${JSON.stringify(value)}\n`;
}

/** `undefined` for what is no line of such a file. */
export function parseLine(text: string): SessionFileLine | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined; // the caller says which line it is
  }
  const parsed = v.safeParse(line, value);
  return parsed.success ? parsed.output : undefined;
}
