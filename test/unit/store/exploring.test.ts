/** Explorations and their runs, over a real store. */
import { createHash } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Combination, Run, StartExploration } from '../../../src/core/exploration.ts';
import { textOf, type NewMessage } from '../../../src/core/message.ts';
import type { StoreEvent } from '../../../src/core/sessionStore.ts';
import type { Strategy } from '../../../src/core/strategy.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { MISSED_LOOKS } from '../../../src/server/upkeep/runLeases.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const HERE = 'window-1';
const THERE = 'window-2';

const twice: Strategy = {
  id: 'twice',
  name: 'Twice',
  description: '',
  steps: [
    { name: 'first', prompt: '{{question}}' },
    { name: 'second', prompt: 'Again.' },
  ],
};
const once: Strategy = { ...twice, id: 'once', name: 'Once', steps: twice.steps.slice(0, 1) };
const model = { id: 'test/gpt-5', name: 'GPT', provider: 'openai' };
const both: readonly Combination[] = [
  { strategy: twice, model },
  { strategy: once, model },
];

const asked: Omit<StartExploration, 'atMessage'> = {
  question: 'Which lock?',
  combinations: both,
  budget: { tokens: 5_000, runsAtOnce: 2 },
  runner: HERE,
};

function exchange(answer: string): NewMessage[] {
  return [
    { role: 'user', text: 'Which lock?' },
    {
      role: 'assistant',
      text: answer,
      model: 'gpt-5',
      provider: 'openai',
      tokens: { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 },
    },
  ];
}

const spent = {
  tokens: { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 },
  model: 'gpt-5',
  provider: 'openai',
};

async function explored(home = new StoreFolder(), options = {}) {
  home.claude.write(A, turns('a', 6));
  const store = await imported(home, options);
  const root = (await store.listSessions({})).sessions[0]?.id ?? '';
  const started = await store.startExploration(root, { ...asked, atMessage: 3, requestId: 'r1' });
  const [long, short] = started.runs;
  if (!long || !short) throw new Error('two runs were asked for');
  return { home, store, root, started, long, short };
}

interface Harmful {
  readonly run: { readonly value: Record<string, unknown> };
  readonly exploration: { readonly value: Record<string, unknown> };
}

async function said(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 100 });
  return messages.map((message) => textOf(message));
}

async function runOf(store: LocalStore, id: string): Promise<Run> {
  const [run] = await store.getRuns({ ids: [id] });
  if (!run) throw new Error(`no run ${id}`);
  return run;
}

describe('starting an exploration', () => {
  it('makes a fork and a queued run of each combination at once, and once', async () => {
    const { store, root, started } = await explored();
    const forks = await store.getSessionForks(root);
    expect(forks.map(({ title }) => title).sort()).toEqual(['Once · GPT', 'Twice · GPT']);
    expect(started.runs.map((run) => [run.strategyName, run.state, run.step, run.steps])).toEqual([
      ['Twice', 'queued', 0, 2],
      ['Once', 'queued', 0, 1],
    ]);
    expect(forks.map((fork) => fork.inheritedCount)).toEqual([4, 4]);
    expect(started.exploration).toMatchObject({ sessionId: root, question: 'Which lock?' });
    expect(started.exploration.forkPoint).toEqual(forks[0]?.forkPoint);
    expect(forks.find(({ title }) => title === 'Once · GPT')?.metadata).toMatchObject({
      strategy: 'once',
    });

    const again = await store.startExploration(root, { ...asked, atMessage: 3, requestId: 'r1' });
    expect(again).toEqual(started);
    expect(await store.getSessionForks(root)).toHaveLength(2);
    expect(await store.getRuns({ parentIds: [root], live: true })).toEqual(started.runs);
    expect(await store.getExploration(started.exploration.id)).toEqual(started.exploration);
  });

  it('makes nothing of what cannot be run', async () => {
    const { store, root } = await explored();
    const before = await store.getSessionForks(root);
    const refused = async (wrong: Partial<StartExploration>): Promise<unknown> =>
      store.startExploration(root, { ...asked, atMessage: 3, ...wrong }).catch((e: unknown) => e);
    const bad = expect.objectContaining({ code: 'bad-request' }) as unknown;
    expect(await refused({ combinations: [] })).toEqual(bad);
    expect(await refused({ question: ' ' })).toEqual(bad);
    expect(await refused({ atMessage: 99 })).toEqual(bad);
    const empty = { ...once, id: 'empty', steps: [] };
    expect(await refused({ combinations: [...both, { strategy: empty, model }] })).toEqual(bad);
    const other = { ...once, steps: twice.steps };
    expect(await refused({ combinations: [...both, { strategy: other, model }] })).toEqual(bad);
    expect(await store.getSessionForks(root)).toEqual(before);
  });
});

