/**
 * Searching messages and titles of all sessions in all tiers. The worker finds and ranks messages;
 * here they are resolved to the sessions that show them, and only those of the page asked for are
 * read, for their snippets. Searching counts as no access and wakes no archive.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import type {
  MarkedText,
  MessageHit,
  SearchOptions,
  SearchResult,
  TitleHit,
} from '../core/search.ts';
import type { Session } from '../core/session.ts';
import {
  hasFilter,
  hasWords,
  matchExpression,
  parseQuery,
  type SearchQuery,
} from '../search/query.ts';
import type { FoundMessage } from '../search/searchShards.ts';
import { MAX_CANDIDATES, rankTitles, titlePieces } from '../search/titles.ts';
import type { IndexSource, SourceMessage } from '../store/indexSource.ts';
import type { ListedTitle, ListedTitles } from '../store/listedTitles.ts';
import { listChosen, type DatedChoice } from '../store/searchScope.ts';
import type { StoreCore } from '../store/storeCore.ts';
import { MessageOwners, type ShownAt } from './messageOwners.ts';
import type { SearchFeeder } from './searchFeeder.ts';
import { pack, type ReadableMessage } from './searchMessages.ts';
import { SearchScopes, type ChosenScope } from './searchScopes.ts';
import { IndexLostError, type SearchWorker } from './searchWorker.ts';

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 200;
const MAX_TITLES = 20;
/** Newest hits that are ranked; more where the page asked for lies further back. */
const WINDOW = 1_000;
const MAX_WINDOW = 10_000;
/** Newest hits looked at for a page of newest ones, beside the page itself: some may be hidden. */
const SLACK = 20;
/** Hits whose session is looked up between two turns of the event loop. */
const RESOLVED = 100;

export interface SearchParts {
  readonly core: StoreCore;
  readonly source: IndexSource;
  readonly titles: ListedTitles;
  readonly worker: SearchWorker;
  /** Absent where the store is only read. */
  readonly feeder?: SearchFeeder;
  readonly now: () => number;
}

interface Shown extends ShownAt {
  readonly found: FoundMessage;
}

interface Messages {
  readonly shown: readonly Shown[];
  readonly more: boolean;
  readonly notice?: string;
}

const NONE: Messages = { shown: [], more: false };

export class ContentSearch {
  readonly #parts: SearchParts;
  readonly #scopes: SearchScopes;

  constructor(parts: SearchParts) {
    this.#parts = parts;
    this.#scopes = new SearchScopes(parts.core.database);
  }

  /** Never rejects for what a person types. */
  async search(input: string, options: SearchOptions = {}): Promise<SearchResult> {
    const { now, feeder } = this.#parts;
    const query = parseQuery(input, now());
    const limit = Math.min(MAX_LIMIT, Math.max(1, options.limit ?? DEFAULT_LIMIT));
    const offset = Math.max(0, options.offset ?? 0);
    feeder?.makeWay();
    const pending = feeder?.pending() ?? 0;
    if (pending > 0) feeder?.wake();
    if (!hasWords(query)) return this.#chosen(query, limit, offset, pending);

    const scope = await this.#scopes.of(query);
    // Titles are looked through here while the worker is at it: first it looks for messages, then it
    // cuts their snippets.
    const [{ shown, more, notice }, candidates] = await Promise.all([
      this.#messages(query, scope, offset + limit, options.order),
      offset === 0 ? this.#candidates(query, scope) : [],
    ]);
    const [cut, titles] = await Promise.all([
      this.#hits(query, shown.slice(offset, offset + limit)),
      this.#titles(query, candidates),
    ]);
    if ('failure' in cut) {
      const { failure } = cut;
      return { titles, hits: [], total: 0, more: false, pending, notice: failure };
    }
    const told = notice !== undefined && { notice };
    return { titles, hits: cut.hits, total: shown.length, more, pending, ...told };
  }

