/** Power cuts at random moments, with torn sectors: only whole, acknowledged states come back. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import { redoFileOf } from '../../../../src/store/pages/pageStore.ts';
import { CrashDisk, PowerLost } from './crashDisk.ts';
import { change, contents, FILE, open, seeded, workAndCrash } from './storeModel.ts';

const sql = await loadSqlJs();
const REDO = redoFileOf(FILE);
const HEADER = 512;

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

describe('a power cut in a batch of several records', () => {
  it('leaves all of the batch or nothing', () => {
    const found = new Set<number>();
    for (let seed = 0; seed < 24; seed++) {
      const random = seeded(seed);
      const disk = new CrashDisk();
      const db = open(sql, disk, 1 << 30);
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

/** A disk whose log holds some batches, the state after each, and where each batch ends. */
function logged(seed: number): { disk: CrashDisk; states: string[]; ends: number[] } {
  const random = seeded(seed);
  const disk = new CrashDisk();
  const db = open(sql, disk, 1 << 30);
  const states = [contents(db)];
  const ends = [HEADER];
  for (let batch = 0; batch < 8; batch++) {
    change(db, random);
    if (db.flush() === 0) continue;
    states.push(contents(db));
    ends.push(HEADER + db.stats.redoBytes);
  }
  return { disk: disk.crash(() => 0), states, ends };
}

function reopened(
  main: Uint8Array,
  redo: Uint8Array,
): { state: string; db: ReturnType<typeof open> } {
  const disk = new CrashDisk();
  disk.put(FILE, main);
  disk.put(REDO, redo);
  const db = open(sql, disk);
  expect(db.integrityProblems()).toEqual([]);
  return { state: contents(db), db };
}

/** How many whole batches end at or before an offset. */
function wholeBatches(ends: readonly number[], offset: number): number {
  return ends.filter((end) => end <= offset).length - 1;
}

describe('a damaged log', () => {
  const damage = fc.record({
    seed: fc.integer({ min: 0, max: 20 }),
    where: fc.double({ min: 0, max: 1, noNaN: true }),
    bytes: fc.uint8Array({ minLength: 1, maxLength: 9000 }),
    bit: fc.integer({ min: 0, max: 7 }),
  });
  const runs = { seed: 11, numRuns: 30 };

  it('cut at any offset gives the batches before the cut', () => {
    fc.assert(
      fc.property(damage, ({ seed, where }) => {
        const { disk, states, ends } = logged(seed);
        const redo = disk.bytes(REDO);
        const last = ends.at(-1) ?? HEADER;
        const cut = HEADER + Math.floor(where * (last - HEADER));
        const { state, db } = reopened(disk.bytes(FILE), redo.subarray(0, cut));
        expect(state).toBe(states[wholeBatches(ends, cut)]);
        expect(db.recovery.lostAcknowledged).toBe(false);
      }),
      runs,
    );
  });

  it('with garbage behind it gives all batches', () => {
    fc.assert(
      fc.property(damage, ({ seed, bytes }) => {
        const { disk, states, ends } = logged(seed);
        const redo = disk.bytes(REDO);
        redo.set(bytes.subarray(0, redo.length - (ends.at(-1) ?? 0)), ends.at(-1));
        expect(reopened(disk.bytes(FILE), redo).state).toBe(states.at(-1));
      }),
      runs,
    );
  });

  it('with a flipped bit gives the batches before it, and says when acknowledged ones are lost', () => {
    fc.assert(
      fc.property(damage, ({ seed, where, bit }) => {
        const { disk, states, ends } = logged(seed);
        const redo = disk.bytes(REDO);
        const last = ends.at(-1) ?? HEADER;
        const at = HEADER + Math.floor(where * (last - HEADER - 1));
        redo[at] = (redo[at] ?? 0) ^ (1 << bit);
        const whole = wholeBatches(ends, at);
        const { state, db } = reopened(disk.bytes(FILE), redo);
        expect(state).toBe(states[whole]);
        expect(db.recovery.end).toBe('torn');
        expect(db.recovery.lostAcknowledged).toBe(whole < states.length - 2);
      }),
      runs,
    );
  });

  it('with valid records of other times behind its end never goes back to them', () => {
    fc.assert(
      fc.property(damage, ({ seed, where }) => {
        const { disk, states, ends } = logged(seed);
        const redo = disk.bytes(REDO);
        const main = disk.bytes(FILE);
        const from = Math.floor(where * (ends.length - 1));
        const old = redo.subarray(ends[from], ends[from + 1]);
        // The same record again behind the end: its check is right, its place is not.
        const again = Buffer.concat([redo.subarray(0, ends.at(-1)), old, Buffer.alloc(5000)]);
        expect(reopened(main, again).state).toBe(states.at(-1));

        // A whole older generation stands behind a shorter new one.
        const next = new CrashDisk();
        next.put(FILE, main);
        next.put(REDO, redo);
        const db = open(sql, next, 1 << 30);
        change(db, seeded(seed + 1000));
        db.flush();
        const state = contents(db);
        const survivors = next.crash(() => 0);
        expect(survivors.bytes(REDO).length).toBe(redo.length);
        expect(reopened(survivors.bytes(FILE), survivors.bytes(REDO)).state).toBe(state);
      }),
      runs,
    );
  });
});
