/** Cutting texts into terms, reading queries, cutting snippets: the two sides must agree. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { indexText, piecesOf } from '../../../src/search/indexedText.ts';
import { matchExpression, parseQuery } from '../../../src/search/query.ts';
import { snippetOf } from '../../../src/search/snippet.ts';
import { tokensOf } from '../../../src/search/tokens.ts';

const NOW = new Date(2026, 10, 14, 12).getTime();
const match = (text: string) => matchExpression(parseQuery(text, NOW));

describe('terms', () => {
  it('are words without case, accents and underscores, and the parts of identifiers', () => {
    expect(indexText(['Naïve getUserName HTTPServer __init__ user_name'])).toBe(
      'naive getusername httpserver init username · get user name · http server · user name',
    );
  });

  it('are pairs of characters where words have no spaces between them', () => {
    expect(indexText(['全文検索とTypeScript'])).toBe(
      '全文 文検 検索 索と と typescript · type script',
    );
    const pieces = (text: string) => piecesOf({ content: [{ type: 'text', text }] });
    expect(indexText(pieces('ガ 한국어'.normalize('NFD')))).toBe(indexText(['ガ 한국어']));
  });

  it('keep pieces apart, and hold no more than is worth it', () => {
    const text = (value: string) => ({ type: 'text' as const, text: value });
    expect(indexText(piecesOf({ content: [text('a b'), text('c')] }))).toBe('a b · c');
    const long = piecesOf({ content: [text('x '.repeat(10_000)), text('late')] });
    expect(long.join('').length).toBeLessThanOrEqual(8192);
  });

  it('put a message’s words before its tools and its thinking', () => {
    const pieces = piecesOf({
      content: [
        { type: 'thinking', text: 'hm' },
        {
          type: 'tool',
          callId: '1',
          name: 'Read',
          summary: 'a.ts',
          input: { text: '{}' },
          result: { text: 'done', isError: false },
        },
        { type: 'text', text: 'answer' },
      ],
    });
    expect(pieces).toEqual(['answer', 'Read a.ts', '{}', 'done', 'hm']);
  });

  it('hold nothing that SQLite reads as more than a term, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
        for (const { term, parts, start, end } of tokensOf(text.normalize('NFC'))) {
          for (const one of [term, ...parts.map((part) => part.term)]) {
            expect(one).toMatch(/^[a-z0-9\u0080-\u{10ffff}]+$/u);
          }
          expect(end).toBeGreaterThan(start);
        }
      }),
    );
  });
});

describe('queries', () => {
  it('have words, phrases, beginnings, alternatives and exclusions', () => {
    expect(match('foo "bar baz" qu* a OR b -nope')).toBe(
      '(("foo") AND ("bar baz") AND ("qu*") AND ("a" OR "b")) NOT ("nope")',
    );
    expect(match('src/store/a.ts getUserName')).toBe('("src store a ts") AND ("getusername")');
    expect(match('全文検 検')).toBe('("全文 文検") AND ("検*")');
  });

  it('choose sessions and times', () => {
    const query = parseQuery(
      'x tag:a -tag:"b c" agent:claude project:shop note:Ada -note:x after:2026-05 before:7d',
      NOW,
    );
    expect(query.filter).toEqual({
      tags: ['a'],
      notes: ['Ada'],
      notNotes: ['x'],
      notTags: ['b c'],
      agents: ['claude'],
      notAgents: [],
      projects: ['shop'],
      notProjects: [],
    });
    expect(query.after).toBe(new Date(2026, 4, 1).getTime());
    expect(query.before).toBe(NOW - 7 * 86_400_000);
    expect(parseQuery('after:today', NOW).after).toBe(new Date(2026, 10, 14).getTime());
    expect(parseQuery('-after:yesterday', NOW).before).toBe(new Date(2026, 10, 13).getTime());
  });

  it('take for words what is no operator', () => {
    expect(match('before:lunch foo:bar')).toBe('("before lunch") AND ("foo bar")');
    expect(match('after:2026-02-31')).toBe('("after 2026 02 31")');
    expect(match('a OR')).toBe('("a")');
    expect(match('OR a')).toBe('("a")');
    for (const nothing of ['', '   ', '"', '-', '""', 'tag:', '-- ** ()', '-only']) {
      expect(match(nothing), nothing).toBeUndefined();
    }
  });

  it('can be anything', () => {
    const part = fc.constantFrom('"', '-', 'OR', ' ', 'tag:', 'after:', '*', 'a', '検', '(', ':');
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ unit: 'binary', maxLength: 2_000 }),
          fc.array(part, { maxLength: 40 }).map((parts) => parts.join('')),
        ),
        (text) => {
          const query = parseQuery(text, NOW);
          expect(query.groups.flat().every(({ terms }) => terms.length > 0)).toBe(true);
        },
      ),
    );
  });
});

describe('snippets', () => {
  const cut = (text: string, query: string) => {
    const snippet = snippetOf([text], parseQuery(query, NOW).groups.flat());
    return snippet?.ranges.map(({ start, end }) => snippet.text.slice(start, end));
  };

  it('mark words, phrases, beginnings and parts of identifiers', () => {
    expect(cut('The Cache of caches', 'cache')).toEqual(['Cache']);
    expect(cut('The Cache of caches', 'cache*')).toEqual(['Cache', 'caches']);
    expect(cut('a b c a b', '"a b"')).toEqual(['a b', 'a b']);
    expect(cut('call getUserName()', 'name')).toEqual(['Name']);
    expect(cut('全文検索', '検索')).toEqual(['検索']);
    expect(cut('全文検索', '検')).toEqual(['検']);
  });

  it('show where most of the words stand', () => {
    const text = `one ${'x '.repeat(300)} one two three ${'y '.repeat(300)}`;
    expect(cut(text, 'one two three')).toEqual(['one', 'two', 'three']);
  });

  it('find what the index finds, mark it, and never break a character', () => {
    const word = fc.constantFrom(
      'alpha',
      'betaGamma',
      '全文検索',
      '😀',
      'x_y',
      'naïve',
      '\n',
      ' — ',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 120 }), fc.nat(7), (words, pick) => {
        const text = words.join(' ');
        const query = parseQuery(
          ['alpha', 'gamma', '文検', 'x_y', 'naive', 'be*', '"alpha alpha"', '索'][pick] ?? '',
          NOW,
        );
        const [phrase] = query.groups.flat();
        const terms = ` ${indexText([text])} `;
        const wanted = ` ${phrase?.terms.join(' ') ?? ''}${phrase?.prefix ? '' : ' '}`;
        const snippet = snippetOf([text], query.groups.flat());
        expect(snippet !== undefined).toBe(terms.includes(wanted));
        if (!snippet) return;
        expect(snippet.ranges.length).toBeGreaterThan(0);
        expect(snippet.text.isWellFormed()).toBe(true);
        expect(snippet.text).not.toMatch(/[\n\r\t]/);
        expect(snippet.text.length).toBeLessThan(400);
      }),
    );
  });
});
