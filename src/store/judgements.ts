/**
 * What models said of branches: facts, since asking again gives another answer. A judgement quotes
 * its branches, so it goes with the first of them that is removed for good.
 */
import * as v from 'valibot';
import type { Judgement } from '../core/judge.ts';
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

/** Newest first; those that name all of these sessions. */
export function judgementsOf(database: Database, sessionIds: readonly string[]): Judgement[] {
  const [first] = sessionIds;
  if (first === undefined) return [];
  const rows = database.all(
    `SELECT j.id, j.at, j.data FROM judged d JOIN judgement j ON j.id = d.judgement
     WHERE d.session_id = ? ORDER BY j.at DESC, j.id DESC`,
    [first],
  );
  return rows.flatMap((row) => {
    const parsed = v.safeParse(judgementFact, judgementOf(row));
    if (!parsed.success) return [];
    const { at, data } = parsed.output;
    if (!sessionIds.every((one) => data.sessionIds.includes(one))) return [];
    return [{ id: text(row, 'id'), at, ...data }];
  });
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
