/**
 * Derives again what is derived: branches, outlines, sessions, their place in the tree, projects and
 * problems, from records and facts alone. Used to mend, and, in a transaction that is rolled back,
 * to find out what is wrong.
 *
 * Invariant: a log whose records cannot all be read is left as it is, so that what is lost can still
 * be named; unless `partly` says to make of it what can be made.
 */
import { messageOf, MultipathError } from '../../core/errors.ts';
import { number, text, textOrNull, type Row } from '../database.ts';
import type { EncodedLog } from '../encodedLog.ts';
import { NATIVE_AGENT } from '../nativeLog.ts';
import { nativeMessages, nativeSession, readable, type NativeHints } from '../nativeSessions.ts';
import type { StoreCore } from '../storeCore.ts';

/** A reader broke off on records that can all be read: its fault, not theirs. */
export class ReaderFailure extends MultipathError {
  constructor(agent: string, cause: unknown) {
    const why = messageOf(cause);
    super('corrupt-file', `The reader for ${agent} does not get through a session: ${why}`, {
      cause,
    });
    this.name = 'ReaderFailure';
  }
}

/**
 * Reads an agent's records, in order from the first; `undefined` where nobody can. Throws
 * `ReaderFailure` where its reader does, and whatever reading the records throws.
 */
export type DeriveLog = (
  agent: string,
  path: string,
  records: AsyncIterable<readonly Uint8Array[]>,
  /** How many there are. */
  count: number,
) => Promise<EncodedLog | undefined>;

export type Rebuildable = Pick<
  StoreCore,
  'database' | 'records' | 'outlines' | 'catalogue' | 'ingest' | 'staged' | 'ownSessions'
>;

export interface RebuildOptions {
  readonly derive: DeriveLog;
  /** Makes what can be made of logs with records that cannot be read. */
  readonly partly?: boolean;
  readonly hints?: (sessionId: string) => NativeHints | undefined;
  /** Lets others have the thread between two parts of a log. */
  readonly breathe?: () => Promise<void>;
}

/** Records handed to a reader between two breaths. */
const SLICE_RECORDS = 32;

/** Numbers of all logs, in the order in which they have to be derived: parents first. */
export function logsToRebuild(core: Rebuildable): number[] {
  return core.database
    .all(`SELECT num FROM log ORDER BY agent = '${NATIVE_AGENT}', superseded DESC, created_at, num`)
    .map((row) => number(row, 'num'));
}

/** What a log's records say, ready to be written. */
export interface Rebuild {
  /** Of an agent's log. */
  readonly derived?: EncodedLog;
  /**
   * Writes the derived rows anew, inside a transaction; of `derived` only what `left` has, where it
   * is given. Returns the sessions that changed with it.
   */
  readonly save: (left?: EncodedLog) => readonly string[];
}

/**
 * Reads a log for writing its derived rows anew. `undefined` where there is nothing to derive (an
 * unknown agent, a log that was removed or grew meanwhile).
 * @throws MultipathError `corrupt-file`, `corrupt-block`, `not-found` when a record cannot be read
 */
export async function prepareRebuild(
  core: Rebuildable,
  log: number,
  options: RebuildOptions,
): Promise<Rebuild | undefined> {
  const row = logRow(core, log);
  if (!row) return undefined;
  const count = number(row, 'record_count');
  const isStill = (): boolean => {
    const now = logRow(core, log);
    return now !== undefined && number(now, 'record_count') === count;
  };
  if (text(row, 'agent') === NATIVE_AGENT) {
    const messages = await nativeMessages(core.records, log, count, options.partly === true);
    if (!isStill()) return undefined;
    return {
      save: () => {
        const session = nativeSession(core, log, messages, options.hints);
        return session ? core.ownSessions.save(session) : [];
      },
    };
  }
  // What was removed for good stays so.
  if (count === 0 && number(row, 'file_bytes') >= 0) return undefined;
  const path = textOrNull(row, 'path') ?? '';
  const read = options.partly ? readable(core.records, log, count) : core.records.readAll(log);
  const records = slowly(read, options.breathe);
  const derived = await options.derive(text(row, 'agent'), path, records, count);
  if (!derived || !isStill()) return undefined;
  const file = {
    bytes: number(row, 'file_bytes'),
    modifiedAt: number(row, 'file_modified_at'),
  };
  return {
    derived,
    save: (left = derived) => {
      // It may have grown while its outline was written ahead: then it is the import's to be saved.
      if (!isStill()) return [];
      if (number(row, 'superseded') === 1) return core.ingest.saveSuperseded(log, left).changed;
      const { changed, removed } = core.ingest.save(log, file, left);
      return [...changed, ...removed];
    },
  };
}

/** Derives a log anew. Returns the sessions that changed; durable after the caller's flush. */
export async function rebuildLog(
  core: Rebuildable,
  log: number,
  options: RebuildOptions,
): Promise<readonly string[]> {
  const rebuild = await prepareRebuild(core, log, options);
  if (!rebuild) return [];
  const { derived, save } = rebuild;
  if (derived) return core.staged.save(log, derived, save);
  try {
    return core.database.transaction(() => save());
  } catch (error) {
    core.outlines.changed(log); // what was read of the new outline is rolled back
    throw error;
  }
}

/**
 * Derives everything anew, or some logs; `onLog` is called after each. Logs that their reader does
 * not get through stay as they are where `onFailure` hears of them. Returns changed sessions.
 */
export async function rebuildDerived(
  core: Rebuildable,
  options: RebuildOptions & {
    readonly logs?: readonly number[];
    readonly onLog?: (done: number, total: number) => Promise<void>;
    readonly onFailure?: (log: number, error: ReaderFailure) => void;
  },
): Promise<ReadonlySet<string>> {
  const logs = options.logs ?? logsToRebuild(core);
  const changed = new Set<string>();
  for (const [index, log] of logs.entries()) {
    try {
      for (const id of await rebuildLog(core, log, options)) changed.add(id);
    } catch (error) {
      if (!(error instanceof ReaderFailure) || !options.onFailure) throw error;
      options.onFailure(log, error);
    }
    core.database.flush();
    await options.onLog?.(index + 1, logs.length);
  }
  return changed;
}

async function* slowly(
  records: AsyncIterable<readonly Uint8Array[]>,
  breathe: (() => Promise<void>) | undefined,
): AsyncGenerator<readonly Uint8Array[]> {
  for await (const batch of records) {
    for (let from = 0; from < batch.length; from += SLICE_RECORDS) {
      yield batch.slice(from, from + SLICE_RECORDS);
      await breathe?.();
    }
  }
}

function logRow({ database }: Rebuildable, log: number): Row | undefined {
  return database.get(
    `SELECT agent, path, record_count, superseded, file_bytes, file_modified_at FROM log
     WHERE num = ?`,
    [log],
  );
}
