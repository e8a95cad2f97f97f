/**
 * What branches were given when they were last judged, so that the tree and the graph show it
 * without reading a transcript. A score is relative to those it was judged among and to what the
 * branch held then, so it is kept with both, and counts for nothing once the branch went on.
 */
import { createHash } from 'node:crypto';
import type { BranchScore } from '../core/score.ts';
import { number, text, type Database } from './database.ts';

/** Scores kept of a session: among other branches it may have another score. */
const KEPT = 4;

export interface ScoredBranches {
  readonly branches: readonly { readonly sessionId: string }[];
  readonly scores: readonly BranchScore[];
  /** Session id. */
  readonly best: string;
  readonly at: number;
}

/**
 * Notes the scores; inside a transaction. Returns the sessions whose score is another one now: none
 * where the same branches are judged again, so that who judges whenever something changed comes to
 * an end.
 */
export function rememberScores(
  database: Database,
  { branches, scores, best, at }: ScoredBranches,
): string[] {
  const ids = branches.map(({ sessionId }) => sessionId).sort();
  const among = createHash('sha256').update(ids.join(' ')).digest('hex').slice(0, 32);
  const changed: string[] = [];
  for (const { sessionId, total } of scores) {
    const row = database.get('SELECT message_count FROM session WHERE id = ?', [sessionId]);
    if (!row) continue;
    const messages = number(row, 'message_count');
    const score = Math.round(total * 10) / 10;
    const isBest = sessionId === best ? 1 : 0;
    const known = database.get(
      'SELECT messages, score, best FROM branch_score WHERE session_id = ? AND among = ?',
      [sessionId, among],
    );
    if (known?.['messages'] === messages && known['score'] === score && known['best'] === isBest) {
      continue;
    }
    database.run(
      `INSERT OR REPLACE INTO branch_score (session_id, among, messages, score, best, at)
       VALUES (?, ?, ?, ?, ?, ?)`,
      [sessionId, among, messages, score, isBest, at],
    );
    database.run(
      `DELETE FROM branch_score WHERE session_id = ?1 AND among NOT IN
         (SELECT among FROM branch_score WHERE session_id = ?1 ORDER BY at DESC LIMIT ${KEPT})`,
      [sessionId],
    );
    changed.push(sessionId);
  }
  return changed;
}

export interface KnownScore {
  readonly score: number;
  readonly best: boolean;
}

/** The newest scores of sessions that still hold what they held then. */
export function scoresOf(
  database: Database,
  sessionIds: readonly string[],
): Map<string, KnownScore> {
  const rows = database.all(
    `SELECT j.session_id, j.score, j.best FROM json_each(?) each_one
     CROSS JOIN branch_score j ON j.session_id = each_one.value
     CROSS JOIN session s ON s.id = j.session_id AND s.message_count = j.messages
     ORDER BY j.at`,
    [JSON.stringify(sessionIds)],
  );
  // Later rows are newer.
  return new Map(
    rows.map((row) => [
      text(row, 'session_id'),
      { score: number(row, 'score'), best: number(row, 'best') === 1 },
    ]),
  );
}
