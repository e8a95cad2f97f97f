/**
 * What a person changes: new sessions, messages, forks, titles, tags, retention, the trash. The
 * agents' logs are never touched; a change to an imported session is a fact beside it, and adding
 * to one is a fork of it. Every method runs inside one transaction of its caller.
 */
import type { PriceBook } from '../core/cost.ts';
import { MultipathError } from '../core/errors.ts';
import { newId } from '../core/ids.ts';
import { addTokens, NO_TOKENS, type NewMessage } from '../core/message.ts';
import type { OutlineEntry } from '../core/reader.ts';
import type { RetentionPolicy } from '../core/session.ts';
import type { CreateSession, ForkSession, UpdateSession } from '../core/sessionStore.ts';
import { summarise } from './branchSummary.ts';
import type { Catalogue, Lineage } from './catalogue.ts';
import { cutOf } from './cuts.ts';
import { number, strings, text, textOrNull, type Database, type Row } from './database.ts';
import type { Logs } from './logs.ts';
import { costColumns } from './ingest/figures.ts';
import { encodeMessage, NATIVE_AGENT, type EncodedMessage } from './nativeLog.ts';
import { roomBehind, type Outlines } from './outlines.ts';
import { positionOf, type SessionPosition } from './transcripts.ts';
import { mergeUsage, packUsage, unpackUsage } from './usageGroups.ts';

const UNTITLED = 'New session';
const TITLE_LENGTH = 80;

/** All that adding a message needs to know, in one look-up. */
const SELECT_APPENDED = `
  SELECT s.id, s.log, s.title, s.usage, s.models, s.providers, n.title AS native_title, f.deleted_at,
    l.record_count, l.byte_count, coalesce(b.own_count, 0) AS own_count
  FROM session s JOIN log l ON l.num = s.log
  LEFT JOIN native n ON n.session_id = s.id
  LEFT JOIN fact f ON f.session_id = s.id
  LEFT JOIN branch b ON b.log = s.log AND b.number = 0
  WHERE s.id = ?`;

interface ForkOutcome {
  readonly sessionId: string;
  readonly atMessage: number;
  readonly movedBecause?: string;
}

/** Where a new session is to be. */
export interface NewPlace {
  readonly sessionId: string;
  readonly log: number;
}

export class SessionEdits {
  readonly #database: Database;
  readonly #catalogue: Catalogue;
  readonly #outlines: Outlines;
  readonly #logs: Logs;
  readonly #prices: PriceBook;
  readonly #now: () => number;

  constructor(parts: {
    readonly database: Database;
    readonly catalogue: Catalogue;
    readonly outlines: Outlines;
    readonly logs: Logs;
    readonly prices: PriceBook;
    readonly now: () => number;
  }) {
    this.#database = parts.database;
    this.#catalogue = parts.catalogue;
    this.#outlines = parts.outlines;
    this.#logs = parts.logs;
    this.#prices = parts.prices;
    this.#now = parts.now;
  }

  create(input: CreateSession): { sessionId: string } {
    const sessionId = newId();
    const project = input.project ?? '';
    const log = this.addLog(sessionId);
    this.#addNative(log, sessionId, input.title, UNTITLED, project, undefined);
    this.#setFacts(sessionId, { ...input, title: undefined });
    return { sessionId };
  }

