/**
 * Reads one agent's file from its beginning: every record goes to the reader, records that the
 * store does not have go out in batches, each with a checkpoint. Runs in the import worker and
 * holds one batch at a time.
 */
import { createHash } from 'node:crypto';
import type { Agent } from '../agents/agent.ts';
import { readRecords, type LogRecord } from '../agents/jsonl.ts';
import { encodeLog, type EncodedLog } from '../store/encodedLog.ts';
import type { Checkpoint } from '../store/logs.ts';

const BATCH_BYTES = 1024 * 1024;
const BATCH_RECORDS = 1024;
const NOTHING_READ: Checkpoint = { terminatedCount: 0, terminatedBytes: 0, prefixHash: '' };

export interface Batch {
  readonly firstSeq: number;
  readonly records: readonly Uint8Array[];
  /** Bytes of the file up to the end of the batch. */
  readonly byteCount: number;
  readonly checkpoint: Checkpoint;
}

/** Thrown to start over: the file's beginning is not what was read before. */
class Rewritten extends Error {}

/**
 * @param onBatch is awaited before reading on
 * @param onRewritten told before the batches of a new log begin
 * @throws the system's error when the file cannot be read; the signal's when aborted
 */
export async function readFile(
  agent: Agent,
  path: string,
  known: Checkpoint | undefined,
  onBatch: (batch: Batch) => Promise<void>,
  onRewritten: () => void,
  signal: AbortSignal,
): Promise<EncodedLog> {
  try {
    return await readFrom(agent, path, known ?? NOTHING_READ, onBatch, signal);
  } catch (error) {
    if (!(error instanceof Rewritten)) throw error;
    onRewritten();
    return readFrom(agent, path, NOTHING_READ, onBatch, signal);
  }
}

async function readFrom(
  agent: Agent,
  path: string,
  known: Checkpoint,
  onBatch: (batch: Batch) => Promise<void>,
  signal: AbortSignal,
): Promise<EncodedLog> {
  const reader = agent.createReader(path);
  const hash = createHash('sha256');
  let terminated = NOTHING_READ;
  let byteCount = 0;
  let pending: Uint8Array[] = [];
  let pendingBytes = 0;
  let firstSeq = known.terminatedCount;
  let sent = false;

  const send = async (): Promise<void> => {
    // Without new records one batch still goes out: it drops a torn tail that the file has lost.
    if (pending.length === 0 && sent) return;
    sent = true;
    const checkpoint = { ...terminated, prefixHash: hash.copy().digest('hex') };
    await onBatch({ firstSeq, records: pending, byteCount, checkpoint });
    firstSeq += pending.length;
    pending = [];
    pendingBytes = 0;
  };
  const take = (record: LogRecord): void => {
    reader.add(record.seq, record.bytes);
    byteCount += record.bytes.length;
    if (record.complete) {
      hash.update(record.bytes);
      terminated = { terminatedCount: record.seq + 1, terminatedBytes: byteCount, prefixHash: '' };
    }
    if (record.seq < known.terminatedCount) return;
    pending.push(record.bytes);
    pendingBytes += record.bytes.length;
  };
  const checkPrefix = (): void => {
    const same =
      terminated.terminatedBytes === known.terminatedBytes &&
      hash.copy().digest('hex') === known.prefixHash;
    if (!same) throw new Rewritten();
  };

  const splitter = agent.createSplitter?.(path);
  for await (const records of readRecords(path, { signal, ...(splitter && { splitter }) })) {
    for (const record of records) {
      take(record);
      if (terminated.terminatedCount === known.terminatedCount && record.complete) checkPrefix();
      if (pendingBytes >= BATCH_BYTES || pending.length >= BATCH_RECORDS) await send();
    }
  }
  if (terminated.terminatedCount < known.terminatedCount) throw new Rewritten();
  await send();
  return encodeLog(reader.finish());
}
