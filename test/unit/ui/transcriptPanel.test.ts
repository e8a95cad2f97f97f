/** A transcript's panel while its session, its page and the store come and go. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Uri, EventEmitter, window, type ExtensionContext } from 'vscode';
import type { Session } from '../../../src/core/session.ts';
import type { StoreEvent, StoreStatus } from '../../../src/core/sessionStore.ts';
import { Channel } from '../../../src/protocol/channel.ts';
import {
  transcriptViewSchemas,
  type TranscriptHost,
  type TranscriptState,
  type TranscriptView,
} from '../../../src/protocol/panels.ts';
import { Panels } from '../../../src/ui/panels/panels.ts';
import { TranscriptPanel, type PanelActions } from '../../../src/ui/panels/transcriptPanel.ts';
import type { HostServices } from '../../../src/ui/services.ts';
import { PlayedPanel } from './playedPanel.ts';
import { session } from './support.ts';

/** What a page was answered and told. */
interface Page {
  readonly told: unknown[];
  readonly state: Promise<TranscriptState>;
}

const STATUS: StoreStatus = {
  ...{ role: 'owner', ownerPid: 1, serverPid: 1, storePath: '/s', storageMode: 'paged' },
  ...{ revision: 1, sessions: 2 },
};

let sessions: Map<string, Session>;
/** Sessions whose next reading waits until it is let go on. */
let slow: Map<string, Promise<unknown>>;
let status: StoreStatus;
let pages: Page[];
let panel: PlayedPanel;
let tellStore: (event: StoreEvent) => void;
const serverState = new EventEmitter<'away' | 'running'>();

const actions: PanelActions = {
  openSession: () => Promise.resolve(),
  openMessage: () => Promise.resolve(),
  fork: () => Promise.resolve(''),
};

const services = {
  context: { extensionUri: Uri.file('/ext') } as ExtensionContext,
  log: { debug: () => undefined, info: () => undefined },
  store: {
    onDidChange: (listener: (event: StoreEvent) => void) => {
      tellStore = listener;
      return () => undefined;
    },
    getSession: async (id: string) => {
      const waiting = slow.get(id);
      slow.delete(id);
      const read = sessions.get(id);
      await waiting;
      return read;
    },
    getSessionForks: () => Promise.resolve([]),
    getStatus: () => Promise.resolve(status),
  },
  server: {
    state: 'running',
    onDidChangeState: serverState.event,
    onDidRestart: new EventEmitter<void>().event,
  },
  runs: { onDidChange: new EventEmitter<void>().event, of: () => undefined, want: () => undefined },
} as unknown as HostServices;

function play(): PlayedPanel {
  const played = new PlayedPanel();
  played.onPage = () => {
    const told: unknown[] = [];
    const take = (name: string) => (argument: unknown) => {
      told.push([name, argument]);
      return null;
    };
    const channel = new Channel<TranscriptView, TranscriptHost>(
      (message) => played.send(message),
      {
        sessionChanged: take('sessionChanged'),
        reveal: take('reveal'),
        setNotice: take('setNotice'),
        setRun: take('setRun'),
      },
      transcriptViewSchemas,
    );
    // The script of a page asks once the page is there.
    const state = Promise.resolve().then(() => channel.request('ready', null));
    state.catch(() => undefined);
    pages.push({ told, state });
    return (message) => channel.receive(message);
  };
  return played;
}

beforeEach(() => {
  sessions = new Map(['a', 'b'].map((id) => [id, session(id, { title: id.toUpperCase() })]));
  slow = new Map();
  status = STATUS;
  [pages, panel] = [[], play()];
});

afterEach(() => vi.restoreAllMocks());

function wait(id: string): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  slow.set(id, promise);
  return () => resolve(undefined);
}

const last = (): Page => pages.at(-1) ?? { told: [], state: Promise.reject(new Error('no page')) };
const settled = () => new Promise((resolve) => setImmediate(resolve));
const changed = (id: string): StoreEvent => ({
  type: 'sessions',
  revision: 1,
  changed: [id],
  removed: [],
});

