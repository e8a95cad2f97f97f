/** Searching a real store through its worker: what is found, where it is, and what is not. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { IndexLostError, type SearchWorker } from '../../../src/server/searchWorker.ts';
import { Catalogue } from '../../../src/store/catalogue.ts';
import { turns } from '../store/support/claudeHome.ts';
import { imported, StoreFolder } from '../store/support/openStore.ts';
import { found, searched } from './support/indexed.ts';
import { SearchStore } from './support/searchStore.ts';

const user = (text: string, timestamp?: number) => ({
  role: 'user' as const,
  text,
  ...(timestamp !== undefined && { timestamp }),
});
const at = (day: number): number => new Date(2026, 4, day, 12).getTime();

async function opened() {
  const home = new StoreFolder();
  const store = await home.open({ search: true });
  return { home, store };
}

describe('messages', () => {
  it('are found by words, phrases, beginnings, alternatives and what they lack', async () => {
    const { store } = await opened();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(id, [
      user('refresh the access token before it expires'),
      user('the token parser throws on an empty line'),
      user('rename getUserName to loadUser in auth_helpers.ts'),
      user('全文検索のテスト'),
    ]);
    const of = async (query: string) => (await found(store, query)).sort();
    expect(await of('token')).toEqual(['one#0', 'one#1']);
    expect(await of('token -parser')).toEqual(['one#0']);
    expect(await of('"access token"')).toEqual(['one#0']);
    expect(await of('"token access"')).toEqual([]);
    expect(await of('pars*')).toEqual(['one#1']);
    expect(await of('pars')).toEqual([]);
    expect(await of('expires OR loadUser')).toEqual(['one#0', 'one#2']);
    expect(await of('username')).toEqual([]);
    expect(await of('name')).toEqual(['one#2']);
    expect(await of('get_user_name')).toEqual(['one#2']);
    expect(await of('helpers')).toEqual(['one#2']);
    expect(await of('検索')).toEqual(['one#3']);
    expect(await of('索')).toEqual(['one#3']);
  });

  it('show where the words stand', async () => {
    const { store } = await opened();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(id, [user(`${'filler '.repeat(200)}the needle\nlies here`)]);
    const { hits } = await searched(store, 'needle lies');
    const [hit] = hits;
    expect(hit?.snippet.text).toContain('the needle lies here');
    const marked = hit?.snippet.ranges.map(({ start, end }) => hit.snippet.text.slice(start, end));
    expect(marked).toEqual(['needle', 'lies']);
    expect(hit).toMatchObject({ messageIndex: 0, role: 'user', session: { id } });
  });

  it('that were found and cannot be shown leave the titles, and why they are missing', async () => {
    const home = new StoreFolder();
    const { store, search } = await SearchStore.open(home);
    onTestFinished(() => store.close());
    const { id } = await store.createSession({ title: 'needle' });
    await store.appendMessages(id, [user('a needle in a haystack')]);
    expect((await searched(store, 'needle')).hits).toHaveLength(1);
    const ask = search.worker.ask.bind(search.worker);
    const dying: SearchWorker['ask'] = (name, argument) =>
      name === 'snippets'
        ? Promise.reject(new IndexLostError('The search worker ended.'))
        : ask(name, argument);
    vi.spyOn(search.worker, 'ask').mockImplementation(dying);
    const result = await store.searchSessionsByContent('needle');
    expect(result.titles).toHaveLength(1);
    expect(result).toMatchObject({ hits: [], total: 0, more: false });
    expect(result.notice).toContain('The search worker ended.');
    vi.restoreAllMocks();
    expect((await searched(store, 'needle')).hits).toHaveLength(1);
  });

  it('are cut by the worker while their sessions are looked up here, each once', async () => {
    const home = new StoreFolder();
    const { store, search } = await SearchStore.open(home);
    onTestFinished(() => store.close());
    const { id } = await store.createSession({ title: 'needle' });
    await store.appendMessages(id, [user('a needle'), user('another needle')]);
    expect((await searched(store, 'needle')).hits).toHaveLength(2);
    const ask = vi.spyOn(search.worker, 'ask');
    const find = vi.spyOn(Catalogue.prototype, 'find');
    const { hits, titles } = await store.searchSessionsByContent('needle');
    const asked = ask.mock.calls.findIndex(([name]) => name === 'snippets');
    const [cut, looked] = [ask.mock.invocationCallOrder[asked], find.mock.invocationCallOrder];
    vi.restoreAllMocks();
    expect([hits.length, titles.length]).toEqual([2, 1]);
    // For both messages, and for the title.
    expect(looked).toHaveLength(2);
    expect(Math.min(...looked)).toBeGreaterThan(cut ?? Infinity);
  });

  it('come best first, or newest first', async () => {
    const { store } = await opened();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(id, [
      user('cache cache cache', at(1)),
      user('the cache is one of many words in this long message about nothing much', at(2)),
      ...Array.from({ length: 30 }, (_, index) => user(`other words ${index}`, at(3))),
    ]);
    expect(await found(store, 'cache')).toEqual(['one#0', 'one#1']);
    expect(await found(store, 'cache', { order: 'newest' })).toEqual(['one#1', 'one#0']);
  });

  it('are limited to a time', async () => {
    const { store } = await opened();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(
      id,
      [4, 5, 6, 7].map((day) => user('alpha', at(day))),
    );
    const of = async (query: string) => (await found(store, query)).sort();
    expect(await of('alpha after:2026-05-06')).toEqual(['one#2', 'one#3']);
    expect(await of('alpha before:2026-05-06')).toEqual(['one#0', 'one#1']);
    expect(await of('alpha after:2026-05-05 before:2026-05-06')).toEqual(['one#1']);
  });

  it('are limited to sessions by tag, note, agent and project', async () => {
    const home = new StoreFolder();
    home.claude.write('a', turns('a', 4));
    const store = await imported(home, { search: true });
    const { id } = await store.createSession({ title: 'own', tags: ['Auth'], project: '/x/shop2' });
    await store.appendMessages(id, [user('user a 0')]);
    await store.updateSession(id, { note: 'Ask Ada\nbefore 100 % is said' });
    const titles = async (query: string) => {
      const { hits } = await searched(store, query);
      return [...new Set(hits.map(({ session }) => session.origin?.agent ?? session.title))].sort();
    };
    expect(await titles('user')).toEqual(['claude-code', 'own']);
    expect(await titles('user tag:auth')).toEqual(['own']);
    expect(await titles('user -tag:auth')).toEqual(['claude-code']);
    expect(await titles('user agent:claude')).toEqual(['claude-code']);
    expect(await titles('user project:shop2')).toEqual(['own']);
    expect(await titles('user tag:none')).toEqual([]);
    expect(await titles('user note:ada')).toEqual(['own']);
    expect(await titles('user note:"100 %"')).toEqual(['own']);
    expect(await titles('user -note:ada')).toEqual(['claude-code']);
    expect(await titles('user note:_da')).toEqual([]);
  });

  it('come in pages', async () => {
    const { store } = await opened();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(
      id,
      Array.from({ length: 50 }, (_, index) => user(`alpha ${index}`, at(1) + index * 60_000)),
    );
    const all = await found(store, 'alpha', { order: 'newest' });
    expect(all).toHaveLength(50);
    const pages = [];
    for (let offset = 0; offset < 50; offset += 20) {
      const page = await searched(store, 'alpha', { order: 'newest', limit: 20, offset });
      pages.push(
        ...page.hits.map(({ session, messageIndex }) => `${session.title}#${messageIndex}`),
      );
    }
    expect(pages).toEqual(all);
  });
});

describe('what is shown', () => {
  it('holds no session in the trash, and holds it again when it is back', async () => {
    const { store } = await opened();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(id, [user('alpha')]);
    expect(await found(store, 'alpha')).toEqual(['one#0']);
    await store.deleteSession(id);
    expect(await found(store, 'alpha')).toEqual([]);
    await store.restoreSession(id);
    expect(await found(store, 'alpha')).toEqual(['one#0']);
  });

  it('has what a fork inherits once, with its parent, and through the fork when that is gone', async () => {
    const { store } = await opened();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(
      id,
      ['zero', 'alpha', 'beta'].map((text) => user(text)),
    );
    const fork = await store.forkSession(id, { atMessage: 1, title: 'fork' });
    await store.appendMessages(fork.session.id, [user('alpha of the fork')]);
    expect((await found(store, 'alpha')).sort()).toEqual(['fork#2', 'one#1']);
    await store.deleteSession(id);
    expect((await found(store, 'alpha')).sort()).toEqual(['fork#1', 'fork#2']);
    expect(await found(store, 'beta')).toEqual([]);
  });

  it('has copies of a conversation once', async () => {
    const home = new StoreFolder();
    const lines = turns('a', 4);
    home.claude.write('a', lines);
    home.claude.write('b', [...lines, ...turns('b', 2, { parent: 'a-3', minute: 10 })]);
    const store = await imported(home, { search: true });
    const { hits } = await searched(store, '"user a 2"');
    expect(hits).toHaveLength(1);
    expect((await searched(store, '"user b 0"')).hits).toHaveLength(1);
  });

  it('of subagents open the subagent, chosen by what its session is, gone and back with it', async () => {
    const { home } = await opened();
    await home.close();
    const trunk = '11111111-1111-4111-8111-111111111111';
    const work = (name: string) =>
      turns(name, 2, { text: ' lighthouse' }).map((line) => ({
        ...line,
        extra: { sessionId: trunk, isSidechain: true },
      }));
    home.claude.write(trunk, [...turns('a', 2), ...work('inside')]);
    home.claude.write(`${trunk}/subagents/agent-one`, work('apart'));
    const store = await imported(home, { search: true });
    const [main] = (await store.listSessions({})).sessions;
    const id = main?.id ?? '';
    const { hits } = await searched(store, 'lighthouse');
    expect(hits.map(({ session }) => session.subagentOf)).toEqual([id, id, id, id]);
    for (const { session, messageIndex } of hits) {
      const { messages } = await store.readMessages(session.id, { start: 0, end: 10 });
      expect(JSON.stringify(messages[messageIndex]?.content)).toContain('lighthouse');
    }
    expect(new Set(hits.map(({ session }) => session.id)).size).toBe(2);
    await store.updateSession(id, { tags: ['sea'] });
    expect((await searched(store, 'lighthouse tag:sea')).hits).toHaveLength(4);
    expect((await searched(store, 'lighthouse -tag:sea')).hits).toEqual([]);
    expect((await searched(store, 'lighthouse agent:claude')).hits).toHaveLength(4);
    await store.deleteSession(id);
    expect((await searched(store, 'lighthouse')).hits).toEqual([]);
    await store.restoreSession(id);
    expect((await searched(store, 'lighthouse')).hits).toHaveLength(4);
  });

  it('includes archived sessions and leaves them archived', async () => {
    const { store } = await opened();
    const { id } = await store.createSession({ title: 'one' });
    await store.appendMessages(id, [user('alpha in the archive')]);
    const { accessCount } = await store.migrateToTier(id, 'cold', { reason: 'test' });
    const { hits } = await searched(store, 'alpha');
    expect(hits[0]?.snippet.text).toBe('alpha in the archive');
    expect((await store.getSession(id))?.storageTier).toBe('cold');
    expect((await store.getSession(id))?.accessCount).toBe(accessCount);
  });

  it('follows a file that grows and one that was rewritten', async () => {
    const home = new StoreFolder();
    home.claude.write('a', turns('a', 2));
    const store = await imported(home, { search: true });
    expect(await found(store, '"user a 2"')).toEqual([]);
    home.claude.append('a', turns('a', 4).slice(2));
    await store.importSessions();
    expect(await found(store, '"user a 2"')).toHaveLength(1);
    home.claude.write('a', turns('c', 2));
    await store.importSessions();
    expect(await found(store, '"user a 2"')).toEqual([]);
    expect(await found(store, '"user c 0"')).toHaveLength(1);
  });
});

describe('titles', () => {
  it('are found misspelt, newest first among equals, and with filters alone', async () => {
    const { store } = await opened();
    await store.createSession({ title: 'Fix the authentication bug', tags: ['auth'] });
    await store.createSession({ title: 'Write documentation' });
    const { titles } = await searched(store, 'autentication');
    expect(titles.map(({ session }) => session.title)).toEqual(['Fix the authentication bug']);
    expect(titles[0]?.title.ranges.length).toBeGreaterThan(0);
    const tagged = await searched(store, 'tag:auth');
    expect(tagged.titles.map(({ session }) => session.title)).toEqual([
      'Fix the authentication bug',
    ]);
    expect(await searched(store, '   ')).toMatchObject({ titles: [], hits: [], total: 0 });
  });
});

describe('finding sessions', () => {
  it('by tag and by a range of time', async () => {
    const { store } = await opened();
    const one = await store.createSession({ title: 'one', tags: ['a'] });
    await store.createSession({ title: 'two', tags: ['b'] });
    expect((await store.findSessionsByTag('a')).map(({ id }) => id)).toEqual([one.id]);
    const range = { from: one.createdAt - 1000, to: Date.now() + 1000 };
    expect(await store.findSessionsByDateRange(range)).toHaveLength(2);
    expect(await store.findSessionsByDateRange({ to: one.createdAt - 1000 })).toEqual([]);
    expect(await store.findSessionsByDateRange({ from: Date.now() + 1000 })).toEqual([]);
  });
});
