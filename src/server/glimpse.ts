/**
 * What a session is about, from the beginning and the end of its file alone, so that all sessions of
 * a long history can be shown before they are read. The agent's own reader says it: what stands
 * between the two ends is missing to it like lines that were lost.
 */
import type { Agent } from '../agents/agent.ts';
import { openForReading, type FileOpener, type OpenFile } from '../agents/byteSource.ts';
import { RecordSplitter } from '../agents/jsonl.ts';
import { isCompressed } from '../agents/walk.ts';

export interface Glimpse {
  readonly title?: string;
  /** Working folder, as the first records say it. */
  readonly cwd?: string;
  /** Milliseconds since the epoch. */
  readonly createdAt?: number;
  /** True for what an agent had another one do: no conversation of the person's own. */
  readonly isSubagent?: true;
}

/** Read of each end: Claude Code looks for its titles in as much. */
const END_BYTES = 64 * 1024;
/** A document is one JSON value and is understood as a whole only; larger ones are not looked into. */
const MOST_DOCUMENT_BYTES = 1024 * 1024;
const NEWLINE = 0x0a;

/**
 * Nothing is known of a file that is compressed, or a document that is too large.
 * @throws the system's error when the file cannot be read
 */
export async function glimpseOf(
  agent: Agent,
  path: string,
  open: FileOpener = openForReading,
): Promise<Glimpse> {
  if (isCompressed(path)) return {};
  const file = await open(path);
  try {
    const { size } = await file.stat();
    const isDocument = /\.json$/i.test(path);
    if (isDocument && size > MOST_DOCUMENT_BYTES) return {};
    const parts = isDocument ? [await read(file, 0, size)] : await endsOf(file, size);
    const splitter = agent.createSplitter?.(path) ?? new RecordSplitter();
    const reader = agent.createReader(path);
    let seq = 0;
    for (const part of parts) for (const record of splitter.push(part)) reader.add(seq++, record);
    for (const record of splitter.end()) reader.add(seq++, record);
    const { title, cwd, createdAt, subagentOf } = reader.finish();
    return {
      ...(title !== '' && { title }),
      ...(cwd !== undefined && { cwd }),
      ...(createdAt !== undefined && { createdAt }),
      ...(subagentOf !== undefined && { isSubagent: true }),
    };
  } finally {
    await file.close();
  }
}

/** The whole lines at both ends of a file; all of it where they meet. */
async function endsOf(file: OpenFile, size: number): Promise<Uint8Array[]> {
  if (size <= 2 * END_BYTES) return [await read(file, 0, size)];
  const first = await read(file, 0, END_BYTES);
  const last = await read(file, size - END_BYTES, END_BYTES);
  const begins = last.indexOf(NEWLINE) + 1;
  return [
    first.subarray(0, first.lastIndexOf(NEWLINE) + 1),
    // The end of a line that begins further up tells nothing.
    begins === 0 ? new Uint8Array() : last.subarray(begins),
  ];
}

async function read(file: OpenFile, position: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  let used = 0;
  while (used < length) {
    const { bytesRead } = await file.read(bytes, used, length - used, position + used);
    if (bytesRead === 0) break;
    used += bytesRead;
  }
  return bytes.subarray(0, used);
}
