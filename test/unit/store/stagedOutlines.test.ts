/** A very large log is saved some at a time: nobody is held up, and nobody ever sees a part of it. */
import { cpSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { OutlineEntry } from '../../../src/core/reader.ts';
import { beginLog, finishLog } from '../../../src/server/fileSink.ts';
import type { Row } from '../../../src/store/database.ts';
import { encodeLog, type EncodedLog } from '../../../src/store/encodedLog.ts';
import { IndexSource } from '../../../src/store/indexSource.ts';
import { CHUNK_ENTRIES } from '../../../src/store/outlineCodec.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { openCore } from './support/openCore.ts';
import { StoreFolder } from './support/openStore.ts';

const PATH = '/tmp/shop/large.jsonl';
const FILE = { path: PATH, bytes: 1, modifiedAt: 1 };
const LARGE = 600 * CHUNK_ENTRIES + 7;
/** Chunks that may be written between two turns of the others. */
const MOST_AT_ONCE = 64;

beforeEach(() => {
  // Any piece of work takes longer than a slice of it may.
  let time = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => (time += 50));
  onTestFinished(() => void vi.restoreAllMocks());
});

function entries(count: number, word = 'a'): OutlineEntry[] {
  return Array.from({ length: count }, (_, seq) => ({
    role: seq % 2 === 0 ? 'user' : 'assistant',
    seqs: [seq],
    nativeId: `${word}-${seq}`,
    timestamp: 1_000 + seq,
  }));
}

function derived(count: number, word = 'a', aside: readonly OutlineEntry[] = []): EncodedLog {
  return encodeLog({
    nativeId: 'large',
    title: 'large',
    branches: [
      { key: 'main', entries: entries(count, word) },
      ...(aside.length > 0 ? [{ key: 'aside', entries: aside }] : []),
    ],
    models: [],
    providers: [],
    problems: [],
  });
}

function begin(core: StoreCore): number {
  return core.logs.ofFile(PATH)?.log ?? beginLog(core, 'claude-code', PATH, 1);
}

function chunksIn(core: StoreCore): number {
  return Number(core.database.get('SELECT count(*) AS n FROM outline')?.['n']);
}

/** What is derived, but for ids that are made at random. */
function pictureOf({ database }: StoreCore): Record<string, readonly Row[]> {
  return {
    branch: database.all(
      'SELECT number, key, parent_number, own_count FROM branch ORDER BY number',
    ),
    outline: database.all('SELECT * FROM outline ORDER BY log, branch, chunk'),
    session: database.all('SELECT title, message_count, created_at, updated_at FROM session'),
    meta: database.all("SELECT key FROM meta WHERE key LIKE 'unseen/%'"),
  };
}

async function savedAtOnce(log: EncodedLog): Promise<Record<string, readonly Row[]>> {
  const core = await openCore(path.join(new StoreFolder().folder, 'whole'));
  const num = begin(core);
  core.database.transaction(() => core.ingest.save(num, FILE, log));
  return pictureOf(core);
}

/** Calls `look` whenever others have their turn while `work` is done. */
async function during<T>(work: () => Promise<T>, look: (turn: number) => void): Promise<T> {
  let turns = 0;
  let next = setImmediate(function each() {
    look(++turns);
    next = setImmediate(each);
  });
  try {
    return await work();
  } finally {
    clearImmediate(next);
  }
}

