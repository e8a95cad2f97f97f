/** Reading the catalogue: the columns a session is made of, and the conditions of a list. */
import { totalTokens } from '../core/message.ts';
import { decayed } from '../core/tierPolicy.ts';
import type {
  RetentionPolicy,
  Session,
  SessionOrigin,
  SubagentUse,
  Tier,
} from '../core/session.ts';
import type { SessionQuery } from '../core/sessionStore.ts';
import {
  json,
  number,
  numberOrNull,
  record,
  strings,
  text,
  textOrNull,
  type Row,
  type SqlValue,
} from './database.ts';
import type { Access } from './accessTracker.ts';
import { NATIVE_AGENT } from './nativeLog.ts';

/** Separates tags in one column of a query; no tag contains it. */
const TAG_SEPARATOR = '\u001f';

/** What is known of sessions in memory only. */
export interface LiveState {
  /** True while pages of the session are in memory. */
  readonly isHot: (sessionId: string) => boolean;
  readonly hotIds: () => string[];
  /** Accesses that are newer than the row. */
  readonly accessOf: (sessionId: string) => Access | undefined;
  readonly now: () => number;
}

export const SELECT_SESSIONS = `
  SELECT s.*, l.id AS log_id, l.native_id, l.path, l.byte_count, l.cold_count, l.subagent_of,
    l.file_bytes, l.file_modified_at, l.gone_at,
    CASE WHEN s.call_seq IS NULL OR l.subagent_of IS NULL THEN l.id ELSE
      (SELECT tl.id FROM session ts JOIN log tl ON tl.num = ts.log WHERE ts.id = s.trunk_id)
      END AS call_log_id,
    fl.id AS fork_log_id, p.path AS project_path, p.name AS project_name,
    f.title AS own_title, f.retention, f.metadata, f.deleted_at, f.pinned_at, f.note,
    a.count AS access_count, a.last_at, a.frequency,
    (SELECT count(*) FROM session c WHERE c.tree_parent_id = s.id AND c.listed IN (1, 2)) AS forks,
    (SELECT json_array(sum(c.tree_parent_id IS NULL),
       sum(c.input_tokens + c.output_tokens + c.cache_read_tokens + c.cache_write_tokens),
       sum(c.cost),
       sum(c.unpriced),
       max((SELECT sl.file_modified_at FROM log sl
            WHERE sl.num = c.log AND sl.file_bytes >= 0 AND sl.gone_at IS NULL)))
     FROM session c WHERE c.trunk_id = s.id AND c.listed = 2) AS subagents,
    (SELECT count(*) FROM problem b WHERE b.log = s.log) AS problems,
    (SELECT group_concat(t.tag, char(31)) FROM tag t WHERE t.session_id = s.id) AS tags
  FROM session s
  JOIN log l ON l.num = s.log
  LEFT JOIN log fl ON fl.num = s.fork_log
  LEFT JOIN project p ON p.key = s.project_key
  LEFT JOIN fact f ON f.session_id = s.id
  LEFT JOIN access a ON a.session_id = s.id`;

