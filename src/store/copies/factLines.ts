/**
 * Lines of the facts log: eight hex digits of CRC-32C, a space, JSON, a newline. Each says what
 * holds for one key from then on, or that it is gone. Described in docs/store-format.md.
 *
 * Invariant: a line whose check does not hold is skipped and counted; the next newline begins anew.
 */
import { open } from 'node:fs/promises';
import * as v from 'valibot';
import { crc32c } from '../pages/crc32c.ts';

/** In the order they are put back: logs must be there before what names them. */
export const FACT_KINDS = [
  'log',
  'consent',
  'identity',
  'native',
  'fact',
  'tag',
  'place',
  'resume',
  'exploration',
  'run',
  'judgement',
] as const;
/** What can be read from one row; records of our own, and the head of the file, come beside them. */
export type FactKind = (typeof FACT_KINDS)[number];

const schema = v.looseObject({ k: v.string(), id: v.string(), v: v.optional(v.unknown()) });

export interface FactLine {
  readonly kind: string;
  readonly id: string;
  /** `undefined` where it is gone. */
  readonly value: unknown;
  /** The line's check: equal for equal lines. */
  readonly check: number;
  /** Bytes of the line with its newline. */
  readonly bytes: number;
}

export interface ReadLines {
  readonly lines: readonly FactLine[];
  /** Lines whose check does not hold. */
  readonly damaged: number;
  /** Where the last newline is in the file, plus one: what follows is torn. */
  readonly end: number;
}

/** Some hundreds of lines: all of a chunk are decoded in one go. */
const CHUNK_BYTES = 1 << 17;
const NEWLINE = 10;
const PREFIX = 9;

/** A line with its check. */
export function encodeFact(kind: string, id: string, value: unknown): Buffer {
  const json = JSON.stringify({ k: kind, id, ...(value !== undefined && { v: value }) });
  const body = Buffer.from(json, 'utf8');
  const check = crc32c(body).toString(16).padStart(8, '0');
  return Buffer.concat([Buffer.from(`${check} `), body, Buffer.from('\n')]);
}

/** The check that `encodeFact` would write. */
export function checkOf(line: Buffer): number {
  return Number.parseInt(line.toString('latin1', 0, 8), 16);
}

/** All lines of a file, some at a time. @throws what the system says of a file it cannot read */
export async function* readFacts(file: string): AsyncGenerator<ReadLines> {
  const handle = await open(file, 'r');
  try {
    let rest: Buffer = Buffer.alloc(0);
    let at = 0;
    for (;;) {
      const chunk = Buffer.alloc(CHUNK_BYTES);
      const { bytesRead } = await handle.read(chunk, 0, CHUNK_BYTES, at + rest.length);
      if (bytesRead === 0) return;
      const bytes = Buffer.concat([rest, chunk.subarray(0, bytesRead)]);
      const lines: FactLine[] = [];
      let damaged = 0;
      let start = 0;
      for (let end = bytes.indexOf(NEWLINE); end !== -1; end = bytes.indexOf(NEWLINE, start)) {
        const line = decode(bytes.subarray(start, end + 1));
        if (line) lines.push(line);
        else damaged++;
        start = end + 1;
      }
      at += start;
      rest = bytes.subarray(start);
      yield { lines, damaged, end: at };
    }
  } finally {
    await handle.close();
  }
}

/** A record as JSON can hold it: text where it is text, else base64. */
export function packed(bytes: Uint8Array = new Uint8Array()): unknown {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  const asText = buffer.toString('utf8');
  return Buffer.from(asText, 'utf8').equals(buffer)
    ? asText
    : { base64: buffer.toString('base64') };
}

/** The opposite of `packed`; `undefined` for anything else. */
export function unpacked(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value, 'utf8');
  if (typeof value !== 'object' || value === null || !('base64' in value)) return undefined;
  return typeof value.base64 === 'string' ? Buffer.from(value.base64, 'base64') : undefined;
}

function decode(line: Buffer): FactLine | undefined {
  const body = line.subarray(PREFIX, -1);
  if (line.length <= PREFIX || checkOf(line) !== crc32c(body)) return undefined;
  const { k, id, v: value } = v.parse(schema, JSON.parse(body.toString('utf8')));
  return { kind: k, id, value, check: checkOf(line), bytes: line.length };
}
