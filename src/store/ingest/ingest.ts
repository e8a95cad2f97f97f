/**
 * Takes what the import worker read: records in batches, each durable and a checkpoint of its own,
 * then the derived log in one transaction. Sessions keep their ids through every new derivation.
 */
import type { PriceBook } from '../../core/cost.ts';
import type { Bases } from '../bases.ts';
import type { Catalogue, SessionRow } from '../catalogue.ts';
import { number, text, textOrNull, type Database, type Row } from '../database.ts';
import type { EncodedBranch, EncodedLog } from '../encodedLog.ts';
import type { Families } from '../families.ts';
import type { Outlines } from '../outlines.ts';
import type { Places } from '../places.ts';
import { putRow } from '../putRow.ts';
import { positionOf } from '../transcripts.ts';
import type { CopyLinks } from './copyLinks.ts';
import { figuresOf } from './figures.ts';
import type { ForkLinks } from './forkLinks.ts';
import { identityOf, sessionOfBranch } from './identities.ts';
import type { Subagents } from './subagents.ts';

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

const MAX_PROBLEMS = 1000;
const EXCERPT = 200;
/** How a session hangs on its parent. */
const LINKS = ['parent_id', 'inherited', 'parent_shared'];

interface IngestParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly outlines: Outlines;
  readonly families: Families;
  readonly bases: Bases;
  readonly copyLinks: CopyLinks;
  readonly forkLinks: ForkLinks;
  readonly places: Places;
  readonly subagents: Subagents;
  readonly prices: PriceBook;
}

function minuteOf(at: number): number {
  return Math.floor(at / 60_000);
}

export class Ingest {
  readonly #parts: IngestParts;

  constructor(parts: IngestParts) {
    this.#parts = parts;
  }

