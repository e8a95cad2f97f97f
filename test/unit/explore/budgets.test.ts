/** What ends runs before they are done: tokens, dollars and time. */
import { describe, expect, it } from 'vitest';
import { ModelError, type ModelPart } from '../../../src/core/models.ts';
import { until } from '../server/support/wait.ts';
import { ended, model, once, opened, other, twice } from './support/openExplorer.ts';
import { breaks, hangs, says, USED } from './support/scriptedModels.ts';

describe('a budget', () => {
  it('of tokens ends what is under way and what waits, and a retry has it anew', async () => {
    const all = await opened(({ nth }) => says(`answer ${nth}`));
    const { runs } = await all.explore([twice, once], [model], { tokens: 150, runsAtOnce: 1 });
    const [first, second] = await ended(all, runs);
    expect(first).toMatchObject({ state: 'cancelled', failure: 'budget', step: 1 });
    expect(first?.error).toContain('150 tokens');
    expect(second).toMatchObject({ state: 'cancelled', failure: 'budget', step: 0 });
  });

  it('is not taken by what failed without having taken anything', async () => {
    const all = await opened(({ modelId }) =>
      modelId === model.id ? breaks(new ModelError('unauthorized', 'No key.')) : says('done'),
    );
    const { id } = await all.store.createSession({});
    await all.store.appendMessages(id, [{ role: 'user', text: 'word '.repeat(400) }]);
    const { runs } = await all.explorer.explore(id, 0, [once], {
      question: 'And?',
      models: [model, other],
      budget: { runsAtOnce: 1, tokens: 1_000 },
    });
    const [failed, done] = await ended(all, runs);
    expect(failed?.context?.tokens).toBeGreaterThan(500);
    expect(failed).toMatchObject({ state: 'failed', tokens: { input: 0 } });
    expect(done).toMatchObject({ state: 'done' });
  });

  it('counts what a model thinks before it says a word', async () => {
    async function* thinks(): AsyncGenerator<ModelPart> {
      for (let nth = 0; nth < 100; nth++) {
        await Promise.resolve();
        yield { type: 'thinking', text: 'x'.repeat(400) };
      }
      yield { type: 'text', text: 'never said' };
    }
    const all = await opened(thinks);
    const { runs } = await all.explore([once], [model], { tokens: 1_000 });
    const [run] = await ended(all, runs);
    expect(run).toMatchObject({ state: 'cancelled', failure: 'budget', tokensEstimated: true });
    expect(run?.tokens.output).toBeGreaterThan(500);
    expect(run?.tokens.output).toBeLessThan(2_000);
  });

  it('of dollars is seen when an answer is there', async () => {
    async function* dear(): AsyncGenerator<ModelPart> {
      await Promise.resolve();
      yield { type: 'text', text: 'short' };
      yield { type: 'usage', tokens: { ...USED, output: 1_000 } };
    }
    const all = await opened(dear);
    const { runs } = await all.explore([twice, once], [model], { usd: 0.005, runsAtOnce: 1 });
    const states = (await ended(all, runs)).map(({ state, failure, step }) => [
      state,
      failure,
      step,
    ]);
    expect(states).toEqual([
      ['cancelled', 'budget', 1],
      ['cancelled', 'budget', 0],
    ]);
    expect(all.models.asked).toHaveLength(1);
    all.models.script = () => says('later');
    await all.explorer.retry(runs.map(({ id }) => id).slice(1));
    expect(await ended(all, runs.slice(1))).toMatchObject([{ state: 'done' }]);
  });

  it('of dollars ends a long answer while it comes, by what it may have cost so far', async () => {
    let pieces = 0;
    async function* long(): AsyncGenerator<ModelPart> {
      for (; pieces < 1_000; pieces++) {
        await Promise.resolve();
        yield { type: 'text', text: 'x'.repeat(400) };
      }
    }
    const all = await opened(long);
    const { runs } = await all.explore([once, twice], [model], { usd: 0.01, runsAtOnce: 1 });
    const [run, next] = await ended(all, runs);
    // 100 tokens a piece, $10 a million: ten of them, and the question.
    expect(pieces).toBeLessThan(12);
    expect(run).toMatchObject({ state: 'cancelled', failure: 'budget', tokensEstimated: true });
    expect(run?.error).toMatch(/^The budget of \$0\.01 is used up \(about \$0\.01/);
    expect(run?.cost).toBeGreaterThanOrEqual(0.0095);
    expect(run?.cost).toBeLessThan(0.012);
    expect(run?.partial.length).toBeGreaterThan(3_000);
    expect(next).toMatchObject({ state: 'cancelled', failure: 'budget', partial: '' });
    expect(all.models.asked).toHaveLength(1);
  });

  it('of dollars counts the question before it is sent, and where no answer came', async () => {
    const all = await opened(({ signal }) => hangs(signal));
    const { runs: dear } = await all.explore([once], [model], { usd: 0.000_01 });
    expect(await ended(all, dear)).toMatchObject([
      { state: 'cancelled', failure: 'budget', tokens: { input: 0, output: 0 } },
    ]);
    expect(all.models.asked).toHaveLength(0);
    // Of a model without a known price dollars say nothing.
    const unknown = { ...model, id: 'test/nobody-knows', provider: 'nobody' };
    const { runs } = await all.explore([once], [unknown], { usd: 0.000_01 });
    await until('the question', () => all.models.asked.length === 1);
    all.explorer.cancel(runs.map(({ id }) => id));
    const [run] = await ended(all, runs);
    expect(run).toMatchObject({ state: 'cancelled', tokensEstimated: true });
    expect(run?.tokens).toMatchObject({ input: run?.context?.tokens, output: 0 });
  });

  it('of time is over in that time, also where the clock is set back or a timer comes too early', async () => {
    const all = await opened(({ signal }) => hangs(signal, 'slowly'));
    const { runs } = await all.explore([once], [model], { milliseconds: 60_000 });
    await until('the clock', () => all.clock.sleeping.includes(60_000));
    all.clock.time -= 3_600_000;
    all.clock.move(59_999.5, 1);
    await until('the clock to be looked at again', () => all.clock.sleeping.includes(0.5));
    all.clock.move(1);
    expect(await ended(all, runs)).toMatchObject([{ state: 'cancelled', failure: 'budget' }]);
  });

  it('of time cancels what is still coming, and keeps it', async () => {
    const all = await opened(({ signal }) => hangs(signal, 'slowly'));
    const { runs } = await all.explore([once], [model, other], {
      milliseconds: 60_000,
      runsAtOnce: 1,
    });
    await until('something to arrive', () => all.events.some(({ type }) => type === 'text'));
    await until('the clock', () => all.clock.sleeping.includes(60_000));
    all.clock.move(60_000);
    expect(await ended(all, runs)).toMatchObject([
      { state: 'cancelled', failure: 'budget', partial: 'slowly' },
      { state: 'cancelled', failure: 'budget', partial: '' },
    ]);
    expect(all.models.asked).toHaveLength(1);
  });
});
