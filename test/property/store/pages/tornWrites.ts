/**
 * Damage of each kind that a crash or a bad disk leaves, done to a redo log, an archive segment and
 * a blob. Whatever the damage, what comes back is exactly what was committed before it: never less,
 * never something in between, never anything else.
 */
import { expect } from 'vitest';
import { MultipathError } from '../../../../src/core/errors.ts';
import { SegmentReader } from '../../../../src/store/archive/segmentReader.ts';
import { SegmentWriter } from '../../../../src/store/archive/segmentWriter.ts';
import { segmentFile, type MemberLocator } from '../../../../src/store/archive/segments.ts';
import { BlobStore } from '../../../../src/store/blobs.ts';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import { redoFileOf } from '../../../../src/store/pages/pageStore.ts';
import { CrashDisk } from './crashDisk.ts';
import { change, contents, FILE, open, seeded } from './storeModel.ts';

/** Fails by an assertion. */
export type Trial = (seed: number) => Promise<void> | void;

const sql = await loadSqlJs();
const REDO = redoFileOf(FILE);
const HEADER = 512;
const PAGES_AT = 4096;
const SECTOR = 512;
const GZIP_TRAILER = 8;

/** A disk whose log holds some batches, the state after each, and where each batch ends. */
function logged(seed: number): {
  readonly disk: CrashDisk;
  readonly states: readonly string[];
  readonly ends: readonly number[];
  readonly last: number;
  /** The main file as a checkpoint makes it. */
  readonly checkpointed: Buffer;
} {
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
  const before = disk.crash(() => 0);
  db.checkpoint();
  return {
    ...{ disk: before, states, ends, last: ends.at(-1) ?? HEADER },
    checkpointed: disk.bytes(FILE),
  };
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

function garbage(random: () => number, most: number): Uint8Array {
  return Uint8Array.from({ length: 1 + Math.floor(random() * most) }, () => random() * 256);
}

function flipBit(bytes: Buffer, at: number, random: () => number): void {
  bytes[at] = (bytes[at] ?? 0) ^ (1 << Math.floor(random() * 8));
}

/** The log is written over, not grown: its fate is told apart by content, not by length. */
const redoTrials: Readonly<Record<string, Trial>> = {
  truncation: (seed) => {
    const random = seeded(seed);
    const { disk, states, ends, last } = logged(seed);
    const cut = HEADER + Math.floor(random() * (last - HEADER));
    const { state, db } = reopened(disk.bytes(FILE), disk.bytes(REDO).subarray(0, cut));
    expect(state).toBe(states[wholeBatches(ends, cut)]);
    expect(db.recovery.lostAcknowledged).toBe(false);
  },

  'garbage tail': (seed) => {
    const random = seeded(seed);
    const { disk, states, last } = logged(seed);
    const redo = disk.bytes(REDO);
    redo.set(garbage(random, 9000).subarray(0, redo.length - last), last);
    expect(reopened(disk.bytes(FILE), redo).state).toBe(states.at(-1));
  },

  'bit flip': (seed) => {
    const random = seeded(seed);
    const { disk, states, ends, last } = logged(seed);
    const redo = disk.bytes(REDO);
    const at = HEADER + Math.floor(random() * (last - HEADER - 1));
    flipBit(redo, at, random);
    const whole = wholeBatches(ends, at);
    const { state, db } = reopened(disk.bytes(FILE), redo);
    expect(state).toBe(states[whole]);
    expect(db.recovery.end).toBe('torn');
    // A batch behind the damaged one proves that it had been acknowledged.
    expect(db.recovery.lostAcknowledged).toBe(whole < states.length - 2);
  },

  'stale record after the tail': (seed) => {
    const random = seeded(seed);
    const { disk, states, ends, last } = logged(seed);
    const redo = disk.bytes(REDO);
    const main = disk.bytes(FILE);
    const from = Math.floor(random() * (ends.length - 1));
    const old = redo.subarray(ends[from], ends[from + 1]);
    // The same record again behind the end: its check is right, its place is not.
    const again = Buffer.concat([redo.subarray(0, last), old, Buffer.alloc(5000)]);
    expect(reopened(main, again).state).toBe(states.at(-1));
  },

  'older generation after the tail': (seed) => {
    const { disk } = logged(seed);
    const redo = disk.bytes(REDO);
    const db = open(sql, disk, 1 << 30);
    change(db, seeded(seed + 1000));
    db.flush();
    const state = contents(db);
    const survivors = disk.crash(() => 0);
    expect(survivors.bytes(REDO).length).toBe(redo.length);
    expect(reopened(survivors.bytes(FILE), survivors.bytes(REDO)).state).toBe(state);
  },

  'half-applied checkpoint': (seed) => {
    const random = seeded(seed);
    const { disk, states, checkpointed } = logged(seed);
    const before = disk.bytes(FILE);
    // The slot that says "all of it is in the pages" is written last: not, or torn, while pages are.
    const main = Buffer.alloc(Math.max(before.length, checkpointed.length));
    before.copy(main);
    const chance = random();
    for (let at = PAGES_AT; at < checkpointed.length; at += SECTOR) {
      if (random() < chance) checkpointed.copy(main, at, at, at + SECTOR);
    }
    const torn = Math.floor(random() * 3);
    for (const slot of [SECTOR, 2 * SECTOR]) {
      if (checkpointed.subarray(slot, slot + 24).equals(before.subarray(slot, slot + 24))) continue;
      if (torn === 1) checkpointed.copy(main, slot, slot, slot + 1 + Math.floor(random() * 22));
    }
    const length = before.length + Math.floor(random() * (main.length - before.length + 1));
    expect(reopened(main.subarray(0, length), disk.bytes(REDO)).state).toBe(states.at(-1));
  },
};

const ARCHIVE = { directory: '/store/archive', codec: crcCodec };

interface Archived {
  readonly disk: CrashDisk;
  readonly file: string;
  readonly members: readonly { readonly locator: MemberLocator; readonly bytes: Buffer }[];
}

function someBytes(random: () => number): Buffer {
  return Buffer.from(
    Uint8Array.from({ length: 1 + Math.floor(random() ** 2 * 3000) }, () => random() * 40),
  );
}

async function archived(random: () => number): Promise<Archived> {
  const disk = new CrashDisk();
  const writer = new SegmentWriter({ ...ARCHIVE, disk });
  const members: { locator: MemberLocator; bytes: Buffer }[] = [];
  const count = 2 + Math.floor(random() * 8);
  for (let nth = 0; nth < count; nth++) {
    const bytes = someBytes(random);
    const member = { logId: 'log', firstSeq: nth, count: 1, bytes };
    members.push({ locator: await writer.appendMember(member), bytes });
  }
  await writer.sync();
  writer.close();
  return { disk, file: segmentFile(ARCHIVE.directory, 1), members };
}

/**
 * The members in `whole` read as written, the others say they are damaged; a scan finds the first
 * `scanned` of them; and what is archived from now on goes behind all that, over nothing.
 */
async function expectMembers(
  disk: CrashDisk,
  { members, file }: Archived,
  scanned: (nth: number) => boolean,
  whole: (nth: number) => boolean,
): Promise<void> {
  const found = disk.bytes(file);
  const writer = new SegmentWriter({ ...ARCHIVE, disk });
  const bytes = Buffer.from('what came later');
  const locator = await writer.appendMember({ logId: 'new', firstSeq: 0, count: 1, bytes });
  await writer.sync();
  writer.close();
  expect(disk.bytes(file).subarray(0, found.length).equals(found)).toBe(true);
  const reader = new SegmentReader({ ...ARCHIVE, disk });
  for (const [nth, member] of members.entries()) {
    const reading = reader.readMember(member.locator, 'log');
    if (whole(nth)) expect(Buffer.from(await reading).equals(member.bytes)).toBe(true);
    else await expect(reading).rejects.toSatisfy((e) => MultipathError.is(e, 'corrupt-block'));
  }
  const scan = await reader.scanSegment(1, true);
  expect(
    scan.members.filter(({ logId }) => logId === 'log').map(({ firstSeq }) => firstSeq),
  ).toEqual([...members.keys()].filter(scanned));
  expect(Buffer.from(await reader.readMember(locator, 'new')).equals(bytes)).toBe(true);
  reader.close();
}

const archiveTrials: Readonly<Record<string, Trial>> = {
  truncation: async (seed) => {
    const random = seeded(seed);
    const made = await archived(random);
    const bytes = made.disk.bytes(made.file);
    const cut = Math.floor(random() * bytes.length);
    made.disk.put(made.file, bytes.subarray(0, cut));
    const isWhole = (nth: number) => {
      const { offset, length } = made.members[nth]?.locator ?? { offset: 0, length: Infinity };
      return offset + length <= cut;
    };
    await expectMembers(made.disk, made, isWhole, isWhole);
  },

  'garbage tail': async (seed) => {
    const random = seeded(seed);
    const made = await archived(random);
    const bytes = made.disk.bytes(made.file);
    made.disk.put(made.file, Buffer.concat([bytes, garbage(random, 5000)]));
    await expectMembers(
      made.disk,
      made,
      () => true,
      () => true,
    );
  },

  'bit flip': async (seed) => {
    const random = seeded(seed);
    const made = await archived(random);
    const bytes = made.disk.bytes(made.file);
    const at = Math.floor(random() * bytes.length);
    flipBit(bytes, at, random);
    made.disk.put(made.file, bytes);
    const hit = made.members.findIndex(
      ({ locator: { offset, length } }) => at >= offset && at < offset + length,
    );
    // A scan checks bodies without inflating them, so that gzip's own trailer is not looked at.
    const { offset, length } = made.members[hit]?.locator ?? { offset: 0, length: 0 };
    const unseen = at >= offset + length - GZIP_TRAILER;
    await expectMembers(
      made.disk,
      made,
      (nth) => unseen || nth !== hit,
      (nth) => nth !== hit,
    );
  },

  'stale record after the tail': async (seed) => {
    const random = seeded(seed);
    const made = await archived(random);
    const bytes = made.disk.bytes(made.file);
    const { offset, length } = made.members[Math.floor(random() * made.members.length)]
      ?.locator ?? { offset: 0, length: 0 };
    // A whole, valid member, in a place that is not its own.
    const again = bytes.subarray(offset, offset + length);
    made.disk.put(made.file, Buffer.concat([bytes, again]));
    await expectMembers(
      made.disk,
      made,
      () => true,
      () => true,
    );
  },
};

const BLOBS = { directory: '/store/blobs', codec: crcCodec };

function blobFile(hash: string): string {
  return `${BLOBS.directory}/${hash.slice(0, 2)}/${hash}.gz`;
}

/** Damages one of two blobs: it says so, the other is as it was, and the same bytes mend it. */
function blobTrial(damage: (file: Buffer, other: Buffer, random: () => number) => Buffer): Trial {
  return async (seed) => {
    const random = seeded(seed);
    const disk = new CrashDisk();
    const store = new BlobStore({ ...BLOBS, disk });
    const [bytes, other] = [
      someBytes(random),
      Buffer.concat([someBytes(random), Buffer.from('o')]),
    ];
    const [hash, otherHash] = [await store.put(bytes), await store.put(other)];
    const file = blobFile(hash);
    disk.put(file, damage(disk.bytes(file), disk.bytes(blobFile(otherHash)), random));
    const left = new BlobStore({ ...BLOBS, disk });
    await expect(left.get(hash)).rejects.toSatisfy((e) => MultipathError.is(e, 'corrupt-block'));
    expect(other.equals(await left.get(otherHash))).toBe(true);
    expect(await left.put(bytes)).toBe(hash);
    expect(bytes.equals(await left.get(hash))).toBe(true);
  };
}

const blobTrials: Readonly<Record<string, Trial>> = {
  truncation: blobTrial((file, _other, random) =>
    file.subarray(0, Math.floor(random() * file.length)),
  ),
  'garbage tail': blobTrial((file, _other, random) => Buffer.concat([file, garbage(random, 3000)])),
  'bit flip': blobTrial((file, _other, random) => {
    flipBit(file, Math.floor(random() * file.length), random);
    return file;
  }),
  'another blob in its place': blobTrial((_file, other) => other),
  'another blob after the tail': blobTrial((file, other) => Buffer.concat([file, other])),

  'half-written beside its place': async (seed) => {
    const random = seeded(seed);
    const disk = new CrashDisk();
    const bytes = someBytes(random);
    const hash = await new BlobStore({ ...BLOBS, disk: new CrashDisk() }).put(bytes);
    disk.put(`${blobFile(hash)}.new`, garbage(random, 3000));
    const store = new BlobStore({ ...BLOBS, disk });
    await expect(store.get(hash)).rejects.toSatisfy((e) => MultipathError.is(e, 'not-found'));
    await store.put(bytes);
    expect(bytes.equals(await store.get(hash))).toBe(true);
  },
};

/** Every kind of damage, by where it is done. */
export const TORN_WRITES: readonly (readonly [what: string, trial: Trial])[] = Object.entries({
  'redo log': redoTrials,
  archive: archiveTrials,
  blob: blobTrials,
}).flatMap(([where, trials]) =>
  Object.entries(trials).map(([kind, trial]) => [`${where}: ${kind}`, trial] as const),
);

/** Runs each kind so often, with other seeds each time; returns how many trials that were. */
export async function tryTornWrites(each: number): Promise<number> {
  let trials = 0;
  for (const [what, trial] of TORN_WRITES) {
    for (let seed = 0; seed < each; seed++) {
      try {
        await trial(seed);
      } catch (error) {
        throw new Error(`${what}, seed ${seed}`, { cause: error });
      }
      trials++;
    }
  }
  return trials;
}
