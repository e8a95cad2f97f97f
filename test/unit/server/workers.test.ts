/** Worker threads: ended when nobody needs them, started again, and lost alone when they take too much. */
import { statSync, truncateSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Worker } from 'node:worker_threads';
import { beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { ImportProgress } from '../../../src/core/sessionStore.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { IndexMemoryError, SearchWorker } from '../../../src/server/searchWorker.ts';
import { workerScript } from '../../support/serverFolder.ts';
import { turns } from '../store/support/claudeHome.ts';
import { imported, StoreFolder } from '../store/support/openStore.ts';

const HUNGRY = new URL('../store/support/hungryWorker.ts', import.meta.url);
const SMALL = { maxOldGenerationSizeMb: 48, maxYoungGenerationSizeMb: 8 };
/** So little fits into a shard and a batch of the index. */
const FEW = {
  shardMessages: 9,
  batchMessages: 9,
  batchCharacters: 9,
  deadShare: 1,
  leastDead: 9,
};
const id = (n: number): string => `${n}0000000-1111-4111-8111-111111111111`;

let started = 0;
let running = 0;
beforeEach(() => {
  started = running = 0;
  const count = (worker: Worker): void => {
    started++;
    running++;
    worker.once('exit', () => running--);
  };
  process.on('worker', count);
  onTestFinished(() => void process.off('worker', count));
});

const whenEnded = (): Promise<void> =>
  vi.waitFor(() => expect(running).toBe(0), { timeout: 20_000, interval: 5 });

async function found(store: LocalStore, word: string): Promise<number> {
  for (let tries = 0; tries < 1_000; tries++) {
    const { hits, pending, notice } = await store.searchSessionsByContent(word);
    expect(notice).toBeUndefined();
    if (pending === 0) return hits.length;
    await sleep(10);
  }
  throw new Error('The index did not catch up with the store.');
}

describe('the import worker', () => {
  it('is ended when there is nothing to read, and started again by the next file', async () => {
    const home = new StoreFolder();
    home.claude.write(id(1), turns('a', 2));
    const store = await imported(home, { workers: { idleMs: 1 } });
    await whenEnded();
    expect(started).toBe(1);
    home.claude.write(id(1), turns('a', 4));
    home.claude.write(id(2), turns('b', 2));
    expect(await store.importSessions()).toMatchObject({ filesDone: 2, failures: [] });
    await whenEnded();
    expect(started).toBe(2);
    const { sessions } = await store.listSessions({});
    expect(sessions.map(({ messageCount }) => messageCount).sort()).toEqual([2, 4]);
  });

  it('is not ended between files, however late they come', async () => {
    const home = new StoreFolder();
    const store = await home.open({ workers: { idleMs: 1 } });
    await store.setConsent('claude-code', 'granted');
    for (let n = 1; n < 8; n++) {
      home.claude.write(id(n), turns(`s${n}`, 2));
      // Some end up before, some after the moment at which it is given up.
      if (n % 2 === 0) await sleep(1);
      expect(await store.importSessions()).toMatchObject({ state: 'done', failures: [] });
    }
    expect((await store.listSessions({})).sessions).toHaveLength(7);
  });

  it('that takes too much memory loses its file, says why, and reads the others', async () => {
    const home = new StoreFolder();
    for (let n = 0; n < 4; n++) home.claude.write(id(n), turns(`s${n}`, 2));
    const store = await home.open({ workerFile: HUNGRY, workers: { resourceLimits: SMALL } });
    await store.setConsent('claude-code', 'granted');
    const { failures } = await store.importSessions();
    const told = failures.map(({ path, message }) => `${/(\d)0{7}-/.exec(path)?.[1]} ${message}`);
    expect(told.sort()).toEqual([
      '0 read',
      '1 read',
      expect.stringContaining('2 Reading this file took more memory'),
      '3 read',
    ]);
  });

  it('is not given a file again that took too much, until that is another one or is asked for', async () => {
    const home = new StoreFolder();
    const file = home.claude.file(id(2));
    home.claude.write(id(2), turns('s', 40));
    const hungry = { workerFile: HUNGRY, workers: { resourceLimits: SMALL } };
    const store = await home.open(hungry);
    await store.setConsent('claude-code', 'granted');
    await store.importSessions();
    expect(started).toBe(1);
    /** How many workers a new opening starts that looks at the files by itself. */
    const startedByItself = async (): Promise<number> => {
      const before = started;
      const again = await home.reopen({ ...hungry, live: {} });
      const { failures } = await new Promise<ImportProgress>((resolve) => {
        again.onDidChange((event) => {
          if (event.type === 'import' && event.progress.state === 'done') resolve(event.progress);
        });
      });
      expect(failures).toHaveLength(1);
      return started - before;
    };
    expect(await startedByItself()).toBe(0);
    home.claude.append(id(2), turns('t', 1));
    expect(await startedByItself()).toBe(0);
    truncateSync(file, Math.floor(statSync(file).size / 2));
    expect(await startedByItself()).toBe(1);
    expect(await startedByItself()).toBe(0);
    const { failures } = await (await home.reopen(hungry)).importSessions();
    expect(failures).toHaveLength(1);
    expect(started).toBe(3);
  });
});

describe('the search worker', () => {
  it('is ended once all is indexed, and what it had is found by the next one', async () => {
    const home = new StoreFolder();
    const store = await home.open({ search: true, workers: { idleMs: 1 } });
    const { id: session } = await store.createSession({ title: 'one' });
    for (let round = 1; round < 6; round++) {
      await store.appendMessages(session, [{ role: 'user', text: `walrus ${round}` }]);
      expect(await found(store, 'walrus')).toBe(round);
      await whenEnded();
    }
    expect(started).toBeGreaterThanOrEqual(5);
    expect(home.problems).toEqual([]);
    // Nothing was left for the next opening to find out.
    const again = await home.reopen({ search: true });
    expect(await found(again, 'walrus')).toBe(5);
  });

  it('answers whoever asks while it is being ended', async () => {
    const home = new StoreFolder();
    const worker = new SearchWorker({
      file: workerScript('search'),
      open: () => ({
        folder: home.storePath,
        epoch: 'one',
        readOnly: false,
        limits: FEW,
      }),
      log: (message) => expect.unreachable(message),
      workers: { idleMs: 0 },
    });
    onTestFinished(() => worker.close());
    for (let pause = 0; pause < 10; pause++) {
      expect(await worker.ask('documents', undefined)).toEqual([]);
      await sleep(pause % 5);
    }
    expect(started).toBeGreaterThan(1);
  });

  it('that takes too much memory says so, and the next request starts another one', async () => {
    const worker = new SearchWorker({
      file: HUNGRY,
      open: () => ({
        folder: '',
        epoch: '',
        readOnly: true,
        limits: FEW,
      }),
      log: () => undefined,
      workers: { resourceLimits: SMALL },
    });
    onTestFinished(() => worker.close());
    const lost = await worker
      .ask('compare', { log: 1, parts: [] })
      .catch((error: unknown) => error);
    expect(lost).toBeInstanceOf(IndexMemoryError);
    expect(await worker.ask('documents', undefined)).toBe('documents');
    expect(started).toBe(2);
  });
});
