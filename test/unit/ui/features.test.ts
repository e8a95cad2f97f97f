/** The parts that follow the store: what they show, and that they stop listening when they end. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { window, type ExtensionContext } from 'vscode';
import type {
  AgentSurvey,
  ImportProgress,
  SessionStore,
  StoreEvent,
  StoreStatus,
} from '../../../src/core/sessionStore.ts';
import { Consent } from '../../../src/ui/consent/consent.ts';
import { registerDocuments } from '../../../src/ui/documents.ts';
import { Importer, percentOf } from '../../../src/ui/importer.ts';
import { Runs } from '../../../src/ui/explore/runs.ts';
import type { HostServices } from '../../../src/ui/services.ts';
import { SessionServer } from '../../../src/ui/sessionServer.ts';
import { registerStatus } from '../../../src/ui/status.ts';
import { SessionsView } from '../../../src/ui/tree/sessionsView.ts';
import { contextKeys, live, statusBarItems } from '../support/vscode.ts';
import { FakeCatalogue, project, session, survey } from './support.ts';

const STATUS: StoreStatus = {
  role: 'owner',
  ownerPid: 1,
  serverPid: 1,
  storePath: '/s',
  storageMode: 'paged',
  revision: 1,
  sessions: 0,
};
const PROGRESS: ImportProgress = {
  state: 'running',
  filesDone: 3,
  filesTotal: 10,
  bytesDone: 250,
  bytesTotal: 1000,
  sessionsAdded: 2,
  sessionsUpdated: 0,
  failures: [],
};

class FakeStore extends FakeCatalogue {
  readonly listeners = new Set<(event: StoreEvent) => void>();
  readonly consents: string[] = [];
  status = STATUS;
  surveys: AgentSurvey[] = [survey()];
  imported = PROGRESS;

  onDidChange = (listener: (event: StoreEvent) => void) => {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  };
  emit(event: StoreEvent): void {
    for (const listener of [...this.listeners]) listener(event);
  }
  importSessions() {
    return Promise.resolve(this.imported);
  }
  getStatus() {
    return Promise.resolve(this.status);
  }
  surveyAgents() {
    return Promise.resolve(this.surveys);
  }
  setConsent(agent: string, consent: 'granted' | 'declined') {
    this.consents.push(`${agent} ${consent}`);
    this.surveys = this.surveys.map((one) => (one.agent === agent ? { ...one, consent } : one));
    return Promise.resolve();
  }
}

let store: FakeStore;
let remembered: unknown;
const memento = {
  get: () => remembered,
  update: (_: string, value: unknown) => {
    remembered = value;
    return Promise.resolve();
  },
};
let services: HostServices;

beforeEach(() => {
  live.clear();
  contextKeys.clear();
  statusBarItems.length = 0;
  remembered = undefined;
  store = new FakeStore();
  const log = window.createOutputChannel('test', { log: true });
  const server = new SessionServer(() => Promise.reject(new Error('not here')), log);
  services = {
    log,
    // Of the store, these parts use what the fake answers.
    store: store as unknown as SessionStore,
    server,
    runs: new Runs({ store: store as unknown as SessionStore, log, server }),
    // Of the context, the parts remember in it how the tree is arranged.
    context: { workspaceState: memento } as unknown as ExtensionContext,
  };
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

function startAll() {
  const consent = new Consent(services);
  const importer = new Importer(services);
  const view = new SessionsView(services);
  const parts = [
    consent,
    importer,
    view,
    ...registerStatus(services, view, consent, importer),
    registerDocuments(services, () => '', { find: () => undefined }, { find: () => undefined }),
  ];
  return { consent, importer, view, parts };
}

/** What is on show, as VS Code asks for it, and what is drawn again from now on. */
async function unfolded(view: SessionsView) {
  const [root] = await view.getChildren();
  if (!root) throw new Error('no project');
  const rows = await view.getChildren(root);
  for (const node of [root, ...rows]) view.getTreeItem(node);
  const drawn: unknown[] = [];
  view.onDidChangeTreeData((node) => drawn.push(node));
  return { root, rows, drawn };
}

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('features', () => {
  it('stop listening to the store when they end', () => {
    const { parts } = startAll();
    expect(store.listeners.size).toBe(5);
    for (const part of [...parts, services.runs]) part.dispose();
    expect(store.listeners.size).toBe(0);
    services.log.dispose();
    services.server.dispose();
    expect([...live.values()]).toEqual([]);
  });

  it('tell in the empty view and the status bar what the store needs', async () => {
    const { consent } = startAll();
    expect(contextKeys.get('multipath.state')).toBe('starting');
    store.emit({ type: 'status', status: STATUS });
    await consent.survey();
    expect(contextKeys.get('multipath.state')).toBe('consent');
    expect(contextKeys.get('multipath.consentNeeded')).toBe(true);
    await consent.declineAll();
    expect(store.consents).toEqual(['claude-code declined']);
    expect(contextKeys.get('multipath.state')).toBe('empty');
    store.status = { ...STATUS, sessions: 1 };
    store.emit({ type: 'sessions', revision: 2, changed: ['a'], removed: [] });
    await settled();
    expect(contextKeys.get('multipath.state')).toBe('ready');
  });

  it('show an import of any window while it runs', () => {
    const { importer } = startAll();
    store.emit({ type: 'import', progress: PROGRESS });
    expect(contextKeys.get('multipath.importing')).toBe(true);
    expect(importer.progress).toEqual(PROGRESS);
    store.emit({ type: 'import', progress: { ...PROGRESS, state: 'done' } });
    expect(contextKeys.get('multipath.importing')).toBe(false);
    expect(percentOf(PROGRESS)).toBe(25);
    expect(percentOf({ ...PROGRESS, bytesTotal: 0 })).toBe(0);
  });

  it('say why an import as a whole failed, and count only files as files', async () => {
    const said: unknown[] = [];
    const answer = (text: unknown, button: unknown) => {
      said.push([text, button]);
      return Promise.resolve(undefined);
    };
    vi.spyOn(window, 'showErrorMessage').mockImplementation(answer);
    vi.spyOn(window, 'showWarningMessage').mockImplementation(answer);
    const error = vi.spyOn(services.log, 'error');
    const { importer } = startAll();
    const file = { path: '/p/a.jsonl', message: 'It is no session file.' };
    const whole = { path: '', message: 'The disk is full.' };
    store.imported = { ...PROGRESS, state: 'failed', failures: [file, whole] };
    await importer.run();
    expect(said).toEqual([['The disk is full.', 'Show Log']]);
    expect(error).toHaveBeenCalledTimes(1);
    await importer.runInBackground();
    expect(error).toHaveBeenLastCalledWith('Import: The disk is full.');
    expect(said).toHaveLength(1);
    store.imported = { ...PROGRESS, state: 'done', failures: [file] };
    await importer.run();
    expect(said[1]).toEqual([
      'Multipath: 2 sessions added, 0 updated. 1 file could not be read; the log says why.',
      'Show Log',
    ]);
  });

  it('say why the store is read-only, as text', () => {
    const { view } = startAll();
    const notice = 'A newer version [x](command:y) wrote this store.';
    store.emit({ type: 'status', status: { ...STATUS, role: 'read-only', notice } });
    expect(contextKeys.get('multipath.readOnly')).toBe(true);
    expect(view.view.message).toBe(notice);
    const [item] = statusBarItems;
    expect(JSON.stringify(item?.['tooltip'])).not.toContain('](command:y)');
  });

  it('gather changes and draw the view once', async () => {
    vi.useFakeTimers();
    store.projects = [project('/p')];
    store.sessions = [session('a'), session('b')];
    const { view } = startAll();
    const { rows, drawn } = await unfolded(view);
    store.sessions = store.sessions.map((one) => ({ ...one, title: `${one.title}!` }));
    for (const id of ['a', 'b', 'a']) {
      store.emit({ type: 'sessions', revision: 3, changed: [id], removed: [] });
    }
    expect(drawn).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(drawn).toEqual([rows]);
  });

  it('draw nothing again that looks the same, as when a session was opened', async () => {
    vi.useFakeTimers();
    store.projects = [project('/p')];
    store.sessions = [session('a'), session('b', { storageTier: 'warm' })];
    const { view } = startAll();
    const { rows, drawn } = await unfolded(view);
    const looked = { lastAccessedAt: 99, accessCount: 7, storageTier: 'hot' } as const;
    store.sessions = store.sessions.map((one) => ({ ...one, ...looked }));
    store.emit({ type: 'sessions', revision: 3, changed: ['a', 'b'], removed: [] });
    await vi.advanceTimersByTimeAsync(2000);
    expect(drawn).toEqual([]);
    // A tag is seen in the tooltip alone.
    store.sessions = store.sessions.map((one) => (one.id === 'b' ? { ...one, tags: ['x'] } : one));
    store.emit({ type: 'sessions', revision: 4, changed: ['a', 'b'], removed: [] });
    await vi.advanceTimersByTimeAsync(2000);
    expect(drawn).toEqual([[rows[1]]]);
  });

  it('know at once what is below a row that is drawn again, and read what moves before', async () => {
    vi.useFakeTimers();
    store.projects = [project('/p')];
    store.sessions = [
      session('a', { forkCount: 1, updatedAt: 9 }),
      session('f', { parentId: 'a' }),
      session('b', { updatedAt: 5 }),
    ];
    const { view } = startAll();
    const { root, rows, drawn } = await unfolded(view);
    const forks = await view.getChildren(rows[0]);
    for (const fork of forks) view.getTreeItem(fork);
    store.sessions = store.sessions.map((one) =>
      one.id === 'a' ? { ...one, title: 'Other' } : one,
    );
    store.emit({ type: 'sessions', revision: 3, changed: ['a'], removed: [] });
    await vi.advanceTimersByTimeAsync(2000);
    expect(drawn).toEqual([[rows[0]]]);
    store.asked.length = 0;
    expect(await view.getChildren(rows[0])).toEqual(forks);
    expect(store.asked).toEqual([]);
    // Now the second row comes first: read before VS Code is told, and answered at once.
    store.sessions = store.sessions.map((one) =>
      one.id === 'b' ? { ...one, updatedAt: 20 } : one,
    );
    store.emit({ type: 'sessions', revision: 4, changed: ['b'], removed: [] });
    await vi.advanceTimersByTimeAsync(2000);
    expect(drawn.slice(1)).toEqual([[root]]);
    store.asked.length = 0;
    expect(await view.getChildren(root)).toEqual([rows[1], rows[0]]);
    expect(await view.getChildren(rows[0])).toEqual(forks);
    expect(store.asked).toEqual([]);
    // What is unfolded later is read again.
    await view.getChildren(rows[0]);
    expect(store.asked.length).toBeGreaterThan(0);
  });

  it('leave a list alone whose rows turn out to stand as before', async () => {
    vi.useFakeTimers();
    store.projects = [project('/p')];
    store.sessions = [session('a', { updatedAt: 9 }), session('b', { updatedAt: 5 })];
    const { view } = startAll();
    const { rows, drawn } = await unfolded(view);
    store.sessions = store.sessions.map((one) => (one.id === 'b' ? { ...one, updatedAt: 6 } : one));
    store.emit({ type: 'sessions', revision: 3, changed: ['b'], removed: [] });
    await vi.advanceTimersByTimeAsync(2000);
    expect(drawn).toEqual([[rows[1]]]);
  });

  it('leave VS Code time to draw while changes keep coming', async () => {
    vi.useFakeTimers();
    const { view } = startAll();
    const drawnAt: number[] = [];
    view.onDidChangeTreeData(() => drawnAt.push(Date.now()));
    for (let time = 0; time < 5000; time += 50) {
      store.emit({ type: 'sessions', revision: 3, changed: [], removed: [], all: true });
      await vi.advanceTimersByTimeAsync(50);
    }
    const pauses = drawnAt.slice(1).map((at, position) => at - (drawnAt[position] ?? 0));
    expect(pauses.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...pauses)).toBeGreaterThan(500);
  });

  it('show an empty level, and no exception, when the store does not answer', async () => {
    store.listGroups = () => Promise.reject(new Error('gone'));
    const { view } = startAll();
    expect(await view.getChildren()).toEqual([]);
  });
});
