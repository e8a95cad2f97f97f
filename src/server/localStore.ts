/**
 * The store as its owner sees it: SessionStore over the files. Everything another process may ask
 * for passes through here; what was changed is announced once it is on disk.
 */
import * as v from 'valibot';
import type { Comparison, ComparisonRow } from '../core/comparison.ts';
import { compareBranches } from '../core/compare/compare.ts';
import { comparisonRows } from '../core/compare/rows.ts';
import { MultipathError } from '../core/errors.ts';
import { buildFamily } from '../core/lineage.ts';
import type { Message, NewMessage } from '../core/message.ts';
import type { DateRange, SearchOptions, SearchResult } from '../core/search.ts';
import type { Session, SessionTreeNode, Tier } from '../core/session.ts';
import type {
  AgentSurvey,
  CreateSession,
  ForkResult,
  ForkSession,
  ImportProgress,
  MessagePage,
  MessageRange,
  MigrateSession,
  MigrationEntry,
  Mutation,
  ProjectSummary,
  SessionList,
  SessionQuery,
  SessionStore,
  StoreEvent,
  StoreStatus,
  TierStatistics,
  UpdateSession,
} from '../core/sessionStore.ts';
import { MAX_LIMIT } from '../store/catalogue.ts';
import type { StoreCore } from '../store/storeCore.ts';
import type { SessionPosition } from '../store/transcripts.ts';
import { ComparisonCache } from './comparisonCache.ts';
import type { Importer } from './importer.ts';
import type { StoreSearch } from './openSearch.ts';
import { branchReader, lineageFinder } from './storeReading.ts';

/** Messages of one page request at most. */
const MAX_RANGE = 1000;

const sessionOutcome = v.looseObject({ sessionId: v.string() });
const forkOutcome = v.looseObject({
  sessionId: v.string(),
  atMessage: v.number(),
  movedBecause: v.exactOptional(v.string()),
});
const treeOutcome = v.looseObject({ changed: v.array(v.string()) });
const parse =
  <T>(schema: v.GenericSchema<unknown, T>) =>
  (outcome: unknown): T =>
    v.parse(schema, outcome);

export class LocalStore implements SessionStore {
  readonly #core: StoreCore;
  readonly #importer: Importer;
  readonly #storePath: string;
  readonly #search: StoreSearch | undefined;
  readonly #comparisons = new ComparisonCache();
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #revision = 0;

  constructor(core: StoreCore, importer: Importer, storePath: string, search?: StoreSearch) {
    this.#core = core;
    this.#importer = importer;
    this.#storePath = storePath;
    this.#search = search;
    importer.onImported = (changed, removed) => this.#announce(changed, removed);
    importer.onProgress = (progress) => this.#emit({ type: 'import', progress });
  }