  /** Replaces everything derived from a log. Inside a transaction. */
  save(log: number, file: FileState, derived: EncodedLog): IngestResult {
    const before = this.#sessionsOf(log);
    const writtenAt = this.#writtenAt(log);
    this.#bringBackGrown(log, file);
    const isKnown = (id: string): boolean => positionOf(this.#parts.database, id) !== undefined;
    this.#parts.database.run(
      `UPDATE log SET native_id = ?, root_lineage = ?, forked_from = ?, forked_from_message = ?,
         first_ordinal = ?, subagent_of = ?, file_bytes = ?, file_modified_at = ? WHERE num = ?`,
      [
        derived.nativeId,
        derived.rootLineage ?? null,
        derived.forkedFrom?.nativeId ?? null,
        derived.forkedFrom?.messageId ?? null,
        derived.firstOrdinal ?? null,
        derived.subagentOf ?? null,
        file.bytes,
        file.modifiedAt,
        log,
      ],
    );
    this.#saveProblems(log, derived);
    const { cwd, repository } = derived;
    if (cwd !== undefined && repository !== undefined) this.#parts.places.hear(cwd, repository);
    const known = identityOf(this.#parts.database, log, derived.nativeId);
    const identities = derived.branches.map((branch) =>
      sessionOfBranch(this.#parts.database, known, branch.key),
    );
    this.#parts.bases.save(log, derived.base);
    const differing = this.#saveBranches(log, derived, identities);
    if (differing.size > 0) this.#parts.outlines.changed(log);

    const added = identities.filter((id) => !isKnown(id));

    const trunkId = this.#parts.subagents.trunkOf(log);
    derived.branches.forEach((branch, index) => {
      const id = identities[index];
      // The main session's row is there when that of its first sidechain is written.
      const above = branch.sidechain ? (trunkId ?? identities[0]) : trunkId;
      if (id !== undefined) this.#saveSession(log, index, id, derived, branch, file, above);
    });
    const now = new Set(identities);
    const removed = [...before.keys()].filter((id) => !now.has(id));
    for (const id of removed) this.#parts.database.run('DELETE FROM session WHERE id = ?', [id]);

    const { copyLinks, forkLinks } = this.#parts;
    const changed = new Set<string>();
    for (const id of copyLinks.relinkFamily(log)) changed.add(id);
    for (const id of forkLinks.refresh(log)) changed.add(id);
    for (const child of this.#parts.bases.refresh(log)) {
      for (const id of copyLinks.relinkBranches(child)) changed.add(id);
      for (const id of copyLinks.relink(child)) changed.add(id);
      for (const id of forkLinks.refresh(child)) changed.add(id);
    }
    this.#parts.subagents.hear(log, derived);
    for (const id of this.#parts.subagents.relink(log)) changed.add(id);
    this.#leaveOutUnchanged(changed, before, identities, (index) => differing.has(index));
    // A session runs for as long as its file is written to, with messages or without.
    const [main] = identities;
    if (main !== undefined && minuteOf(writtenAt) !== minuteOf(file.modifiedAt)) changed.add(main);
    return { added, changed: [...changed], removed };
  }

  /**
   * Replaces what was derived from an older generation of a file: its outlines, for what was forked
   * from it. Its sessions are those of the newest generation. Inside a transaction.
   */
  saveSuperseded(log: number, derived: EncodedLog): IngestResult {
    const known = identityOf(this.#parts.database, log, derived.nativeId);
    const identities = derived.branches.map((branch) =>
      sessionOfBranch(this.#parts.database, known, branch.key),
    );
    this.#saveBranches(log, derived, identities);
    this.#parts.outlines.changed(log);
    return { added: [], changed: this.#parts.forkLinks.refresh(log), removed: [] };
  }

  /**
   * What was removed for good and held for its forks is a session again once its agent goes on; not
   * where it is unknown how far the file was read before.
   */
  #bringBackGrown(log: number, file: FileState): void {
    this.#parts.database.run(
      `UPDATE fact SET deleted_at = NULL, purged_at = NULL WHERE purged_at IS NOT NULL
         AND session_id IN (SELECT id FROM session WHERE log = ?1)
         AND (SELECT file_bytes FROM log WHERE num = ?1) NOT IN (-1, ?2)`,
      [log, file.bytes],
    );
  }

  #writtenAt(log: number): number {
    const row = this.#parts.database.get('SELECT file_modified_at FROM log WHERE num = ?', [log]);
    return row ? number(row, 'file_modified_at') : 0;
  }

  /** Sessions whose own messages are in a log, and all that their rows say. */
  #sessionsOf(log: number): Map<string, Row> {
    const rows = this.#parts.database.all('SELECT * FROM session WHERE log = ?', [log]);
    return new Map(rows.map((row) => [text(row, 'id'), row]));
  }

  /**
   * Of the log's own sessions those have changed whose row or messages did. A copy is linked anew
   * each time; where it hangs on the same parent as before, nothing changed for that one.
   */
  #leaveOutUnchanged(
    changed: Set<string>,
    before: ReadonlyMap<string, Row>,
    identities: readonly string[],
    differs: (branch: number) => boolean,
  ): void {
    const rows = identities.map((id, branch) => ({
      id,
      branch,
      old: before.get(id),
      now: this.#parts.database.get('SELECT * FROM session WHERE id = ?', [id]),
    }));
    for (const { old, now } of rows) {
      const parent = now && textOrNull(now, 'parent_id');
      const isLinkedAlike = LINKS.every((column) => old?.[column] === now?.[column]);
      if (parent !== undefined && isLinkedAlike) changed.delete(parent);
    }
    for (const { id, branch, old, now } of rows) {
      if (differs(branch) || !old || !now || !isSameRow(old, now)) changed.add(id);
      else changed.delete(id);
    }
  }

  #saveProblems(log: number, derived: EncodedLog): void {
    const { database } = this.#parts;
    const problems = derived.problems.slice(0, MAX_PROBLEMS);
    const before = database.all(
      'SELECT line, message, text FROM problem WHERE log = ? ORDER BY rowid',
      [log],
    );
    const isSame =
      before.length === problems.length &&
      problems.every(({ line, message, text: words }, index) => {
        const old = before[index];
        return old?.['line'] === line && old['message'] === message && old['text'] === words;
      });
    if (isSame) return;
    database.run('DELETE FROM problem WHERE log = ?', [log]);
    for (const problem of problems) {
      database.run('INSERT INTO problem (log, line, message, text) VALUES (?, ?, ?, ?)', [
        log,
        problem.line,
        problem.message,
        problem.text,
      ]);
    }
  }

