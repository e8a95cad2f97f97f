/**
 * Takes what the import worker read: records in batches, each durable and a checkpoint of its own,
 * then the derived log in one transaction. Sessions keep their ids through every new derivation.
 */
import { newId } from '../core/ids.ts';
import { costOf, sumCosts, type PriceBook } from '../core/cost.ts';
import { addTokens, NO_TOKENS } from '../core/message.ts';
import type { OutlineEntry } from '../core/reader.ts';
import { summarise, type BranchSummary } from './branchSummary.ts';
import type { Catalogue, Lineage, SessionRow } from './catalogue.ts';
import { number, text, textOrNull, type Database, type Row } from './database.ts';
import type { EncodedBranch, EncodedLog } from './encodedLog.ts';
import { ownerOf, sameMessage, type Families } from './families.ts';
import { encodeOutline } from './outlineCodec.ts';
import type { Outlines } from './outlines.ts';
import { positionOf } from './transcripts.ts';

export interface FileState {
  readonly bytes: number;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
}

export interface IngestResult {
  readonly added: readonly string[];
  readonly changed: readonly string[];
  readonly removed: readonly string[];
}

/** One of our own sessions: its records' messages, and what stands in no record. */
export interface NativeSession {
  readonly id: string;
  readonly log: number;
  readonly entries: readonly OutlineEntry[];
  readonly title: string;
  readonly projectKey: string;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** The parent that it was forked from, and the anchor there. */
  readonly wanted?: string;
  readonly forkLog?: number;
  readonly forkSeq?: number;
  readonly forkNativeId?: string;
}

const MAX_PROBLEMS = 1000;
const EXCERPT = 200;

export class Ingest {
  readonly #database: Database;
  readonly #catalogue: Catalogue;
  readonly #outlines: Outlines;
  readonly #families: Families;
  readonly #prices: PriceBook;

  constructor(
    database: Database,
    catalogue: Catalogue,
    outlines: Outlines,
    families: Families,
    prices: PriceBook,
  ) {
    this.#database = database;
    this.#catalogue = catalogue;
    this.#outlines = outlines;
    this.#families = families;
    this.#prices = prices;
  }

