/** Whom damage concerns: sessions by title, and their messages by number. */
import { number, text, type Database } from '../database.ts';
import { CHUNK_ENTRIES, decodeOutline } from '../outlineCodec.ts';

export interface AffectedSession {
  readonly sessionId: string;
  readonly title: string;
  /** Numbers of the first and last message concerned, from 1; absent when none is known to be. */
  readonly messages?: readonly [number, number];
}

/** Sessions whose own messages stand on records [from, to) of a log. */
export function sessionsOn(
  database: Database,
  log: number,
  from: number,
  to: number,
): AffectedSession[] {
  return database
    .all(
      `SELECT b.number, b.own_count, s.id, s.message_count, coalesce(f.title, s.title) AS title
       FROM branch b JOIN session s ON s.id = b.session_id
       LEFT JOIN fact f ON f.session_id = s.id WHERE b.log = ? ORDER BY b.number`,
      [log],
    )
    .flatMap((row) => {
      const before = Math.max(0, number(row, 'message_count') - number(row, 'own_count'));
      const own = messagesOn(database, log, number(row, 'number'), from, to);
      if (!own) return [];
      const messages = [before + own[0] + 1, before + own[1] + 1] as const;
      return [{ sessionId: text(row, 'id'), title: text(row, 'title'), messages }];
    });
}

/** Sessions in words, with the messages that are concerned. */
export function named(sessions: readonly AffectedSession[]): string {
  if (sessions.length === 0) return 'no session';
  const shown = sessions.slice(0, 5).map(({ title, messages }) => {
    if (!messages) return `“${title}”`;
    const [first, last] = messages;
    return `“${title}” (message${first === last ? ` ${first}` : `s ${first} to ${last}`})`;
  });
  const more = sessions.length - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** The first and last of a branch's own messages that stand on records [from, to). */
function messagesOn(
  database: Database,
  log: number,
  branch: number,
  from: number,
  to: number,
): readonly [number, number] | undefined {
  let first: number | undefined;
  let last = 0;
  const rows = database.all(
    `SELECT chunk, data FROM outline
     WHERE log = ? AND branch = ? AND max_seq >= ? AND min_seq < ? ORDER BY chunk`,
    [log, branch, from, to],
  );
  for (const row of rows) {
    for (const [index, entry] of decodeOutline(text(row, 'data')).entries()) {
      if (!entry.seqs.some((seq) => seq >= from && seq < to)) continue;
      last = number(row, 'chunk') * CHUNK_ENTRIES + index;
      first ??= last;
    }
  }
  return first === undefined ? undefined : [first, last];
}
