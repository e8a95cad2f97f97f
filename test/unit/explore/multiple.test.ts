/** What other extensions may have explored: only what the person was shown and said yes to. */
import { describe, expect, it } from 'vitest';
import type { ExploringApi } from '../../../src/core/api.ts';
import type { Strategy } from '../../../src/core/strategy.ts';
import { exploringApi, type ExploreOrder } from '../../../src/explore/multiple.ts';
import { model, once, opened, other } from './support/openExplorer.ts';
import { says } from './support/scriptedModels.ts';

async function asked(answer: (order: ExploreOrder) => boolean) {
  const all = await opened(() => says('done'));
  const orders: ExploreOrder[] = [];
  const api: ExploringApi = exploringApi({
    explorer: () => Promise.resolve(all.explorer),
    listStrategies: () => Promise.resolve([once]),
    listModels: () => Promise.resolve([model, other]),
    mayExplore: (order) => {
      orders.push(order);
      return Promise.resolve(answer(order));
    },
  });
  return { ...all, api, orders };
}

describe('another extension', () => {
  it('has the person told of every model, also of those that steps name', async () => {
    const { api, root, orders, models } = await asked(() => false);
    const steps = [...once.steps, { name: 'judge', prompt: 'Judge.', model: other.id }];
    const strategies = ['once', { ...once, id: 'sly', steps }];
    const options = { question: 'And?', models: [model.id], budget: { tokens: 10 } };
    await expect(api.exploreMultipleStrategies(root, 1, strategies, options)).rejects.toThrow(
      expect.objectContaining({ code: 'cancelled' }),
    );
    expect(orders).toMatchObject([
      { forks: 2, requests: 3, models: [model, other], budget: { tokens: 10 } },
    ]);
    expect(models.asked).toEqual([]);
  });

  it('cannot change what was asked for while the person reads it', async () => {
    const steps = [{ name: 'answer', prompt: 'Short.' }];
    const options = { question: 'And?', budget: { tokens: 100_000 } };
    const { api, root, explorer, models, store } = await asked(() => {
      steps.push({ name: 'more', prompt: 'And more.' });
      options.budget.tokens = 1e9;
      return true;
    });
    const strategy = { ...once, id: 'sly', steps };
    const { explorationId } = await api.exploreMultipleStrategies(root, 1, [strategy], options);
    expect(explorer.live.size).toBe(0);
    expect(models.asked).toHaveLength(1);
    expect((await store.getExploration(explorationId))?.budget).toEqual({ tokens: 100_000 });
  });

  it('is told what is no strategy, and what is no model', async () => {
    const { api, root, orders } = await asked(() => true);
    const explore = (steps: unknown) => {
      // As JavaScript may call it.
      const strategy = { ...once, steps } as Strategy;
      return api.exploreMultipleStrategies(root, 1, [strategy], { question: 'And?' });
    };
    await expect(explore(undefined)).rejects.toThrow(
      expect.objectContaining({ code: 'bad-request' }),
    );
    await expect(explore([{ ...once.steps[0], model: 'no/such' }])).rejects.toThrow('no/such');
    expect(orders).toEqual([]);
  });
});