/** A catalogue row as the session it stands for. */
export function sessionOf(row: Row, live: LiveState): Session {
  const id = text(row, 'id');
  const access = live.accessOf(id) ?? {
    count: numberOrNull(row, 'access_count') ?? 0,
    lastAt: numberOrNull(row, 'last_at') ?? number(row, 'created_at'),
    frequency: numberOrNull(row, 'frequency') ?? 0,
  };
  const tokens = {
    input: number(row, 'input_tokens'),
    output: number(row, 'output_tokens'),
    cacheRead: number(row, 'cache_read_tokens'),
    cacheWrite: number(row, 'cache_write_tokens'),
  };
  const cold = number(row, 'cold_count') > 0;
  const tier: Tier = live.isHot(id) ? 'hot' : cold ? 'cold' : 'warm';
  const parentId = textOrNull(row, 'tree_parent_id');
  const forkLogId = textOrNull(row, 'fork_log_id');
  const forkNativeId = textOrNull(row, 'fork_native_id');
  const ownTitle = textOrNull(row, 'own_title');
  const cost = numberOrNull(row, 'cost');
  const unpriced = number(row, 'unpriced');
  const tags = textOrNull(row, 'tags');
  const pinnedAt = numberOrNull(row, 'pinned_at');
  const note = textOrNull(row, 'note');
  const trunkId = textOrNull(row, 'trunk_id');
  const trunkNative = textOrNull(row, 'subagent_of');
  const callSeq = numberOrNull(row, 'call_seq');
  const callLogId = textOrNull(row, 'call_log_id');
  const subagents = subagentsOf(row);
  const origin = originOf(row);
  return {
    id,
    ...(parentId !== undefined && { parentId }),
    ...(forkLogId !== undefined && {
      forkPoint: {
        logId: forkLogId,
        seq: number(row, 'fork_seq'),
        ...(forkNativeId !== undefined && { nativeId: forkNativeId }),
      },
    }),
    inheritedCount: number(row, 'inherited'),
    title: ownTitle ?? text(row, 'title'),
    renamed: ownTitle !== undefined,
    createdAt: number(row, 'created_at'),
    updatedAt: number(row, 'updated_at'),
    lastAccessedAt: access.lastAt,
    accessCount: access.count,
    accessFrequency: decayed(access.frequency, live.now() - access.lastAt),
    estimatedSizeBytes: number(row, 'branch') === 0 ? number(row, 'byte_count') : 0,
    storageTier: tier,
    tags: tags === undefined ? [] : tags.split(TAG_SEPARATOR).sort(),
    ...(pinnedAt !== undefined && { pinnedAt }),
    ...(note !== undefined && { note }),
    metadata: row['metadata'] === null ? {} : record(row, 'metadata'),
    providersUsed: strings(row, 'providers'),
    models: strings(row, 'models'),
    messageCount: number(row, 'message_count'),
    ownTokens: tokens,
    totalTokens: totalTokens(tokens),
    ...(cost !== undefined && (unpriced > 0 ? { knownCost: cost } : { estimatedCost: cost })),
    ...(unpriced > 0 && { unpricedMessages: unpriced }),
    // Written from the type's own values; a column default covers sessions without facts.
    retentionPolicy: (textOrNull(row, 'retention') ?? 'standard') as RetentionPolicy,
    project: {
      key: text(row, 'project_key'),
      path: textOrNull(row, 'project_path') ?? text(row, 'project_key'),
      name: textOrNull(row, 'project_name') ?? text(row, 'project_key'),
    },
    ...(origin && { origin }),
    kind: text(row, 'kind') as Session['kind'],
    forkCount: number(row, 'forks'),
    ...(trunkId !== undefined && { subagentOf: trunkId }),
    ...(trunkNative !== undefined && { subagentOfNative: trunkNative }),
    ...(callSeq !== undefined &&
      callLogId !== undefined && { calledFrom: { logId: callLogId, seq: callSeq } }),
    ...(subagents && { subagents }),
    problemCount: number(row, 'problems'),
  };
}

function subagentsOf(row: Row): SubagentUse | undefined {
  const sums = json(row, 'subagents');
  if (!Array.isArray(sums)) return undefined;
  const values: readonly unknown[] = sums;
  const [count, totalTokens, cost, unpriced, modifiedAt] = values;
  if (typeof count !== 'number' || typeof totalTokens !== 'number') return undefined;
  const unknown = typeof unpriced === 'number' ? unpriced : 0;
  return {
    count,
    totalTokens,
    ...(typeof cost === 'number' && (unknown > 0 ? { knownCost: cost } : { estimatedCost: cost })),
    ...(unknown > 0 && { unpricedMessages: unknown }),
    ...(typeof modifiedAt === 'number' && { modifiedAt }),
  };
}

function originOf(row: Row): SessionOrigin | undefined {
  if (text(row, 'agent') === NATIVE_AGENT) return undefined;
  const gitBranch = textOrNull(row, 'git_branch');
  const gone = numberOrNull(row, 'gone_at');
  return {
    agent: text(row, 'agent'),
    nativeId: text(row, 'native_id'),
    path: textOrNull(row, 'path') ?? '',
    ...(gitBranch !== undefined && { gitBranch }),
    ...(number(row, 'file_bytes') >= 0 && { modifiedAt: number(row, 'file_modified_at') }),
    ...(gone !== undefined && { gone }),
  };
}

/** As in the index `session_lasting`, letter by letter. */
const LASTING_MS = 604_800_000;
const LASTING = 's.updated_at - s.created_at > 604800000';

/**
 * Sessions that began before the end of a range, in two parts that follow each other in time. Of
 * those that went on for more than a week after it there are few, and an index finds them; the
 * others were written to within that week. So nobody walks through all that is newer than a range.
 *
 * A list that begins with what is pinned has two parts as well: the few, and the others in the
 * order of the timeline.
 */
export type ListPart = 'lasting' | 'brief' | 'pinned' | 'others';

export function listParts(query: SessionQuery): readonly (ListPart | undefined)[] {
  if (query.to !== undefined) return ['lasting', 'brief'];
  return query.pinnedFirst === true && query.pinned === undefined
    ? ['pinned', 'others']
    : [undefined];
}

const GONE = '(SELECT num FROM log WHERE gone_at IS NOT NULL)';
const PINNED = '(SELECT session_id FROM fact WHERE pinned_at IS NOT NULL)';

