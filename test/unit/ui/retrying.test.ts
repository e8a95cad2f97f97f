/** Who is asked before a run goes on, which costs: everybody but the person in our own tree and panels. */
import { commands, window, workspace } from 'vscode';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Run } from '../../../src/core/exploration.ts';
import { registerExploring } from '../../../src/ui/commands/exploring.ts';
import type { Disposable } from '../../../src/ui/disposable.ts';
import { FromPanel } from '../../../src/ui/panels/fromPanel.ts';
import { PINNED } from '../../../src/ui/tree/groups.ts';
import { GroupNode, SessionNode } from '../../../src/ui/tree/nodes.ts';
import { answerPicks } from '../support/vscode.ts';
import { session } from './support.ts';

const run: Run = {
  id: 'run-1',
  explorationId: 'e',
  sessionId: 'fork',
  parentId: 'parent',
  strategyId: 'single',
  strategyName: 'Single',
  model: { id: 'x/dear', name: 'Dear [one](command:x)', provider: 'x' },
  state: 'failed',
  step: 0,
  steps: 1,
  partial: '',
  tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  tokensEstimated: false,
  unpriced: false,
  attempt: 1,
  createdAt: 0,
  runner: 'gone',
};

const list = new GroupNode({ ...PINNED, kind: 'project', key: '/p', name: 'p' }, false);
const retried: string[][] = [];
const asked: unknown[] = [];
let answer: string | undefined;
let answers: Disposable;
let commandsOfIt: Disposable[] = [];

beforeEach(() => {
  retried.length = 0;
  asked.length = 0;
  answer = undefined;
  Object.assign(workspace, { isTrusted: true });
  Object.assign(window, {
    showWarningMessage: (...said: unknown[]) => {
      asked.push(said);
      return Promise.resolve(answer);
    },
  });
  answers = answerPicks<{ readonly picked?: boolean }>((items) => {
    asked.push(items);
    return answer === undefined ? undefined : items.filter((one) => one.picked);
  });
  const explorer = {
    retry: (ids: string[]) => {
      retried.push(ids);
      return Promise.resolve([]);
    },
    finished: () => new Promise(() => undefined),
  };
  const services = {
    log: window.createOutputChannel('x'),
    runs: { read: () => Promise.resolve([run]) },
    view: { selectedSessions: ['fork'] },
    panels: { activeTranscript: { sessionId: 'fork' } },
    exploring: { explorer: () => Promise.resolve(explorer) },
  };
  // What retrying does not touch is not played.
  commandsOfIt = registerExploring(services as unknown as Parameters<typeof registerExploring>[0]);
});

afterEach(() => {
  for (const command of commandsOfIt) void command.dispose();
  Reflect.deleteProperty(workspace, 'isTrusted');
  Reflect.deleteProperty(window, 'showWarningMessage');
  answers.dispose();
});

const retry = (...args: unknown[]) => commands.executeCommand('multipath.retryRun', ...args);

it('goes on at once where the person chose in the tree or in a panel', async () => {
  await retry(new SessionNode(session('fork'), list, false));
  await retry(new FromPanel('fork'));
  expect(retried).toEqual([['run-1'], ['run-1']]);
  expect(asked).toEqual([]);
});

it.each([
  ['an id', 'fork'],
  ['an object like a panel’s', { sessionId: 'fork' }],
  ['the argument of keys', { from: 'tree' }],
])('asks where it is called with %s, and says what is sent to whom', async (_, argument) => {
  await retry(argument);
  expect(retried).toEqual([]);
  expect(asked).toHaveLength(1);
  expect(JSON.stringify(asked)).toContain('"modal":true');
  expect(JSON.stringify(asked)).toContain('Dear');
  answer = 'Retry';
  await retry(argument);
  expect(retried).toEqual([['run-1']]);
});

it('lets the person pick where nothing is named, with what is in view ticked', async () => {
  await retry();
  expect(retried).toEqual([]);
  answer = 'picked';
  await retry();
  expect(retried).toEqual([['run-1']]);
  expect(asked).toHaveLength(2);
});
