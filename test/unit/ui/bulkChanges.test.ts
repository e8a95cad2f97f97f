/** Changes to many sessions: what was done can be taken back exactly, also when it ended early. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { window } from 'vscode';
import { MultipathError } from '../../../src/core/errors.ts';
import type { Session } from '../../../src/core/session.ts';
import { deleteSessions } from '../../../src/ui/commands/deleting.ts';
import { moveSessions } from '../../../src/ui/commands/moving.ts';
import { addTag, registerOrganizing, setRetention } from '../../../src/ui/commands/organizing.ts';
import { pinSessions, registerPinning } from '../../../src/ui/commands/pinning.ts';
import type { CommandServices } from '../../../src/ui/commands/targets.ts';
import { UndoStack } from '../../../src/ui/undo.ts';
import { cancellation, inputBoxes, registered } from '../support/vscode.ts';
import { Commands } from '../../../src/ui/contributions.ts';
import { session } from './support.ts';

class FakeStore {
  sessions = new Map<string, Session>();
  trash = new Map<string, Session>();
  /** Sessions that refuse to be changed. */
  readonly refusing = new Set<string>();

  #change(id: string, change: Partial<Session>): Promise<Session> {
    const before = this.sessions.get(id);
    if (this.refusing.has(id)) {
      return Promise.reject(new MultipathError('io', 'The disk is full.'));
    }
    if (!before) return Promise.reject(new MultipathError('not-found', 'No such session.'));
    const after = { ...before, ...change };
    this.sessions.set(id, after);
    return Promise.resolve(after);
  }
  getSession = (id: string) => Promise.resolve(this.sessions.get(id));
  updateSession = (id: string, { pinned, ...change }: Partial<Session> & { pinned?: boolean }) => {
    const before = this.sessions.get(id);
    if (before && pinned === false) {
      const loose = { ...before };
      Reflect.deleteProperty(loose, 'pinnedAt');
      this.sessions.set(id, loose);
    }
    return this.#change(id, { ...change, ...(pinned === true && { pinnedAt: 7 }) });
  };
  migrateToTier = (id: string, storageTier: Session['storageTier']) =>
    this.#change(id, { storageTier });
  deleteSession = async (id: string) => {
    this.trash.set(id, await this.#change(id, {}));
    this.sessions.delete(id);
  };
  restoreSession = (id: string) => {
    const found = this.trash.get(id);
    if (found) this.sessions.set(id, found);
    return Promise.resolve(found);
  };
}

let store: FakeStore;
let services: CommandServices;
let before: Session[];

beforeEach(() => {
  vi.restoreAllMocks();
  cancellation.isCancellationRequested = false;
  inputBoxes.length = 0;
  store = new FakeStore();
  before = [
    session('a', { tags: ['x'], storageTier: 'hot' }),
    session('b', { retentionPolicy: 'critical', storageTier: 'cold' }),
    session('c', { tags: ['x', 'y'], retentionPolicy: 'temporary' }),
  ];
  for (const one of before) store.sessions.set(one.id, one);
  const log = window.createOutputChannel('test', { log: true });
  // Of all services, these commands use what is here.
  services = {
    log,
    store,
    undo: new UndoStack(log),
    panels: { close: () => undefined },
    view: { selectedSessions: [] },
  } as unknown as CommandServices;
});

const now = () => ['a', 'b', 'c'].map((id) => store.sessions.get(id));

