/** Runs of a window over a real store, with models that say what they are told to. */
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { ModelError, type ModelPart } from '../../../src/core/models.ts';
import { BUILT_IN_STRATEGIES } from '../../../src/core/strategies.ts';
import { runChanges } from '../../../src/protocol/exploreParams.ts';
import { until } from '../server/support/wait.ts';
import { ended, endOf, model, once, opened, other, own, twice } from './support/openExplorer.ts';
import { breaks, hangs, says, USED } from './support/scriptedModels.ts';

describe('an exploration', () => {
  it('runs each strategy with each model in a fork of its own, and keeps whole answers', async () => {
    const all = await opened(({ modelId, nth }) => says(`${modelId} `, `says ${nth}`));
    const { store, explore, events, models } = all;
    const { runs } = await explore([once, twice], [model, other]);
    const done = await ended(all, runs);
    expect(done.map(({ state }) => state)).toEqual(['done', 'done', 'done', 'done']);
    for (const run of done) {
      const messages = await store.readMessages(run.sessionId, { start: 2, end: 10 });
      expect(messages.messages.map(({ role }) => role)).toEqual(
        run.strategyId === 'once'
          ? ['user', 'assistant']
          : ['user', 'assistant', 'user', 'assistant'],
      );
      const last = messages.messages.at(-1);
      expect(last).toMatchObject({
        model: run.model.id.slice('test/'.length),
        provider: run.model.provider,
        tokens: USED,
        metadata: { explore: { run: run.id, strategy: run.strategyId } },
      });
      expect((await store.getSession(run.sessionId))?.estimatedCost).toBe(run.cost);
      expect(run.cost).toBeGreaterThan(0);
    }
    const texts = events.filter((event) => event.type === 'text');
    for (const run of runs) {
      const said = texts.filter(({ runId, step }) => runId === run.id && step === 0);
      expect(said.map(({ at }) => at)).toEqual([0, said[0]?.text.length]);
    }
    // What the conversation says of placeholders is not one of them.
    for (const { request } of models.asked) {
      expect(request.messages[0]?.text).toContain('The lock is slow. {{question}} {{previous}}');
      expect(request.messages.map(({ role }) => role)).toEqual(
        request.messages.map((_, nth) => (nth % 2 === 0 ? 'user' : 'assistant')),
      );
      expect(JSON.stringify(request)).not.toContain('not part of it');
    }
  });

  it('shows each step what its strategy says, and no more', async () => {
    const all = await opened(({ nth }) => says(`answer ${nth}`));
    const dialectical = BUILT_IN_STRATEGIES.filter(({ id }) => id === 'dialectical');
    const { runs } = await all.explore(dialectical);
    await ended(all, runs);
    const [thesis, antithesis, synthesis] = all.models.asked.map(({ request }) => request);
    expect(thesis?.messages.at(-1)?.text).toContain('Which lock?');
    expect(antithesis?.messages.at(-1)?.text).toContain('answer 0');
    expect(antithesis?.messages).toHaveLength(thesis?.messages.length ?? 0);
    expect(synthesis?.messages.at(-1)?.text).toMatch(/answer 0[^]*answer 1/);

    const refining = BUILT_IN_STRATEGIES.filter(({ id }) => id === 'sequential-refinement');
    await ended(all, (await all.explore(refining)).runs);
    const last = all.models.asked.at(-1)?.request.messages ?? [];
    expect(last.map(({ role }) => role)).toEqual([
      ...['user', 'assistant', 'user', 'assistant', 'user', 'assistant', 'user'],
    ]);
  });

  it('has no more runs under way than it was given', async () => {
    const all = await opened(({ signal }) => hangs(signal, 'so far'));
    const { runs } = await all.explore([once], [model, other, { ...model, id: 'test/third' }], {
      runsAtOnce: 2,
    });
    await until('two to be asked', () => all.models.asked.length === 2);
    expect(all.explorer.live.size).toBe(3);
    const [first, , third] = runs.map(({ id }) => id);
    all.models.script = () => says('now');
    all.explorer.cancel([first ?? '']);
    await until('the third to be done', () => !all.explorer.live.has(third ?? ''));
    all.explorer.cancel(runs.map(({ id }) => id));
    const states = (await ended(all, runs)).map(({ state, partial }) => [state, partial]);
    expect(states).toEqual([
      ['cancelled', 'so far'],
      ['cancelled', 'so far'],
      ['done', ''],
    ]);
  });

  it('takes secrets out of all that is sent, and says how many', async () => {
    const token = `ghp_${'a1B2'.repeat(9)}`;
    const all = await opened(() => says(`use ${token}`));
    const { id } = await all.store.createSession({});
    await all.store.appendMessages(id, [{ role: 'user', text: `my token is ${token}` }]);
    const { runs } = await all.explorer.explore(id, 0, [twice], {
      question: `And ${token}?`,
      models: [model],
    });
    const [run] = await ended(all, runs);
    expect(JSON.stringify(all.models.asked.map(({ request }) => request))).not.toContain(token);
    expect(run?.context?.redacted).toEqual([{ kind: 'GitHub token', count: 2 }]);
    // What is the person's own stays as it is in their store.
    expect(await own(all.store, run?.sessionId ?? '')).toEqual([
      `First: And ${token}?`,
      `use ${token}`,
      `Second, after «use ${token}»`,
      `use ${token}`,
    ]);
  });
});

