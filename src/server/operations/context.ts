/** What every operation of the store needs: its parts, and how to read, write and announce. */
import * as v from 'valibot';
import { MultipathError } from '../../core/errors.ts';
import type { Run } from '../../core/exploration.ts';
import type { Session } from '../../core/session.ts';
import type { StoreEvent } from '../../core/sessionStore.ts';
import type { DeriveLog } from '../../store/doctor/rebuild.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import type { SessionPosition } from '../../store/transcripts.ts';
import type { Importer } from '../importer.ts';
import type { StoreSearch } from '../openSearch.ts';
import { deriveLog } from '../deriveLog.ts';
import { StoreTasks } from '../tasks.ts';
import { Mover } from '../upkeep/mover.ts';
import { UnreadLogs } from '../upkeep/unreadLogs.ts';

export interface StoreParts {
  readonly core: StoreCore;
  readonly importer: Importer;
  /** Absolute. */
  readonly storePath: string;
  /** Absent where messages cannot be searched. */
  readonly search?: StoreSearch;
  readonly now: () => number;
  /** Of the extension. */
  readonly version?: string;
  /** Without it, logs are derived in this thread. */
  readonly derive?: DeriveLog;
}

/** What a request stores of its effect, and returns again when it is repeated. */
export const sessionOutcome = parser(v.looseObject({ sessionId: v.string() }));

export class OperationContext {
  readonly core: StoreCore;
  readonly importer: Importer;
  readonly storePath: string;
  readonly search: StoreSearch | undefined;
  readonly now: () => number;
  readonly derive: DeriveLog;
  readonly tasks = new StoreTasks((task) => this.emit({ type: 'task', task }));
  readonly mover: Mover;
  readonly unreadLogs: UnreadLogs;
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #revision = 0;

  constructor({
    core,
    importer,
    storePath,
    search,
    now,
    version = '',
    derive = deriveLog,
  }: StoreParts) {
    this.now = now;
    this.derive = derive;
    this.core = core;
    this.importer = importer;
    this.storePath = storePath;
    this.search = search;
    this.unreadLogs = new UnreadLogs(core.database, version);
    this.mover = new Mover({
      core,
      isImporting: () => importer.isRunning,
      announce: (changed, removed) => this.announce(changed, removed),
    });
  }

  /** Counts the announced changes since the store was opened. */
  get revision(): number {
    return this.#revision;
  }

  /** Runs a read that sees nothing which is not on disk; what it throws rejects. */
  read<T>(read: () => T): Promise<T> {
    try {
      this.core.commits.settle();
      return Promise.resolve(read());
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  /** A log that its reader does not get through: tried again by another version. */
  readonly unread = (log: number, error: Error): void => {
    this.unreadLogs.failed(log);
    this.importer.report(error);
  };

  /** @throws MultipathError `read-only` */
  mustWrite(): void {
    const { readOnlyBecause } = this.core;
    if (readOnlyBecause !== undefined) throw new MultipathError('read-only', readOnlyBecause);
  }

  /** Where a session's messages are, also in the trash. @throws MultipathError `not-found` */
  position(sessionId: string): SessionPosition {
    const position = this.core.catalogue.position(sessionId);
    if (!position) {
      throw new MultipathError('not-found', `There is no session ${sessionId} in the store.`);
    }
    return position;
  }

  /**
   * Does a request once (`Requests.once`) and announces the session it tells of.
   * @throws MultipathError `read-only`, and whatever `work` throws
   */
  async changeSession(
    requestId: string | undefined,
    work: () => { sessionId: string },
  ): Promise<Session> {
    this.mustWrite();
    const { sessionId } = await this.core.requests.once(requestId, work, sessionOutcome);
    this.announce([sessionId]);
    return this.core.catalogue.get(sessionId);
  }

  /** Tells everybody which sessions changed; call it once that is on disk. */
  announce(changed: readonly string[], removed: readonly string[] = []): void {
    this.#revision++;
    this.search?.wake();
    const revision = this.#revision;
    this.emit({ type: 'sessions', revision, changed: [...new Set(changed)], removed });
  }

  /** Tells everybody that anything may have changed. */
  announceAll(): void {
    this.#revision++;
    this.search?.wake();
    const revision = this.#revision;
    this.emit({ type: 'sessions', revision, changed: [], removed: [], all: true });
  }

  /** Tells everybody which runs changed, and which to end; call it once that is on disk. */
  announceRuns(runs: readonly Run[], stop: readonly string[] = []): void {
    if (runs.length === 0) return;
    const sessions = runs.map((run) => run.sessionId);
    const ids = runs.map((run) => run.id);
    this.emit({ type: 'runs', runs: ids, sessions, ...(stop.length > 0 && { stop }) });
  }

  emit(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }

  onDidChange(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

/** The check of an outcome that comes back from the requests table. */
export function parser<T>(schema: v.GenericSchema<unknown, T>): (outcome: unknown) => T {
  return (outcome) => v.parse(schema, outcome);
}