/**
 * A WHERE clause over the tables of SELECT_SESSIONS with its order, newest first, and the tables
 * it needs beside `session s`: one that is not needed is a look-up per row that is counted.
 * `hotIds` are the sessions in memory. Roots are walked through in the order of the timeline, or by
 * project in that of the tree.
 */
export function conditions(
  query: SessionQuery,
  hotIds: () => readonly string[],
  part?: ListPart,
  walk: 'time' | 'tree' = 'time',
): {
  where: string;
  parameters: SqlValue[];
  tables: string;
  order: string;
} {
  // Behind a plus there is no reason to walk the timeline: the few that carry a tag, or hang on a
  // session, are found first and sorted then. So are those in memory, and pinned ones.
  const isPinned = query.pinned === true || part === 'pinned';
  const byId =
    typeof query.tag === 'string' || query.tier === 'hot' || isPinned || query.ids !== undefined;
  const few =
    byId ||
    typeof query.parentId === 'string' ||
    query.subagentsOf !== undefined ||
    part === 'lasting';
  // A subagent's forks hang on it, and its own branches are as little listed as it is.
  const listed = typeof query.parentId === 'string' ? 's.listed IN (1, 2)' : 's.listed = 1';
  const clauses = [
    query.subagentsOf === undefined ? (byId ? `+${listed}` : listed) : 's.listed = 2',
  ];
  const parameters: SqlValue[] = [];
  const add = (clause: string, ...values: SqlValue[]): void => {
    clauses.push(clause);
    parameters.push(...values);
  };
  const among = (ids: readonly string[]): string => JSON.stringify(ids);
  if (query.subagentsOf !== undefined) {
    add('s.trunk_id = ? AND +s.tree_parent_id IS NULL', query.subagentsOf);
  }
  if (query.project !== undefined) add('s.project_key = ?', query.project);
  if (query.projects !== undefined) {
    add('s.project_key IN (SELECT value FROM json_each(?))', among(query.projects));
  }
  // The index of the tree is by project; without one, the timeline has all that is asked for.
  const byProject = walk === 'tree' || query.project !== undefined || query.projects !== undefined;
  if (query.agent !== undefined) add('+s.agent = ?', query.agent);
  if (query.parentId === null) add(`${byProject ? '' : '+'}s.tree_parent_id IS NULL`);
  else if (query.parentId !== undefined) add('s.tree_parent_id = ?', query.parentId);
  if (query.tag === null) add('s.id NOT IN (SELECT session_id FROM tag)');
  else if (query.tag !== undefined) {
    add('s.id IN (SELECT session_id FROM tag WHERE tag = ?)', query.tag);
  }
  if (query.ids !== undefined) {
    add('s.id IN (SELECT value FROM json_each(?))', among(query.ids));
  }
  if (query.rescued === true) add(`+s.log IN ${GONE}`);
  else if (query.rescued === false) add(`s.log NOT IN ${GONE}`);
  if (isPinned) add(`s.id IN ${PINNED}`);
  else if (part === 'others' || query.pinned === false) add(`s.id NOT IN ${PINNED}`);
  if (query.tier !== undefined) {
    const isHot = query.tier === 'hot' ? 'IN' : 'NOT IN';
    add(`s.id ${isHot} (SELECT value FROM json_each(?))`, among(hotIds()));
  }
  if (query.tier === 'cold' || query.tier === 'warm') {
    add('+s.cold = ?', query.tier === 'cold' ? 1 : 0);
  }
  // The index that finds lasting sessions is by the time they began.
  const updatedAt = part === 'lasting' || few ? '+s.updated_at' : 's.updated_at';
  if (query.from !== undefined) add(`${updatedAt} >= +?`, query.from);
  if (query.to !== undefined) add('s.created_at < +?', query.to);
  if (part === 'lasting') add(`${LASTING} AND ${updatedAt} >= +?`, (query.to ?? 0) + LASTING_MS);
  if (part === 'brief') add('s.updated_at < +?', (query.to ?? 0) + LASTING_MS);
  if (query.updatedFrom !== undefined) add(`${updatedAt} >= +?`, query.updatedFrom);
  if (query.updatedTo !== undefined) add(`${updatedAt} < +?`, query.updatedTo);
  if (query.title !== undefined && query.title !== '') {
    const escaped = query.title.replaceAll(/[\\%_]/g, '\\$&');
    add("coalesce(f.title, s.title) LIKE ? ESCAPE '\\'", `%${escaped}%`);
  }
  const where = clauses.join(' AND ');
  const tables = [
    ...(/\bl\./.test(where) ? ['JOIN log l ON l.num = s.log'] : []),
    ...(/\bf\./.test(where) ? ['LEFT JOIN fact f ON f.session_id = s.id'] : []),
  ];
  const order = `${few ? '+' : ''}s.updated_at DESC, s.id DESC`;
  return { where, parameters, tables: tables.join(' '), order };
}
