/** The filter's picker: words end it, everything else is turned on and off in it. */
import { beforeEach, expect, it } from 'vitest';
import { window, type QuickPickItem } from 'vscode';
import { editFilter } from '../../../src/ui/commands/filtering.ts';
import type { CommandServices } from '../../../src/ui/commands/targets.ts';
import {
  FIRST_ARRANGEMENT,
  type Arrangement,
  type TreeFilter,
} from '../../../src/ui/tree/arrangement.ts';
import { live, quickPicks, type PlayedPicker } from '../support/vscode.ts';
import { FakeCatalogue, session } from './support.ts';

let arrangement: Arrangement;
let store: FakeCatalogue;

beforeEach(() => {
  live.clear();
  quickPicks.length = 0;
  arrangement = FIRST_ARRANGEMENT;
  store = new FakeCatalogue();
  store.sessions = [session('a', { tags: ['bug'] }), session('b', { tags: ['bug', 'api'] })];
});

async function opened(): Promise<{ picker: PlayedPicker; closed: Promise<void> }> {
  // Of all services, the filter uses these.
  const services = {
    log: window.createOutputChannel('test', { log: true }),
    store,
    view: {
      get arrangement() {
        return arrangement;
      },
      arrange: (change: Partial<Arrangement>) => {
        arrangement = { ...arrangement, ...change };
      },
    },
  } as unknown as CommandServices;
  const closed = editFilter(services);
  const picker = quickPicks.at(-1);
  if (!picker) throw new Error('no picker');
  await expect.poll(() => picker.busy).toBe(false);
  return { picker, closed };
}

const items = (picker: PlayedPicker) => picker.items as readonly QuickPickItem[];
const row = (picker: PlayedPicker, label: string) =>
  items(picker).find((item) => item.label === label);
const on = () => Object.entries(arrangement.filter).filter(([, value]) => value !== undefined);

it('offers states, agents, tiers and tags with how many sessions there are of each', async () => {
  const { picker, closed } = await opened();
  const labels = items(picker).map(({ label }) => label);
  for (const label of ['Running here now', 'Rescued', 'Pinned', 'Begun here', 'bug', 'api']) {
    expect(labels).toContain(label);
  }
  expect(labels).not.toContain('Clear Filter');
  expect(row(picker, 'bug')?.description).toBe('2 sessions');
  picker.hide();
  await closed;
  expect(on()).toEqual([]);
});

it('turns things on and off, each at once, and stays open for the next', async () => {
  const { picker, closed } = await opened();
  picker.accept(row(picker, 'Rescued'));
  picker.accept(row(picker, 'bug'));
  expect(on()).toEqual([
    ['rescued', true],
    ['tag', 'bug'],
  ]);
  expect(row(picker, 'Rescued')?.description).toContain('$(check)');
  expect(picker.activeItems).toEqual([row(picker, 'bug')]);
  // Another of its kind takes its place; the same again takes it away.
  picker.accept(row(picker, 'api'));
  picker.accept(row(picker, 'Rescued'));
  expect(on()).toEqual([['tag', 'api']]);
  picker.accept(row(picker, 'Clear Filter'));
  await closed;
  expect(on()).toEqual([]);
  expect([...live.values()].filter((name) => name === 'quick pick')).toEqual([]);
});

it('takes the words that are there when Enter comes, and shows how to be rid of them', async () => {
  const first = await opened();
  first.picker.type('logi');
  const words = row(first.picker, 'Titles with “logi”');
  first.picker.value = 'login';
  first.picker.accept(words);
  await first.closed;
  expect(on()).toEqual([['text', 'login']]);
  const second = await opened();
  second.picker.accept(row(second.picker, 'Titles with “login”'));
  expect(on()).toEqual([]);
  second.picker.hide();
  await second.closed;
});

it('filters by words when the store does not say what there is', async () => {
  store.listGroups = () => Promise.reject(new Error('away'));
  const filter: TreeFilter = { pinned: true };
  arrangement = { ...arrangement, filter };
  const { picker, closed } = await opened();
  picker.type('x');
  picker.accept(row(picker, 'Titles with “x”'));
  await closed;
  expect(on()).toEqual([
    ['pinned', true],
    ['text', 'x'],
  ]);
});
