/**
 * Takes into the store what was read of an agent's file, batch by batch. Everything is committed
 * when a function returns and durable after the caller's flush, so that many small files share one.
 */
import type { SourceFile } from '../agents/agent.ts';
import { newId } from '../core/ids.ts';
import type { EncodedLog } from '../store/encodedLog.ts';
import type { IngestResult } from '../store/ingest/ingest.ts';
import { LogFiles } from '../store/logFiles.ts';
import type { KnownLog } from '../store/logs.ts';
import type { StoreCore } from '../store/storeCore.ts';
import type { Batch } from './fileReading.ts';

/** What was read of a file before, also when it was written under another name then. */
export function knownLog(core: StoreCore, { path, replaces }: SourceFile): KnownLog | undefined {
  const known = core.logs.ofFile(path);
  const other = known ? undefined : replaces?.find((one) => core.logs.ofFile(one));
  if (other === undefined) return known;
  core.database.transaction(() => {
    new LogFiles(core.database).move(other, path);
  });
  return core.logs.ofFile(path);
}

/** Begins the log of a file, the next generation where it has one. Returns its number. */
export function beginLog(core: StoreCore, agent: string, path: string, createdAt: number): number {
  return core.database.transaction(() =>
    core.logs.create({ id: newId(), agent, path, nativeId: '', createdAt }),
  );
}

/** Thrown where what was read before is not in the store any more: it was removed for good. */
export class LogEmptied extends Error {}

/** @throws LogEmptied where the records before the batch are gone */
export async function appendBatch(core: StoreCore, log: number, batch: Batch): Promise<void> {
  const records = await core.records.prepare(batch.records);
  const { firstSeq, byteCount, checkpoint } = batch;
  try {
    core.database.transaction(() => {
      mustHave(core, log, firstSeq);
      core.logs.append(log, { firstSeq, records, byteCount, checkpoint });
    });
  } catch (error) {
    if (error instanceof LogEmptied) core.records.letGo(records);
    throw error;
  }
}

/**
 * `file` is as it was found: what was added since makes it look changed the next time.
 * @param records so many must be in the store; rejects with LogEmptied where they are gone
 */
export function finishLog(
  core: StoreCore,
  log: number,
  file: SourceFile,
  derived: EncodedLog,
  records = 0,
): Promise<IngestResult> {
  return core.staged.save(log, derived, (left) => {
    mustHave(core, log, records);
    return core.ingest.save(log, file, left);
  });
}

function mustHave(core: StoreCore, log: number, records: number): void {
  if (core.logs.recordCount(log) < records) throw new LogEmptied();
}