describe('a model that fails', () => {
  it('leaves what had arrived, and the run goes on with the step that is missing', async () => {
    const cut = new ModelError('cut-off', 'The answer is longer than the model may answer.');
    const all = await opened(({ nth }) =>
      nth === 1 ? breaks(cut, 'half ', 'way') : says('whole'),
    );
    const { runs } = await all.explore([twice]);
    const [failed] = await ended(all, runs);
    expect(failed).toMatchObject({
      state: 'failed',
      failure: 'cut-off',
      error: cut.message,
      partial: 'half way',
      step: 1,
      tokensEstimated: true,
    });
    const [claimed] = await all.explorer.retry(runs.map(({ id }) => id));
    expect(claimed?.state).toBe('queued');
    const [done] = await ended(all, runs);
    expect(done).toMatchObject({ state: 'done', attempt: 2, step: 2 });
    expect(all.models.asked).toHaveLength(3);
    expect(all.models.asked[2]?.request).toEqual(all.models.asked[1]?.request);
    expect(await own(all.store, done?.sessionId ?? '')).toEqual([
      'First: Which lock?',
      'whole',
      'Second, after «whole»',
      'whole',
    ]);
  });

  it('is waited for as long as it asks, a bounded number of times', async () => {
    const limited = new ModelError('rate-limited', 'Too fast.', { retryAfterMs: 7_000 });
    const all = await opened(({ nth }) => (nth < 2 ? breaks(limited) : says('at last')));
    const { runs } = await all.explore([once]);
    for (let nth = 1; nth <= 2; nth++) {
      await until('a wait', () => all.clock.sleeping.includes(7_000));
      expect(all.models.asked).toHaveLength(nth);
      const waits = all.events.filter(({ type }) => type === 'waiting');
      expect(waits.at(-1)).toMatchObject({ until: all.clock.time + 7_000 });
      all.clock.move(7_000);
    }
    expect(await ended(all, runs)).toMatchObject([{ state: 'done' }]);

    all.models.script = () => breaks(limited);
    const before = all.models.asked.length;
    const again = await all.explore([once]);
    const over = ended(all, again.runs);
    const isOver = endOf(over);
    for (let nth = 0; nth < 20 && !isOver(); nth++) {
      await until('a wait or the end', () => isOver() || all.clock.sleeping.includes(7_000));
      all.clock.move(7_000);
    }
    expect(await over).toMatchObject([{ state: 'failed', failure: 'rate-limited' }]);
    expect(all.models.asked.length - before).toBe(6);
  });

  it('is not waited for when it asks for too long, nor asked again once it has begun', async () => {
    const long = new ModelError('rate-limited', 'Tomorrow.', { retryAfterMs: 86_400_000 });
    const all = await opened(() => breaks(long));
    const first = await ended(all, (await all.explore([once])).runs);
    expect(first).toMatchObject([{ state: 'failed', failure: 'rate-limited', error: 'Tomorrow.' }]);
    const gone = new ModelError('unavailable', 'Gone.');
    all.models.script = () => breaks(gone, 'some');
    const second = await ended(all, (await all.explore([once])).runs);
    expect(second).toMatchObject([{ state: 'failed', failure: 'unavailable', partial: 'some' }]);
    expect(all.models.asked).toHaveLength(2);
  });

  it('and says that a question is too long is shown less of the conversation', async () => {
    const long = new ModelError('too-long', 'Too long.');
    const all = await opened(({ nth }) => (nth === 0 ? breaks(long) : says('fits')));
    const { id } = await all.store.createSession({});
    const words = Array.from({ length: 40 }, (_, nth) => ({
      role: nth % 2 === 0 ? ('user' as const) : ('assistant' as const),
      text: `${nth} ${'word '.repeat(400)}`,
    }));
    await all.store.appendMessages(id, words);
    const small = { ...model, maxInputTokens: 20_000, maxOutputTokens: 1_000 };
    const { runs } = await all.explorer.explore(id, 39, [once], {
      question: 'So?',
      models: [small],
    });
    const [run] = await ended(all, runs);
    expect(run?.state).toBe('done');
    const [first, second] = all.models.asked.map(({ request }) =>
      request.messages.reduce((sum, { text }) => sum + text.length, 0),
    );
    expect(second).toBeLessThan((first ?? 0) * 0.6);
    expect(run?.context?.leftOut.messages).toBeGreaterThan(10);
    expect(all.models.asked[1]?.request.messages[0]?.text).toContain('0 word');
    expect(all.models.asked[1]?.request.messages.at(-2)?.text).toContain('39 word');
  });

  it('for good is asked once for all runs that wait, with others of its endpoint, until a retry', async () => {
    let endpoint: { readonly endpoint?: string } = {};
    const all = await opened(() =>
      breaks(new ModelError('unauthorized', 'Set the key.', endpoint)),
    );
    const strategies = [once, twice, { ...once, id: 'again' }];
    const budget = { runsAtOnce: 1 };
    const first = await all.explore(strategies, [model, other], budget);
    const failed = await ended(all, first.runs);
    // Another model of the same endpoint may be allowed.
    expect(all.models.asked.map(({ modelId }) => modelId).sort()).toEqual([other.id, model.id]);
    expect(failed.map(({ failure }) => failure)).toEqual(Array(6).fill('unauthorized'));
    expect(failed.map(({ error }) => error)).toEqual(Array(6).fill('Set the key.'));

    endpoint = { endpoint: 'test' };
    all.models.asked.length = 0;
    const second = await all.explore(strategies, [model, other], budget);
    await ended(all, second.runs);
    expect(all.models.asked).toHaveLength(1);

    all.models.script = () => says('Allowed now.');
    const [any] = failed;
    const again = await all.explorer.retry([any?.id ?? '']);
    expect((await ended(all, again)).map(({ state }) => state)).toEqual(['done']);
  });

  it('that answers with nothing, or is silent for too long, has failed', async () => {
    const all = await opened(() => says('  '));
    const empty = await ended(all, (await all.explore([once])).runs);
    expect(empty).toMatchObject([{ state: 'failed', failure: 'cut-off' }]);
    all.models.script = ({ signal }) => hangs(signal, 'and then');
    const { runs } = await all.explore([once]);
    await until('something to arrive', () =>
      all.events.some((event) => event.type === 'text' && event.text === 'and then'),
    );
    await until('its silence', () => all.clock.sleeping.includes(300_000));
    all.clock.move(300_000);
    expect(await ended(all, runs)).toMatchObject([
      { state: 'failed', failure: 'unavailable', partial: 'and then' },
    ]);
    expect(all.models.asked.at(-1)?.signal.aborted).toBe(true);
  });

  it('that a step names is asked in that step, and missed where it is not there', async () => {
    const all = await opened(({ modelId }) => says(modelId));
    all.models.models = [other];
    const steps = [...once.steps, { name: 'judge', prompt: '{{previous}}?', model: other.id }];
    const asks = { ...once, id: 'asks', steps };
    const [done] = await ended(all, (await all.explore([asks])).runs);
    expect(done?.state).toBe('done');
    expect(all.models.asked.map(({ modelId }) => modelId)).toEqual([model.id, other.id]);
    all.models.models = [];
    const [failed] = await ended(all, (await all.explore([asks])).runs);
    expect(failed).toMatchObject({ state: 'failed', failure: 'not-found', step: 1 });
    expect(failed?.error).toContain(other.id);
  });
});

