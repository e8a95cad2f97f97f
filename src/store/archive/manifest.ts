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
  };
  return JSON.stringify(manifest);
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