  /** Without words, the filters alone choose sessions. */
  #chosen(query: SearchQuery, limit: number, offset: number, pending: number): SearchResult {
    if (!hasFilter(query)) return { titles: [], hits: [], total: 0, more: false, pending };
    const { database, catalogue } = this.#parts.core;
    const range = { limit, offset };
    const { sessions, total } = listChosen(database, choiceOf(query), catalogue.live, range);
    const titles = sessions.map((session) => ({
      session,
      title: { text: session.title, ranges: [] },
      score: 1,
    }));
    return { titles, hits: [], total, more: false, pending };
  }

  /** Listed sessions whose titles have the most in common with the words. */
  async #candidates(query: SearchQuery, scope: ChosenScope): Promise<readonly ListedTitle[]> {
    const { titles } = this.#parts;
    const { after = -Infinity, before = Infinity } = query;
    await titles.follow();
    return titles.with(
      titlePieces(query),
      MAX_CANDIDATES,
      ({ id, createdAt, updatedAt }) =>
        updatedAt >= after && createdAt < before && (scope.sessions?.has(id) ?? true),
    );
  }

  async #titles(query: SearchQuery, candidates: readonly ListedTitle[]): Promise<TitleHit[]> {
    if (candidates.length === 0) return [];
    // As in `#sessionsOf`.
    await nextTurn();
    const { catalogue } = this.#parts.core;
    const hits: TitleHit[] = [];
    for (const { item, title, score } of rankTitles(query, candidates).slice(0, MAX_TITLES)) {
      const session = catalogue.find(item.id);
      if (session) hits.push({ session, title, score });
    }
    return hits;
  }

  /** Those of the newest messages that are shown in some session, in the order asked for. */
  async #messages(
    query: SearchQuery,
    { only, keys }: ChosenScope,
    end: number,
    order: SearchOptions['order'] = 'relevance',
  ): Promise<Messages> {
    const match = matchExpression(query);
    if (match === undefined) return NONE;
    const { worker, feeder } = this.#parts;
    if (only && keys.size === 0) return NONE;
    let window = order === 'newest' ? end + SLACK : Math.max(WINDOW, end);
    try {
      for (;;) {
        window = Math.min(window, MAX_WINDOW);
        const { messages, more, damaged } = await worker.ask('search', {
          match,
          window,
          order,
          scope: { only, keys },
          ...(query.after !== undefined && { after: query.after }),
          ...(query.before !== undefined && { before: query.before }),
        });
        if (damaged) feeder?.recheck();
        const shown = await this.#shown(messages);
        // Hidden messages may have taken the places of others that are further back.
        if (shown.length < end && messages.length >= window && window < MAX_WINDOW) {
          window *= 4;
          continue;
        }
        return { shown, more };
      }
    } catch (error) {
      return { ...NONE, notice: this.#failed(error) };
    }
  }

  /** Why messages could not be searched, in words for the person. */
  #failed(error: unknown): string {
    if (error instanceof IndexLostError) this.#parts.feeder?.recheck();
    return `Messages could not be searched: ${messageOf(error)}`;
  }

  /** Those that some session shows, in the same order. */
  async #shown(messages: readonly FoundMessage[]): Promise<Shown[]> {
    const owners = new MessageOwners(this.#parts.core);
    const shown: Shown[] = [];
    for (const [index, found] of messages.entries()) {
      if (index > 0 && index % RESOLVED === 0) await nextTurn();
      const at = owners.find(found.log, found.branch, found.position);
      if (at) shown.push({ ...at, found });
    }
    return shown;
  }

  /** Never rejects: titles are shown where messages cannot be. */
  async #hits(
    query: SearchQuery,
    page: readonly Shown[],
  ): Promise<{ readonly hits: readonly MessageHit[] } | { readonly failure: string }> {
    try {
      return { hits: await this.#withSnippets(query, page) };
    } catch (error) {
      return { failure: this.#failed(error) };
    }
  }

  async #withSnippets(query: SearchQuery, page: readonly Shown[]): Promise<MessageHit[]> {
    const { source } = this.#parts;
    const read: { readonly shown: Shown; readonly message: SourceMessage }[] = [];
    for (const shown of page) {
      const message = source.message(shown.found);
      if (message) read.push({ shown, message });
    }
    const [snippets, sessions] = await Promise.all([
      this.#snippets(
        query,
        read.map(({ message }) => message),
      ),
      this.#sessionsOf(page),
    ]);
    const hits: MessageHit[] = [];
    for (const [index, { shown, message }] of read.entries()) {
      const session = sessions.get(shown.sessionId);
      const snippet = snippets[index];
      if (!session || !snippet) continue;
      const { role, timestamp } = message.entry;
      hits.push({
        session,
        messageIndex: shown.index,
        role,
        ...(timestamp !== undefined && { timestamp }),
        snippet,
        score: shown.found.score,
      });
    }
    return hits;
  }

  /** Each once: many hits are in one session. */
  async #sessionsOf(page: readonly Shown[]): Promise<ReadonlyMap<string, Session | undefined>> {
    // The worker is asked for the snippets first.
    await nextTurn();
    const ids = new Set(page.map(({ sessionId }) => sessionId));
    return new Map([...ids].map((id) => [id, this.#parts.core.catalogue.find(id)]));
  }

  async #snippets(
    query: SearchQuery,
    messages: readonly SourceMessage[],
  ): Promise<readonly MarkedText[]> {
    if (messages.length === 0) return [];
    const { source, worker } = this.#parts;
    const records = new Map<SourceMessage, readonly Uint8Array[]>();
    const logs = Map.groupBy(messages, ({ log }) => log);
    // Together, because most of them have to be unpacked, each from an archive of its own.
    await Promise.all(
      [...logs].map(async ([log, some]) => {
        const read = await source.records(log, some, () => undefined);
        for (const [index, message] of some.entries()) records.set(message, read[index] ?? []);
      }),
    );
    const readable = messages.map(({ log, entry }): ReadableMessage => {
      return { agent: source.find(log)?.agent ?? '', entry };
    });
    const texts = pack(
      readable,
      messages.map((message) => records.get(message) ?? []),
    );
    return worker.ask('snippets', { texts, phrases: query.groups.flat() });
  }
}

function choiceOf({ filter, after, before }: SearchQuery): DatedChoice {
  return {
    ...filter,
    ...(after !== undefined && { after }),
    ...(before !== undefined && { before }),
  };
}
