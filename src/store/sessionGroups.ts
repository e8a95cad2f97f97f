/**
 * Sessions counted by what they have in common. Everything that lists are grouped by stands in the
 * index of the timeline or in that of the tree, so that without further conditions no row of a
 * session is touched to count it.
 */
import type { GroupQuery, SessionGroup } from '../core/sessionStore.ts';
import { number, text, type Database, type Row, type SqlValue } from './database.ts';
import { conditions } from './sessionRows.ts';

type Count = (sql: string, parameters: readonly SqlValue[]) => number;

/** `count` may remember what it counted until the database changes. */
export function groupsOf(
  database: Database,
  query: GroupQuery,
  hotIds: () => readonly string[],
  count: Count,
): SessionGroup[] {
  const walk = query.by === 'project' ? 'tree' : 'time';
  const { where, parameters, tables } = conditions(query, hotIds, undefined, walk);
  const from = `FROM session s ${tables} WHERE ${where}`;
  const counted = (sql: string, ...more: readonly SqlValue[]): SessionGroup[] =>
    database.all(sql, [...parameters, ...more]).map(groupOf);
  const all = (): number => count(`SELECT count(*) AS n ${from}`, parameters);
  switch (query.by) {
    case 'project':
      return database
        .all(
          `SELECT p.key, p.path, p.name, each_one.sessions, each_one.updated_at
           FROM (SELECT s.project_key, count(*) AS sessions, max(s.updated_at) AS updated_at
                 ${from} GROUP BY s.project_key) each_one
           JOIN project p ON p.key = each_one.project_key ORDER BY each_one.updated_at DESC`,
          parameters,
        )
        .map((row) => ({
          ...groupOf(row),
          path: text(row, 'path'),
          name: text(row, 'name'),
          updatedAt: number(row, 'updated_at'),
        }));
    case 'agent':
      return counted(
        `SELECT s.agent AS key, count(*) AS sessions ${from} GROUP BY +s.agent ORDER BY 1`,
      );
    case 'tag':
      return query.tag === null ? untagged(all()) : tagGroups(database, query, hotIds, count);
    case 'tier': {
      const hot = JSON.stringify(hotIds());
      const inMemory = new Map(
        counted(
          `SELECT CAST(s.cold AS TEXT) AS key, count(*) AS sessions FROM session s ${tables}
           WHERE +${where} AND s.id IN (SELECT value FROM json_each(?)) GROUP BY s.cold`,
          hot,
        ).map((group) => [group.key, group.count]),
      );
      const all_ = counted(
        `SELECT CAST(s.cold AS TEXT) AS key, count(*) AS sessions ${from} GROUP BY +s.cold`,
      );
      const rest = (cold: string): number =>
        (all_.find(({ key }) => key === cold)?.count ?? 0) - (inMemory.get(cold) ?? 0);
      const sum = [...inMemory.values()].reduce((total, n) => total + n, 0);
      return [
        { key: 'hot', count: sum },
        { key: 'warm', count: rest('0') },
        { key: 'cold', count: rest('1') },
      ].filter((group) => group.count > 0);
    }
    case 'date': {
      const starts = query.starts ?? [];
      const ranges = [...starts, Number.MIN_SAFE_INTEGER].map((start, nth) => ({
        key: nth < starts.length ? String(start) : '',
        updatedFrom: Math.max(start, query.updatedFrom ?? start),
        updatedTo: Math.min(
          nth === 0 ? Number.MAX_SAFE_INTEGER : (starts[nth - 1] ?? 0),
          query.updatedTo ?? Number.MAX_SAFE_INTEGER,
        ),
      }));
      let left = all();
      const groups: SessionGroup[] = [];
      for (const { key, ...range } of ranges) {
        // What is older than the oldest session is not looked for.
        if (left <= 0) break;
        const one = conditions({ ...query, ...range }, hotIds);
        const sessions = count(
          `SELECT count(*) AS n FROM session s ${one.tables} WHERE ${one.where}`,
          one.parameters,
        );
        left -= sessions;
        if (sessions > 0) groups.push({ key, count: sessions });
      }
      return groups;
    }
  }
}

/** A tag counts wherever in the tree it is; what has none counts where it was asked for. */
function tagGroups(
  database: Database,
  { parentId, ...query }: GroupQuery,
  hotIds: () => readonly string[],
  count: Count,
): SessionGroup[] {
  const { where, parameters, tables } = conditions(query, hotIds);
  const tagged = database
    .all(
      `SELECT t.tag AS key, count(*) AS sessions FROM tag t JOIN session s ON s.id = t.session_id
       ${tables} WHERE +${where} GROUP BY t.tag ORDER BY t.tag`,
      parameters,
    )
    .map(groupOf);
  if (query.tag !== undefined) return tagged;
  const rest = conditions(
    { ...query, ...(parentId !== undefined && { parentId }), tag: null },
    hotIds,
  );
  const sql = `SELECT count(*) AS n FROM session s ${rest.tables} WHERE ${rest.where}`;
  return [...tagged, ...untagged(count(sql, rest.parameters))];
}

function groupOf(row: Row): SessionGroup {
  return { key: text(row, 'key'), count: number(row, 'sessions') };
}

function untagged(count: number): SessionGroup[] {
  return count > 0 ? [{ key: '', count }] : [];
}
