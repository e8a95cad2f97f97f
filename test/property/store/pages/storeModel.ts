/** A random workload over a database, and what must be true after every power cut in it. */
import type { SqlJsStatic } from 'sql.js';
import { openPagedDatabase } from '../../../../src/store/pages/openDatabase.ts';
import type { PagedDatabase } from '../../../../src/store/pages/database.ts';
import { type CrashDisk, PowerLost } from './crashDisk.ts';

export const FILE = '/store/warm.db';

/** A small repeatable generator (mulberry32), numbers from 0 up to, not including, 1. */
export function seeded(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** By default a checkpoint comes often, and so do new pages that go to the main file at once. */
export function open(
  sql: SqlJsStatic,
  disk: CrashDisk,
  redoBytes = 96 * 1024,
  aheadPages = 2,
): PagedDatabase {
  return openPagedDatabase(sql, FILE, { disk, redoBytes, aheadPages, cacheBytes: 64 * 1024 });
}

/** Everything the database holds, as one string. */
export function contents(db: PagedDatabase): string {
  if (!db.get("SELECT 1 FROM sqlite_schema WHERE name = 'note'")) return 'none';
  return JSON.stringify(db.all('SELECT id, length(body) AS size, hex(body) AS body FROM note'));
}

/** One transaction of random changes, not flushed. */
export function change(db: PagedDatabase, random: () => number): void {
  db.transaction(() => {
    db.exec('CREATE TABLE IF NOT EXISTS note (id INTEGER PRIMARY KEY, body BLOB)');
    const steps = 1 + Math.floor(random() * 4);
    for (let step = 0; step < steps; step++) {
      const body = new Uint8Array(Math.floor(random() ** 3 * 20_000)).fill(random() * 256);
      const kind = random();
      const id = Math.floor(random() * 60);
      if (kind < 0.7) db.run('INSERT OR REPLACE INTO note VALUES (?, ?)', [id, body]);
      else if (kind < 0.85) db.run('DELETE FROM note WHERE id <= ? AND id > ?', [id, id - 10]);
      else db.run('UPDATE note SET body = ? WHERE id % 7 = ?', [body.subarray(0, 900), id % 7]);
    }
  });
}

export interface CrashOutcome {
  readonly crashed: boolean;
  readonly found: string;
  /** What may be found: everything acknowledged, with or without what was under way. */
  readonly allowed: readonly string[];
  readonly problems: readonly string[];
  readonly disk: CrashDisk;
}

/** Opens, works, loses power at the given operation, and opens what is left. */
export function workAndCrash(
  sql: SqlJsStatic,
  disk: CrashDisk,
  random: () => number,
  powerFor: number,
): CrashOutcome {
  let acknowledged: string | undefined;
  let underWay: string | undefined;
  let left = powerFor;
  disk.before = () => {
    if (left-- <= 0) throw new PowerLost('power lost');
  };
  let crashed = false;
  try {
    const db = open(sql, disk);
    acknowledged = contents(db);
    for (let round = 0; round < 25; round++) {
      change(db, random);
      underWay = contents(db);
      db.flush();
      acknowledged = underWay;
    }
    db.close();
  } catch {
    crashed = left < 0;
    if (!crashed) throw new Error('failed without a power cut');
  }
  const survivors = disk.crash(random);
  const db = open(sql, survivors);
  const found = contents(db);
  const problems = db.integrityProblems();
  db.close();
  const allowed = [acknowledged, underWay].filter((state) => state !== undefined);
  return { crashed, found, allowed, problems, disk: survivors };
}

/**
 * Works like an import beside which a person works: flushes are begun and not awaited, others hold
 * the thread, and power is lost at the given operation. Every state that was committed is numbered.
 */
export async function importAndCrash(
  sql: SqlJsStatic,
  disk: CrashDisk,
  random: () => number,
  powerFor: number,
): Promise<CrashOutcome> {
  const states: string[] = [];
  let acknowledged = 0;
  let left = powerFor;
  disk.before = () => {
    if (left-- <= 0) throw new PowerLost('power lost');
  };
  let flushing = Promise.resolve();
  try {
    const db = open(sql, disk);
    states.push(contents(db));
    for (let round = 0; round < 30; round++) {
      change(db, random);
      states.push(contents(db));
      const upTo = states.length - 1;
      const kind = random();
      if (kind < 0.5) {
        const done = db.flushLater().then(() => void (acknowledged = Math.max(acknowledged, upTo)));
        flushing = Promise.all([flushing, done]).then(() => undefined);
        flushing.catch(() => undefined); // whoever awaits it hears of it
      } else if (kind < 0.7) {
        db.flush();
        acknowledged = upTo;
      }
      if (random() < 0.1) db.checkpoint();
      if (random() < 0.3) await new Promise((resolve) => setImmediate(resolve));
      if (random() < 0.2) await flushing;
    }
    await flushing;
    db.close();
    acknowledged = states.length - 1;
  } catch {
    if (left >= 0) throw new Error('failed without a power cut');
  }
  const survivors = disk.crash(random);
  await flushing.catch(() => undefined);
  const db = open(sql, survivors);
  const found = contents(db);
  const problems = db.integrityProblems();
  db.close();
  return {
    ...{ crashed: left < 0, found, problems, disk: survivors },
    allowed: states.slice(acknowledged),
  };
}
