/**
 * A whole family in a handful of statements, whatever its size: the rows of its branches, the merges
 * between them and what they were last judged to be. Sessions in the trash are in it while branches
 * that are not hang on them, so that every branch leaves the one it was forked from.
 */
import { abandonedBranches } from '../core/abandoned.ts';
import type { CostSum } from '../core/costSum.ts';
import { MultipathError } from '../core/errors.ts';
import {
  inFamilyOrder,
  type BranchUse,
  type FamilyBranch,
  type FamilyGraph,
  type FamilyMerge,
} from '../core/family.ts';
import { MERGE_MODES } from '../core/merge.ts';
import type { Session } from '../core/session.ts';
import {
  number,
  numberOrNull,
  record,
  strings,
  text,
  textOrNull,
  type Database,
  type Row,
} from './database.ts';
import { summaryByOf } from './mergeRows.ts';
import { scoresOf } from './scoreRows.ts';
import type { Outlines } from './outlines.ts';

/** Longest text that a branch's reason or strategy is given with. */
const MOST_TEXT = 200;

/** `up` ends at a missing parent and, because it is a set, at a ring. */
const SELECT_FAMILY = `
  WITH RECURSIVE
    up (id) AS (SELECT ?1 UNION
      SELECT s.parent_id FROM up JOIN session s ON s.id = up.id WHERE s.parent_id IS NOT NULL),
    down (id) AS (SELECT id FROM up UNION
      SELECT s.id FROM down JOIN session s ON s.parent_id = down.id)
  SELECT s.id, s.kind, s.listed, s.agent, s.parent_id, s.inherited, s.created_at, s.updated_at,
    s.message_count, s.models, s.cost, s.unpriced,
    s.input_tokens + s.output_tokens + s.cache_read_tokens + s.cache_write_tokens AS tokens,
    coalesce(f.title, s.title) AS title, f.pinned_at, f.metadata
  FROM down CROSS JOIN session s ON s.id = down.id LEFT JOIN fact f ON f.session_id = s.id`;

const SELECT_SUBAGENTS = `
  SELECT s.trunk_id, sum(s.tree_parent_id IS NULL) AS count, sum(s.cost) AS cost,
    sum(s.unpriced) AS unpriced,
    sum(s.input_tokens + s.output_tokens + s.cache_read_tokens + s.cache_write_tokens) AS tokens
  FROM json_each(?) each_one CROSS JOIN session s ON s.trunk_id = each_one.value AND s.listed = 2
  GROUP BY s.trunk_id`;

const SELECT_MERGES = `
  SELECT m.id, m.mode, m.source_id, m.messages, m.at, m.log, m.summary_by, s.id AS session_id,
    (SELECT min(o.seq) FROM merged_message o WHERE o.merge = m.id AND o.log = m.log) AS first_seq
  FROM json_each(?) each_one CROSS JOIN merge m ON m.source_id = each_one.value
  CROSS JOIN session s ON s.log = m.log AND s.branch = 0
  ORDER BY m.at, m.id`;

/** All of a family, not cut. @throws MultipathError `not-found`, also for a session in the trash */
export function readFamily(
  { database, outlines }: { readonly database: Database; readonly outlines: Outlines },
  sessionId: string,
): FamilyGraph {
  const rows = needed(
    database.all(SELECT_FAMILY, [sessionId]).map((row) => ({ row, ...placeOf(row) })),
  );
  const asked = rows.find(({ id }) => id === sessionId);
  const [root] = rows;
  if (!root || !asked || asked.isHidden) {
    throw new MultipathError('not-found', `There is no session ${sessionId} in the store.`);
  }
  const ids = rows.map(({ id }) => id);
  const merges = readMerges(database, outlines, ids);
  const subagents = readSubagents(database, ids);
  const judged = scoresOf(database, ids);
  const cameBack = new Set(merges.map((merge) => merge.sourceId));
  const mergedIn = new Map<string, number>();
  for (const { sessionId: holder, messages } of merges) {
    mergedIn.set(holder, (mergedIn.get(holder) ?? 0) + messages);
  }
  const placed = new Set<string>();
  const branches = rows.map(({ row, id, parentId, isHidden }): FamilyBranch => {
    const hasParent = parentId !== undefined && placed.has(parentId);
    placed.add(id);
    const ownSubagents = subagents.get(id);
    const score = judged.get(id);
    return {
      ...branchOf(row, mergedIn.get(id) ?? 0),
      ...(hasParent && { parentId }),
      ...(ownSubagents && { subagents: ownSubagents }),
      ...(cameBack.has(id) && { merged: true }),
      ...(isHidden && { deleted: true }),
      ...(score && { score: score.score, ...(score.best && { best: true }) }),
    };
  });
  const abandoned = abandonedBranches(branches, merges);
  return {
    rootId: root.id,
    branches: branches.map((branch) =>
      abandoned.has(branch.id) ? { ...branch, abandoned: true } : branch,
    ),
    merges,
    total: branches.length,
  };
}