describe('saving a very large log', () => {
  it('is work of many turns, and seen by nobody before the last of them', async () => {
    const core = await openCore(new StoreFolder().storePath);
    const log = begin(core);
    const written: number[] = [];
    await during(
      () => finishLog(core, log, FILE, derived(LARGE)),
      () => {
        written.push(chunksIn(core));
        if (core.catalogue.count() > 0) return;
        expect(core.outlines.length(log, 0)).toBe(0);
        expect(core.outlines.locate(log, 5)).toBeUndefined();
        expect(core.outlines.locateAnchor(log, 5)).toBeUndefined();
      },
    );
    const steps = [...written, chunksIn(core)].map((now, at) => now - (written[at - 1] ?? 0));
    expect(Math.max(...steps)).toBeLessThanOrEqual(MOST_AT_ONCE);
    expect(pictureOf(core)).toEqual(await savedAtOnce(derived(LARGE)));
    expect(core.outlines.locate(log, LARGE - 1)?.index).toBe(LARGE - 1);
  });

  it('shows one that grew as it was until all of it is there, and finds nothing of the rest', async () => {
    const core = await openCore(new StoreFolder().storePath);
    const log = begin(core);
    const few = CHUNK_ENTRIES + 3;
    await finishLog(core, log, FILE, derived(few));
    const [before] = core.catalogue.list({}).sessions;
    const source = new IndexSource(core.database, core.records);
    let lookedAt = 0;
    const result = await during(
      () => finishLog(core, log, FILE, derived(LARGE, 'a', entries(3_000, 'b'))),
      () => {
        if (core.catalogue.count() > 1) return;
        lookedAt++;
        expect(core.catalogue.list({}).sessions).toEqual([before]);
        expect(core.outlines.entries(log, 0, 0, Infinity)).toHaveLength(few);
        expect(core.outlines.locate(log, few)).toBeUndefined();
        expect([...source.parts(log)].flat()).toHaveLength(2);
      },
    );
    expect(lookedAt).toBeGreaterThan(5);
    expect(result.changed).toContain(before?.id);
    expect(pictureOf(core)).toEqual(await savedAtOnce(derived(LARGE, 'a', entries(3_000, 'b'))));
  });

  it('leaves nothing to be seen when the process ends under way, and is done by the next one', async () => {
    const home = new StoreFolder();
    const core = await openCore(home.storePath);
    const log = begin(core);
    const left = path.join(home.folder, 'left');
    let copiedAt = 0;
    await during(
      () => finishLog(core, log, FILE, derived(LARGE)),
      (turn) => {
        if (copiedAt > 0 || chunksIn(core) < LARGE / CHUNK_ENTRIES / 2) return;
        copiedAt = turn;
        core.database.flush();
        mkdirSync(left);
        cpSync(home.storePath, left, { recursive: true });
      },
    );
    expect(copiedAt).toBeGreaterThan(0);
    const next = await openCore(left);
    expect(next.catalogue.count()).toBe(0);
    expect(chunksIn(next)).toBeGreaterThan(200);
    expect(next.outlines.locate(log, 5)).toBeUndefined();
    // Read again, as a file that was not read to its end.
    const again = path.join(home.folder, 'again');
    cpSync(left, again, { recursive: true });
    const repeated = await openCore(again);
    await finishLog(repeated, begin(repeated), FILE, derived(LARGE));
    expect(pictureOf(repeated)).toEqual(await savedAtOnce(derived(LARGE)));
    // Or never again.
    await next.staged.sweep();
    expect(chunksIn(next)).toBe(0);
    expect(pictureOf(next)['meta']).toEqual([]);
  });

  it('relies on nothing that another one changed meanwhile', async () => {
    const core = await openCore(new StoreFolder().storePath);
    const log = begin(core);
    const wanted = derived(LARGE);
    const others = [derived(100, 'c'), derived(LARGE - 40, 'd')];
    await during(
      () => finishLog(core, log, FILE, wanted),
      (turn) => {
        const other = turn % 3 === 0 ? others.pop() : undefined;
        if (other) core.database.transaction(() => core.ingest.save(log, FILE, other));
      },
    );
    expect(others).toEqual([]);
    expect(pictureOf(core)).toEqual(await savedAtOnce(wanted));
  });

  it('takes messages that are no more out of sight at once, and away some at a time', async () => {
    const core = await openCore(new StoreFolder().storePath);
    const log = begin(core);
    await finishLog(core, log, FILE, derived(LARGE, 'a', entries(LARGE, 'b')));
    const few = derived(70, 'e');
    core.database.transaction(() => core.ingest.save(log, FILE, few));
    expect(core.outlines.locate(log, LARGE - 1)).toBeUndefined();
    expect(core.catalogue.list({}).sessions).toMatchObject([{ messageCount: 70 }]);
    const counts: number[] = [chunksIn(core)];
    expect(counts[0]).toBeGreaterThan(1_000);
    await during(
      () => core.staged.sweep(),
      () => counts.push(chunksIn(core)),
    );
    counts.push(chunksIn(core));
    const steps = counts.map((now, at) => (counts[at - 1] ?? now) - now);
    expect(Math.max(...steps)).toBeLessThanOrEqual(256);
    expect(pictureOf(core)).toEqual(await savedAtOnce(few));
  });
});