  /**
   * Only what differs is written. Returns the branches that do, by the first of all their messages
   * that is not what it was.
   */
  #saveBranches(
    log: number,
    derived: EncodedLog,
    identities: readonly string[],
  ): ReadonlyMap<number, number> {
    const { database, outlines } = this.#parts;
    const differing = new Map<number, number>();
    const count = derived.branches.length;
    database.run('DELETE FROM branch WHERE log = ? AND number >= ?', [log, count]);
    outlines.dropBranches(log, count);
    derived.branches.forEach(({ key, parent, count: own, chunks, sidechain }, index) => {
      const first = outlines.write(log, index, chunks);
      // What follows the log by its branches (the search index) must hear of new messages, too.
      if (first !== undefined) {
        database.run('DELETE FROM branch WHERE log = ? AND number = ?', [log, index]);
      }
      const isRowNew = putRow(
        database,
        'branch',
        { log, number: index },
        {
          key,
          parent_number: parent?.branch ?? null,
          parent_length: parent?.length ?? 0,
          own_count: own,
          session_id: identities[index] ?? '',
          sidechain: sidechain ? 1 : 0,
        },
      );
      const inherited = parent ? (differing.get(parent.branch) ?? Infinity) : Infinity;
      const at = Math.min(
        inherited < (parent?.length ?? 0) ? inherited : Infinity,
        isRowNew ? (parent?.length ?? 0) + (first ?? 0) : Infinity,
      );
      if (at !== Infinity) differing.set(index, at);
    });
    return differing;
  }

  #saveSession(
    log: number,
    number_: number,
    id: string,
    derived: EncodedLog,
    branch: EncodedBranch,
    file: FileState,
    trunkId: string | undefined,
  ): void {
    const lineage = branch.parent && this.#parts.families.withinLog(log, branch.parent);
    const { summary } = branch;
    const title = branch.title ?? '';
    const callSeq = branch.sidechain
      ? branch.sidechain.call?.seq
      : derived.subagentOf === undefined || number_ > 0
        ? undefined
        : this.#parts.subagents.callOf(id);
    const firstAt = summary.firstAt ?? derived.createdAt ?? file.modifiedAt;
    const row: SessionRow = {
      id,
      kind: number_ === 0 || (branch.sidechain && !branch.parent) ? 'imported' : 'abandoned',
      ...(trunkId !== undefined && { trunkId }),
      ...(callSeq !== undefined && { callSeq }),
      log,
      branch: number_,
      folder: derived.cwd ?? '',
      title: number_ > 0 && title !== '' ? title.slice(0, EXCERPT) : derived.title,
      ...(derived.gitBranch !== undefined && { gitBranch: derived.gitBranch }),
      createdAt: Math.round(firstAt),
      updatedAt: Math.round(summary.lastAt ?? derived.updatedAt ?? file.modifiedAt),
      messageCount: this.#parts.outlines.length(log, number_),
      ...figuresOf(this.#parts.prices, summary),
      models: summary.models,
      providers: summary.providers,
      ...(lineage && { lineage }),
    };
    this.#parts.catalogue.save(row);
  }
}

function isSameRow(a: Row, b: Row): boolean {
  return Object.keys(b).every((column) => a[column] === b[column]);
}