it('shows the session that was chosen last, whatever comes late of the one before', async () => {
  const goOn = wait('a');
  const transcript = new TranscriptPanel(services, actions, panel.panel, 'a');
  await settled();
  transcript.show('b', 'B', 7);
  goOn();
  await settled();
  const state = await last().state;
  expect(state).toMatchObject({ session: { id: 'b' }, reveal: 7 });
  expect(panel.title).toBe('B');
  transcript.dispose();
});

it('tells a page that was hidden before its answer came nothing, and keeps what it is to show', async () => {
  const goOn = wait('a');
  const transcript = new TranscriptPanel(services, actions, panel.panel, 'a', 4);
  await settled();
  panel.show(false);
  goOn();
  await settled();
  panel.show(true);
  expect(await last().state).toMatchObject({ session: { id: 'a' }, reveal: 4 });
  transcript.dispose();
});

it('says that a session was deleted only until it is back', async () => {
  const transcript = new TranscriptPanel(services, actions, panel.panel, 'a');
  await last().state;
  const kept = sessions.get('a');
  sessions.delete('a');
  tellStore(changed('a'));
  await settled();
  if (kept) sessions.set('a', kept);
  tellStore(changed('a'));
  await settled();
  expect(last().told).toEqual([
    ['setNotice', { text: 'This session was deleted.' }],
    ['setNotice', { text: null }],
  ]);
  transcript.dispose();
});

it('tells a page what changed since its first answer was read, and after that answer', async () => {
  const goOn = wait('a');
  const transcript = new TranscriptPanel(services, actions, panel.panel, 'a');
  await settled();
  sessions.set('a', session('a', { title: 'Said since' }));
  tellStore(changed('a'));
  await settled();
  const order: unknown[] = [];
  void last().state.then(({ session: { title } }) => order.push(title, last().told.length));
  goOn();
  await settled();
  await settled();
  expect(order).toEqual(['A', 0]);
  expect(last().told).toMatchObject([['sessionChanged', { session: { title: 'Said since' } }]]);
  expect(panel.title).toBe('Said since');
  transcript.dispose();
});

it('says that a session was deleted while the first answer was under way', async () => {
  const goOn = wait('a');
  const transcript = new TranscriptPanel(services, actions, panel.panel, 'a');
  await settled();
  sessions.delete('a');
  tellStore(changed('a'));
  await settled();
  goOn();
  await last().state;
  await settled();
  await settled();
  expect(last().told).toEqual([['setNotice', { text: 'This session was deleted.' }]]);
  transcript.dispose();
});

it('keeps what the store said since its status was read', async () => {
  const goOn = wait('a');
  status = { ...STATUS, notice: 'The disk is full.' };
  const transcript = new TranscriptPanel(services, actions, panel.panel, 'a');
  await settled();
  const newer = 'The store is read-only.';
  tellStore({ type: 'status', status: { ...STATUS, notice: newer } });
  goOn();
  await last().state;
  await settled();
  expect(last().told).toEqual([['setNotice', { text: newer }]]);
  transcript.dispose();
});

it('opens one panel for a session that is clicked twice while the store is slow', async () => {
  const goOn = wait('a');
  const made: PlayedPanel[] = [];
  Reflect.set(window, 'createWebviewPanel', () => {
    const played = play();
    made.push(played);
    return played.panel;
  });
  const panels = new Panels(
    services,
    { onDidChange: new EventEmitter<void>().event } as never,
    () => Promise.resolve(''),
    () => ({}) as never,
    () => Promise.reject(new Error('no models')),
  );
  const clicks = [1, 2].map(() => panels.openTranscript('a', { preview: true }));
  goOn();
  await Promise.all(clicks);
  expect(made).toHaveLength(1);
  // A double click keeps it: the next session gets a panel of its own.
  await panels.openTranscript('b', { preview: true });
  expect(made).toHaveLength(2);
  panels.dispose();
  Reflect.deleteProperty(window, 'createWebviewPanel');
});