  /** @param place the log of the new session and its id, where they were given before */
  fork(parentId: string, input: ForkSession, place?: NewPlace): ForkOutcome {
    const parent = this.#catalogue.get(parentId);
    const position = this.#position(parentId);
    const cut = cutOf(this.#outlines, position, input.atMessage);
    const [last] = this.#outlines.entries(position.log, position.branch, cut.at, cut.at + 1);
    const seq = last?.entry.seqs.at(-1);
    if (!last || seq === undefined) {
      throw new MultipathError('invalid-fork-point', 'That message has no record to fork from.');
    }
    const sessionId = place?.sessionId ?? newId();
    const lineage = {
      parentId,
      forkLog: last.log,
      forkSeq: seq,
      ...(last.entry.nativeId !== undefined && { forkNativeId: last.entry.nativeId }),
      inherited: cut.at + 1,
      parentShared: cut.at + 1,
    };
    const folder = this.#catalogue.folderOf(parentId);
    const log = place?.log ?? this.addLog(sessionId);
    this.#addNative(log, sessionId, input.title, parent.title, folder, lineage);
    if (input.metadata ?? input.tags) this.#setFacts(sessionId, { ...input, title: undefined });
    return {
      sessionId,
      atMessage: cut.at,
      ...(cut.movedBecause !== undefined && { movedBecause: cut.movedBecause }),
    };
  }

  /** Fails with `bad-request` for a session that is an agent's own. */
  append(sessionId: string, messages: readonly NewMessage[]): { sessionId: string } {
    const encoded = messages.map((message) => encodeMessage(message, newId(), this.#now()));
    const prompt = messages.find((message) => message.role === 'user');
    this.appendEncoded(sessionId, encoded, { ...(prompt && { prompt: prompt.text }) });
    return { sessionId };
  }

  /**
   * Adds messages as they are to be stored. A session without a title is named by `prompt`. Returns
   * where they went: their log, and the sequence number of the first.
   * @param options.areAhead their records are there, and all chunks of the outline but for the one
   *   that the session has begun
   */
  appendEncoded(
    sessionId: string,
    encoded: readonly EncodedMessage[],
    options: { readonly prompt?: string; readonly areAhead?: boolean } = {},
  ): { readonly log: number; readonly firstSeq: number } {
    const row = this.#database.get(SELECT_APPENDED, [sessionId]);
    if (row?.['deleted_at'] !== null) throw noSession(sessionId);
    if (row['native_title'] === null) {
      throw new MultipathError(
        'bad-request',
        'This session belongs to its agent and is not written to. Fork it and add to the fork.',
      );
    }
    const log = number(row, 'log');
    const first = number(row, 'record_count');
    const before = number(row, 'byte_count');
    const byteCount = encoded.reduce((sum, { bytes }) => sum + bytes.length, before);
    const count = first + encoded.length;
    const batch = {
      firstSeq: first,
      records: encoded.map(({ bytes }) => ({ bytes })),
      byteCount,
      checkpoint: { terminatedCount: count, terminatedBytes: byteCount, prefixHash: '' },
    };
    const { prompt, areAhead = false } = options;
    if (areAhead) this.#logs.count(log, batch);
    else this.#logs.add(log, batch);
    const entries = encoded.map((message, index) => message.entryAt(first + index));
    const ownCount = number(row, 'own_count');
    if (areAhead) {
      this.#outlines.extend(log, 0, ownCount, entries.slice(0, roomBehind(ownCount)));
    } else {
      this.#outlines.append(log, 0, ownCount, entries);
    }
    this.#database.run('UPDATE branch SET own_count = ? WHERE log = ? AND number = 0', [
      ownCount + entries.length,
      log,
    ]);
    this.#outlines.changed(log);
    this.#refresh(row, entries, prompt);
    return { log, firstSeq: first };
  }

  update(sessionId: string, changes: UpdateSession): { sessionId: string } {
    this.#shown(sessionId);
    this.#setFacts(sessionId, changes);
    return { sessionId };
  }

  /**
   * Moves to or out of the trash, a session's subagents with it; returns the sessions whose place
   * in the tree changed.
   */
  setDeleted(sessionId: string, deleted: boolean): { changed: string[] } {
    this.#position(sessionId);
    this.#mustNotBePurged(sessionId);
    this.#mustNotBeSubagent(sessionId);
    const at = deleted ? this.#now() : null;
    const subagents = this.#subagentsToMove(sessionId, deleted);
    const changed = new Set(subagents);
    for (const id of [sessionId, ...subagents]) {
      this.#setFacts(id, {});
      this.#database.run('UPDATE fact SET deleted_at = ? WHERE session_id = ?', [at, id]);
      this.#database.run(
        `UPDATE session SET listed = CASE WHEN ?1 IS NOT NULL THEN 0
           WHEN trunk_id IS NULL THEN 1 ELSE 2 END WHERE id = ?2`,
        [at, id],
      );
      this.#catalogue.hang(id);
    }
    for (const id of [sessionId, ...subagents]) {
      for (const moved of this.#catalogue.hangDescendants(id)) changed.add(moved);
    }
    return { changed: [...changed] };
  }

  /** Those that are not in the trash yet, or those that came there together with the session. */
  #subagentsToMove(sessionId: string, deleted: boolean): string[] {
    const rows = this.#database.all(
      `SELECT s.id FROM session s LEFT JOIN fact f ON f.session_id = s.id
       WHERE s.trunk_id = ?1 AND f.purged_at IS NULL AND CASE WHEN ?2 THEN f.deleted_at IS NULL
         ELSE f.deleted_at = (SELECT deleted_at FROM fact WHERE session_id = ?1) END`,
      [sessionId, deleted ? 1 : 0],
    );
    return rows.map((row) => text(row, 'id'));
  }

  /** A session that is part of another one, a subagent's, has no life of its own to end or begin. */
  #mustNotBeSubagent(sessionId: string): void {
    const row = this.#database.get('SELECT trunk_id FROM session WHERE id = ?', [sessionId]);
    if (!row || row['trunk_id'] === null) return;
    throw new MultipathError(
      'bad-request',
      'This session is part of another one. Delete that one instead.',
    );
  }

  /** Fails with `not-found`: what is left of a removed session is there for its forks only. */
  #mustNotBePurged(sessionId: string): void {
    const row = this.#database.get('SELECT purged_at FROM fact WHERE session_id = ?', [sessionId]);
    if (!row || row['purged_at'] === null) return;
    throw new MultipathError('not-found', `Session ${sessionId} was removed for good.`);
  }

  /** Fails with `not-found`, also for a session in the trash: it is given back as it was. */
  #shown(sessionId: string): SessionPosition {
    this.#catalogue.get(sessionId);
    return this.#position(sessionId);
  }

  /** Fails with `not-found`. */
  #position(sessionId: string): SessionPosition {
    const position = positionOf(this.#database, sessionId);
    if (!position) throw noSession(sessionId);
    return position;
  }

  /** The log of a new session; nobody sees it before that is there. */
  addLog(sessionId: string): number {
    return this.#logs.create({
      id: newId(),
      agent: NATIVE_AGENT,
      nativeId: sessionId,
      createdAt: this.#now(),
    });
  }

  /** Without a title a session takes its first prompt's words, and has `untilPrompt` before. */
  #addNative(
    log: number,
    sessionId: string,
    title: string | undefined,
    untilPrompt: string,
    folder: string,
    lineage: Lineage | undefined,
  ): void {
    const createdAt = this.#now();
    this.#database.run(
      `INSERT INTO native (session_id, log, parent_id, fork_log, fork_seq, fork_native_id, title,
         created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        sessionId,
        log,
        lineage?.parentId ?? null,
        lineage?.forkLog ?? null,
        lineage?.forkSeq ?? null,
        lineage?.forkNativeId ?? null,
        title ?? '',
        createdAt,
      ],
    );
    this.#database.run(
      `INSERT INTO branch (log, number, key, parent_length, own_count, session_id)
       VALUES (?, 0, 'main', 0, 0, ?)`,
      [log, sessionId],
    );
    this.#outlines.changed(log);
    this.#catalogue.save({
      id: sessionId,
      kind: lineage ? 'fork' : 'created',
      log,
      branch: 0,
      folder,
      title: title ?? untilPrompt,
      createdAt,
      updatedAt: createdAt,
      messageCount: lineage?.inherited ?? 0,
      tokens: NO_TOKENS,
      usage: [],
      unpriced: 0,
      models: [],
      providers: [],
      ...(lineage && { lineage }),
    });
  }

  /** Adds new messages to a native session's row. */
  #refresh(row: Row, entries: readonly OutlineEntry[], prompt: string | undefined): void {
    const sessionId = text(row, 'id');
    const title = text(row, 'native_title');
    const summary = summarise(entries);
    const added = summary.usage.reduce((sum, usage) => addTokens(sum, usage.tokens), NO_TOKENS);
    const usage = mergeUsage([...unpackUsage(textOrNull(row, 'usage') ?? '[]'), ...summary.usage]);
    const { cost, unpriced } = costColumns(this.#prices, usage);
    const named = title === '' && prompt !== undefined ? firstLine(prompt) : title;
    if (named !== title) {
      this.#database.run('UPDATE native SET title = ? WHERE session_id = ?', [named, sessionId]);
    }
    this.#database.run(
      `UPDATE session SET title = ?, updated_at = max(updated_at, ?), message_count = message_count + ?,
         input_tokens = input_tokens + ?, output_tokens = output_tokens + ?,
         cache_read_tokens = cache_read_tokens + ?, cache_write_tokens = cache_write_tokens + ?,
         usage = ?, cost = ?, unpriced = ?, models = ?, providers = ? WHERE id = ?`,
      [
        named === '' ? text(row, 'title') : named,
        this.#now(),
        entries.length,
        added.input,
        added.output,
        added.cacheRead,
        added.cacheWrite,
        packUsage(usage),
        cost ?? null,
        unpriced,
        JSON.stringify([...new Set([...strings(row, 'models'), ...summary.models])]),
        JSON.stringify([...new Set([...strings(row, 'providers'), ...summary.providers])]),
        sessionId,
      ],
    );
  }

  #setFacts(
    sessionId: string,
    facts: {
      readonly title?: string | undefined;
      readonly tags?: readonly string[];
      readonly pinned?: boolean;
      readonly note?: string;
      readonly metadata?: Readonly<Record<string, unknown>>;
      readonly retentionPolicy?: RetentionPolicy;
    },
  ): void {
    const run = (sql: string, value: string): void => this.#database.run(sql, [value, sessionId]);
    this.#database.run('INSERT OR IGNORE INTO fact (session_id) VALUES (?)', [sessionId]);
    if (facts.title !== undefined) {
      // An empty title gives the session its own one back.
      run("UPDATE fact SET title = nullif(?, '') WHERE session_id = ?", facts.title.trim());
    }
    if (facts.metadata) {
      run('UPDATE fact SET metadata = ? WHERE session_id = ?', JSON.stringify(facts.metadata));
    }
    if (facts.retentionPolicy) {
      run('UPDATE fact SET retention = ? WHERE session_id = ?', facts.retentionPolicy);
    }
    if (facts.note !== undefined) {
      run("UPDATE fact SET note = nullif(?, '') WHERE session_id = ?", facts.note.trim());
    }
    if (facts.pinned !== undefined) {
      // One that is pinned already keeps the time.
      this.#database.run(
        `UPDATE fact SET pinned_at = CASE WHEN ?1 THEN coalesce(pinned_at, ?2) END
         WHERE session_id = ?3`,
        [facts.pinned ? 1 : 0, this.#now(), sessionId],
      );
    }
    if (facts.tags) {
      this.#database.run('DELETE FROM tag WHERE session_id = ?', [sessionId]);
      for (const tag of new Set(facts.tags.map(cleanTag))) {
        if (tag !== '') run('INSERT INTO tag (tag, session_id) VALUES (?, ?)', tag);
      }
    }
  }
}

function noSession(sessionId: string): MultipathError {
  return new MultipathError('not-found', `There is no session ${sessionId} in the store.`);
}

/** One line without control characters: tags are joined by one in queries. */
function cleanTag(tag: string): string {
  return tag.replaceAll(/[\u0000-\u001f\u007f]/g, ' ').trim();
}

function firstLine(prompt: string): string {
  const line = prompt.trim().split('\n')[0] ?? '';
  return line.length > TITLE_LENGTH ? `${line.slice(0, TITLE_LENGTH)}…` : line;
}
