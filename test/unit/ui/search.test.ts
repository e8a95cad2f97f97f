/** The search picker: what it asks and when, what it shows, and what choosing does. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { window } from 'vscode';
import type { MessageHit, SearchOptions, SearchResult } from '../../../src/core/search.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import {
  hintItems,
  liveQuery,
  markHits,
  resultItems,
  type SearchItem,
} from '../../../src/ui/commands/searchItems.ts';
import { SearchPicker, type OpenHit } from '../../../src/ui/commands/searchPicker.ts';
import { live, quickPicks } from '../support/vscode.ts';
import { NOW, session } from './support.ts';

const hit = (id: string, messageIndex: number, text = 'the needle'): MessageHit => ({
  session: session(id),
  messageIndex,
  role: 'user',
  timestamp: NOW - 3_600_000,
  snippet: { text, ranges: [{ start: 4, end: 10 }] },
  score: 1,
});
const result = (given: Partial<SearchResult> = {}): SearchResult => ({
  titles: [],
  hits: [],
  total: 0,
  more: false,
  pending: 0,
  ...given,
});
const labels = (items: readonly unknown[]) => (items as SearchItem[]).map(({ label }) => label);

describe('items', () => {
  it('put titles first, then messages with the hits marked, then more', () => {
    const titles = [{ session: session('t'), title: { text: 'x', ranges: [] }, score: 1 }];
    const items = resultItems(result({ titles, hits: [hit('a', 4)], total: 12, more: true }), NOW);
    expect(labels(items)).toEqual([
      'Titles',
      'Session t',
      'Messages (12 or more)',
      'Session a',
      '11 more…',
    ]);
    expect(items[3]).toMatchObject({
      description: '#5 · p · 1 h ago',
      detail: 'You: the «needle»',
      alwaysShow: true,
      action: { type: 'open', sessionId: 'a', reveal: 4 },
    });
  });

  it('say first which hits a subagent said', () => {
    const found = { ...hit('a', 1), session: session('a', { subagentOf: 'b' }) };
    const titles = [{ session: found.session, title: { text: 'x', ranges: [] }, score: 1 }];
    const items = resultItems(result({ titles, hits: [found], total: 1 }), NOW);
    expect(items[3]).toMatchObject({ description: 'subagent · #2 · p · 1 h ago' });
    for (const at of [1, 3]) expect(items[at]).toMatchObject({ iconPath: { id: 'hubot' } });
  });

  it('say that nothing was found, that more may come, and what went wrong', () => {
    expect(labels(resultItems(result({ pending: 3, notice: 'no $(disk)' }), NOW))).toEqual([
      'Nothing found',
      'no $\u200b(disk)',
      'Still indexing: 3 sessions. More may be found.',
    ]);
  });

  it('make nothing of a text an icon, a link or a second line', () => {
    const text = '$(trash) [x](command:y)\n\u202eabc';
    expect(markHits({ text, ranges: [{ start: 0, end: 3 }] })).toBe(
      '«$\u200b(t»rash) [x]\u200b(command:y) abc',
    );
  });

  it('leave the one word that the picker marks itself unmarked', () => {
    const text = { text: 'the Needle', ranges: [{ start: 4, end: 10 }] };
    expect(markHits(text, ' needle')).toBe('the Needle');
    for (const typed of ['needles', 'the needle', 'need*', 'tag:a']) {
      expect(markHits(text, typed), typed).toBe('the «Needle»');
    }
  });

  it('show by their icon what lies in the archive', () => {
    const cold = { ...hit('a', 4), session: session('a', { storageTier: 'cold' }) };
    const [, archived, warm] = resultItems(result({ hits: [cold, hit('b', 0)], total: 2 }), NOW);
    expect(archived).toMatchObject({ iconPath: { id: 'archive' } });
    expect(archived?.description).toContain('archived');
    expect(warm).toMatchObject({ iconPath: { id: 'comment' } });
  });

  it('take the word being typed for a beginning, and nothing else', () => {
    expect(
      ['ref', 'a ref', 'ref ', 'a', '"a ref', '"a ref"', 'x OR', 'tag:a', '-no', 'a*'].map(
        liveQuery,
      ),
    ).toEqual(['ref*', 'a ref*', 'ref ', 'a', '"a ref', '"a ref"', 'x OR', 'tag:a', '-no*', 'a*']);
  });

  it('show the language before anything is typed', () => {
    expect(labels(hintItems(['old $(x)']))).toContain('old $\u200b(x)');
    expect(labels(hintItems([]))).toContain('"exact words"');
  });
});

describe('the picker', () => {
  const asked: { query: string; options: SearchOptions }[] = [];
  let answers: PromiseWithResolvers<SearchResult>[] = [];
  let opened: OpenHit[] = [];
  const recent: string[] = [];

  beforeEach(() => {
    vi.useFakeTimers();
    live.clear();
    quickPicks.length = 0;
    asked.length = 0;
    answers = [];
    opened = [];
    recent.length = 0;
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  function start() {
    const store = {
      searchSessionsByContent: (query: string, options: SearchOptions) => {
        asked.push({ query, options });
        const answer = Promise.withResolvers<SearchResult>();
        answers.push(answer);
        return answer.promise;
      },
    } as unknown as SessionStore;
    const log = window.createOutputChannel('test', { log: true });
    const picker = new SearchPicker({ store, log }, recent, (one) => opened.push(one));
    picker.show();
    const [played] = quickPicks;
    if (!played) throw new Error('No picker was made.');
    return { picker, played, log };
  }
  const answer = async (index: number, given: Partial<SearchResult>) => {
    answers[index]?.resolve(result(given));
    await vi.advanceTimersByTimeAsync(0);
  };

  it('asks once the person pauses, and drops an answer to what was typed before', async () => {
    const { played } = start();
    played.type('ne');
    await vi.advanceTimersByTimeAsync(50);
    played.type('need');
    await vi.advanceTimersByTimeAsync(200);
    expect(asked.map(({ query }) => query)).toEqual(['need*']);
    expect(played.busy).toBe(true);
    played.type('needle ');
    await vi.advanceTimersByTimeAsync(200);
    expect(asked).toHaveLength(1);
    await answer(0, { hits: [hit('stale', 0)], total: 1 });
    expect(labels(played.items)).not.toContain('Session stale');
    expect(asked.map(({ query }) => query)).toEqual(['need*', 'needle ']);
    await answer(1, { hits: [hit('a', 0)], total: 1 });
    expect(labels(played.items)).toContain('Session a');
    expect(played.busy).toBe(false);
  });

  it('opens what is chosen, beside when asked, and remembers the search', async () => {
    const { played } = start();
    played.type('needle');
    await vi.advanceTimersByTimeAsync(200);
    await answer(0, { hits: [hit('a', 7)], total: 1 });
    played.pressItemButton(played.items[1]);
    expect(opened).toEqual([{ sessionId: 'a', reveal: 7, beside: true }]);
    expect(recent).toEqual(['needle']);
    const again = start();
    expect(labels(quickPicks[1]?.items ?? [])).toContain('needle');
    again.picker.dispose();
  });

  it('shows more on demand and goes on from the first new hit', async () => {
    const { played } = start();
    played.type('needle');
    await vi.advanceTimersByTimeAsync(200);
    const hits = Array.from({ length: 30 }, (_, index) => hit('a', index));
    await answer(0, { hits: hits.slice(0, 20), total: 30 });
    const more = played.items.at(-1);
    played.activeItems = [more];
    played.accept(more);
    expect(asked[1]?.options.limit).toBe(40);
    await answer(1, { hits, total: 30 });
    expect(played.activeItems[0]).toMatchObject({ action: { reveal: 20 } });
  });

  it('asks again while the store is indexing, and in another order', async () => {
    const { played } = start();
    played.type('needle');
    await vi.advanceTimersByTimeAsync(200);
    await answer(0, { pending: 2 });
    await vi.advanceTimersByTimeAsync(1_100);
    expect(asked).toHaveLength(2);
    await answer(1, { hits: [hit('a', 0)], total: 1 });
    played.pressButton();
    expect(asked[2]?.options.order).toBe('newest');
  });

  it('fills in a hint and says what went wrong', async () => {
    const { played } = start();
    played.accept(played.items.find((item) => (item as SearchItem).label === 'after:7d'));
    expect(played.value).toBe('after:7d');
    await vi.advanceTimersByTimeAsync(200);
    answers[0]?.reject(new Error('the server is away'));
    await vi.advanceTimersByTimeAsync(0);
    expect(labels(played.items)).toEqual(['the server is away']);
  });

  it('ends with all it began when it is closed, and shows no late answer', async () => {
    const { played, log } = start();
    played.type('needle');
    await vi.advanceTimersByTimeAsync(200);
    const before = played.items;
    played.hide();
    await answer(0, { hits: [hit('a', 0)], total: 1 });
    expect(played.items).toBe(before);
    log.dispose();
    expect([...live.values()]).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