it('is asked no further for a fork that was deleted', async () => {
  const all = await opened(({ signal }) => hangs(signal, 'so far'));
  const { runs } = await all.explore([once], [model, other]);
  await until('both to be asked', () => all.models.asked.length === 2);
  const [first, second] = runs;
  await all.store.deleteSession(first?.sessionId ?? '');
  await until('it to end', () => !all.explorer.live.has(first?.id ?? ''));
  expect([...all.explorer.live]).toEqual([second?.id]);
  const [run] = await all.store.getRuns({ ids: [first?.id ?? ''] });
  expect(run).toMatchObject({ state: 'cancelled', partial: 'so far' });
});

it('that is retried twice at once is asked once', async () => {
  const all = await opened(() => breaks(new ModelError('cut-off', 'Broken off.')));
  const { runs } = await all.explore([once]);
  await ended(all, runs);
  const ids = runs.map(({ id }) => id);
  all.models.script = () => says('whole');
  await Promise.all([all.explorer.retry(ids), all.explorer.retry(ids)]);
  expect(await ended(all, runs)).toMatchObject([{ state: 'done' }]);
  expect(all.models.asked).toHaveLength(2);
});

it('keeps an answer whose source counts what cannot be', async () => {
  async function* odd(): AsyncGenerator<ModelPart> {
    await Promise.resolve();
    yield { type: 'text', text: 'done' };
    yield {
      type: 'usage',
      tokens: { input: -5, output: 99.5, cacheRead: 0, cacheWrite: 0 },
    };
  }
  const all = await opened(odd, (store) => ({
    ...store,
    noteRun: (id, changes) => store.noteRun(id, v.parse(runChanges, changes)),
  }));
  all.models.countTokens = () => Promise.resolve(12.5);
  const [run] = await ended(all, (await all.explore([once])).runs);
  expect(run).toMatchObject({
    state: 'done',
    tokens: { input: 0, output: 100, cacheRead: 0, cacheWrite: 0 },
    context: { tokens: 13 },
  });
});
