/** Sessions by a range of time: all that were alive in it, however long, newest first. */
import { expect, it } from 'vitest';
import { StoreFolder } from './support/openStore.ts';

const DAY = 86_400_000;
const BEGAN = Date.UTC(2026, 0, 1);

it('finds those that began before its end and were written to after its beginning', async () => {
  let now = BEGAN;
  const store = await new StoreFolder().open({ now: () => now });
  const titles = new Map<string, string>();
  /** A session from one day to another. */
  const live = async (title: string, from: number, to: number): Promise<void> => {
    now = BEGAN + from * DAY;
    const { id } = await store.createSession({ title });
    titles.set(id, title);
    now = BEGAN + to * DAY;
    await store.appendMessages(id, [{ role: 'user', text: title }]);
  };
  await live('before', 0, 5);
  await live('into it', 0, 11);
  await live('within', 11, 12);
  await live('out of it', 12, 16);
  await live('all year', 1, 300);
  await live('far beyond', 12, 40);
  await live('a week and a bit', 13, 21.5);
  await live('after', 15, 16);
  await live('long after', 100, 200);
  const range = { from: BEGAN + 10 * DAY, to: BEGAN + 14 * DAY };

  const found = await store.findSessionsByDateRange(range);
  const expected = ['all year', 'far beyond', 'a week and a bit', 'out of it', 'within', 'into it'];
  expect(found.map(({ id }) => titles.get(id))).toEqual(expected);

  for (let offset = 0; offset < expected.length + 1; offset++) {
    const page = await store.listSessions({ ...range, offset, limit: 2 });
    expect(page.total).toBe(expected.length);
    expect(page.sessions.map(({ id }) => titles.get(id))).toEqual(
      expected.slice(offset, offset + 2),
    );
  }
});

it('counts anew after every change, and after one that was taken back', async () => {
  const store = await new StoreFolder().open();
  const total = async (): Promise<number> => (await store.listSessions({ limit: 1 })).total;
  expect(await total()).toBe(0);
  const { id } = await store.createSession({ title: 'a' });
  await store.createSession({ title: 'b' });
  expect(await total()).toBe(2);
  expect((await store.getStatus()).sessions).toBe(2);
  await store.deleteSession(id);
  expect(await total()).toBe(1);
  await expect(store.forkSession(id, { atMessage: 0 })).rejects.toThrow();
  expect(await total()).toBe(1);
  await store.restoreSession(id);
  expect(await total()).toBe(2);
});
