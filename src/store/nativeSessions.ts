/**
 * Derives a session of our own: its branch, outline and catalogue row out of its native row (a
 * fact) and its records. What SessionEdits keeps up step by step, this makes from nothing.
 */
import { costOf, sumCosts, type PriceBook } from '../core/cost.ts';
import { MultipathError } from '../core/errors.ts';
import { addTokens, NO_TOKENS } from '../core/message.ts';
import type { Catalogue } from './catalogue.ts';
import { number, numberOrNull, text, textOrNull, type Database } from './database.ts';
import type { EncodedLog } from './encodedLog.ts';
import type { Ingest } from './ingest.ts';
import type { Outlines } from './outlines.ts';
import { firstLine, UNTITLED } from './sessionEdits.ts';

export interface NativeSessionParts {
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly outlines: Outlines;
  readonly ingest: Ingest;
  readonly prices: PriceBook;
}

/**
 * Inside a transaction. Returns the sessions whose rows changed. The log it was forked from must
 * have been derived before; where that cannot be, the session keeps its own messages alone.
 * @throws MultipathError `not-found` where the log is no session of our own
 */
export function saveNativeSession(
  { database, catalogue, outlines, ingest, prices }: NativeSessionParts,
  log: number,
  derived: EncodedLog,
): string[] {
  const native = database.get('SELECT * FROM native WHERE log = ?', [log]);
  const [branch] = derived.branches;
  if (!native || !branch) {
    throw new MultipathError('not-found', `The log ${log} is no session that began here.`);
  }
  const sessionId = text(native, 'session_id');
  database.run('DELETE FROM branch WHERE log = ?', [log]);
  database.run('DELETE FROM outline WHERE log = ? AND branch > 0', [log]);
  database.run(
    `INSERT INTO branch (log, number, key, parent_length, own_count, session_id)
     VALUES (?, 0, ?, 0, ?, ?)`,
    [log, branch.key, branch.count, sessionId],
  );
  outlines.write(log, 0, branch.chunks);
  outlines.changed(log);

  const forkLog = numberOrNull(native, 'fork_log');
  const parentId = textOrNull(native, 'parent_id');
  const forkNativeId = textOrNull(native, 'fork_native_id');
  const { summary } = branch;
  const createdAt = number(native, 'created_at');
  const project = text(native, 'project');
  const costs = summary.usage.map((usage) => costOf(prices, usage));
  const cost = costs.length === 0 ? undefined : sumCosts(costs);
  catalogue.addProject(project);
  catalogue.save({
    id: sessionId,
    kind: forkLog === undefined ? 'created' : 'fork',
    hidden: false,
    log,
    branch: 0,
    projectKey: project,
    title: titleOf(database, text(native, 'title'), derived.title, parentId),
    createdAt,
    updatedAt: Math.max(createdAt, summary.lastAt ?? createdAt),
    messageCount: branch.count,
    tokens: summary.usage.reduce((sum, usage) => addTokens(sum, usage.tokens), NO_TOKENS),
    ...(cost !== undefined && { cost }),
    models: summary.models,
    providers: summary.providers,
    ...(forkLog !== undefined &&
      parentId !== undefined && {
        // How much is inherited is found from the anchor, below.
        lineage: {
          parentId,
          forkLog,
          forkSeq: number(native, 'fork_seq'),
          ...(forkNativeId !== undefined && { forkNativeId }),
          inherited: 0,
          parentShared: 0,
        },
      }),
  });
  const refreshed = forkLog === undefined ? [] : ingest.refreshForks(forkLog);
  return [...new Set([sessionId, ...refreshed, ...catalogue.hangDescendants(sessionId)])];
}

/** As it came to be named: by its maker, by its first prompt, after its parent. */
function titleOf(
  database: Database,
  given: string,
  prompt: string,
  parentId: string | undefined,
): string {
  if (given !== '') return given;
  if (prompt !== '') return firstLine(prompt);
  if (parentId === undefined) return UNTITLED;
  const parent = database.get('SELECT title FROM session WHERE id = ?', [parentId]);
  return parent ? text(parent, 'title') : UNTITLED;
}
