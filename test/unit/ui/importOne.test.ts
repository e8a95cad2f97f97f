/** One session of many that are not imported is chosen, imported and opened. */
import { beforeEach, expect, it, vi } from 'vitest';
import { window } from 'vscode';
import type { WaitingQuery, WaitingSession, WaitingSessions } from '../../../src/core/waiting.ts';
import { importOne, itemOf } from '../../../src/ui/commands/importOne.ts';
import { quickPicks } from '../support/vscode.ts';
import { session } from './support.ts';

const imported: unknown[] = [];
const opened: string[] = [];
let waiting: readonly WaitingSession[] = [];
let isKnown = true;

const waits = (n: number, more: Partial<WaitingSession> = {}): WaitingSession => ({
  agent: 'claude-code',
  path: `/home/ada/.claude/projects/x/${n}.jsonl`,
  bytes: 2_000_000,
  modifiedAt: 1_000,
  reason: 'over-budget',
  title: `Session ${n}`,
  ...more,
});

const store = {
  listWaitingSessions: ({ after, limit }: WaitingQuery): Promise<WaitingSessions> => {
    const from = after ? waiting.findIndex(({ path }) => path === after.path) + 1 : 0;
    const sessions = waiting.slice(from, from + limit);
    const last = sessions.at(-1);
    return Promise.resolve({
      sessions,
      total: waiting.length,
      isKnown,
      ...(last && last !== waiting.at(-1) && { next: last }),
    });
  },
  importSession: (...args: unknown[]) => {
    imported.push(args);
    return Promise.resolve(session('new'));
  },
};

// Of all services, the command uses these.
const services = {
  store,
  log: window.createOutputChannel('test', { log: true }),
  panels: { openTranscript: (id: string) => Promise.resolve(opened.push(id)) },
} as unknown as Parameters<typeof importOne>[0];

beforeEach(() => {
  vi.restoreAllMocks();
  for (const list of [imported, opened, quickPicks]) list.length = 0;
});

it('lists all of them, also those of later pages, and opens the one that is chosen', async () => {
  waiting = Array.from({ length: 250 }, (_, n) => waits(n));
  const done = importOne(services);
  await expect.poll(() => quickPicks[0]?.items.length).toBe(250);
  const [picker] = quickPicks;
  await expect.poll(() => picker?.busy).toBe(false);
  picker?.accept(picker.items[249]);
  await done;
  expect(imported).toEqual([['claude-code', '/home/ada/.claude/projects/x/249.jsonl']]);
  expect(opened).toEqual(['new']);
});

it('leaves out what subagents did, and does nothing when the picker is closed', async () => {
  waiting = [waits(1, { isSubagent: true }), waits(2)];
  const done = importOne(services);
  await expect.poll(() => quickPicks[0]?.items.length).toBe(1);
  quickPicks[0]?.hide();
  await done;
  expect(imported).toEqual([]);
});

it('stops asking for more once the picker is closed', async () => {
  waiting = Array.from({ length: 1_000 }, (_, n) => waits(n));
  const { listWaitingSessions } = store;
  const held = Promise.withResolvers<undefined>();
  const asked: (string | undefined)[] = [];
  vi.spyOn(store, 'listWaitingSessions').mockImplementation(async (query) => {
    const { after } = query;
    asked.push(after?.path);
    if (after) await held.promise;
    return listWaitingSessions(query);
  });
  const done = importOne(services);
  await expect.poll(() => asked).toEqual([undefined, undefined, waiting[199]?.path]);
  quickPicks[0]?.hide();
  await done;
  held.resolve(undefined);
  await new Promise((resolve) => setImmediate(resolve));
  expect(asked).toEqual([undefined, undefined, waiting[199]?.path]);
});

it('says so where all are imported', async () => {
  waiting = [];
  const said = vi.spyOn(window, 'showInformationMessage');
  await importOne(services);
  expect(said.mock.calls[0]?.[0]).toBe('All sessions that were found are imported.');
  isKnown = false;
  await importOne(services);
  isKnown = true;
  expect(said.mock.calls[1]?.[0]).toContain('Try again in a moment.');
  expect(quickPicks).toEqual([]);
});

it('waits for the list where Enter is pressed before there is one', async () => {
  waiting = [waits(1)];
  const done = importOne(services);
  await expect.poll(() => quickPicks[0]?.busy).toBe(false);
  quickPicks[0]?.accept(undefined);
  quickPicks[0]?.accept(quickPicks[0].items[0]);
  await done;
  expect(imported).toHaveLength(1);
});

it('says what a session is about, where it was and why it waits; nothing of it is drawn as an icon', () => {
  const hour = 3_600_000;
  const item = itemOf(
    waits(1, { title: '$(bug) [x](command:y)', cwd: '/home/ada/shop' }),
    3 * hour,
  );
  expect(item.label.startsWith('$(claude) $')).toBe(true);
  expect(item.label.slice(10)).not.toContain('$(');
  expect(item.description).toBe('2 h ago');
  expect(item.detail).toBe('Claude Code · 2 MB · older than what you allowed · /home/ada/shop');
  expect(itemOf(waits(7, { title: '' }), 0).label).toContain('7.jsonl');
});
