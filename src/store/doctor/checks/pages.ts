/** Every page of the database, read from the disk and checked; then SQLite's own look at them. */
import { writeFileSync } from 'node:fs';
import { messageOf, MultipathError } from '../../../core/errors.ts';
import type { Database, SqlValue } from '../../database.ts';
import { crcCodec } from '../../pages/codec.ts';
import { nodeFileSystem } from '../../pages/fileSystem.ts';
import { PAGE_SIZE, PageFile } from '../../pages/pageFile.ts';
import { rebuildMark, warmFile } from '../../storeFiles.ts';
import type { Check, CheckContext } from '../check.ts';

/** Pages read between two turns of the event loop: a few milliseconds. */
const PAGES = 64;
/** Rows of a large table read at a time. */
const ROWS = 500;

interface LargeTable {
  readonly table: string;
  readonly key: string;
  /** Its rows are large: a few of them take long. */
  readonly always?: boolean;
}

/**
 * SQLite looks at a table and its indexes in one go. Of these, which grow with the history, that
 * takes too long: they are read from end to end in the order of their key.
 */
const LARGE: Readonly<Record<string, LargeTable>> = {
  record: { table: 'record', key: 'id', always: true },
  outline: { table: 'outline', key: 'log, branch, chunk', always: true },
  log: { table: 'log', key: 'num' },
  session: { table: 'session', key: 'rowid' },
  branch: { table: 'branch', key: 'rowid' },
  identity: { table: 'identity', key: 'agent, native_id, branch_key' },
  fact: { table: 'fact', key: 'rowid' },
  tag: { table: 'tag', key: 'tag, session_id' },
  access: { table: 'access', key: 'rowid' },
  member: { table: 'member', key: 'rowid' },
  move: { table: 'move', key: 'num' },
};
/** Rows up to which a table is left to SQLite: some tens of milliseconds. */
const FEW_ROWS = 1_000;
/** Damaged pages that are named one by one. */
const NAMED = 5;

export const pagesCheck: Check = {
  area: 'database',
  title: 'Reading every page of the database',
  async run(context) {
    const { core, folder, work, looked } = context;
    core.commits.settle();
    const bad: string[] = [];
    let page = 0;
    for (let total = 1; page < total;) {
      await work.breathe();
      // Opened for each slice: a checkpoint between two of them may make it longer.
      const file = PageFile.open(nodeFileSystem, warmFile(folder), crcCodec, true);
      try {
        total = file.state.pageCount;
        const end = Math.min(total, page + PAGES);
        for (; page < end; page++) {
          try {
            file.readPage(page);
          } catch (error) {
            if (!MultipathError.is(error, 'corrupt-block')) throw error;
            bad.push(`page ${page + 1}`);
          }
        }
      } finally {
        file.close();
      }
      work.report(page, total, `Reading page ${page} of ${total}`);
    }
    looked(page, page * PAGE_SIZE);
    if (bad.length > 0) damaged(context, bad);
  },
};

export const integrityCheck: Check = {
  area: 'database',
  title: 'Checking the structure of the database',
  async run(context) {
    const { core, work, looked } = context;
    core.commits.settle();
    const problems: string[] = [];
    const tables = core.database.all(
      "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
    );
    for (const { name } of tables) {
      await work.breathe();
      try {
        const large = LARGE[String(name)];
        if (large && isLarge(core.database, large)) {
          await walk(context, large);
          continue;
        }
        for (const row of core.database.all(`PRAGMA quick_check("${String(name)}")`)) {
          const line = String(Object.values(row)[0]);
          if (line !== 'ok') problems.push(`${String(name)}: ${line}`);
        }
      } catch (error) {
        if (MultipathError.is(error, 'poisoned')) throw error;
        problems.push(`${String(name)}: ${messageOf(error)}`);
      }
    }
    looked(tables.length);
    if (problems.length > 0) damaged(context, problems);
  },
};

function isLarge(database: Database, { table, always = false }: LargeTable): boolean {
  if (always) return true;
  const row = database.get(
    `SELECT count(*) AS n FROM (SELECT 1 FROM ${table} LIMIT ${FEW_ROWS + 1})`,
  );
  return Number(row?.['n']) > FEW_ROWS;
}

/** Reads a table from its first row to its last, a slice at a time. */
async function walk({ core, work }: CheckContext, { key, table }: LargeTable): Promise<void> {
  const columns = key.split(', ');
  let after: SqlValue[] = columns.map(() => -1);
  for (;;) {
    await work.breathe();
    const rows = core.database.all(
      `SELECT ${key} FROM ${table} WHERE (${key}) > (${columns.map(() => '?').join(', ')})
       ORDER BY ${key} LIMIT ${ROWS}`,
      after,
    );
    const last = rows.at(-1);
    if (!last) return;
    after = columns.map((column) => last[column] ?? null);
  }
}

/**
 * A database that is damaged cannot be mended under those who use it. It is marked, and refuses from
 * now on; whoever asks next opens it again, which makes it anew, and asks the doctor again.
 */
function damaged({ core, find, folder, repair }: CheckContext, what: readonly string[]): void {
  if (repair) {
    writeFileSync(rebuildMark(folder), `${what.join('\n')}\n`);
    throw core.database.refuse(new Error('it is damaged and is made anew'));
  }
  const more = what.length > NAMED ? ` and ${what.length - NAMED} more` : '';
  find({
    area: 'database',
    severity: 'damage',
    what: `The database is damaged: ${what.slice(0, NAMED).join(', ')}${more}.`,
    where: 'warm.db',
    effect: 'Sessions whose rows stand there cannot be read or changed.',
    remedy: 'Run the store doctor with repair: the database is rebuilt from its copies.',
    repaired: false,
  });
}
