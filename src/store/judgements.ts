/**
 * What models said of branches: facts, since asking again gives another answer. A judgement quotes
 * its branches, so it goes with the first of them that is removed for good.
 */
import * as v from 'valibot';
import type { Judgement, JudgementQuery } from '../core/judge.ts';
import { isTime, MOST_TOKENS } from '../core/message.ts';
import { number, text, type Database, type Row } from './database.ts';

const id = v.pipe(v.string(), v.minLength(1));
const count = v.pipe(v.number(), v.minValue(0), v.maxValue(MOST_TOKENS));
const judgementData = v.object({
  sessionIds: v.pipe(v.array(id), v.minLength(2), v.maxLength(8)),
  model: v.object({ id, name: v.string() }),
  criteria: v.exactOptional(v.string()),
  verdicts: v.array(
    v.object({
      first: id,
      second: id,
      winner: v.picklist(['first', 'second', 'tie']),
      reason: v.string(),
    }),
  ),
  missing: v.array(v.object({ first: id, second: id, error: v.string() })),
  tokens: v.object({
    input: count,
    output: count,
    cacheRead: count,
    cacheWrite: count,
    cacheWrite1h: v.exactOptional(count),
  }),
});
const judgementFact = v.object({ at: v.pipe(v.number(), v.check(isTime)), data: judgementData });

/** As a fact has it; `undefined` for anything else. */
export function judgementOf(row: Row): unknown {
  return { at: number(row, 'at'), data: JSON.parse(text(row, 'data')) as unknown };
}

/** Puts a judgement in the place of what stands there. False when it is none. */
export function putJudgement(database: Database, key: string, value: unknown): boolean {
  const parsed = v.safeParse(judgementFact, value);
  if (!parsed.success) return false;
  const { at, data } = parsed.output;
  database.run('INSERT OR REPLACE INTO judgement (id, at, data) VALUES (?, ?, ?)', [
    key,
    at,
    JSON.stringify(data),
  ]);
  return true;
}

const USUAL_LIMIT = 100;

/**
 * Newest first; those that name all of these sessions, with `exactly` no others. There may be
 * thousands, each with what was said of 56 pairs: only those that are given are read.
 */
export function judgementsOf(
  database: Database,
  sessionIds: readonly string[],
  {
    id: wanted,
    limit = USUAL_LIMIT,
    exactly = false,
  }: JudgementQuery & { readonly exactly?: boolean } = {},
): Judgement[] {
  const ids = [...new Set(sessionIds)];
  if (wanted !== undefined) {
    const one = readJudgement(database, wanted);
    return one && ids.every((session) => one.sessionIds.includes(session)) ? [one] : [];
  }
  const keys = database.all(
    `SELECT j.id FROM judgement j JOIN (
       SELECT judgement FROM judged WHERE session_id IN (SELECT value FROM json_each(?1))
       GROUP BY judgement HAVING count(*) = ?2) d ON d.judgement = j.id
     WHERE ?3 = 0 OR (SELECT count(*) FROM judged one WHERE one.judgement = j.id) = ?2
     ORDER BY j.at DESC, j.id DESC`,
    [JSON.stringify(ids), ids.length, exactly ? 1 : 0],
  );
  const found: Judgement[] = [];
  for (const row of keys) {
    if (found.length >= limit) break;
    const judgement = readJudgement(database, text(row, 'id'));
    if (judgement) found.push(judgement);
  }
  return found;
}

function readJudgement(database: Database, key: string): Judgement | undefined {
  const row = database.get('SELECT at, data FROM judgement WHERE id = ?', [key]);
  const parsed = row && v.safeParse(judgementFact, judgementOf(row));
  if (!parsed?.success) return undefined;
  const { at, data } = parsed.output;
  return { id: key, at, ...data };
}

/** Judgements that name a session, as they are kept outside the store. */
export function judgementFacts(
  database: Database,
  sessionId: string,
): { readonly id: string; readonly value: unknown }[] {
  const rows = database.all(
    `SELECT j.id, j.at, j.data FROM judged d JOIN judgement j ON j.id = d.judgement
     WHERE d.session_id = ? ORDER BY j.at, j.id`,
    [sessionId],
  );
  return rows.map((row) => ({ id: text(row, 'id'), value: judgementOf(row) }));
}

/**
 * Takes in what a saved session says of itself, unless it is here. What it says of others alone is
 * nobody's word.
 */
export function restoreJudgement(
  database: Database,
  sessionId: string,
  { id: key, value }: { readonly id: string; readonly value?: unknown },
): void {
  if (database.get('SELECT 1 FROM judgement WHERE id = ?', [key])) return;
  const parsed = v.safeParse(judgementFact, value);
  if (parsed.success && parsed.output.data.sessionIds.includes(sessionId)) {
    putJudgement(database, key, parsed.output);
  }
}

export function removeJudgement(database: Database, key: string): void {
  database.run('DELETE FROM judgement WHERE id = ?', [key]);
}

/** When a session is removed for good. */
export function removeJudgementsOf(database: Database, sessionId: string): void {
  database.run(
    'DELETE FROM judgement WHERE id IN (SELECT judgement FROM judged WHERE session_id = ?)',
    [sessionId],
  );
}
