/** What a judge's command shows of what models say. */
import { commands, window, workspace } from 'vscode';
import { expect, it, vi } from 'vitest';
import type { ModelClient } from '../../../src/core/models.ts';
import { answerPicks } from '../support/vscode.ts';
import { registerModelJudging } from '../../../src/ui/commands/modelJudging.ts';

it('shows what a model said in place of a verdict as text, and no link of it', async () => {
  const models: ModelClient & { readonly problems: readonly string[] } = {
    problems: [],
    listModels: () =>
      Promise.resolve([{ id: 'x/m', name: '$(zap) [M](command:y)', provider: 'x' }]),
    countTokens: () => Promise.resolve(1),
    ask: async function* () {
      await Promise.resolve();
      yield { type: 'text', text: '[Retry](command:workbench.action.quit) to go on' };
    },
  };
  const store = {
    compareSessions: () => Promise.resolve({ sharedCount: 0 }),
    readContext: () => Promise.resolve({ messages: [{ role: 'user', text: 'hello' }], report: {} }),
  };
  const shown: unknown[] = [];
  const spies = [
    vi.spyOn(window, 'showErrorMessage').mockImplementation((...said: unknown[]) => {
      shown.push(said[0]);
      return Promise.resolve(undefined);
    }),
  ];
  Object.assign(workspace, { isTrusted: true });
  const answers = answerPicks<{ label: string }>((items) => {
    shown.push(items[0]?.label);
    return items[0];
  });
  const services = { log: window.createOutputChannel('x'), store, view: { selectedSessions: [] } };
  const command = registerModelJudging(
    // What judging does not touch is not played.
    services as unknown as Parameters<typeof registerModelJudging>[0],
    models,
  );
  await commands.executeCommand('multipath.judgeBranches', ['a', 'b']);
  expect(shown).toHaveLength(2);
  expect(shown[1]).toContain('[Retry]');
  for (const text of shown) expect(text).not.toMatch(/\]\(|\$\(/);
  for (const spy of spies) spy.mockRestore();
  answers.dispose();
  Reflect.deleteProperty(workspace, 'isTrusted');
  command.dispose();
});

it.each([
  ['in Restricted Mode', false, 'Restricted Mode'],
  ['without a model', true, 'No model can be asked. “dead” does not answer.'],
])('says %s what to do', async (_, isTrusted, words) => {
  const said: unknown[] = [];
  Object.assign(workspace, { isTrusted });
  Object.assign(window, {
    showWarningMessage: (...all: unknown[]) => {
      said.push(...all);
      return Promise.resolve(undefined);
    },
  });
  const models = { listModels: () => Promise.resolve([]), problems: ['“dead” does not answer.'] };
  const command = registerModelJudging(
    // What asking for models does not touch is not played.
    {
      log: window.createOutputChannel('x'),
      view: { selectedSessions: [] },
    } as unknown as Parameters<typeof registerModelJudging>[0],
    models as unknown as Parameters<typeof registerModelJudging>[1],
  );
  await commands.executeCommand('multipath.judgeBranches', ['a', 'b']);
  expect(said[0]).toContain(words);
  expect(said.length).toBeGreaterThan(1);
  Reflect.deleteProperty(window, 'showWarningMessage');
  Reflect.deleteProperty(workspace, 'isTrusted');
  command.dispose();
});
