/**
 * What is derived, compared with what the records and facts say: each log is derived anew in a
 * transaction that is rolled back where nothing is to be repaired, or nothing was wrong.
 */
import { MultipathError } from '../../../core/errors.ts';
import { number, text, type Database, type Row } from '../../database.ts';
import { CHUNK_ENTRIES } from '../../outlineCodec.ts';
import { NATIVE_AGENT } from '../../nativeLog.ts';
import { named } from '../affected.ts';
import type { Check, CheckContext } from '../check.ts';
import { compareOutline } from '../outlineDifferences.ts';
import { tryOut } from '../dryRun.ts';
import { logsToRebuild, prepareRebuild, ReaderFailure, type Rebuild } from '../rebuild.ts';

/** What follows the prices in the background: src/server/upkeep/repricing.ts. */
const PRICED: ReadonlySet<string> = new Set(['cost', 'unpriced', 'usage']);
/** Costs are sums of fractions, in an order of their own. */
const COST_ERROR = 1e-9;
/** Rows read at a time. */
const SESSIONS = 500;
const TABLES = ['branch', 'outline', 'session', 'problem'] as const;
type Table = (typeof TABLES)[number];
const SELECT: Readonly<Record<Table, string>> = {
  branch: 'SELECT * FROM branch WHERE log = ? ORDER BY number',
  outline: `SELECT o.* FROM outline o CROSS JOIN branch b ON b.log = o.log AND b.number = o.branch
    AND o.chunk * ${CHUNK_ENTRIES} < b.own_count WHERE o.log = ? ORDER BY o.branch, o.chunk`,
  session: 'SELECT * FROM session WHERE log = ? ORDER BY id',
  problem: 'SELECT * FROM problem WHERE log = ? ORDER BY line, message, text',
};
const WORDS: Readonly<Record<Table, string>> = {
  branch: 'its branches',
  outline: 'which records its messages stand on',
  session: 'its row in the catalogue',
  problem: 'the problems of its file',
};

export const catalogueCheck: Check = {
  area: 'catalogue',
  title: 'Comparing the catalogue with the records',
  async run(context) {
    const { core, work, looked, unreadable, find } = context;
    const logs = logsToRebuild(core);
    let unfinished = 0;
    for (const [index, log] of logs.entries()) {
      await work.breathe();
      work.report(
        index,
        logs.length,
        `Comparing log ${index + 1} of ${logs.length} with its records`,
      );
      if (unreadable.has(log)) continue;
      if (isUnfinished(core.database, log)) unfinished++;
      else {
        looked(1);
        await checkLog(context, log);
      }
    }
    await checkTree(context);
    if (unfinished === 0) return;
    find({
      area: 'catalogue',
      severity: 'note',
      what: `${unfinished} files of agents were not read to their end.`,
      effect: 'Their newest messages are missing.',
      remedy: 'The next import goes on with them.',
      repaired: false,
    });
  },
};

function isUnfinished(database: Database, log: number): boolean {
  // One that was loaded from a session file has no file of its agent to be read.
  const row = database.get(
    `SELECT agent, superseded, file_bytes FROM log
     WHERE num = ? AND path IS NOT NULL AND gone_at IS NULL`,
    [log],
  );
  return row?.['file_bytes'] === -1 && row['agent'] !== NATIVE_AGENT && row['superseded'] === 0;
}

async function checkLog(context: CheckContext, log: number): Promise<void> {
  const { core, repair, derive, find, work } = context;
  const { database } = core;
  let rebuild: Rebuild | undefined;
  try {
    rebuild = await prepareRebuild(core, log, { derive, breathe: () => work.breathe() });
  } catch (error) {
    if (error instanceof ReaderFailure) nameUnread(context, log, error);
    else if (MultipathError.is(error, 'poisoned') || !MultipathError.is(error)) throw error;
    return; // records that cannot be read are named by the checks of where they are
  }
  if (!rebuild) return;
  const { derived, save } = rebuild;
  await work.breathe();
  const outline = derived && (await compareOutline(core, log, derived, () => work.breathe()));
  // Somebody has saved it meanwhile.
  if (outline && !outline.isStill()) return;
  core.commits.settle();
  const tables = outline ? TABLES.filter((table) => table !== 'outline') : TABLES;
  const before = derivedOf(database, log, tables);
  let wrong: readonly string[];
  try {
    wrong = tryOut(
      database,
      () => {
        save(outline?.left);
        const after = derivedOf(database, log, tables);
        return TABLES.filter((table) =>
          outline && table === 'outline'
            ? outline.differs
            : !sameRows(before.get(table), after.get(table), isPriced(core)),
        ).map((table) => WORDS[table]);
      },
      (found) => repair && found.length > 0,
    );
  } finally {
    core.outlines.changed(log);
  }
  if (wrong.length === 0) return;
  if (repair) database.flush();
  const sessions = sessionsOf(database, log);
  find({
    area: 'catalogue',
    severity: 'fault',
    what: `What is kept of a log is not what its records say: ${wrong.join(', ')}.`,
    where: `log ${core.logs.idOf(log)}`,
    effect: `Lists, counts or messages of ${named(sessions)} may be wrong.`,
    remedy: repair
      ? 'Derived anew from the records.'
      : 'The store doctor with repair derives it anew.',
    repaired: repair,
    sessionIds: sessions.map(({ sessionId }) => sessionId),
  });
}

