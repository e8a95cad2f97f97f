/** Changes in folders: how they are noticed within the system's limits, and gathered into batches. */
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FolderWatch } from '../../../src/server/importing/folderWatch.ts';
import { Gatherer } from '../../../src/server/importing/gatherer.ts';
import { ImportQueue } from '../../../src/server/importing/queue.ts';

type Batch = readonly string[] | 'too many';

class Gathering {
  readonly batches: Batch[] = [];
  readonly problems: unknown[] = [];
  readonly gatherer: Gatherer<true>;
  handle = (): Promise<undefined> => Promise.resolve(undefined);

  constructor(maxChanges?: number) {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    this.gatherer = new Gatherer<true>({
      onBatch: (changes) => {
        this.batches.push(changes ? [...changes.keys()] : 'too many');
        return this.handle();
      },
      report: (error) => this.problems.push(error),
      ...(maxChanges !== undefined && { maxChanges }),
    });
  }
}

describe('changes', () => {
  it('are handed on once it is quiet, each path once', async () => {
    const { gatherer: own, batches } = new Gathering();
    own.add('a', true);
    await vi.advanceTimersByTimeAsync(200);
    own.add('b', true);
    own.add('a', true);
    await vi.advanceTimersByTimeAsync(200);
    expect(batches).toEqual([]);
    await vi.advanceTimersByTimeAsync(60);
    expect(batches).toEqual([['a', 'b']]);
  });

  it('do not wait for ever while there is no quiet', async () => {
    const { gatherer: own, batches } = new Gathering();
    for (let ms = 0; ms < 3_000; ms += 100) {
      own.add('a', true);
      await vi.advanceTimersByTimeAsync(100);
    }
    expect(batches).toEqual([['a']]);
  });

  it('gather while a batch is handled, and come after it, whatever became of it', async () => {
    const own = new Gathering();
    const first = Promise.withResolvers<undefined>();
    own.handle = () => first.promise;
    own.gatherer.add('a', true);
    await vi.advanceTimersByTimeAsync(300);
    own.gatherer.add('b', true);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(own.batches).toEqual([['a']]);
    own.handle = () => Promise.resolve(undefined);
    first.reject(new Error('not this time'));
    await vi.advanceTimersByTimeAsync(300);
    expect(own.batches).toEqual([['a'], ['b']]);
    expect(own.problems).toHaveLength(1);
  });

  it('beyond a bound are one: look at everything', async () => {
    const { gatherer: own, batches } = new Gathering(3);
    for (const name of 'abcdefg') own.add(name, true);
    await vi.advanceTimersByTimeAsync(300);
    own.add('x', true);
    await vi.advanceTimersByTimeAsync(300);
    expect(batches).toEqual(['too many', ['x']]);
  });

  it('are forgotten when nobody wants them any more', async () => {
    const { gatherer: own, batches } = new Gathering();
    own.add('a', true);
    await own.close();
    own.add('b', true);
    own.addAll();
    await vi.advanceTimersByTimeAsync(5_000);
    expect(batches).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a watch on folders', () => {
  function folders(...names: readonly string[]): { readonly root: string; readonly all: string[] } {
    const root = mkdtempSync(path.join(tmpdir(), 'multipath-watch-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const all = names.map((name) => path.join(root, name));
    for (const folder of all) mkdirSync(folder);
    return { root, all };
  }

  it('says when it is not whole: too many folders, or one that cannot be watched', () => {
    const { root, all } = folders('a', 'b', 'c');
    const problems: string[] = [];
    const options = {
      onChange: () => undefined,
      onProblem: (folder: string) => void problems.push(folder),
    };
    const watch = new FolderWatch({ ...options, maxFolders: 2 });
    onTestFinished(() => watch.close());
    for (const folder of all) watch.add(folder, false);
    expect(watch.isWhole).toBe(false);
    watch.keepOnly(new Set(all.slice(0, 2)));
    expect(watch.isWhole).toBe(true);
    watch.forget(root);
    watch.add(path.join(root, 'nowhere'), false);
    expect(problems).toEqual([path.join(root, 'nowhere')]);
    expect(watch.isWhole).toBe(false);
  });

  it('tells of files in its folders, and of nothing once it is closed', async () => {
    const { all } = folders('a', 'b');
    const [first = '', second = ''] = all;
    const told = new Set<string | undefined>();
    const watch = new FolderWatch({
      onChange: (_folder, changed) => told.add(changed),
      onProblem: () => undefined,
    });
    watch.add(first, false);
    const file = path.join(first, 'x.jsonl');
    writeFileSync(file, 'x');
    for (let tries = 0; tries < 200 && !told.has(file); tries++) await sleep(10);
    expect([...told]).toEqual([file]);
    watch.close();
    told.clear();
    watch.add(second, false);
    writeFileSync(file, 'xy');
    writeFileSync(path.join(second, 'y.jsonl'), 'y');
    await sleep(100);
    expect([...told]).toEqual([]);
  });
});

describe('a watch that covers all that is below a folder', () => {
  it('is the only one there, except where a link leads elsewhere', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'multipath-watch-'));
    onTestFinished(() => rmSync(root, { recursive: true, force: true }));
    const [top, elsewhere] = [path.join(root, 'top'), path.join(root, 'elsewhere')];
    const inner = path.join(top, 'inner');
    for (const folder of [inner, elsewhere]) mkdirSync(folder, { recursive: true });
    const linked = path.join(top, 'linked');
    symlinkSync(elsewhere, linked);
    const told: string[] = [];
    const watch = new FolderWatch({
      onChange: (folder, changed) => void told.push(`${folder} ${changed}`),
      onProblem: () => undefined,
      recursive: true,
    });
    onTestFinished(() => watch.close());
    watch.add(top, true);
    for (const folder of [inner, linked]) watch.add(folder, false);
    watch.keepOnly(new Set([top, inner, linked]));
    expect(watch.isWhole).toBe(true);
    const files = [inner, linked].map((folder) => path.join(folder, 'x.jsonl'));
    for (const file of files) writeFileSync(file, 'x');
    const [own = '', other = ''] = files;
    const isTold = (folder: string, file: string): boolean => told.includes(`${folder} ${file}`);
    for (let tries = 0; tries < 200 && !(isTold(top, own) && isTold(linked, other)); tries++) {
      await sleep(10);
    }
    expect(isTold(top, own)).toBe(true);
    expect(isTold(linked, other)).toBe(true);
    expect(isTold(inner, own)).toBe(false);

    // Without it, what it covered is watched by itself.
    watch.forget(top);
    watch.add(inner, false);
    told.length = 0;
    writeFileSync(own, 'xy');
    for (let tries = 0; tries < 200 && !isTold(inner, own); tries++) await sleep(10);
    expect(isTold(inner, own)).toBe(true);
  });
});

describe('the queue', () => {
  const file = (name: string, agent = 'codex') => ({ agent, path: name, bytes: 1, modifiedAt: 1 });

  it('takes what was noticed before what is planned, each file once', () => {
    const queue = new ImportQueue();
    queue.plan([file('a'), file('b'), file('c', 'pi'), file('d')]);
    queue.notice([file('b'), file('x')]);
    queue.drop('pi');
    const order: string[] = [];
    for (let next = queue.next(); next; next = queue.next()) {
      order.push(`${next.file.path}${next.isPlanned ? '' : ' noticed'}`);
    }
    expect(order).toEqual(['b', 'x noticed', 'a', 'd']);
    expect(queue.isEmpty).toBe(true);
  });
});