  getStatus(): Promise<StoreStatus> {
    const { notice, readOnlyBecause, database, catalogue } = this.#core;
    const told = readOnlyBecause ?? notice;
    return this.#read(() => ({
      role: readOnlyBecause === undefined ? 'owner' : 'read-only',
      ...(told !== undefined && { notice: told }),
      ownerPid: process.pid,
      serverPid: process.pid,
      storePath: this.#storePath,
      storageMode: database.mode,
      revision: this.#revision,
      sessions: catalogue.count(),
    }));
  }

  async createSession(input: CreateSession): Promise<Session> {
    this.#mustWrite();
    const { requests, edits, catalogue } = this.#core;
    const { sessionId } = await requests.once(
      input.requestId,
      () => edits.create(input),
      parse(sessionOutcome),
    );
    this.#announce([sessionId]);
    return catalogue.get(sessionId);
  }

  async appendMessages(
    sessionId: string,
    messages: readonly NewMessage[],
    options: Mutation = {},
  ): Promise<Session> {
    this.#mustWrite();
    const { requests, edits, catalogue } = this.#core;
    await requests.once(
      options.requestId,
      () => edits.append(sessionId, messages),
      parse(sessionOutcome),
    );
    this.#announce([sessionId]);
    return catalogue.get(sessionId);
  }

  getSession(sessionId: string): Promise<Session | undefined> {
    return this.#read(() => this.#core.catalogue.find(sessionId));
  }

  async readMessages(sessionId: string, range: MessageRange): Promise<MessagePage> {
    const { commits, transcripts, access, catalogue } = this.#core;
    commits.settle();
    const start = Math.max(0, range.start);
    const end = Math.min(Math.max(start, range.end), start + MAX_RANGE);
    const position = this.#position(sessionId);
    const messages = await transcripts.read(position, start, end);
    if (this.#core.readOnlyBecause === undefined) {
      access.record(sessionId);
      this.#promoteSoon(sessionId, position);
    }
    return {
      messages,
      start,
      total: transcripts.total(position),
      forks: catalogue.forkMarks(sessionId, start, end),
    };
  }

  async readMessage(sessionId: string, index: number): Promise<Message> {
    this.#core.commits.settle();
    return this.#core.transcripts.readWhole(this.#position(sessionId), index);
  }

  listSessions(query: SessionQuery): Promise<SessionList> {
    return this.#read(() => this.#core.catalogue.list(query));
  }

  listProjects(): Promise<readonly ProjectSummary[]> {
    return this.#read(() => this.#core.catalogue.projects());
  }

  async updateSession(sessionId: string, changes: UpdateSession): Promise<Session> {
    this.#mustWrite();
    const { requests, edits, catalogue } = this.#core;
    await requests.once(
      changes.requestId,
      () => edits.update(sessionId, changes),
      parse(sessionOutcome),
    );
    this.#announce([sessionId]);
    return catalogue.get(sessionId);
  }

  async deleteSession(sessionId: string, options: Mutation = {}): Promise<void> {
    await this.#setDeleted(sessionId, true, options);
  }

  async restoreSession(sessionId: string, options: Mutation = {}): Promise<Session> {
    await this.#setDeleted(sessionId, false, options);
    return this.#core.catalogue.get(sessionId);
  }

  async forkSession(parentId: string, input: ForkSession): Promise<ForkResult> {
    this.#mustWrite();
    const { requests, edits, catalogue } = this.#core;
    const { sessionId, atMessage, movedBecause } = await requests.once(
      input.requestId,
      () => edits.fork(parentId, input),
      parse(forkOutcome),
    );
    this.#announce([sessionId, parentId]);
    return {
      session: catalogue.get(sessionId),
      atMessage,
      ...(movedBecause !== undefined && { movedBecause }),
    };
  }

  getSessionForks(sessionId: string): Promise<readonly Session[]> {
    return this.#read(() => this.#core.catalogue.forks(sessionId));
  }

  getSessionParent(sessionId: string): Promise<Session | undefined> {
    return this.#read(() => {
      const { parentId } = this.#core.catalogue.get(sessionId);
      return parentId === undefined ? undefined : this.#core.catalogue.find(parentId);
    });
  }

  getSessionSiblings(sessionId: string): Promise<readonly Session[]> {
    return this.#read(() => {
      const { parentId } = this.#core.catalogue.get(sessionId);
      if (parentId === undefined) return [];
      return this.#core.catalogue.forks(parentId).filter((session) => session.id !== sessionId);
    });
  }

  getSessionTree(sessionId: string): Promise<SessionTreeNode> {
    return this.#read(() => {
      const family = buildFamily(this.#core.catalogue.family(sessionId), sessionId);
      if (!family) {
        throw new MultipathError('not-found', `There is no session ${sessionId} in the store.`);
      }
      return family;
    });
  }

  findSessionsByTag(tag: string): Promise<readonly Session[]> {
    return this.#read(() => this.#core.catalogue.list({ tag, limit: MAX_LIMIT }).sessions);
  }

  findSessionsByDateRange(range: DateRange): Promise<readonly Session[]> {
    return this.#read(() => this.#core.catalogue.list({ ...range, limit: MAX_LIMIT }).sessions);
  }

  async searchSessionsByContent(query: string, options?: SearchOptions): Promise<SearchResult> {
    this.#core.commits.settle();
    if (!this.#search) throw new MultipathError('unavailable', 'This store has no search.');
    return this.#search.search(query, options);
  }

  async compareSessions(sessionIds: readonly string[]): Promise<Comparison> {
    this.#core.commits.settle();
    const sessions = sessionIds.map((id) => this.#core.catalogue.get(id));
    const revisions = sessions.map(({ id, title }) => {
      const { log, branch, inherited } = this.#position(id);
      return [id, title, this.#core.outlines.revision(log, branch), inherited].join('\n');
    });
    return this.#comparisons.get(revisions, () =>
      compareBranches({
        sessions,
        findSession: lineageFinder(this.#core),
        reader: branchReader(this.#core),
      }),
    );
  }

  async readComparisonRows(
    sessionIds: readonly string[],
    range: MessageRange,
  ): Promise<readonly ComparisonRow[]> {
    const { rows } = await this.compareSessions(sessionIds);
    const wanted = rows.slice(range.start, Math.min(range.end, range.start + MAX_RANGE));
    return comparisonRows(sessionIds, wanted, branchReader(this.#core));
  }

  async migrateToTier(sessionId: string, tier: Tier, options: MigrateSession): Promise<Session> {
    this.#mustWrite();
    const { catalogue, moves, transcripts, commits } = this.#core;
    commits.settle();
    const session = catalogue.get(sessionId);
    const position = this.#position(sessionId);
    if (tier === 'cold') {
      const together = catalogue.sharingLog(position.log).map((id) => catalogue.find(id));
      const critical = together.find((other) => other?.retentionPolicy === 'critical');
      if (critical) {
        const which = critical.id === sessionId ? 'This session' : `“${critical.title}” beside it`;
        throw new MultipathError(
          'bad-request',
          `${which} is marked critical and stays at hand. Change its retention to archive it.`,
        );
      }
      await moves.archive(position.log, sessionId, session.storageTier, options.reason);
      transcripts.cool(sessionId);
    } else {
      await moves.promote(position.log, sessionId, options.reason);
      if (tier === 'hot') await transcripts.read(position, 0, MAX_RANGE);
      else transcripts.cool(sessionId);
    }
    this.#announce(catalogue.sharingLog(position.log));
    return catalogue.get(sessionId);
  }

  getTierStatistics(): Promise<TierStatistics> {
    return this.#read(() => {
      const { catalogue, transcripts } = this.#core;
      const { warm, cold, coldRawBytes } = catalogue.tierSums();
      const hot = { sessions: transcripts.hotSessions(), bytes: transcripts.hotBytes() };
      return { tiers: { hot, warm, cold }, coldRawBytes };
    });
  }

  getMigrationHistory(limit: number): Promise<readonly MigrationEntry[]> {
    return this.#read(() => this.#core.moves.history(limit));
  }

  surveyAgents(): Promise<readonly AgentSurvey[]> {
    return this.#importer.survey();
  }

  async setConsent(
    agent: string,
    consent: 'granted' | 'declined',
    options: Mutation = {},
  ): Promise<void> {
    this.#mustWrite();
    await this.#core.requests.once(
      options.requestId,
      () => {
        this.#importer.setConsent(agent, consent);
        return { sessionId: '' };
      },
      parse(sessionOutcome),
    );
  }

  async importSessions(): Promise<ImportProgress> {
    this.#mustWrite();
    return this.#importer.run();
  }

  cancelImport(): Promise<void> {
    return this.#importer.cancel();
  }

  onDidChange(listener: (event: StoreEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The records of an agent's file as it was last read, all its bytes. Fails with `not-found`. */
  readSource(file: string): AsyncIterable<readonly Uint8Array[]> {
    const known = this.#core.logs.ofFile(file);
    if (!known) throw new MultipathError('not-found', `${file} was never imported.`);
    return this.#core.records.readAll(known.log);
  }

  /**
   * Ends what is under way, makes everything durable and lets the files go. Resolves also when a
   * write failed before: what could not be kept is reported, and the next opening finds the rest.
   */
  async close(): Promise<void> {
    await this.#importer.dispose();
    await this.#search?.close();
    const { moves, access, archive, database, requests, readOnlyBecause } = this.#core;
    await moves.idle();
    access.dispose();
    try {
      if (readOnlyBecause === undefined) {
        access.flush();
        requests.prune();
      }
    } catch (error) {
      this.#importer.report(error);
    }
    try {
      database.close();
    } catch (error) {
      this.#importer.report(error);
    }
    archive.close();
  }

  async #setDeleted(sessionId: string, deleted: boolean, options: Mutation): Promise<void> {
    this.#mustWrite();
    const { changed } = await this.#core.requests.once(
      options.requestId,
      () => this.#core.edits.setDeleted(sessionId, deleted),
      parse(treeOutcome),
    );
    this.#announce(deleted ? changed : [sessionId, ...changed], deleted ? [sessionId] : []);
  }

  /** Renewed use brings an archived session back; the reader does not wait for it. */
  #promoteSoon(sessionId: string, { log }: SessionPosition): void {
    const { catalogue, moves } = this.#core;
    if (!catalogue.isCold(log)) return;
    moves.promote(log, sessionId, 'opened').then(
      () => this.#announce(catalogue.sharingLog(log)),
      (error: unknown) => this.#importer.report(error),
    );
  }

  /** Fails with `not-found`. */
  #position(sessionId: string): SessionPosition {
    const position = this.#core.catalogue.position(sessionId);
    if (!position) {
      throw new MultipathError('not-found', `There is no session ${sessionId} in the store.`);
    }
    return position;
  }

  #read<T>(read: () => T): Promise<T> {
    try {
      this.#core.commits.settle();
      return Promise.resolve(read());
    } catch (error) {
      return Promise.reject(error instanceof Error ? error : new Error(String(error)));
    }
  }

  #mustWrite(): void {
    const { readOnlyBecause } = this.#core;
    if (readOnlyBecause !== undefined) throw new MultipathError('read-only', readOnlyBecause);
  }

  #announce(changed: readonly string[], removed: readonly string[] = []): void {
    this.#revision++;
    this.#search?.wake();
    this.#emit({
      type: 'sessions',
      revision: this.#revision,
      changed: [...new Set(changed)],
      removed,
    });
  }

  #emit(event: StoreEvent): void {
    for (const listener of this.#listeners) listener(event);
  }
}