  /** Replaces everything derived from a log. Inside a transaction. */
  save(log: number, file: FileState, derived: EncodedLog): IngestResult {
    const before = new Set(this.#sessionsOf(log));
    this.#bringBackGrown(log, file);
    const known = (id: string): boolean => positionOf(this.#database, id) !== undefined;
    this.#database.run(
      `UPDATE log SET native_id = ?, root_lineage = ?, forked_from = ?, forked_from_message = ?,
         file_bytes = ?, file_modified_at = ? WHERE num = ?`,
      [
        derived.nativeId,
        derived.rootLineage ?? null,
        derived.forkedFrom?.nativeId ?? null,
        derived.forkedFrom?.messageId ?? null,
        file.bytes,
        file.modifiedAt,
        log,
      ],
    );
    this.#saveProblems(log, derived);
    const { agent, nativeId } = this.identityOf(log, derived.nativeId);
    const identities = derived.branches.map((branch) => this.#identify(agent, nativeId, branch));
    this.#saveBranches(log, derived, identities);
    this.#outlines.changed(log);

    const added = identities.filter((id) => !known(id));

    const project = this.#project(derived);
    derived.branches.forEach((branch, index) => {
      const id = identities[index];
      if (id !== undefined) this.#saveSession(log, index, id, project, derived, branch, file);
    });
    const now = new Set(identities);
    const removed = [...before].filter((id) => !now.has(id));
    for (const id of removed) this.#database.run('DELETE FROM session WHERE id = ?', [id]);

    const changed = new Set(identities);
    for (const relative of new Set([...this.#families.relatives(log), ...this.#copiesOf(log)])) {
      for (const id of this.#relink(relative)) changed.add(id);
    }
    for (const id of this.refreshForks(log)) changed.add(id);
    return { added, changed: [...changed], removed };
  }

  /**
   * Replaces what was derived from an older generation of a file: its outlines, for what was forked
   * from it. Its sessions are those of the newest generation. Inside a transaction.
   */
  saveSuperseded(log: number, derived: EncodedLog): IngestResult {
    const { agent, nativeId } = this.identityOf(log, derived.nativeId);
    const identities = derived.branches.map((branch) => this.#identify(agent, nativeId, branch));
    this.#saveBranches(log, derived, identities);
    this.#outlines.changed(log);
    return { added: [], changed: this.refreshForks(log), removed: [] };
  }

  /**
   * Saves one of our own sessions as its records say. What records do not say is given. Inside a
   * transaction. Returns sessions whose rows changed with it.
   */
  saveNative(session: NativeSession): string[] {
    const { id, log, entries, wanted, forkLog, forkSeq, forkNativeId, projectKey } = session;
    this.#catalogue.addProject(projectKey);
    this.#database.run('DELETE FROM branch WHERE log = ?', [log]);
    this.#database.run('DELETE FROM outline WHERE log = ? AND branch > 0', [log]);
    this.#database.run(
      `INSERT INTO branch (log, number, key, parent_length, own_count, session_id)
       VALUES (?, 0, 'main', 0, ?, ?)`,
      [log, entries.length, id],
    );
    this.#outlines.write(log, 0, encodeOutline(entries));
    this.#outlines.changed(log);
    const forked = wanted !== undefined && forkLog !== undefined && forkSeq !== undefined;
    const inherited = this.#outlines.length(log, 0) - entries.length;
    const summary = summarise(entries);
    this.#catalogue.save({
      id,
      kind: forkLog === undefined ? 'created' : 'fork',
      hidden: false,
      log,
      branch: 0,
      projectKey,
      title: session.title,
      createdAt: session.createdAt,
      updatedAt: session.updatedAt,
      messageCount: inherited + entries.length,
      ...this.#figures(summary),
      models: summary.models,
      providers: summary.providers,
      ...(forked && {
        lineage: {
          parentId: wanted,
          forkLog,
          forkSeq,
          ...(forkNativeId !== undefined && { forkNativeId }),
          inherited,
          parentShared: inherited,
        },
      }),
    });
    const bases = forkLog === undefined ? [log] : [forkLog, log];
    return [id, ...bases.flatMap((base) => this.refreshForks(base))];
  }

  /**
   * Native forks of a log follow it, and forks of those: the length of their prefix is found anew
   * from the anchor, and when their parent no longer runs through it (the agent was rewound), so
   * is their parent. A parent whose file was rewritten stays, and shares what both still say.
   */
  refreshForks(log: number): string[] {
    const changed = new Set<string>();
    const logs = new Set([log]);
    // A set that grows while it is walked: every log is followed once.
    for (const base of logs) {
      for (const row of this.#forksOf(base)) {
        if (!this.#refreshFork(row, changed)) continue;
        logs.add(number(row, 'log'));
      }
    }
    return [...changed];
  }

  /**
   * Finds another parent for the sessions of a log, now that theirs was removed for good. Inside a
   * transaction. Returns the sessions whose place in the tree changed.
   */
  parentRemoved(log: number): string[] {
    const native = this.#database.get(
      'SELECT fork_log FROM native WHERE log = ? AND fork_log IS NOT NULL',
      [log],
    );
    if (native) return this.refreshForks(number(native, 'fork_log'));
    return [...this.#relink(log), ...this.refreshForks(log)];
  }

  /** Native forks that are anchored in a log, or whose parent is in it. */
  #forksOf(log: number): Row[] {
    return this.#database.all(
      `SELECT s.id, s.log, s.parent_id, s.inherited, s.parent_shared, s.message_count,
         n.parent_id AS wanted, n.fork_log, n.fork_seq
       FROM native n JOIN session s ON s.id = n.session_id WHERE n.session_id IN (
         SELECT session_id FROM native WHERE fork_log = ?1
         UNION SELECT c.id FROM session p JOIN session c ON c.parent_id = p.id WHERE p.log = ?1)
         AND n.fork_log IS NOT NULL`,
      [log],
    );
  }

  /** True when the fork has another length now; then its own forks have as well. */
  #refreshFork(row: Row, changed: Set<string>): boolean {
    const owner = ownerOf(
      this.#database,
      this.#outlines,
      number(row, 'fork_log'),
      number(row, 'fork_seq'),
    );
    if (!owner) return false;
    const inherited = owner.place.index + 1;
    const wanted = text(row, 'wanted');
    const holder = [wanted, owner.sessionId].find((id) => {
      const at = positionOf(this.#database, id);
      return at && this.#outlines.passes(at.log, at.branch, owner.place);
    });
    const parentId = holder ?? wanted;
    const shared = holder === undefined ? this.#shared(row, inherited, wanted) : inherited;
    const before = number(row, 'inherited');
    const oldParent = textOrNull(row, 'parent_id');
    if (before === inherited && oldParent === parentId && number(row, 'parent_shared') === shared) {
      return false;
    }
    const id = text(row, 'id');
    this.#database.run(
      `UPDATE session SET parent_id = ?, inherited = ?, parent_shared = ?, message_count = ?
       WHERE id = ?`,
      [parentId, inherited, shared, number(row, 'message_count') - before + inherited, id],
    );
    this.#catalogue.hang(id);
    for (const touched of [id, parentId, oldParent]) {
      if (touched !== undefined) changed.add(touched);
    }
    return before !== inherited;
  }

  /** Leading messages of a fork that another session has in the same places. */
  #shared(fork: Row, inherited: number, otherId: string): number {
    const other = positionOf(this.#database, otherId);
    if (!other) return 0;
    const mine = this.#outlines.entries(number(fork, 'log'), 0, 0, inherited);
    const theirs = this.#outlines.entries(other.log, other.branch, 0, inherited);
    const differs = mine.findIndex(({ entry }, index) => {
      const counterpart = theirs[index];
      return !counterpart || !sameMessage(entry, counterpart.entry);
    });
    return differs === -1 ? inherited : differs;
  }

  /** Logs of agents' own forks that hang on a session of this log, also when they no longer match. */
  #copiesOf(log: number): number[] {
    return this.#database
      .all(
        `SELECT DISTINCT c.log FROM session p JOIN session c ON c.parent_id = p.id
         WHERE p.log = ? AND c.kind = 'copied-fork'`,
        [log],
      )
      .map((row) => number(row, 'log'));
  }

