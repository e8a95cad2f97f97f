/** An explorer over a real store, with a conversation to explore from. */
import { onTestFinished } from 'vitest';
import type { ExplorationBudget, ExploreEvent, Run } from '../../../../src/core/exploration.ts';
import { textOf } from '../../../../src/core/message.ts';
import type { ModelInfo } from '../../../../src/core/models.ts';
import type { Strategy } from '../../../../src/core/strategy.ts';
import { createExplorer } from '../../../../src/explore/explorer.ts';
import type { ExploreStore } from '../../../../src/explore/reports.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { StoreFolder } from '../../store/support/openStore.ts';
import { MovedClock, ScriptedModels, type Script } from './scriptedModels.ts';

export const model: ModelInfo = { id: 'test/gpt-5', name: 'GPT', provider: 'openai' };
export const other: ModelInfo = {
  id: 'test/claude-sonnet-4-5',
  name: 'Claude',
  provider: 'anthropic',
};
export const once: Strategy = {
  id: 'once',
  name: 'Once',
  description: '',
  steps: [{ name: 'answer', prompt: '{{question}}' }],
};
export const twice: Strategy = {
  id: 'twice',
  name: 'Twice',
  description: '',
  steps: [
    { name: 'first', prompt: 'First: {{question}}' },
    { name: 'second', prompt: 'Second, after «{{previous}}»', context: 'conversation' },
  ],
};

export async function opened(script: Script, wrap: (store: LocalStore) => ExploreStore = (s) => s) {
  const home = new StoreFolder();
  const store = await home.open();
  const { id: root } = await store.createSession({ title: 'Locks' });
  await store.appendMessages(root, [
    { role: 'user', text: 'The lock is slow. {{question}} {{previous}}' },
    { role: 'assistant', text: 'Which one?' },
    { role: 'user', text: 'not part of it' },
  ]);
  const models = new ScriptedModels(script);
  const clock = new MovedClock();
  const problems: unknown[] = [];
  const explorer = createExplorer({
    store: wrap(store),
    models,
    clock,
    report: (error) => problems.push(error),
  });
  onTestFinished(() => explorer.dispose());
  const events: ExploreEvent[] = [];
  explorer.onDidChange((event) => events.push(event));
  const explore = (
    strategies: readonly Strategy[],
    asked: readonly ModelInfo[] = [model],
    budget?: ExplorationBudget,
  ) =>
    explorer.explore(root, 1, strategies, {
      question: 'Which lock?',
      models: asked,
      ...(budget && { budget }),
    });
  return { home, store, root, models, clock, explorer, events, explore, problems };
}

export async function ended(
  { explorer }: { explorer: ReturnType<typeof createExplorer> },
  runs: readonly Run[],
): Promise<readonly Run[]> {
  return explorer.finished(runs.map(({ id }) => id));
}

export function endOf(promise: Promise<unknown>): () => boolean {
  let isOver = false;
  void promise.then(() => (isOver = true));
  return () => isOver;
}

export async function own(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 100 });
  return messages.filter(({ inherited }) => !inherited).map((message) => textOf(message));
}
