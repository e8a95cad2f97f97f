/** Text from transcripts stays text, wherever it is shown. */
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, fileName, oneLine, plain } from '../../../src/ui/text.ts';
import { sessionTooltip, titleOf, treeItem } from '../../../src/ui/tree/treeItems.ts';
import { decoratedUri, decorationOf } from '../../../src/ui/tree/decorations.ts';
import { SessionNode } from '../../../src/ui/tree/nodes.ts';
import { NOW, session } from './support.ts';

const HOSTILE = [
  '[click](command:workbench.action.terminal.new)',
  '![x](https://evil.example/p.png)',
  '<img src=x onerror=alert(1)><script>alert(1)</script>',
  '$(trash) `code` **bold** _em_ ~~del~~',
  '<https://evil.example> https://evil.example www.evil.example me@evil.example',
  '# heading\n\n- list\n\n> quote\n\n```js\nx\n```',
  '| a | b |\n|---|---|\n| c | d |',
  '&lt;b&gt; &#x3c;',
  '[ref]: https://evil.example\n[ref]',
  '\\[not escaped](command:x)',
  'right\u202eot tfel',
];

describe('escapeMarkdown', () => {
  it.each(HOSTILE)('leaves nothing but text of %j', (hostile) => {
    const html = marked.parse(`**${escapeMarkdown(hostile)}**`, { async: false, gfm: true });
    const tags = [...html.matchAll(/<\/?([a-z0-9]+)/gi)].map(([, name]) => name);
    expect(tags).toEqual(['p', 'strong', 'strong', 'p']);
  });

  it('changes nothing that can be seen', () => {
    const html = marked.parse(escapeMarkdown('a*b _c_ [d](e) 1. f'), { async: false });
    expect(html.trim()).toBe('<p>a*b _c_ [d](e) 1. f</p>');
  });
});

describe('plain', () => {
  it('breaks icons and links', () => {
    const text = plain('$(trash) [click](command:x)');
    expect(text).not.toMatch(/\$\(/);
    expect(text).not.toMatch(/\]\(/);
    expect(text.replaceAll('\u200b', '')).toBe('$(trash) [click](command:x)');
  });
});

describe('oneLine', () => {
  it('keeps one line of bounded length, without marks that turn the text around', () => {
    expect(oneLine('a\r\n\tb\u0000c\u202ed')).toBe('a b c d');
    expect(oneLine('x'.repeat(5_000_000), 10)).toBe(`${'x'.repeat(9)}…`);
  });

  it('does not cut a character in two', () => {
    expect(oneLine('👩👩👩👩', 3)).toBe('👩👩…');
  });
});

describe('fileName', () => {
  it('is one part of an address', () => {
    expect(fileName('../a/b?c#d')).toBe('..-a-b-c-d');
    expect(fileName('  ')).toBe('untitled');
  });
});

describe('tree items', () => {
  it.each(HOSTILE)('show the title %j as text in the tooltip', (title) => {
    const tooltip = sessionTooltip(session('a', { title, models: [title], tags: [title] }), NOW);
    expect(tooltip.isTrusted).toBe(false);
    expect(tooltip.supportHtml).toBe(false);
    const html = marked.parse(tooltip.value, { async: false, gfm: true });
    expect(html).not.toMatch(/<(?!\/?(?:p|strong|br)\b)/);
  });

  it('describe a session quietly, and a fork by its message', () => {
    const root = treeItem(new SessionNode(session('a'), false), NOW, false);
    expect(root.description).toBe('60 messages · claude-sonnet-4-5 · 2 h ago');
    const fork = session('b', {
      parentId: 'a',
      inheritedCount: 42,
      kind: 'fork',
      messageCount: 44,
    });
    const item = treeItem(new SessionNode(fork, false), NOW, false);
    expect(item.description).toBe('@42 · 44 messages · claude-sonnet-4-5 · 2 h ago');
    expect(item.contextValue).toBe('session fork branch warm');
  });

  it('mark the filter’s text in the label', () => {
    const node = new SessionNode(session('a', { title: 'Fix LOGIN race' }), true);
    expect(treeItem(node, NOW, false, 'login').label).toEqual({
      label: 'Fix LOGIN race',
      highlights: [[4, 9]],
    });
    expect(treeItem(node, NOW, false).label).toEqual({ label: 'Fix LOGIN race' });
  });

  it('are decorated for problems first, then for being abandoned', () => {
    const decoration = (given: Parameters<typeof session>[1]) =>
      decorationOf(decoratedUri(session('a', given)));
    expect(decoration({})).toBeUndefined();
    expect(decoration({ kind: 'abandoned' })?.tooltip).toBe('abandoned');
    expect(decoration({ kind: 'abandoned', problemCount: 2 })).toMatchObject({
      badge: '!',
      tooltip: '2 lines of the file could not be read.',
    });
    expect(decorationOf({ scheme: 'file', path: '/tree/x', query: 'abandoned=1' })).toBeUndefined();
  });

  it('speak a sentence', () => {
    const cold = session('a', { title: 'Fix login', storageTier: 'cold', forkCount: 2 });
    const item = treeItem(new SessionNode(cold, false), NOW, false);
    expect(item.accessibilityInformation?.label).toBe(
      'Session Fix login, 60 messages, claude-sonnet-4-5, 2 h ago, archived, 2 forks',
    );
  });

  it('name a session without a title', () => {
    expect(titleOf({ title: ' \n ' })).toBe('Untitled session');
  });

  it('can be expanded only where there are forks to see', () => {
    const one = session('a', { forkCount: 1 });
    expect(treeItem(new SessionNode(one, false), NOW, false).collapsibleState).toBe(1);
    expect(treeItem(new SessionNode(one, true), NOW, false).collapsibleState).toBe(0);
  });
});
