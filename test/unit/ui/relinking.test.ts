/** A project is put under the folder that the person chooses, and taken back. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FileSystemError, Uri, window, workspace } from 'vscode';
import { registerRelinking } from '../../../src/ui/commands/relinking.ts';
import type { CommandServices } from '../../../src/ui/commands/targets.ts';
import { Commands } from '../../../src/ui/contributions.ts';
import type { Disposable } from '../../../src/ui/disposable.ts';
import { PINNED } from '../../../src/ui/tree/groups.ts';
import { GroupNode } from '../../../src/ui/tree/nodes.ts';
import { UndoStack } from '../../../src/ui/undo.ts';
import { answerPicks, registered } from '../support/vscode.ts';
import { project } from './support.ts';

const relinks: unknown[] = [];
let moved = 3;
let undo: UndoStack;
let answers: Disposable | undefined;

const store = {
  listProjects: () =>
    Promise.resolve([project('/there'), project('/gone', { exists: false }), project('')]),
  relinkProject: (from: string, to: string | null) => {
    relinks.push([from, to]);
    return Promise.resolve({ projectKey: to ?? from, sessions: moved });
  },
};

beforeEach(() => {
  vi.restoreAllMocks();
  relinks.length = 0;
  moved = 3;
  const log = window.createOutputChannel('test', { log: true });

  afterEach(() => answers?.dispose());
  undo = new UndoStack(log);
  // Of all services, the command uses these.
  registerRelinking({ log, store, undo } as unknown as CommandServices);
});

const choose = (folder: string | undefined) =>
  Object.assign(window, {
    showOpenDialog: () => Promise.resolve(folder === undefined ? undefined : [Uri.file(folder)]),
  });
const run = (...args: unknown[]) =>
  Promise.resolve(registered.get(Commands.relinkProject)?.(...args));

it('moves the project of the row to the folder chosen, and back', async () => {
  choose('/new place');
  const group = { ...PINNED, kind: 'project', key: '/gone', name: 'gone', path: '/gone' } as const;
  await run(new GroupNode(group, false));
  expect(relinks).toEqual([['/gone', '/new place']]);
  await undo.undo();
  expect(relinks[1]).toEqual(['/gone', null]);
});

it('asks which project where no row says it, those without a folder first', async () => {
  choose('/new');
  let offered: readonly { readonly description: string; readonly project: unknown }[] = [];
  answers = answerPicks((items: typeof offered) => {
    offered = items;
    return items[0];
  });
  await run();
  expect(offered.map(({ description }) => description)).toEqual([
    'folder not found · 1 session',
    '1 session',
  ]);
  expect(relinks).toEqual([['/gone', '/new']]);
});

it('does nothing when no folder is chosen, and keeps nothing to undo when nothing moved', async () => {
  const row = new GroupNode({ ...PINNED, kind: 'project', key: '/gone', name: 'gone' }, false);
  choose(undefined);
  await run(row);
  expect(relinks).toEqual([]);
  choose('/gone');
  moved = 0;
  await run(row);
  expect(undo.canUndo).toBe(false);
});

it('begins to look where the project was, not in the project that is open', async () => {
  const asked: unknown[] = [];
  Object.assign(window, {
    showOpenDialog: (options: { readonly defaultUri?: Uri }) => {
      asked.push(options.defaultUri?.fsPath);
      return Promise.resolve(undefined);
    },
  });
  Object.assign(workspace, {
    workspaceFolders: [{ uri: Uri.file('/there') }],
    fs: {
      stat: ({ fsPath }: Uri) =>
        fsPath === '/code' ? Promise.resolve({}) : Promise.reject(new FileSystemError(fsPath)),
    },
  });
  const path = '/code/old/gone';
  const group = { ...PINNED, kind: 'project', key: path, name: 'gone', path } as const;
  await run(new GroupNode(group, false));
  expect(asked).toEqual(['/code']);
  // The folder that is open and was never a project is as likely as not the one.
  Object.assign(workspace, { workspaceFolders: [{ uri: Uri.file('/fresh') }] });
  let offered: readonly { readonly label: string; readonly description?: string }[] = [];
  answers = answerPicks((items: typeof offered) => {
    offered = items;
    return items[0];
  });
  await run(new GroupNode(group, false));
  expect(offered.map(({ label }) => label)).toEqual([
    '$(folder) /fresh',
    '$(folder-opened) Another folder…',
  ]);
  expect(relinks).toEqual([[path, '/fresh']]);
  Object.assign(workspace, { workspaceFolders: undefined });
});

it('offers the folders that may be it, and others beside them', async () => {
  choose('/elsewhere');
  const likely = { exists: false, likelyPaths: ['/clone'] };
  vi.spyOn(store, 'listProjects').mockResolvedValue([project('/gone', likely)]);
  const group = { ...PINNED, kind: 'project', key: '/gone', name: 'gone', path: '/gone' } as const;
  for (const nth of [0, 1]) {
    answers = answerPicks((items) => items[nth]);
    await run(new GroupNode(group, false));
    answers.dispose();
  }
  answers = answerPicks(() => undefined);
  await run(new GroupNode(group, false));
  expect(relinks).toEqual([
    ['/gone', '/clone'],
    ['/gone', '/elsewhere'],
  ]);
});
