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

/** Assigned one by one, as in `unpack`; the order is that of the text that is stored. */
function pack(entry: OutlineEntry): Packed {
  const { lineageId, tokens } = entry;
  const packed: { -readonly [K in keyof Packed]: Packed[K] } = { r: entry.role, s: entry.seqs };
  if (entry.nativeId !== undefined) packed.n = entry.nativeId;
  if (lineageId !== undefined && lineageId !== entry.nativeId) packed.l = lineageId;
  if (entry.timestamp !== undefined) packed.t = entry.timestamp;
  if (entry.model !== undefined) packed.m = entry.model;
  if (entry.provider !== undefined) packed.p = entry.provider;
  if (tokens) packed.k = packTokens(tokens);
  if (entry.nanoDollars !== undefined) packed.d = entry.nanoDollars;
  if (entry.open) packed.o = 1;
  if (entry.tools) packed.c = entry.tools;
  if (entry.errors) packed.e = entry.errors;
  if (entry.notice) packed.b = entry.notice;
  return packed;
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
