/** Reads sessions of our own back from their records and facts, as an import reads agents' files. */
import { Slices } from '../core/compare/slices.ts';
import { MultipathError } from '../core/errors.ts';
import type { Catalogue } from './catalogue.ts';
import { number, numberOrNull, text, textOrNull, type Database } from './database.ts';
import type { NativeSession } from './ingest/ownSessions.ts';
import { NativeLogReader, type NativeMessage } from './nativeLog.ts';
import type { Records } from './records.ts';

/** What only a fact says of one of our own sessions whose catalogue row is lost. */
export interface NativeHints {
  readonly shown?: string | undefined;
  readonly updatedAt?: number | undefined;
  readonly project?: string | undefined;
}

const UNTITLED = 'New session';

/**
 * The messages of a log of ours, merges that were taken back left out. With `partly` records that
 * cannot be read are passed over.
 * @throws MultipathError `corrupt-file`, `corrupt-block`, `not-found` when a record cannot be read
 */
export async function nativeMessages(
  records: Records,
  log: number,
  count: number,
  partly = false,
): Promise<readonly NativeMessage[]> {
  const reader = new NativeLogReader();
  const slices = new Slices();
  let seq = 0;
  const batches = partly ? readable(records, log, count) : records.readAll(log);
  for await (const batch of batches) {
    for (const bytes of batch) reader.add(seq++, bytes);
    // What is in the database is read without a pause, and others wait.
    await slices.pass();
  }
  return reader.finish();
}

/** All records of a log, empty ones in the place of those that cannot be read. */
export async function* readable(
  records: Records,
  log: number,
  count: number,
): AsyncGenerator<readonly Uint8Array[]> {
  for (let seq = 0; seq < count; seq++) {
    try {
      const found = await records.read(log, [seq]);
      yield [found.get(seq) ?? new Uint8Array()];
    } catch (error) {
      if (!MultipathError.is(error) || error.code === 'poisoned') throw error;
      yield [new Uint8Array()];
    }
  }
}

/** What is to be saved of a session of ours; `undefined` for a log that is none's. */
export function nativeSession(
  { database, catalogue }: { readonly database: Database; readonly catalogue: Catalogue },
  log: number,
  messages: readonly NativeMessage[],
  hints?: (sessionId: string) => NativeHints | undefined,
): NativeSession | undefined {
  const row = database.get('SELECT * FROM native WHERE log = ?', [log]);
  if (!row) return undefined;
  const id = text(row, 'session_id');
  const before = database.get(
    `SELECT title, coalesce(folder, project_key) AS folder, updated_at FROM session WHERE id = ?`,
    [id],
  );
  const hint = hints?.(id);
  const wanted = textOrNull(row, 'parent_id');
  const parent = wanted === undefined ? undefined : catalogue.find(wanted);
  const forkLog = numberOrNull(row, 'fork_log');
  const forkSeq = numberOrNull(row, 'fork_seq');
  const forkNativeId = textOrNull(row, 'fork_native_id');
  const createdAt = number(row, 'created_at');
  const said = messages.reduce(
    (last, { entry }) => Math.max(last, entry.timestamp ?? 0),
    createdAt,
  );
  const own = text(row, 'title');
  const shown = before ? text(before, 'title') : hint?.shown;
  return {
    id,
    log,
    messages,
    title: own === '' ? (shown ?? parent?.title ?? UNTITLED) : own,
    folder: before
      ? text(before, 'folder')
      : (hint?.project ?? (parent && catalogue.folderOf(parent.id)) ?? ''),
    createdAt,
    // When something was added is no part of what was added: it is kept where it is known.
    updatedAt: before
      ? Math.max(number(before, 'updated_at'), hint?.updatedAt ?? 0)
      : (hint?.updatedAt ?? Math.round(said)),
    ...(wanted !== undefined && { wanted }),
    ...(forkLog !== undefined && { forkLog }),
    ...(forkSeq !== undefined && { forkSeq }),
    ...(forkNativeId !== undefined && { forkNativeId }),
  };
}