describe('taken back, everything is as it was', () => {
  it('after moving between tiers', async () => {
    await moveSessions(services, ['a', 'b', 'c'], 'cold');
    expect(now().map((one) => one?.storageTier)).toEqual(['cold', 'cold', 'cold']);
    await services.undo.undo();
    expect(now()).toEqual(before);
  });

  it('after setting retention', async () => {
    await setRetention(services, ['a', 'b', 'c'], 'critical');
    expect(now().map((one) => one?.retentionPolicy)).toEqual(Array(3).fill('critical'));
    await services.undo.undo();
    expect(now()).toEqual(before);
  });

  it('after deleting', async () => {
    await deleteSessions(services, ['a', 'b']);
    expect([...store.sessions.keys()]).toEqual(['c']);
    await services.undo.undo();
    expect(now()).toEqual(before);
  });

  it('after deleting a session together with its subagents, which go with it', async () => {
    store.sessions.set('b', { ...session('b'), subagentOf: 'a' });
    await deleteSessions(services, ['b', 'a']);
    // The store takes the subagent along; it is not asked for it.
    expect([...store.trash.keys()]).toEqual(['a']);
    await services.undo.undo();
    expect(store.sessions.has('a')).toBe(true);
  });

  it('after tagging several, which keep the tags they had', async () => {
    registerOrganizing(services);
    const tagged = registered.get(Commands.tagSession)?.('a', ['a', 'c']);
    await expect.poll(() => inputBoxes.length).toBe(1);
    const [line] = inputBoxes.splice(0);
    line?.type('y, z');
    line?.accept();
    await tagged;
    expect(now().map((one) => one?.tags)).toEqual([['x', 'y', 'z'], [], ['x', 'y', 'z']]);
    await services.undo.undo();
    expect(now()).toEqual(before);
  });

  it('after pinning and unpinning', async () => {
    store.sessions.set('b', { ...session('b'), pinnedAt: 5 });
    await pinSessions(services, ['a', 'b', 'c'], true);
    expect(now().map((one) => one?.pinnedAt !== undefined)).toEqual([true, true, true]);
    await services.undo.undo();
    // What was pinned before is left alone.
    expect(now().map((one) => one?.pinnedAt)).toEqual([undefined, 5, undefined]);
    await pinSessions(services, ['a', 'b'], false);
    expect(now().map((one) => one?.pinnedAt)).toEqual([undefined, undefined, undefined]);
    await services.undo.undo();
    expect(now().map((one) => one?.pinnedAt !== undefined)).toEqual([false, true, false]);
  });

  it('after writing a note on several, which keep the notes they had', async () => {
    store.sessions.set('c', { ...session('c'), note: 'Mine' });
    registerPinning(services);
    const written = registered.get(Commands.editNote)?.('a', ['a', 'c']);
    await vi.waitFor(() => expect(inputBoxes).toHaveLength(1));
    expect(inputBoxes[0]?.buttons).toEqual([]);
    inputBoxes[0]?.type(' Ask Ada ');
    inputBoxes[0]?.accept();
    await written;
    expect(now().map((one) => one?.note)).toEqual(['Ask Ada', undefined, 'Mine\nAsk Ada']);
    await services.undo.undo();
    expect(now().map((one) => one?.note ?? '')).toEqual(['', '', 'Mine']);
  });

  it('after adding a tag by dropping sessions onto it', async () => {
    await addTag(services, ['a', 'b'], 'y');
    expect(now().map((one) => one?.tags)).toEqual([['x', 'y'], ['y'], ['x', 'y']]);
    await services.undo.undo();
    expect(now()).toEqual(before);
  });

  it('after a change that the store refused in the middle', async () => {
    store.refusing.add('b');
    await expect(moveSessions(services, ['c', 'a', 'b'], 'warm')).rejects.toThrow('disk is full');
    expect(now().map((one) => one?.storageTier)).toEqual(['warm', 'cold', 'warm']);
    await services.undo.undo();
    expect(now().map((one) => one?.storageTier)).toEqual(['hot', 'cold', 'warm']);
  });
});

it('remembers nothing of a change that changed nothing', async () => {
  await moveSessions(services, ['c'], 'warm');
  expect(services.undo.canUndo).toBe(false);
});

it('does no more once it is cancelled', async () => {
  cancellation.isCancellationRequested = true;
  await moveSessions(services, ['a', 'b', 'c'], 'cold');
  expect(now()).toEqual(before);
});
