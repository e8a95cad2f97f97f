/** Runs whose store goes away, and runs whose window does. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import { createExplorer } from '../../../src/explore/explorer.ts';
import type { ExploreStore } from '../../../src/explore/reports.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { until } from '../server/support/wait.ts';
import { ended, endOf, model, once, opened, own, twice } from './support/openExplorer.ts';
import { hangs, MovedClock, says, ScriptedModels, USED } from './support/scriptedModels.ts';

describe('a store that goes away', () => {
  /** Fails some reports, before or after they were taken in. */
  function shaky(fails: (nth: number, when: 'before' | 'after') => boolean) {
    return (store: LocalStore): ExploreStore => {
      let nth = 0;
      const gone = (): never => {
        throw new MultipathError('unavailable', 'The session server does not answer.');
      };
      return {
        ...store,
        noteRun: async (id, changes) => {
          const now = nth++;
          if (fails(now, 'before')) gone();
          const run = await store.noteRun(id, changes);
          if (fails(now, 'after')) gone();
          return run;
        },
      };
    };
  }

  it('loses no answer and doubles none, whether it took it in or not', async () => {
    for (const when of ['before', 'after'] as const) {
      // The report of the first answer, three times.
      const all = await opened(
        ({ nth }) => says(`answer ${nth}`),
        shaky((nth, at) => at === when && nth >= 1 && nth <= 3),
      );
      const { runs } = await all.explore([twice]);
      const over = ended(all, runs);
      const isOver = endOf(over);
      for (let nth = 0; nth < 50 && !isOver(); nth++) {
        await until(
          'a wait or the end',
          () => isOver() || all.clock.sleeping.some((ms) => ms < 9_000),
        );
        all.clock.move(8_000);
      }
      const [done] = await over;
      expect(done).toMatchObject({ state: 'done', step: 2 });
      expect(await own(all.store, done?.sessionId ?? '')).toEqual([
        'First: Which lock?',
        'answer 0',
        'Second, after «answer 0»',
        'answer 1',
      ]);
      expect(all.models.asked).toHaveLength(2);
      expect(done?.tokens.input).toBe(2 * USED.input);
    }
  });

  it('and is opened anew meanwhile goes on with what it has', async () => {
    let open: LocalStore | undefined;
    const all = await opened(
      ({ nth }) => says(`answer ${nth}`),
      (store) => {
        open = store;
        const call =
          (name: keyof ExploreStore) =>
          (...args: readonly unknown[]) => {
            if (!open) throw new MultipathError('unavailable', 'The session server is starting.');
            // The same arguments for the same method of another store.
            return (open[name] as (...given: readonly unknown[]) => Promise<unknown>)(...args);
          };
        const names = [
          ...['startExploration', 'getRuns', 'getExploration', 'getSession', 'readMessages'],
          ...['readMessage', 'claimRuns', 'noteRun', 'renewRuns', 'readContext'],
        ] as (keyof ExploreStore)[];
        const calls = Object.fromEntries(
          names.map((name) => [name, async (...args: readonly unknown[]) => call(name)(...args)]),
        );
        return { ...calls, onDidChange: () => () => undefined } as unknown as ExploreStore;
      },
    );
    let answered = (): void => undefined;
    const gate = new Promise<void>((resolve) => (answered = resolve));
    all.models.script = async function* ({ nth }) {
      yield { type: 'text', text: `answer ${nth}` };
      if (nth === 0) await gate;
      yield { type: 'usage', tokens: USED };
    };
    const { runs } = await all.explore([twice]);
    await until('a first word', () => all.events.some(({ type }) => type === 'text'));
    open = undefined;
    await all.home.close();
    answered();
    await until('a wait for the store', () => all.clock.sleeping.some((ms) => ms <= 500));
    all.clock.move(500);
    open = await all.home.open();
    const over = ended(all, runs);
    const isOver = endOf(over);
    for (let nth = 0; nth < 50 && !isOver(); nth++) {
      await until(
        'a wait or the end',
        () => isOver() || all.clock.sleeping.some((ms) => ms < 9_000),
      );
      all.clock.move(8_000);
    }
    expect(await over).toMatchObject([{ state: 'done', step: 2 }]);
    expect(await own(open, runs[0]?.sessionId ?? '')).toEqual([
      'First: Which lock?',
      'answer 0',
      'Second, after «answer 0»',
      'answer 1',
    ]);
    expect(all.models.asked).toHaveLength(2);
  });

  it('has all that arrived once it is told, a second at a time', async () => {
    const all = await opened(({ signal }) => hangs(signal, 'one ', 'two ', 'three'));
    const { runs } = await all.explore([once]);
    await until('all to arrive', () => all.events.filter((e) => e.type === 'text').length === 3);
    expect((await all.store.getRuns({}))[0]?.partial).toBe('');
    all.clock.move(1_000);
    let partial = '';
    await until('a second', () => {
      void all.store.getRuns({}).then(([run]) => (partial = run?.partial ?? ''));
      return partial === 'one two three';
    });
    all.explorer.cancel(runs.map(({ id }) => id));
    expect(await ended(all, runs)).toMatchObject([{ partial: 'one two three' }]);
  });

  it('has its runs cancelled from another window, with what had arrived, and retried there', async () => {
    const all = await opened(({ signal }) => hangs(signal, 'one ', 'two'));
    const { runs } = await all.explore([once, twice], [model], { runsAtOnce: 1 });
    await until('what arrives', () => all.events.filter((e) => e.type === 'text').length === 2);
    const ids = runs.map(({ id }) => id);
    await all.store.cancelRuns(ids);
    expect(await ended(all, runs)).toMatchObject([
      { state: 'cancelled', failure: 'cancelled', partial: 'one two', attempt: 1 },
      { state: 'cancelled', failure: 'cancelled', partial: '' },
    ]);
    expect(all.models.asked).toHaveLength(1);
    const models = new ScriptedModels(() => says('whole'));
    const elsewhere = createExplorer({ store: all.store, models, clock: new MovedClock() });
    onTestFinished(() => elsewhere.dispose());
    await elsewhere.retry(ids);
    expect(await elsewhere.finished(ids)).toMatchObject([{ state: 'done' }, { state: 'done' }]);
  });

  it('hears from the store that a run is to end, where it was away when that was asked', async () => {
    const all = await opened(
      ({ signal }) => hangs(signal, 'one'),
      (store) => ({ ...store, onDidChange: () => () => undefined }),
    );
    const { runs } = await all.explore([once]);
    await until('a word', () => all.events.some(({ type }) => type === 'text'));
    await all.store.cancelRuns(runs.map(({ id }) => id));
    all.clock.move(1_000);
    expect(await ended(all, runs)).toMatchObject([{ state: 'cancelled', partial: 'one' }]);
  });

  it('finds the runs of a closed window interrupted, for another one to go on with', async () => {
    const all = await opened(({ signal, nth }) => (nth === 0 ? says('one') : hangs(signal, 'tw')));
    const { runs } = await all.explore([twice, once], [model], { runsAtOnce: 1 });
    await until('the second step', () =>
      all.events.some((event) => event.type === 'text' && event.step === 1),
    );
    await all.explorer.dispose();
    expect(await all.store.getRuns({})).toMatchObject([
      { state: 'interrupted', step: 1, partial: 'tw' },
      { state: 'interrupted', step: 0, partial: '' },
    ]);
    const models = new ScriptedModels(({ request }) =>
      says(`after ${String(request.messages.at(-1)?.text.includes('«one»'))}`),
    );
    const elsewhere = createExplorer({ store: all.store, models, clock: new MovedClock() });
    onTestFinished(() => elsewhere.dispose());
    await elsewhere.retry(runs.map(({ id }) => id));
    const done = await elsewhere.finished(runs.map(({ id }) => id));
    expect(done.map(({ state }) => state)).toEqual(['done', 'done']);
    expect((await own(all.store, done[0]?.sessionId ?? '')).at(-1)).toBe('after true');
    await expect(all.explorer.retry([])).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('hears of the window while something runs, and no longer', async () => {
    const renewed: string[] = [];
    const all = await opened(
      ({ signal }) => hangs(signal),
      (store) => ({
        ...store,
        renewRuns: (runner) => {
          renewed.push(runner);
          return store.renewRuns(runner);
        },
      }),
    );
    const { runs } = await all.explore([once]);
    for (let nth = 1; nth <= 3; nth++) {
      await until('the next word', () => all.clock.sleeping.includes(10_000));
      all.clock.move(10_000);
      await until('a word', () => renewed.length === nth);
    }
    all.explorer.cancel(runs.map(({ id }) => id));
    await ended(all, runs);
    expect(new Set(renewed)).toEqual(new Set(runs.map(({ runner }) => runner)));
    expect(all.clock.sleeping).toEqual([]);
  });
});