interface Placed {
  readonly row: Row;
  readonly id: string;
  readonly parentId?: string;
  readonly createdAt: number;
  readonly isHidden: boolean;
}

function placeOf(row: Row): Omit<Placed, 'row'> {
  const parentId = textOrNull(row, 'parent_id');
  return {
    id: text(row, 'id'),
    ...(parentId !== undefined && { parentId }),
    createdAt: number(row, 'created_at'),
    isHidden: number(row, 'listed') === 0,
  };
}

/** In order, without what is in the trash and leads to nothing that is not. */
function needed(rows: readonly Placed[]): Placed[] {
  const ordered = inFamilyOrder(rows);
  const leads = new Set<string>();
  for (const { id, parentId, isHidden } of ordered.toReversed()) {
    if (!isHidden) leads.add(id);
    if (leads.has(id) && parentId !== undefined) leads.add(parentId);
  }
  return ordered.filter(({ id }) => leads.has(id));
}

function branchOf(row: Row, mergedIn: number): FamilyBranch {
  const length = number(row, 'message_count');
  const at = number(row, 'inherited');
  const model = strings(row, 'models').at(-1);
  const metadata = row['metadata'] === null ? {} : record(row, 'metadata');
  const reason = wordsOf(metadata['reason']);
  const strategy = wordsOf(metadata['strategy']);
  return {
    id: text(row, 'id'),
    at,
    length,
    title: text(row, 'title'),
    agent: text(row, 'agent'),
    ...(model !== undefined && { model }),
    // Written from the type's own values.
    kind: text(row, 'kind') as Session['kind'],
    createdAt: number(row, 'created_at'),
    updatedAt: number(row, 'updated_at'),
    own: useOf(row, Math.max(0, length - at - mergedIn)),
    ...(reason !== undefined && { reason }),
    ...(strategy !== undefined && { strategy }),
    ...(row['pinned_at'] !== null && { pinned: true }),
  };
}

function useOf(row: Row, messages: number): BranchUse {
  return { messages, tokens: number(row, 'tokens'), ...costOf(row) };
}

function costOf(row: Row): CostSum {
  const cost = numberOrNull(row, 'cost');
  const unpriced = number(row, 'unpriced');
  if (unpriced === 0) return cost === undefined ? {} : { cost };
  return { ...(cost !== undefined && { knownCost: cost }), unpriced };
}

/** Metadata is whoever's who set it. */
function wordsOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value.slice(0, MOST_TEXT) : undefined;
}

function readSubagents(
  database: Database,
  ids: readonly string[],
): Map<string, BranchUse & { readonly count: number }> {
  return new Map(
    database
      .all(SELECT_SUBAGENTS, [JSON.stringify(ids)])
      .map((row) => [text(row, 'trunk_id'), { ...useOf(row, 0), count: number(row, 'count') }]),
  );
}

function readMerges(database: Database, outlines: Outlines, ids: readonly string[]): FamilyMerge[] {
  const known = new Set(ids);
  const merges: FamilyMerge[] = [];
  for (const row of database.all(SELECT_MERGES, [JSON.stringify(ids)])) {
    const sessionId = text(row, 'session_id');
    const firstSeq = numberOrNull(row, 'first_seq');
    const place =
      firstSeq === undefined ? undefined : outlines.locate(number(row, 'log'), firstSeq);
    // The branch that it was merged into may be in the trash.
    if (!known.has(sessionId) || !place) continue;
    const mode = text(row, 'mode');
    merges.push({
      mergeId: text(row, 'id'),
      mode: MERGE_MODES.find((one) => one === mode) ?? 'append',
      sourceId: text(row, 'source_id'),
      sessionId,
      index: place.index,
      messages: number(row, 'messages'),
      at: number(row, 'at'),
      ...summaryByOf(row),
    });
  }
  return merges;
}