describe('a run', () => {
  it('keeps what arrives, and makes messages of the answer once', async () => {
    const { store, long } = await explored();
    const events: StoreEvent[] = [];
    store.onDidChange((event) => events.push(event));
    const note = { runner: HERE, step: 0 };
    await store.noteRun(long.id, { ...note, state: 'running' });
    await store.noteRun(long.id, { ...note, text: { at: 0, text: 'A fa' } });
    await store.noteRun(long.id, { ...note, text: { at: 0, text: 'A fair' } });
    const arrived = await store.noteRun(long.id, { ...note, text: { at: 6, text: ' lock' } });
    expect(arrived).toMatchObject({ state: 'running', partial: 'A fair lock' });
    expect(events.at(-1)).toEqual({ type: 'runs', runs: [long.id], sessions: [long.sessionId] });
    await expect(
      store.noteRun(long.id, { ...note, text: { at: 99, text: 'gap' } }),
    ).rejects.toMatchObject({ code: 'bad-request' });

    const answer = { ...note, answer: exchange('A fair lock.'), spent };
    const after = await store.noteRun(long.id, answer);
    expect(after).toMatchObject({ state: 'running', step: 1, stepName: 'second', partial: '' });
    expect(after.tokens).toEqual(spent.tokens);
    expect(after.cost).toBeGreaterThan(0);
    expect(await store.noteRun(long.id, answer)).toEqual(after);
    expect((await said(store, long.sessionId)).slice(4)).toEqual(['Which lock?', 'A fair lock.']);
    expect((await store.getSession(long.sessionId))?.ownTokens).toEqual(spent.tokens);

    const done = await store.noteRun(long.id, { runner: HERE, step: 1, answer: exchange('Yes.') });
    expect(done).toMatchObject({ state: 'done', step: 2 });
    expect(done.stepName).toBeUndefined();
    const late = await store.noteRun(long.id, { runner: HERE, step: 1, state: 'failed' });
    expect(late).toEqual(done);
    expect(await store.getRuns({ live: true })).toHaveLength(1);
  });

  it('that failed keeps what had arrived until it is asked again, and goes on where it was', async () => {
    const { store, long } = await explored();
    await store.noteRun(long.id, { runner: HERE, step: 0, answer: exchange('one'), spent });
    await store.noteRun(long.id, { runner: HERE, step: 1, text: { at: 0, text: 'half' } });
    const failed = { runner: HERE, step: 1, state: 'failed', failure: 'cut-off' } as const;
    const error = 'The answer ended early.';
    const run = await store.noteRun(long.id, { ...failed, error, spent });
    expect(run).toMatchObject({ state: 'failed', failure: 'cut-off', error, partial: 'half' });
    expect(run.tokens).toMatchObject({ input: 200, output: 20 });
    // Said twice, it is counted once.
    expect(await store.noteRun(long.id, { ...failed, error, spent })).toEqual(run);

    const [claimed] = await store.claimRuns([long.id], { runner: THERE });
    expect(claimed).toMatchObject({ state: 'queued', step: 1, attempt: 2, partial: '' });
    expect(claimed?.error).toBeUndefined();
    await expect(
      store.noteRun(long.id, { runner: HERE, step: 1, state: 'running' }),
    ).rejects.toMatchObject({ code: 'conflict' });
    const done = await store.noteRun(long.id, { runner: THERE, step: 1, answer: exchange('two') });
    expect(done.state).toBe('done');
    expect((await said(store, long.sessionId)).filter((text) => text !== 'Which lock?')).toEqual([
      ...(await said(store, long.parentId)).slice(0, 4),
      'one',
      'two',
    ]);
  });

  it('is interrupted when its window is gone, and only then another one may have it', async () => {
    let look = (): void => undefined;
    const every = (_: number, work: () => void): (() => void) => {
      look = work;
      return () => undefined;
    };
    const { store, long, short } = await explored(new StoreFolder(), { every });
    await store.noteRun(long.id, { runner: HERE, step: 0, text: { at: 0, text: 'so far' } });
    await expect(store.claimRuns([long.id], { runner: THERE })).rejects.toMatchObject({
      code: 'conflict',
    });
    for (let nth = 1; nth < MISSED_LOOKS; nth++) look();
    await store.renewRuns(HERE);
    for (let nth = 1; nth < MISSED_LOOKS; nth++) look();
    expect((await runOf(store, short.id)).state).toBe('queued');
    look();
    const lost = await runOf(store, long.id);
    expect(lost).toMatchObject({ state: 'interrupted', partial: 'so far' });
    expect((await runOf(store, short.id)).state).toBe('interrupted');

    // The window was only slow: what it says counts while nobody else has the run.
    const back = await store.noteRun(short.id, { runner: HERE, step: 0, state: 'running' });
    expect(back.state).toBe('running');
    await store.claimRuns([long.id], { runner: THERE });
    await expect(
      store.noteRun(long.id, { runner: HERE, step: 0, answer: exchange('late') }),
    ).rejects.toMatchObject({ code: 'conflict' });
    expect(await said(store, long.sessionId)).toHaveLength(4);
  });

  it('is cancelled by its own window when another one asks, at once where that is gone', async () => {
    let look = (): void => undefined;
    const every = (_: number, work: () => void): (() => void) => {
      look = work;
      return () => undefined;
    };
    const { home, store, long, short } = await explored(new StoreFolder(), { every });
    const events: StoreEvent[] = [];
    store.onDidChange((event) => events.push(event));
    const note = { runner: HERE, step: 0 };
    await store.noteRun(long.id, { ...note, state: 'running', text: { at: 0, text: 'so far' } });
    const both = [long.id, short.id, long.id];
    const asked = await store.cancelRuns(both, { requestId: 'once' });
    expect(asked.map(({ state, failure }) => [state, failure])).toEqual([
      ['running', 'cancelled'],
      ['queued', 'cancelled'],
    ]);
    const ids = asked.map(({ id }) => id);
    expect(events.at(-1)).toMatchObject({ type: 'runs', runs: ids, stop: ids });
    // Its window may hear of it late: what it says is taken in, and it is told again.
    for (const state of ['running', undefined] as const) {
      const began = await store.noteRun(short.id, { ...note, ...(state && { state }) });
      expect(began.failure).toBe('cancelled');
    }
    const next = await store.noteRun(long.id, { ...note, answer: exchange('whole') });
    expect(next).toMatchObject({ state: 'running', step: 1, failure: 'cancelled' });
    const text = { at: 0, text: 'and more' };
    const how = { state: 'cancelled', failure: 'cancelled', error: 'You cancelled it.' } as const;
    const over = await store.noteRun(long.id, { runner: HERE, step: 1, text, ...how });
    expect(over).toMatchObject({ ...how, partial: 'and more' });

    // The other one's window never answers; the wish outlives the server.
    await home.close();
    const again = await home.open({ every });
    for (let nth = 0; nth < MISSED_LOOKS; nth++) look();
    expect(await runOf(again, short.id)).toMatchObject(how);
    const [claimed] = await again.claimRuns([short.id], { runner: THERE });
    expect(claimed).toMatchObject({ state: 'queued', attempt: 2 });
    expect(claimed?.failure).toBeUndefined();
    // A window that is gone is not waited for, and what is over stays as it is.
    for (let nth = 1; nth < MISSED_LOOKS; nth++) look();
    await again.noteRun(short.id, { runner: THERE, step: 0, answer: exchange('whole') });
    expect(await again.cancelRuns([short.id, long.id])).toEqual([]);
  });

  it('is there with all that had arrived after the store was opened again', async () => {
    const { home, store, long, short } = await explored();
    await store.noteRun(long.id, { runner: HERE, step: 0, text: { at: 0, text: 'so far' } });
    await store.noteRun(short.id, { runner: HERE, step: 0, answer: exchange('whole'), spent });
    const before = await store.getRuns({});
    const again = await home.reopen();
    expect(await again.getRuns({})).toEqual(before);
    expect(await again.getRuns({ sessionIds: [long.sessionId] })).toMatchObject([
      { state: 'queued', partial: 'so far' },
    ]);
  });

  it('goes with its fork when that is removed for good, and the exploration with the last', async () => {
    const { store, long, short, started } = await explored();
    for (const run of [long, short]) {
      await store.deleteSession(run.sessionId);
      await expect(
        store.noteRun(run.id, { runner: HERE, step: 0, answer: exchange('x') }),
      ).rejects.toMatchObject({ code: 'not-found' });
    }
    await store.purgeSessions([long.sessionId]);
    expect((await store.getRuns({})).map(({ id }) => id)).toEqual([short.id]);
    await store.purgeSessions([short.sessionId]);
    expect(await store.getExploration(started.exploration.id)).toBeUndefined();
  });
});