/** Its records are all there, and so is what an earlier reader made of them. */
function nameUnread({ core, find }: CheckContext, log: number, error: ReaderFailure): void {
  const sessions = sessionsOf(core.database, log);
  find({
    area: 'catalogue',
    severity: 'fault',
    what: error.message,
    where: `log ${core.logs.idOf(log)}`,
    effect: `${named(sessions)} stay as they were understood before; none of their bytes is lost.`,
    remedy: 'Report it; a version of Multipath that can read them tries it again.',
    repaired: false,
    sessionIds: sessions.map(({ sessionId }) => sessionId),
  });
}

function sessionsOf(database: Database, log: number): { sessionId: string; title: string }[] {
  return database
    .all(
      `SELECT s.id, coalesce(f.title, s.title) AS title FROM session s
       LEFT JOIN fact f ON f.session_id = s.id WHERE s.log = ?`,
      [log],
    )
    .map((row) => ({ sessionId: text(row, 'id'), title: text(row, 'title') }));
}

function derivedOf(
  database: Database,
  log: number,
  tables: readonly Table[],
): ReadonlyMap<Table, readonly Row[]> {
  return new Map(tables.map((table) => [table, database.all(SELECT[table], [log])]));
}

/** False while costs are being found anew: they are as they should be once that has ended. */
function isPriced({ database, prices }: CheckContext['core']): boolean {
  const row = database.get("SELECT value FROM meta WHERE key = 'prices'");
  return row !== undefined && text(row, 'value') === prices.edition;
}

function sameRows(a: readonly Row[] = [], b: readonly Row[] = [], priced: boolean): boolean {
  return (
    a.length === b.length &&
    a.every((row, index) =>
      Object.entries(row).every(([column, value]) => {
        if (!priced && PRICED.has(column)) return true;
        const other = b[index]?.[column];
        if (column !== 'cost' || typeof value !== 'number' || typeof other !== 'number') {
          return value === other;
        }
        return Math.abs(value - other) <= COST_ERROR * Math.max(1, Math.abs(value));
      }),
    )
  );
}

/** Rows that belong to nothing, and places in the tree. */
async function checkTree({ core, repair, find, looked, work }: CheckContext): Promise<void> {
  const { database, catalogue } = core;
  const homeless = database
    .all('SELECT id, title FROM session WHERE log NOT IN (SELECT num FROM log)')
    .map((row) => ({ sessionId: text(row, 'id'), title: text(row, 'title') }));
  if (homeless.length > 0) {
    if (repair) {
      database.transaction(() => {
        for (const { sessionId } of homeless) {
          database.run('DELETE FROM session WHERE id = ?', [sessionId]);
        }
      });
    }
    find({
      area: 'catalogue',
      severity: 'fault',
      what: `The catalogue lists ${homeless.length} sessions of which there are no records.`,
      effect: `They cannot be opened: ${named(homeless)}.`,
      remedy: repair
        ? 'Their rows were removed.'
        : 'The store doctor with repair removes their rows.',
      repaired: repair,
      sessionIds: homeless.map(({ sessionId }) => sessionId),
    });
  }
  const moved: { readonly sessionId: string; readonly title: string }[] = [];
  for (const row of allSessions(database)) {
    await work.breathe();
    looked(1);
    const id = text(row, 'id');
    const changed = tryOut(
      database,
      () => {
        catalogue.hang(id);
        const now = database.get('SELECT tree_parent_id FROM session WHERE id = ?', [id]);
        return now !== undefined && now['tree_parent_id'] !== row['tree_parent_id'];
      },
      (differs) => repair && differs,
    );
    if (changed) moved.push({ sessionId: id, title: text(row, 'title') });
  }
  if (repair) database.flush();
  if (moved.length === 0) return;
  find({
    area: 'lineage',
    severity: 'fault',
    what: `${moved.length} sessions hang in the wrong place of the tree.`,
    effect: `They are shown under another session, or not at all: ${named(moved)}.`,
    remedy: repair ? 'They hang where they belong.' : 'The store doctor with repair moves them.',
    repaired: repair,
    sessionIds: moved.map(({ sessionId }) => sessionId),
  });
}

/** Some at a time: all of them at once would hold up the thread. */
function* allSessions(database: Database): Generator<Row> {
  let after = '';
  for (;;) {
    const rows = database.all(
      'SELECT id, title, tree_parent_id FROM session WHERE id > ? ORDER BY id LIMIT ?',
      [after, SESSIONS],
    );
    yield* rows;
    const last = rows.at(-1);
    if (!last) return;
    after = text(last, 'id');
  }
}

/** Facts of sessions that are not there. They are kept: the session may come back. */
export const strayFactsCheck: Check = {
  area: 'facts',
  title: 'Looking for titles and tags of sessions that are gone',
  run: ({ core, find, looked }) => {
    const row = core.database.get(
      `SELECT (SELECT count(*) FROM fact) AS facts,
         (SELECT count(*) FROM fact WHERE session_id NOT IN (SELECT id FROM session)) +
         (SELECT count(DISTINCT session_id) FROM tag
          WHERE session_id NOT IN (SELECT id FROM session)) +
         (SELECT count(*) FROM run WHERE session_id NOT IN (SELECT id FROM session)) AS stray`,
    );
    looked(row ? number(row, 'facts') : 0);
    const stray = row ? number(row, 'stray') : 0;
    if (stray > 0) {
      find({
        area: 'facts',
        severity: 'note',
        what: `There are titles, tags, notes or runs of ${stray} sessions that are not in the catalogue.`,
        effect: 'None: they come back with their sessions.',
        remedy: 'Import the agents’ histories again if you miss sessions.',
        repaired: false,
      });
    }
    return Promise.resolve();
  },
};
