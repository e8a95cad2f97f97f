/**
 * Outlines on disk: a branch's own messages in chunks of 32 entries, each one JSON text with
 * short keys. Runs in the import worker, so that the store only inserts what arrives.
 */
import type { OutlineEntry } from '../core/reader.ts';
import type { Role, TokenUsage } from '../core/message.ts';

/** About a page of the database: every message that is added writes its chunk anew. */
export const CHUNK_ENTRIES = 32;

export interface OutlineChunk {
  readonly minSeq: number;
  readonly maxSeq: number;
  readonly data: string;
}

interface Packed {
  readonly r: Role;
  readonly s: readonly number[];
  readonly n?: string;
  readonly l?: string;
  readonly t?: number;
  readonly m?: string;
  readonly p?: string;
  readonly k?: readonly [number, number, number, number, number?];
  readonly d?: number;
  readonly o?: 1;
  readonly c?: number;
  readonly e?: number;
  readonly b?: 'gap' | 'context-reset';
}

export function encodeOutline(entries: readonly OutlineEntry[]): OutlineChunk[] {
  const chunks: OutlineChunk[] = [];
  for (let start = 0; start < entries.length; start += CHUNK_ENTRIES) {
    const part = entries.slice(start, start + CHUNK_ENTRIES);
    let minSeq = Infinity;
    let maxSeq = -1;
    for (const entry of part) {
      minSeq = Math.min(minSeq, entry.seqs[0] ?? Infinity);
      maxSeq = Math.max(maxSeq, entry.seqs.at(-1) ?? -1);
    }
    chunks.push({ minSeq, maxSeq, data: JSON.stringify(part.map(pack)) });
  }
  return chunks;
}

export function decodeOutline(data: string): OutlineEntry[] {
  // Written by encodeOutline and checked block by block on the way back from disk.
  return (JSON.parse(data) as Packed[]).map(unpack);
}

/** The entries of two encoded chunks, neither of them empty, in one. */
export function joinOutlines(first: string, second: string): string {
  return `${first.slice(0, -1)},${second.slice(1)}`;
}

function pack(entry: OutlineEntry): Packed {
  const { tokens } = entry;
  return {
    r: entry.role,
    s: entry.seqs,
    ...(entry.nativeId !== undefined && { n: entry.nativeId }),
    ...(entry.lineageId !== undefined &&
      entry.lineageId !== entry.nativeId && { l: entry.lineageId }),
    ...(entry.timestamp !== undefined && { t: entry.timestamp }),
    ...(entry.model !== undefined && { m: entry.model }),
    ...(entry.provider !== undefined && { p: entry.provider }),
    ...(tokens && { k: packTokens(tokens) }),
    ...(entry.nanoDollars !== undefined && { d: entry.nanoDollars }),
    ...(entry.open && { o: 1 }),
    ...(entry.tools && { c: entry.tools }),
    ...(entry.errors && { e: entry.errors }),
    ...(entry.notice && { b: entry.notice }),
  };
}

/** Assigned one by one, because a page has hundreds of entries and spreading takes its time. */
function unpack(packed: Packed): OutlineEntry {
  const entry: { -readonly [K in keyof OutlineEntry]: OutlineEntry[K] } = {
    role: packed.r,
    seqs: packed.s,
  };
  const lineageId = packed.l ?? packed.n;
  if (packed.n !== undefined) entry.nativeId = packed.n;
  if (lineageId !== undefined) entry.lineageId = lineageId;
  if (packed.t !== undefined) entry.timestamp = packed.t;
  if (packed.m !== undefined) entry.model = packed.m;
  if (packed.p !== undefined) entry.provider = packed.p;
  if (packed.k) entry.tokens = unpackTokens(packed.k);
  if (packed.d !== undefined) entry.nanoDollars = packed.d;
  if (packed.o) entry.open = true;
  if (packed.c !== undefined) entry.tools = packed.c;
  if (packed.e !== undefined) entry.errors = packed.e;
  if (packed.b) entry.notice = packed.b;
  return entry;
}

function packTokens(tokens: TokenUsage): NonNullable<Packed['k']> {
  const { input, output, cacheRead, cacheWrite, cacheWrite1h } = tokens;
  return cacheWrite1h === undefined
    ? [input, output, cacheRead, cacheWrite]
    : [input, output, cacheRead, cacheWrite, cacheWrite1h];
}

function unpackTokens([input, output, cacheRead, cacheWrite, cacheWrite1h]: NonNullable<
  Packed['k']
>): TokenUsage {
  return cacheWrite1h === undefined
    ? { input, output, cacheRead, cacheWrite }
    : { input, output, cacheRead, cacheWrite, cacheWrite1h };
}