describe('runs as facts', () => {
  it('come back with a database that is lost, and nothing of them is derived', async () => {
    const { home, store, long, short, started } = await explored();
    await store.noteRun(short.id, { runner: HERE, step: 0, answer: exchange('whole'), spent });
    await store.noteRun(long.id, { runner: HERE, step: 0, text: { at: 0, text: 'half' } });
    const failed = { runner: HERE, step: 0, state: 'failed', failure: 'blocked' } as const;
    await store.noteRun(long.id, { ...failed, error: 'No.' });
    const before = await store.getRuns({});
    await home.close();
    await expectDerivedAnew(home.storePath);
    rmSync(path.join(home.storePath, 'warm.db'));
    rmSync(path.join(home.storePath, 'warm.db-redo'));
    const again = await home.open();
    expect(await again.getRuns({})).toEqual(before.map((run) => ({ ...run, runner: '' })));
    expect(await again.getExploration(started.exploration.id)).toEqual(started.exploration);
    expect((await said(again, short.sessionId)).slice(-1)).toEqual(['whole']);
  });

  it('do not fill the facts log while an answer comes', async () => {
    const { home, store, long } = await explored();
    await store.noteRun(long.id, { runner: HERE, step: 0, state: 'running' });
    await home.reopen();
    const file = path.join(home.storePath, 'copies', 'facts.log');
    const before = readFileSync(file).length;
    const open = await home.reopen();
    for (let at = 0; at < 50_000; at += 1_000) {
      const text = { at, text: 'x'.repeat(1_000) };
      await open.noteRun(long.id, { runner: HERE, step: 0, text });
    }
    expect((await runOf(open, long.id)).partial).toHaveLength(50_000);
    await home.close();
    expect(readFileSync(file).length - before).toBeLessThan(2_000);
  });

  it('go into the file of a saved fork, and come back from it as interrupted', async () => {
    const { home, store, long, started } = await explored();
    await store.noteRun(long.id, { runner: HERE, step: 0, answer: exchange('one'), spent });
    const file = path.join(home.folder, 'fork.multipath.jsonl');
    await store.saveSessionToDisk(long.sessionId, file);
    const other = await new StoreFolder().open();
    await other.loadSessionFromDisk(file);
    expect(await other.getRuns({})).toEqual([
      { ...(await runOf(store, long.id)), state: 'interrupted', runner: '' },
    ]);
    expect(await other.getExploration(started.exploration.id)).toEqual(started.exploration);
    await other.loadSessionFromDisk(file);
    expect(await other.getRuns({})).toHaveLength(1);
    const check = await other.runDoctor({ repair: false });
    expect(check.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  });

  it('are taken out of a file only where they are counts, and with a budget that ends', async () => {
    const { home, store, long } = await explored();
    const file = path.join(home.folder, 'fork.multipath.jsonl');
    await store.saveSessionToDisk(long.sessionId, file);
    const saved = readFileSync(file, 'utf8');
    const loaded = async (change: (explored: Harmful) => void) => {
      const lines = saved.trimEnd().split('\n').slice(0, -1);
      const changed = lines.map((line) => {
        if (!line.includes('"explored"')) return `${line}\n`;
        const parsed = JSON.parse(line) as { native: { explored: Harmful } };
        change(parsed.native.explored);
        return `${JSON.stringify(parsed)}\n`;
      });
      const sha256 = createHash('sha256').update(changed.join('')).digest('hex');
      const end = { type: 'end', lines: changed.length, sha256 };
      writeFileSync(file, `${changed.join('')}${JSON.stringify(end)}\n`);
      const other = await new StoreFolder().open();
      await other.loadSessionFromDisk(file);
      return other;
    };

    // What it took is counts, and what a retry may take has an end.
    const strange = await loaded(({ run }) => {
      run.value['usage'] = JSON.stringify([['m', 'p', 1, 1, 1, 1, 'x', { y: 1 }]]);
    });
    expect(await strange.getRuns({})).toEqual([]);
    const endless = await loaded(
      ({ exploration }) => (exploration.value['budget'] = '{"usd":"x"}'),
    );
    const [run] = await endless.getRuns({});
    const explorationId = run?.explorationId ?? '';
    expect((await endless.getExploration(explorationId))?.budget).toEqual({ tokens: 1_000_000 });
  });

  it('leave those of other sessions alone, whatever a file says', async () => {
    const { home, store, long, short } = await explored();
    const file = path.join(home.folder, 'fork.multipath.jsonl');
    await store.saveSessionToDisk(long.sessionId, file);
    await store.deleteSession(long.sessionId);
    await store.purgeSessions([long.sessionId]);
    const before = await store.getRuns({});
    expect(before.map(({ id }) => id)).toEqual([short.id]);
    const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, -1);
    const changed = lines.map((line) =>
      line.replace(
        `"session":"${long.sessionId}","strategy"`,
        `"session":"${short.sessionId}","strategy"`,
      ),
    );
    expect(changed).not.toEqual(lines);
    const text = changed.map((line) => `${line}\n`).join('');
    const sha256 = createHash('sha256').update(text).digest('hex');
    const end = JSON.stringify({ type: 'end', lines: changed.length, sha256 });
    writeFileSync(file, `${text}${end}\n`);
    await store.loadSessionFromDisk(file);
    expect(await store.getRuns({})).toEqual(before);
  });
});
