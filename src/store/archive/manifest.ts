/**
 * What a member says of its log beside its records, so that the catalogue can be rebuilt from
 * segments alone: JSON, described in docs/store-format.md.
 */
import * as v from 'valibot';
import { number, text, textOrNull, type Database } from '../database.ts';

const schema = v.looseObject({
  agent: v.string(),
  path: v.exactOptional(v.string()),
  nativeId: v.string(),
  generation: v.number(),
  createdAt: v.number(),
  /** Of one of our own sessions: its title and, for a fork, where it began. */
  title: v.exactOptional(v.string()),
  fork: v.exactOptional(v.looseObject({ parent: v.string(), log: v.string(), seq: v.number() })),
});

export type LogManifest = v.InferOutput<typeof schema>;

/** `undefined` when there is no such log. */
export function manifestOf(database: Database, log: number): string | undefined {
  const row = database.get(
    'SELECT agent, path, native_id, generation, created_at FROM log WHERE num = ?',
    [log],
  );
  if (!row) return undefined;
  const path = textOrNull(row, 'path');
  const manifest: LogManifest = {
    agent: text(row, 'agent'),
    ...(path !== undefined && { path }),
    nativeId: text(row, 'native_id'),
    generation: number(row, 'generation'),
    createdAt: number(row, 'created_at'),
    ...ownOf(database, log),
  };
  return JSON.stringify(manifest);
}

function ownOf(database: Database, log: number): Pick<LogManifest, 'title' | 'fork'> {
  const row = database.get(
    `SELECT n.title, n.parent_id, n.fork_seq, l.id AS fork_log FROM native n
     LEFT JOIN log l ON l.num = n.fork_log WHERE n.log = ?`,
    [log],
  );
  if (!row) return {};
  const base = textOrNull(row, 'fork_log');
  return {
    title: text(row, 'title'),
    ...(base !== undefined && {
      fork: { parent: textOrNull(row, 'parent_id') ?? '', log: base, seq: number(row, 'fork_seq') },
    }),
  };
}

/** `undefined` for what is no manifest. */
export function parseManifest(about: string | undefined): LogManifest | undefined {
  if (about === undefined) return undefined;
  try {
    const parsed = v.safeParse(schema, JSON.parse(about));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined; // the member is then known by its log's id alone
  }
}
