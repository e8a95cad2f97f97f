/** Power cuts at random moments, with torn sectors: only whole, acknowledged states come back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import { CrashDisk, PowerLost } from './crashDisk.ts';
import { importAndCrash, open, seeded, workAndCrash } from './storeModel.ts';

const sql = await loadSqlJs();

describe('a power cut', () => {
  it('leaves exactly what was acknowledged, with or without the transaction under way', () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.array(fc.integer({ min: 0, max: 120 }), { minLength: 1, maxLength: 4 }),
        (seed, powers) => {
          const random = seeded(seed);
          let disk = new CrashDisk();
          let before = 'none';
          for (const power of powers) {
            const outcome = workAndCrash(sql, disk, random, power);
            expect(outcome.problems).toEqual([]);
            // A cut during opening has acknowledged nothing new.
            const allowed = outcome.allowed.length > 0 ? outcome.allowed : [before];
            expect(allowed).toContain(outcome.found);
            before = outcome.found;
            disk = outcome.disk;
          }
        },
      ),
      { seed: 7, numRuns: 100 },
    );
  });

  it('is met in the middle of checkpoints, too', () => {
    let crashes = 0;
    for (let power = 0; power < 90; power++) {
      const outcome = workAndCrash(sql, new CrashDisk(), seeded(power), power);
      if (outcome.crashed) crashes++;
      expect(outcome.problems).toEqual([]);
      expect(outcome.allowed.length > 0 ? outcome.allowed : ['none']).toContain(outcome.found);
    }
    expect(crashes).toBeGreaterThan(60);
  });
});

describe('a power cut while flushes are under way', () => {
  it('leaves what was acknowledged and a whole part of what was committed since', async () => {
    let crashes = 0;
    let between = 0;
    for (let seed = 0; seed < 120; seed++) {
      const random = seeded(seed);
      const first = await importAndCrash(sql, new CrashDisk(), random, 6 + seed);
      expect(first.problems).toEqual([]);
      expect(first.allowed.length > 0 ? first.allowed : ['none']).toContain(first.found);
      if (first.crashed) crashes++;
      if (first.allowed.indexOf(first.found) > 0) between++;
      // What a crash left behind the end must not come back with what is written next.
      const second = await importAndCrash(sql, first.disk, random, seed % 50);
      expect(second.problems).toEqual([]);
      expect(second.allowed.length > 0 ? second.allowed : [first.found]).toContain(second.found);
    }
    expect(crashes).toBeGreaterThan(90);
    expect(between).toBeGreaterThan(10);
  });
});

describe('a power cut in a batch of several records', () => {
  it('leaves all of the batch or nothing', () => {
    const found = new Set<number>();
    for (let seed = 0; seed < 24; seed++) {
      const random = seeded(seed);
      const disk = new CrashDisk();
      const db = open(sql, disk, 1 << 30, Infinity);
      db.exec('CREATE TABLE large (id INTEGER PRIMARY KEY, body BLOB)');
      db.flush();
      db.transaction(() => {
        for (let id = 0; id < 320; id++) {
          db.run('INSERT INTO large VALUES (?, zeroblob(17000))', [id]);
        }
      });
      let left = seed % 6;
      disk.before = () => {
        if (left-- <= 0) throw new PowerLost('power lost');
      };
      try {
        db.flush();
      } catch (error) {
        expect(error).toMatchObject({ code: 'poisoned' });
      }
      // Every other time all that was written is kept, so that whole records are there or missing.
      const survivors = open(
        sql,
        disk.crash(random, () => (seed < 12 ? 1 : random())),
      );
      expect(survivors.integrityProblems()).toEqual([]);
      const rows = Number(survivors.get('SELECT count(*) AS n FROM large')?.['n']);
      expect([0, 320]).toContain(rows);
      found.add(rows);
    }
    expect(found.size).toBe(2);
  });
});
