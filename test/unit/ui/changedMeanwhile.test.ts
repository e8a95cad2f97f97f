/**
 * Panels that know by their first answer which changes are theirs: until they have it, any may be.
 */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { EventEmitter, Uri } from 'vscode';
import type { StoreEvent } from '../../../src/core/sessionStore.ts';
import { GraphPanel } from '../../../src/ui/panels/graphPanel.ts';
import { MergePanel } from '../../../src/ui/panels/mergePanel.ts';
import { PlayedPanel } from './playedPanel.ts';
import { session } from './support.ts';

let tellStore: (event: StoreEvent) => void;
/** How often the state was read, which waits the first time. */
let reads: number;
let goOn: () => void;
const none = new EventEmitter<never>().event;

beforeEach(() => {
  vi.useFakeTimers();
  reads = 0;
});

afterEach(() => void vi.useRealTimers());

function servicesOf(store: object) {
  return {
    context: { extensionUri: Uri.file('/ext') },
    log: { debug: () => undefined },
    server: { state: 'running', onDidChangeState: none, onDidRestart: none },
    store: {
      onDidChange: (listener: (event: StoreEvent) => void) => {
        tellStore = listener;
        return () => undefined;
      },
      getSession: (id: string) => Promise.resolve(session(id)),
      getStatus: () => Promise.resolve({ role: 'owner' }),
      ...store,
    },
  } as never;
}

async function slowly<T>(answer: T): Promise<T> {
  if (++reads === 1) await new Promise<void>((resolve) => (goOn = resolve));
  return answer;
}

/** The page asks, something changes, and the answer comes when that was looked at. */
async function readsAround(played: PlayedPanel, event: StoreEvent): Promise<number> {
  played.send({ kind: 'request', id: 1, name: 'ready', argument: null });
  await vi.advanceTimersByTimeAsync(1000);
  tellStore(event);
  await vi.advanceTimersByTimeAsync(1000);
  expect(reads).toBe(1);
  goOn();
  await vi.advanceTimersByTimeAsync(120_000);
  return reads;
}

it('a graph looks again for runs of a family that it did not know yet', async () => {
  const branches = ['a', 'b'].map((id) => ({ id, title: id, agent: 'codex' }));
  const graph = { rootId: 'a', branches, merges: [], total: 2 };
  const services = servicesOf({
    getFamilyGraph: () => slowly(graph),
    getRuns: () => Promise.resolve([]),
  });
  const actions = { onDidChangeRunning: none, running: () => [] };
  const played = new PlayedPanel();
  const panel = new GraphPanel(services, actions as never, played.panel, 'a', false);
  expect(await readsAround(played, { type: 'runs', runs: ['r'], sessions: ['b'] })).toBe(2);
  panel.dispose();
});

it('a merge looks again for the session that the messages go to', async () => {
  const services = servicesOf({
    getFamilyGraph: () => Promise.resolve({ branches: [] }),
    getMerges: () => Promise.resolve([]),
    planMerge: () => slowly({ into: 'base' }),
  });
  const played = new PlayedPanel();
  const panel = new MergePanel(
    services,
    { onDidChange: none, has: () => false } as never,
    {} as never,
    { models: () => [], stop: () => undefined, dispose: () => undefined } as never,
    played.panel,
    { sourceId: 'source', targetId: 'target' },
  );
  const event = { type: 'sessions', revision: 2, changed: ['base'], removed: [] } as const;
  expect(await readsAround(played, event)).toBe(2);
  panel.dispose();
});
