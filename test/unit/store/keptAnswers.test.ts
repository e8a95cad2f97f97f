/** Answers that are kept until the database changes, and pages that show every change all the same. */
import { expect, it, vi } from 'vitest';
import { KeptAnswers } from '../../../src/store/keptAnswers.ts';
import { PagedDatabase } from '../../../src/store/pages/database.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const NATIVE = '11111111-1111-4111-8111-111111111111';

const sizeOf = ({ size }: { readonly size: number }) => size;

it('keep an answer until something is written, and none that rests on what was there before', () => {
  const database = { changes: 0 };
  const kept = new KeptAnswers(database, 100, sizeOf);
  const found = { size: 1 };
  expect(kept.of('a', 0, () => found)).toBe(found);
  expect(kept.of('a', 0, () => ({ size: 2 }))).toBe(found);
  database.changes = 1;
  // What it rests on was read before the write.
  expect(kept.of('a', 0, () => ({ size: 3 }))).toEqual({ size: 3 });
  expect(kept.of('a', 1, () => ({ size: 4 }))).toEqual({ size: 4 });
  expect(kept.of('a', 1, () => ({ size: 5 }))).toEqual({ size: 4 });
});

it('keep no more than they have room for', () => {
  const kept = new KeptAnswers({ changes: 0 }, 10, sizeOf);
  kept.of('a', 0, () => ({ size: 6 }));
  kept.of('b', 0, () => ({ size: 5 }));
  expect(kept.of('a', 0, () => ({ size: 7 }))).toEqual({ size: 7 });
  expect(kept.of('too large', 0, () => ({ size: 11 }))).toEqual({ size: 11 });
  expect(kept.of('too large', 0, () => ({ size: 1 }))).toEqual({ size: 1 });
});

it('look a page’s marks up once, and again after every change', async () => {
  const home = new StoreFolder();
  home.claude.write(NATIVE, turns('a', 6));
  const store = await imported(home);
  const [session] = (await store.listSessions({})).sessions;
  if (!session) throw new Error('nothing was imported');
  const forks = async () => {
    const page = await store.readMessages(session.id, { start: 0, end: 10 });
    return page.forks.map(({ title }) => title);
  };
  expect(await forks()).toEqual([]);
  const { session: fork } = await store.forkSession(session.id, { atMessage: 3, title: 'One' });
  expect(await forks()).toEqual(['One']);
  await store.updateSession(fork.id, { title: 'Two' });
  expect(await forks()).toEqual(['Two']);
  const all = vi.spyOn(PagedDatabase.prototype, 'all');
  expect(await forks()).toEqual(['Two']);
  expect(all.mock.calls.map(([sql]) => sql)).toEqual([]);
  all.mockRestore();
  await store.deleteSession(fork.id);
  expect(await forks()).toEqual([]);
});
