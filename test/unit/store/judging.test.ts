/** Branches judged and drawn, over a real store. */
import { describe, expect, it } from 'vitest';
import { StoreFolder } from './support/openStore.ts';

async function family() {
  const store = await new StoreFolder().open();
  const parent = await store.createSession({ title: 'Login race' });
  await store.appendMessages(parent.id, [
    { role: 'user', text: 'Fix it' },
    { role: 'assistant', text: 'How?' },
  ]);
  const forks = [];
  for (const title of ['with a lock', 'without a lock']) {
    const { session } = await store.forkSession(parent.id, { atMessage: 1, title });
    await store.appendMessages(session.id, [{ role: 'assistant', text: `Done ${title}` }]);
    forks.push(session);
  }
  return { store, parent, forks };
}

describe('compareForkResults', () => {
  it('counts the forks, compares them and names the best; the person’s rating decides here', async () => {
    const { store, forks } = await family();
    const [first, second] = forks.map(({ id }) => id);
    const ids = [first ?? '', second ?? ''];
    await store.updateSession(second ?? '', { metadata: { rating: 5 } });
    const results = await store.compareForkResults(ids);
    expect(results.totalForks).toBe(2);
    expect(results.comparison).toEqual(await store.compareSessions(ids));
    expect(results.bestFork).toBe(second);
    expect(results.scores.map(({ sessionId }) => sessionId)).toEqual(ids);
    const rating = results.scores[1]?.parts.find(({ part }) => part === 'rating');
    expect(rating).toEqual({ part: 'rating', weight: 40, figure: 5, points: 1 });
  });

  it('takes weights for some of the parts', async () => {
    const { store, forks } = await family();
    await store.updateSession(forks[1]?.id ?? '', { metadata: { rating: 5 } });
    const ids = forks.map(({ id }) => id);
    const { scores } = await store.compareForkResults(ids, { weights: { rating: 0 } });
    expect(scores[0]?.total).toBe(scores[1]?.total);
    await expect(store.compareForkResults(ids.slice(1))).rejects.toThrow(/two different branches/);
  });
});

describe('visualizeSessionTree', () => {
  it('draws the whole family, whichever of it was asked about', async () => {
    const { store, parent, forks } = await family();
    expect(await store.visualizeSessionTree(forks[1]?.id ?? '')).toBe(
      [
        'Login race (2 messages)',
        '├─ @2 with a lock (1 own message)',
        '└─ * @2 without a lock (1 own message)',
      ].join('\n'),
    );
    await store.deleteSession(forks[0]?.id ?? '');
    expect(await store.visualizeSessionTree(parent.id)).toBe(
      ['* Login race (2 messages)', '└─ @2 without a lock (1 own message)'].join('\n'),
    );
    await expect(store.visualizeSessionTree('nobody')).rejects.toMatchObject({ code: 'not-found' });
  });
});