  /**
   * What was removed for good and held for its forks is a session again once its agent goes on; not
   * where it is unknown how far the file was read before.
   */
  #bringBackGrown(log: number, file: FileState): void {
    this.#database.run(
      `UPDATE fact SET deleted_at = NULL, purged_at = NULL WHERE purged_at IS NOT NULL
         AND session_id IN (SELECT id FROM session WHERE log = ?1)
         AND (SELECT file_bytes FROM log WHERE num = ?1) NOT IN (-1, ?2)`,
      [log, file.bytes],
    );
  }

  #sessionsOf(log: number): string[] {
    return this.#database
      .all('SELECT id FROM session WHERE log = ?', [log])
      .map((row) => text(row, 'id'));
  }

  #saveProblems(log: number, { problems }: EncodedLog): void {
    this.#database.run('DELETE FROM problem WHERE log = ?', [log]);
    for (const problem of problems.slice(0, MAX_PROBLEMS)) {
      this.#database.run('INSERT INTO problem (log, line, message, text) VALUES (?, ?, ?, ?)', [
        log,
        problem.line,
        problem.message,
        problem.text,
      ]);
    }
  }

  /** The session that a branch is, made on first sight. */
  #identify(agent: string, nativeId: string, branch: EncodedBranch): string {
    const key = [agent, nativeId, branch.key];
    const found = this.#database.get(
      'SELECT session_id FROM identity WHERE agent = ? AND native_id = ? AND branch_key = ?',
      key,
    );
    if (found) return text(found, 'session_id');
    const id = newId();
    this.#database.run(
      'INSERT INTO identity (agent, native_id, branch_key, session_id) VALUES (?, ?, ?, ?)',
      [...key, id],
    );
    return id;
  }

  /**
   * What a log's sessions are known by. Two files may hold the same native id (a copied folder): the
   * one that came later is told apart by its path, a log without a file by its own id. Which came
   * first is a matter of files, not of their generations.
   */
  identityOf(log: number, nativeId: string): { readonly agent: string; readonly nativeId: string } {
    const row = this.#database.get('SELECT id, agent, path FROM log WHERE num = ?', [log]);
    if (!row) return { agent: '', nativeId };
    const agent = text(row, 'agent');
    const path = textOrNull(row, 'path');
    if (path === undefined) return { agent, nativeId: text(row, 'id') };
    const earlier = this.#database.get(
      `SELECT 1 FROM log o WHERE o.agent = ?1 AND o.native_id = ?2 AND o.path <> ?3
         AND (SELECT min(num) FROM log WHERE path = o.path) <
             (SELECT min(num) FROM log WHERE path = ?3) LIMIT 1`,
      [agent, nativeId, path],
    );
    return { agent, nativeId: earlier ? `${nativeId}\n${path}` : nativeId };
  }

  #saveBranches(log: number, derived: EncodedLog, identities: readonly string[]): void {
    this.#database.run('DELETE FROM branch WHERE log = ?', [log]);
    this.#database.run('DELETE FROM outline WHERE log = ? AND branch >= ?', [
      log,
      derived.branches.length,
    ]);
    derived.branches.forEach((branch, index) => {
      this.#database.run(
        `INSERT INTO branch (log, number, key, parent_number, parent_length, own_count, session_id)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        [
          log,
          index,
          branch.key,
          branch.parent?.branch ?? null,
          branch.parent?.length ?? 0,
          branch.count,
          identities[index] ?? '',
        ],
      );
      this.#outlines.write(log, index, branch.chunks);
    });
  }

  #saveSession(
    log: number,
    number_: number,
    id: string,
    project: string,
    derived: EncodedLog,
    branch: EncodedBranch,
    file: FileState,
  ): void {
    const lineage = branch.parent && this.#inFileLineage(log, branch.parent);
    const { summary } = branch;
    const title = branch.title ?? '';
    const firstAt = summary.firstAt ?? derived.createdAt ?? file.modifiedAt;
    const row: SessionRow = {
      id,
      kind: number_ === 0 ? 'imported' : 'abandoned',
      hidden: derived.subagentOf !== undefined,
      log,
      branch: number_,
      projectKey: project,
      title: number_ > 0 && title !== '' ? title.slice(0, EXCERPT) : derived.title,
      ...(derived.gitBranch !== undefined && { gitBranch: derived.gitBranch }),
      createdAt: Math.round(firstAt),
      updatedAt: Math.round(summary.lastAt ?? derived.updatedAt ?? file.modifiedAt),
      messageCount: this.#outlines.length(log, number_),
      ...this.#figures(summary),
      models: summary.models,
      providers: summary.providers,
      ...(lineage && { lineage }),
    };
    this.#catalogue.save(row);
  }

  #figures(summary: BranchSummary): Pick<SessionRow, 'tokens' | 'cost'> {
    const tokens = summary.usage.reduce((sum, usage) => addTokens(sum, usage.tokens), NO_TOKENS);
    const cost =
      summary.usage.length === 0
        ? undefined
        : sumCosts(summary.usage.map((usage) => costOf(this.#prices, usage)));
    return { tokens, ...(cost !== undefined && { cost }) };
  }

  #inFileLineage(
    log: number,
    parent: { readonly branch: number; readonly length: number },
  ): Lineage | undefined {
    const [last] = this.#outlines.entries(log, parent.branch, parent.length - 1, parent.length);
    const seq = last?.entry.seqs.at(-1);
    if (!last || seq === undefined) {
      const row = this.#database.get('SELECT session_id FROM branch WHERE log = ? AND number = ?', [
        log,
        parent.branch,
      ]);
      // Rewound to before the first message: a sibling that shares nothing.
      return (
        row && {
          parentId: text(row, 'session_id'),
          forkLog: log,
          forkSeq: 0,
          inherited: 0,
          parentShared: 0,
        }
      );
    }
    const owner = ownerOf(this.#database, this.#outlines, last.log, seq);
    return (
      owner && {
        parentId: owner.sessionId,
        forkLog: last.log,
        forkSeq: seq,
        ...(last.entry.nativeId !== undefined && { forkNativeId: last.entry.nativeId }),
        inherited: parent.length,
        parentShared: parent.length,
      }
    );
  }

  #project(derived: EncodedLog): string {
    const path = derived.cwd ?? '';
    this.#catalogue.addProject(path);
    return path;
  }

  /** Finds the parent of a log's live branch among the copies of its conversation. */
  #relink(log: number): string[] {
    const row = this.#database.get(
      `SELECT s.* FROM session s JOIN branch b ON b.session_id = s.id
       WHERE b.log = ? AND b.number = 0`,
      [log],
    );
    if (!row) return [];
    const lineage = this.#families.lineageOf(log);
    const oldParent = textOrNull(row, 'parent_id');
    if (!lineage && oldParent === undefined) return [];
    if (
      lineage?.parentId === oldParent &&
      lineage?.inherited === number(row, 'inherited') &&
      lineage.parentShared === number(row, 'parent_shared')
    ) {
      return [];
    }
    const id = text(row, 'id');
    const own = this.#outlines.entries(log, 0, lineage?.inherited ?? 0, Infinity);
    const summary = summarise(own.map((placed) => placed.entry));
    const { tokens, cost } = this.#figures(summary);
    this.#database.run(
      `UPDATE session SET kind = ?, parent_id = ?, fork_log = ?, fork_seq = ?, fork_native_id = ?,
         inherited = ?, parent_shared = ?, created_at = ?, input_tokens = ?, output_tokens = ?,
         cache_read_tokens = ?, cache_write_tokens = ?, cost = ? WHERE id = ?`,
      [
        lineage ? 'copied-fork' : 'imported',
        lineage?.parentId ?? null,
        lineage?.forkLog ?? null,
        lineage?.forkSeq ?? null,
        lineage?.forkNativeId ?? null,
        lineage?.inherited ?? 0,
        lineage?.parentShared ?? 0,
        summary.firstAt ?? number(row, 'created_at'),
        tokens.input,
        tokens.output,
        tokens.cacheRead,
        tokens.cacheWrite,
        cost ?? null,
        id,
      ],
    );
    this.#catalogue.hang(id);
    return [id, ...[oldParent, lineage?.parentId].filter((parent) => parent !== undefined)];
  }
}
