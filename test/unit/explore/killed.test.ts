/** Runs over the servers that ship, killed while an answer comes: what had arrived, once, and no more. */
import { expect, it, onTestFinished } from 'vitest';
import type { ExploreEvent, Explorer, Run } from '../../../src/core/exploration.ts';
import { textOf } from '../../../src/core/message.ts';
import { ModelError, type ModelPart } from '../../../src/core/models.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { createExplorer } from '../../../src/explore/explorer.ts';
import { serverScript } from '../../support/serverFolder.ts';
import { ownFolder } from '../server/support/ownFolder.ts';
import { killServers, startServer } from '../server/support/startServer.ts';
import { until } from '../server/support/wait.ts';
import { model, twice } from './support/openExplorer.ts';
import { says, ScriptedModels } from './support/scriptedModels.ts';

const folder = ownFolder();

const start = () => startServer(folder.path, {}, serverScript());

/** A model whose second answer comes piece by piece, as the test says, and breaks off at the end. */
class Line {
  readonly #pieces: string[] = [];
  #wake = (): void => undefined;
  #isCut = false;
  said = '';

  readonly models = new ScriptedModels(({ nth }) => (nth === 0 ? says('one') : this.#stream()));

  say(piece: string): void {
    this.said += piece;
    this.#pieces.push(piece);
    this.#wake();
  }

  cut(): void {
    this.#isCut = true;
    this.#wake();
  }

  async *#stream(): AsyncGenerator<ModelPart> {
    for (;;) {
      const text = this.#pieces.shift();
      if (text !== undefined) yield { type: 'text', text };
      else if (this.#isCut) throw new ModelError('cut-off', 'The line broke.');
      else await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }
}

function explorerOver(store: SessionStore, models: ScriptedModels): Explorer {
  const explorer = createExplorer({ store, models });
  onTestFinished(() => explorer.dispose());
  return explorer;
}

async function explored(store: SessionStore, explorer: Explorer): Promise<Run> {
  const { id } = await store.createSession({ title: 'Locks' });
  await store.appendMessages(id, [{ role: 'user', text: 'The lock is slow.' }]);
  const { runs } = await explorer.explore(id, 0, [twice], {
    question: 'Which lock?',
    models: [model],
  });
  const [run] = runs;
  if (!run) throw new Error('A run was asked for.');
  return run;
}

async function runIn(store: SessionStore, id: string): Promise<Run> {
  const [run] = await store.getRuns({ ids: [id] });
  if (!run) throw new Error('The run is gone.');
  return run;
}

/** Says pieces until the store has the latest of them, some of them at least. */
async function sayUntilKept(line: Line, store: SessionStore, runId: string): Promise<string> {
  const before = line.said.length;
  return until('a piece in the store', async () => {
    line.say(`${line.said.length} `);
    const { partial } = await runIn(store, runId);
    return partial.length > before && partial;
  });
}

const texts = async (store: SessionStore, id: string): Promise<string[]> =>
  (await store.readMessages(id, { start: 0, end: 100 })).messages.map(textOf);

const WHOLE = [
  'The lock is slow.',
  'First: Which lock?',
  'one',
  'Second, after «one»',
  'two, whole',
];

it('an answer goes on over the death of the owner, and is there once when it is broken off', async () => {
  const owner = await start();
  const here = await start();
  const line = new Line();
  const explorer = explorerOver(here.store, line.models);
  const events: ExploreEvent[] = [];
  explorer.onDidChange((event) => events.push(event));
  const { id, sessionId } = await explored(here.store, explorer);
  await sayUntilKept(line, here.store, id);
  owner.kill('SIGKILL');
  line.say('while nobody owns the store, ');
  await sayUntilKept(line, here.store, id);
  expect((await here.store.getStatus()).role).toBe('owner');
  line.cut();
  const [failed] = await explorer.finished([id]);
  expect(failed).toMatchObject({ state: 'failed', failure: 'cut-off', step: 1 });
  expect(failed?.partial).toBe(line.said);
  expect(failed?.error).toBe('The line broke.');

  // Another window sees the same, and goes on after this one's server was killed as well.
  const there = await start();
  expect((await runIn(there.store, id)).partial).toBe(line.said);
  here.kill('SIGKILL');
  const models = new ScriptedModels(() => says('two, ', 'whole'));
  const elsewhere = explorerOver(there.store, models);
  await elsewhere.retry([id]);
  expect(await elsewhere.finished([id])).toMatchObject([{ state: 'done', step: 2, attempt: 2 }]);
  expect(models.asked).toHaveLength(1);
  expect(await texts(there.store, sessionId)).toEqual(WHOLE);

  await killServers();
  const later = await start();
  expect(await texts(later.store, sessionId)).toEqual(WHOLE);
  expect(await runIn(later.store, id)).toMatchObject({ state: 'done', partial: '' });
}, 60_000);

it('what the store had taken in is there after a window died with its server, as far as it came', async () => {
  const owner = await start();
  const line = new Line();
  const explorer = explorerOver(owner.store, line.models);
  const { id, sessionId } = await explored(owner.store, explorer);
  const kept = await sayUntilKept(line, owner.store, id);
  owner.kill('SIGKILL');
  const there = await start();
  const run = await runIn(there.store, id);
  expect(run).toMatchObject({ state: 'running', step: 1 });
  expect(run.partial.startsWith(kept)).toBe(true);
  expect(line.said.startsWith(run.partial)).toBe(true);
  expect(await texts(there.store, sessionId)).toEqual(WHOLE.slice(0, 3));
  // Nobody else may have it while its window may come back.
  const models = new ScriptedModels(() => says('two, whole'));
  const elsewhere = explorerOver(there.store, models);
  await expect(elsewhere.retry([id])).rejects.toMatchObject({ code: 'conflict' });
  expect(models.asked).toHaveLength(0);
}, 60_000);
