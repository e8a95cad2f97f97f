/** Along the branches: where each command goes, from a transcript and from the tree. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { window } from 'vscode';
import type { Session } from '../../../src/core/session.ts';
import { registerNavigating } from '../../../src/ui/commands/navigating.ts';
import type { CommandServices } from '../../../src/ui/commands/targets.ts';
import { Commands, type CommandId } from '../../../src/ui/contributions.ts';
import type { Disposable } from '../../../src/ui/disposable.ts';
import { answerPicks, registered } from '../support/vscode.ts';
import { session } from './support.ts';

const parent = session('parent');
const forks = ['a', 'b', 'c'].map((id) =>
  session(id, { parentId: 'parent', inheritedCount: 42, title: `${id} <b>$(x)</b>` }),
);
// Its messages are of three records each.
const trunk = session('trunk', { messageCount: 9 });
const subagents = [
  session('inside', { subagentOf: 'trunk', calledFrom: { logId: 'log', seq: 9 } }),
  session('apart', { subagentOf: 'trunk' }),
];
const all = new Map([parent, ...forks, trunk, ...subagents].map((one) => [one.id, one]));
const opened: unknown[] = [];
const revealed: string[] = [];
let inTree = true;
let answers: Disposable;
let picked: readonly { readonly label: string; readonly session: Session }[] = [];

beforeEach(() => {
  opened.length = 0;
  revealed.length = 0;
  inTree = true;
  picked = [];
  const store = {
    getSession: (id: string) => Promise.resolve(all.get(id)),
    readMessage: (_id: string, index: number) =>
      Promise.resolve({ anchor: { logId: 'log', seq: 3 * index + 2 } }),
    getSessionParent: (id: string) => Promise.resolve(all.get(all.get(id)?.parentId ?? '')),
    getSessionForks: (id: string) =>
      Promise.resolve([...all.values()].filter(({ parentId }) => parentId === id)),
    getSessionSiblings: (id: string) =>
      Promise.resolve(forks.filter((one) => one.id !== id && id !== 'parent')),
  };
  const services = {
    log: window.createOutputChannel('test', { log: true }),
    store,
    view: {
      selectedSessions: ['b'],
      reveal: ({ id }: Session) => {
        revealed.push(id);
        return Promise.resolve(inTree);
      },
    },
    panels: {
      activeTranscript: { sessionId: 'b' },
      openTranscript: (id: string, options: unknown) => {
        opened.push([id, options]);
        return Promise.resolve();
      },
    },
  };
  answers = answerPicks((items: typeof picked) => {
    picked = items;
    return items[1];
  });
  // Of all services, the commands use these.
  registerNavigating(services as unknown as CommandServices);
});

afterEach(() => answers.dispose());

const run = (command: CommandId, ...args: unknown[]) =>
  Promise.resolve(registered.get(command)?.(...args));

it('opens the parent, and the message that the session was forked at', async () => {
  await run(Commands.goToParent);
  await run(Commands.goToForkPoint);
  expect(opened).toEqual([
    ['parent', {}],
    ['parent', { reveal: 41 }],
  ]);
});

it('goes from a subagent to the session it worked for, and to the message that called it', async () => {
  await run(Commands.goToParent, { sessionId: 'inside' });
  await run(Commands.goToForkPoint, { sessionId: 'inside' });
  await run(Commands.goToForkPoint, { sessionId: 'apart' });
  expect(opened).toEqual([
    ['trunk', {}],
    ['trunk', { reveal: 3 }],
    ['trunk', {}],
  ]);
});

it('goes round the siblings in the order they were made', async () => {
  await run(Commands.goToNextSibling);
  await run(Commands.goToPreviousSibling);
  await run(Commands.goToNextSibling, { sessionId: 'c' });
  await run(Commands.goToPreviousSibling, { sessionId: 'a' });
  expect(opened.map((one) => (one as [string])[0])).toEqual(['c', 'a', 'a', 'c']);
});

it('asks which where there are several, with titles as plain text', async () => {
  await run(Commands.goToFork, { sessionId: 'parent' });
  expect(picked.map((item) => item.session.id)).toEqual(['a', 'b', 'c']);
  expect(picked[0]?.label).not.toMatch(/(?<!\\)\$\(x\)/);
  await run(Commands.goToSibling);
  expect(picked.map((item) => item.session.id)).toEqual(['a', 'c']);
  expect(opened).toEqual([
    ['b', {}],
    ['c', {}],
  ]);
});

it('says where there is nowhere to go', async () => {
  await run(Commands.goToParent, { sessionId: 'parent' });
  await run(Commands.goToNextSibling, { sessionId: 'parent' });
  await run(Commands.goToFork);
  expect(opened).toEqual([]);
});

it('selects in the tree what was gone to from the tree, and opens it where the tree has it not', async () => {
  const from = { from: 'tree' };
  await run(Commands.goToParent, from);
  expect([revealed, opened]).toEqual([['parent'], []]);
  await run(Commands.goToForkPoint, from);
  expect(opened).toEqual([['parent', { reveal: 41 }]]);
  inTree = false;
  await run(Commands.goToNextSibling, from);
  expect(opened.at(-1)).toEqual(['c', {}]);
});
