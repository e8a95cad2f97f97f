/** What the steps of exploring say while they are asked. */
import { expect, it } from 'vitest';
import { BUILT_IN_STRATEGIES } from '../../../src/core/strategies.ts';
import { pickExploration } from '../../../src/ui/explore/explorePicker.ts';
import { quickPicks } from '../support/vscode.ts';

it('says in full what keeps an endpoint from giving models, where models are chosen', async () => {
  const problem = `“ollama” does not answer at http://127.0.0.1:11434/v1. ${'Is it running? '.repeat(8)}`;
  const plan = pickExploration({
    memento: { get: () => undefined, update: () => Promise.resolve() },
    strategies: BUILT_IN_STRATEGIES,
    strategyProblems: [],
    models: [{ id: 'local/steady', name: 'steady', provider: 'local' }],
    modelProblems: [problem],
    question: '',
    where: 'here',
    measure: () => Promise.reject(new Error('not asked')),
  });
  const [strategies] = quickPicks.splice(0);
  expect(strategies).not.toHaveProperty('prompt');
  strategies?.accept(strategies.items[0]);
  await expect.poll(() => quickPicks.length).toBe(1);
  const [models] = quickPicks.splice(0);
  expect(models).toHaveProperty('prompt', problem.trim());
  models?.hide();
  expect(await plan).toBeUndefined();
});
