/** Branches judged by a model that a test plays, and summaries written by one. */
import { rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { judgedPairs, type NewJudgement } from '../../../src/core/judge.ts';
import {
  ModelError,
  type ModelInfo,
  type ModelPart,
  type ModelRequest,
} from '../../../src/core/models.ts';
import { judgeBranches } from '../../../src/explore/judging.ts';
import { writeSummary } from '../../../src/explore/summary.ts';
import { StoreFolder } from '../store/support/openStore.ts';
import { breaks, hangs, says, USED, ScriptedModels } from './support/scriptedModels.ts';

const model: ModelInfo = { id: 'test/judge', name: 'Judge', provider: 'test' };
const KEY = `ghp_${'a1B2c3D4e5'.repeat(4).slice(0, 36)}`;

async function branches() {
  const home = new StoreFolder();
  const store = await home.open();
  const parent = await store.createSession({ title: 'root' });
  await store.appendMessages(parent.id, [
    { role: 'user', text: 'Make it fast.' },
    { role: 'assistant', text: 'How?' },
  ]);
  const ids: string[] = [];
  for (const words of ['a cache', 'an index', `a queue with ${KEY}`]) {
    const { session } = await store.forkSession(parent.id, { atMessage: 1, title: words });
    await store.appendMessages(session.id, [{ role: 'assistant', text: `Used ${words}.` }]);
    ids.push(session.id);
  }
  return { home, store, ids };
}

/** The branch whose text has the word, wherever it stands. */
function pick(request: ModelRequest, word: string): 'A' | 'B' | 'tie' {
  const [text = ''] = request.messages.map((message) => message.text);
  const [a = '', b = ''] = text.split('<branch name="A">')[1]?.split('<branch name="B">') ?? [];
  return a.includes(word) ? 'A' : b.includes(word) ? 'B' : 'tie';
}

const verdict = (winner: string) => JSON.stringify({ winner, reason: `It is ${winner}.` });

describe('judging', () => {
  it('asks of each pair twice, keeps the reasons, and tells the store', async () => {
    const { home, store, ids } = await branches();
    const models = new ScriptedModels(({ request }) => says(verdict(pick(request, 'index'))));
    const progress: number[] = [];
    const made = await judgeBranches(
      models,
      store,
      { model, sessionIds: ids, sharedCount: 2 },
      new AbortController().signal,
      (done, total) => progress.push(done / total),
    );
    expect(models.asked).toHaveLength(6);
    expect(progress.at(-1)).toBe(1);
    const asked = models.asked.flatMap(({ request }) => request.messages.map(({ text }) => text));
    expect(asked.every((text) => text.includes('Make it fast.'))).toBe(true);
    expect(asked.join('\n')).not.toContain(KEY);
    const [cache, index, queue] = ids;
    expect(judgedPairs(made).map(({ outcome }) => outcome)).toEqual(['b', 'tie', 'a']);
    expect(made.tokens.input).toBe(600);

    const kept = await store.addJudgement(made, { requestId: 'once' });
    expect(await store.addJudgement(made, { requestId: 'once' })).toEqual(kept);
    expect(await store.getJudgements([queue ?? '', cache ?? ''])).toEqual([kept]);
    expect((await store.compareForkResults(ids)).judgement).toEqual(kept);
    // Of two of the three it says something, but not just of them.
    expect((await store.compareForkResults(ids.slice(0, 2))).judgement).toBeUndefined();
    await home.close();
    const again = await home.open();
    expect(await again.getJudgements(ids)).toEqual([kept]);
    await again.deleteSession(index ?? '');
    await again.purgeSessions([index ?? '']);
    expect(await again.getJudgements([cache ?? ''])).toEqual([]);
  });

  it('is told by a model that always takes the first that the order decided', async () => {
    const { store, ids } = await branches();
    const models = new ScriptedModels(() => says(verdict('A')));
    const order = { model, sessionIds: ids, sharedCount: 2 };
    const made = await judgeBranches(models, store, order, new AbortController().signal, () => 0);
    expect(judgedPairs(made).every(({ outcome }) => outcome === 'order')).toBe(true);
  });

  it('keeps what failed as missing, and what it had when it is stopped or out of budget', async () => {
    const { store, ids } = await branches();
    const stop = new AbortController();
    const models = new ScriptedModels(({ nth }) => {
      if (nth === 0) return breaks(new ModelError('blocked', 'The model refused.'));
      return nth === 1 ? says('I like both.') : says(verdict('B'));
    });
    const order = { model, sessionIds: ids, sharedCount: 2 };
    const made = await judgeBranches(models, store, order, stop.signal, (done) => {
      if (done === 4) stop.abort();
    });
    const errors = made.missing.map(({ error }) => error);
    expect(errors).toContain('The model refused.');
    expect(errors.some((error) => error.includes('no verdict: “I like both'))).toBe(true);
    expect(made.verdicts.length + made.missing.length).toBe(6);
    expect(made.verdicts.length).toBeGreaterThan(0);

    const all = new ScriptedModels(() => says(verdict('A')));
    const bounded = await judgeBranches(
      all,
      store,
      { ...order, maxTokens: 150 },
      new AbortController().signal,
      () => undefined,
    );
    expect(all.asked.length).toBeLessThan(5);
    expect(bounded.missing.some(({ error }) => error.includes('budget'))).toBe(true);
  });

  it('asks nothing more once the model refuses for good, and keeps the verdicts it had', async () => {
    const { store, ids } = await branches();
    const models = new ScriptedModels(({ nth, signal }) => {
      if (nth === 3) return hangs(signal);
      if (nth < 4) return nth === 2 ? late() : says(verdict('B'));
      throw new Error('It was asked on.');
    });
    async function* late(): AsyncGenerator<ModelPart> {
      // The other question is under way by then, and ends with it.
      await new Promise((resolve) => setTimeout(resolve));
      yield* breaks(new ModelError('unauthorized', 'Set the key.'));
    }
    const order = { model, sessionIds: ids, sharedCount: 2 };
    const made = await judgeBranches(models, store, order, new AbortController().signal, () => 0);
    expect(models.asked).toHaveLength(4);
    expect(models.asked[3]?.signal.aborted).toBe(true);
    expect(made.verdicts).toHaveLength(2);
    expect(made.missing.map(({ error }) => error)).toEqual(Array(4).fill('Set the key.'));
  });

  it('stays within its budget where the model counts nothing', async () => {
    const { store, ids } = await branches();
    async function* uncounted(): AsyncGenerator<ModelPart> {
      await Promise.resolve();
      yield { type: 'text', text: verdict('A') };
    }
    const models = new ScriptedModels(uncounted);
    const order = { model, sessionIds: ids, sharedCount: 2, maxTokens: 300 };
    const made = await judgeBranches(models, store, order, new AbortController().signal, () => 0);
    expect(models.asked.length).toBeLessThan(5);
    expect(made.missing.some(({ error }) => error.includes('budget'))).toBe(true);
    expect(made.tokens.input).toBe(0);
  });

  it('reads of a thousand judgements only those that are asked for', async () => {
    const { store, ids } = await branches();
    const [a = '', b = ''] = ids;
    const judged = (reason: string, sessionIds: readonly string[]): NewJudgement => ({
      sessionIds,
      model: { id: 'test/judge', name: 'Judge' },
      verdicts: [{ first: a, second: b, winner: 'first', reason }],
      missing: [],
      tokens: USED,
    });
    const first = await store.addJudgement(judged('the first', ids));
    await Promise.all(
      Array.from({ length: 999 }, (_, nth) =>
        store.addJudgement(judged(`one more ${nth} ${'x'.repeat(1_000)}`, [a, b])),
      ),
    );
    expect(await store.getJudgements([a, b])).toHaveLength(100);
    expect(await store.getJudgements([a, b], { limit: 1_000 })).toHaveLength(1_000);
    expect(await store.getJudgements([a], { id: first.id })).toEqual([first]);
    expect(await store.getJudgements([b, a, b], { limit: 1 })).toHaveLength(1);
    // Other branches are named by it, too; the newest of just these is another one.
    expect((await store.compareForkResults(ids)).judgement).toEqual(first);
    expect((await store.compareForkResults([a, b])).judgement?.sessionIds).toEqual([a, b]);
    expect(await store.getJudgements(['nobody', a])).toEqual([]);
  });

  it('is forgotten when asked to, and whoever shows its branches hears of it', async () => {
    const { store, ids } = await branches();
    const [a = '', b = ''] = ids;
    const { id } = await store.addJudgement({
      sessionIds: [a, b],
      model: { id: 'test/judge', name: 'Judge' },
      verdicts: [{ first: a, second: b, winner: 'first', reason: 'It is.' }],
      missing: [],
      tokens: USED,
    });
    const changed: string[] = [];
    store.onDidChange((event) => {
      if (event.type === 'sessions') changed.push(...event.changed);
    });
    await store.deleteJudgement(id, { requestId: 'r' });
    expect(changed).toEqual([a, b]);
    expect(await store.getJudgements([a, b])).toEqual([]);
    await store.deleteJudgement(id, { requestId: 'r' });
    expect(changed).toEqual([a, b, a, b]);
  });

  it('survives the way through a file, and the loss of the database', async () => {
    const { home, store, ids } = await branches();
    const models = new ScriptedModels(() => says(verdict('tie')));
    const order = { model, sessionIds: ids, sharedCount: 2 };
    const made = await judgeBranches(models, store, order, new AbortController().signal, () => 0);
    const kept = await store.addJudgement(made);
    const file = `${home.folder}/kept.multipath.jsonl`;
    await store.saveSessionToDisk(ids[0] ?? '', file);
    const other = await new StoreFolder().open();
    await other.loadSessionFromDisk(file);
    expect(await other.getJudgements([ids[0] ?? ''])).toEqual([kept]);
    const { findings } = await other.runDoctor({ repair: false });
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    // A database that is lost comes back with it.
    await home.close();
    for (const name of ['warm.db', 'warm.db-redo']) rmSync(path.join(home.storePath, name));
    expect(await (await home.open()).getJudgements(ids)).toEqual([kept]);
  });
});

describe('a summary by a model', () => {
  it('is written of what the branch has of its own, without its secrets, and told as it comes', async () => {
    const { store, ids } = await branches();
    const models = new ScriptedModels(() => says('A queue, ', 'tested.'));
    const told: string[] = [];
    const order = {
      model,
      sessionId: ids[2] ?? '',
      title: `queue ${KEY}</branch-title>`,
      from: 2,
      to: 2,
    };
    const { text, report } = await writeSummary(
      models,
      store,
      order,
      new AbortController().signal,
      (so) => told.push(so),
    );
    expect(text).toBe('A queue, tested.');
    expect(told[0]).toBe('A queue, ');
    expect(report.redacted.map(({ count }) => count)).toEqual([2]);
    const asked = models.asked[0]?.request.messages.map((message) => message.text).join('\n') ?? '';
    expect(asked).toContain('Used a queue');
    expect(asked).not.toContain(KEY);
    expect(asked.match(/<\/branch-title>/g)).toHaveLength(1);
    expect(asked).not.toContain('Make it fast.');
  });

  it('fails with the model’s own words', async () => {
    const { store, ids } = await branches();
    const models = new ScriptedModels(() => breaks(new ModelError('too-long', 'Too long.')));
    const order = { model, sessionId: ids[0] ?? '', title: 'x', from: 2, to: 2 };
    await expect(
      writeSummary(models, store, order, new AbortController().signal, () => undefined),
    ).rejects.toThrow('Too long.');
  });
});
