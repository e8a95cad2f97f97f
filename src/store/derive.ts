/**
 * Reads a log's records again and says what they mean: everything derived of a log comes out of its
 * records alone, so it can be made anew. An agent's log through that agent's reader, our own
 * through the one below.
 */
import type { LogReader } from '../core/reader.ts';
import { textOrNull, text, type Database } from './database.ts';
import { encodeLog, type EncodedLog } from './encodedLog.ts';
import { createNativeReader, NATIVE_AGENT } from './nativeLog.ts';
import type { Records } from './records.ts';

/** The reader of an agent's file; `path` is where it was. `undefined` for an agent not known. */
export type CreateReader = (agent: string, path: string) => LogReader | undefined;

export interface DerivingParts {
  readonly database: Database;
  readonly records: Records;
  readonly createReader: CreateReader;
}

/**
 * Reads in slices: `breathe` is awaited between them. `undefined` where the log is not there or
 * nobody can read it.
 * @throws MultipathError `corrupt-file` where records are missing, and what `breathe` throws
 */
export async function deriveLog(
  { database, records, createReader }: DerivingParts,
  log: number,
  breathe: () => Promise<void>,
): Promise<EncodedLog | undefined> {
  const row = database.get('SELECT agent, path, native_id FROM log WHERE num = ?', [log]);
  if (!row) return undefined;
  const agent = text(row, 'agent');
  const reader =
    agent === NATIVE_AGENT
      ? createNativeReader(text(row, 'native_id'))
      : createReader(agent, textOrNull(row, 'path') ?? '');
  if (!reader) return undefined;
  let seq = 0;
  for await (const batch of records.readAll(log)) {
    for (const record of batch) {
      reader.add(seq++, record);
      await breathe();
    }
  }
  return encodeLog(reader.finish());
}
