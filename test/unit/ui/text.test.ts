/** Text from transcripts stays text, wherever it is shown. */
import { marked } from 'marked';
import { describe, expect, it } from 'vitest';
import { escapeMarkdown, fileName, oneLine, plain } from '../../../src/ui/text.ts';
import type { Session } from '../../../src/core/session.ts';
import { FIRST_ARRANGEMENT, type Arrangement } from '../../../src/ui/tree/arrangement.ts';
import { PINNED } from '../../../src/ui/tree/groups.ts';
import { sessionTooltip } from '../../../src/ui/tree/sessionTooltip.ts';
import { titleOf, treeItem } from '../../../src/ui/tree/treeItems.ts';
import { decoratedUri, decorationOf } from '../../../src/ui/tree/decorations.ts';
import { GroupNode, SessionNode, SubagentsNode, type Group } from '../../../src/ui/tree/nodes.ts';
import { NOW, session } from './support.ts';

const inProject: Group = { ...PINNED, kind: 'project', key: '/p', name: 'p', path: '/p' };

function rowOf(given: Session, group: Group = inProject, flat = false): SessionNode {
  return new SessionNode(given, new GroupNode(group, false), flat);
}

function itemOf(
  what: Session | SessionNode | GroupNode | SubagentsNode,
  { live = false, ...arrangement }: Partial<Arrangement> & { readonly live?: boolean } = {},
) {
  return treeItem('id' in what && 'title' in what ? rowOf(what) : what, {
    now: NOW,
    isExpanded: () => false,
    arrangement: { ...FIRST_ARRANGEMENT, ...arrangement },
    isLive: () => live,
  });
}

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
    const tooltip = sessionTooltip(
      session('a', { title, models: [title], tags: [title], note: `${title}\n${title}` }),
      { now: NOW, isLive: true },
    );
    expect(tooltip.isTrusted).toBe(false);
    expect(tooltip.supportHtml).toBe(false);
    const html = marked.parse(tooltip.value, { async: false, gfm: true });
    expect(html).not.toMatch(/<(?!\/?(?:p|strong|br)\b)/);
  });

  it('describe a session quietly, and a fork by its message', () => {
    const root = itemOf(session('a'));
    expect(root.description).toBe('60 messages · claude-sonnet-4-5 · 2 h ago');
    const fork = session('b', {
      parentId: 'a',
      inheritedCount: 42,
      kind: 'fork',
      messageCount: 44,
    });
    const item = itemOf(fork);
    expect(item.description).toBe('@42 · 44 messages · claude-sonnet-4-5 · 2 h ago');
    expect(item.contextValue).toBe('session fork branch loose warm');
  });

  it('mark the filter’s text in the label', () => {
    const found = session('a', { title: 'Fix LOGIN race' });
    expect(itemOf(found, { filter: { text: 'login' } }).label).toEqual({
      label: 'Fix LOGIN race',
      highlights: [[4, 9]],
    });
    expect(itemOf(found).label).toEqual({ label: 'Fix LOGIN race' });
  });

  it('are decorated for problems first, then for being abandoned', () => {
    const decoration = (given: Parameters<typeof session>[1]) =>
      decorationOf(decoratedUri(session('a', given), false));
    expect(decoration({})).toBeUndefined();
    expect(decoration({ kind: 'abandoned' })?.tooltip).toBe('abandoned');
    expect(decoration({ kind: 'abandoned', problemCount: 2 })).toMatchObject({
      badge: '!',
      tooltip: '2 lines of the file could not be read. · abandoned',
    });
    expect(decorationOf({ scheme: 'file', path: '/tree/x', query: 'abandoned=1' })).toBeUndefined();
  });

  it('speak a sentence', () => {
    const cold = session('a', { title: 'Fix login', storageTier: 'cold', forkCount: 2 });
    const item = itemOf(cold);
    expect(item.accessibilityInformation?.label).toBe(
      'Session Fix login, 60 messages, claude-sonnet-4-5, 2 h ago, archived, 2 forks',
    );
  });

  it('mark what runs here, is rescued, pinned or has a note, also for who listens', () => {
    const given = session('a', {
      title: 'Fix login',
      pinnedAt: NOW,
      note: 'x',
      origin: { agent: 'codex', nativeId: 'n', path: '/f', gone: NOW },
      subagents: { count: 2, totalTokens: 10, estimatedCost: 1 },
    });
    const item = itemOf(given, { live: true });
    expect(item.accessibilityInformation?.label).toBe(
      'Session Fix login, 60 messages, claude-sonnet-4-5, 2 h ago, running here now, rescued, pinned, has a note, 2 subagents',
    );
    expect(item.contextValue).toBe('session imported root live rescued pinned warm');
    expect(item.iconPath).toMatchObject({ id: 'pulse' });
    expect(itemOf(given).iconPath).toMatchObject({ id: 'pinned' });
    // Two characters are all that VS Code shows of a badge.
    const uri = item.resourceUri;
    expect(uri && decorationOf(uri)).toMatchObject({ badge: '●R' });
    expect(uri && decorationOf(uri)?.tooltip).toContain('has a note');
  });

  it('say the tokens and the cost of subagents on a line of their own', () => {
    const given = session('a', { subagents: { count: 2, totalTokens: 4321, estimatedCost: 1.5 } });
    const { value } = sessionTooltip(given, { now: NOW, isLive: false });
    expect(value).toContain('2 subagents: 4\\,321 · \\$1\\.50');
    const unknown = { ...given, subagents: { count: 1, totalTokens: 7 } };
    expect(sessionTooltip(unknown, { now: NOW, isLive: false }).value).toContain('1 subagent: 7  ');
  });

  it('name the project of a session that stands under none', () => {
    const row = rowOf(session('a'), { ...PINNED, kind: 'agent', key: 'codex' });
    expect(itemOf(row).description).toBe('p · 60 messages · claude-sonnet-4-5 · 2 h ago');
    expect(itemOf(row).accessibilityInformation?.label).toContain(', in p');
  });

  it('say of a group what it is, and of a project that its folder is gone', () => {
    const group = (given: Partial<Group>, isWorkspace = false) =>
      itemOf(new GroupNode({ ...PINNED, count: 2, ...given }, isWorkspace));
    const gone = group({ ...inProject, count: 2, exists: false });
    expect(gone.description).toBe('folder not found');
    expect(gone.contextValue).toBe('group project gone');
    expect(gone.accessibilityInformation?.label).toBe('Project p, 2 sessions, folder not found');
    expect(group({ kind: 'tag', key: '' }).label).toBe('No tag');
    expect(group({ kind: 'agent', key: 'claude-code' }).accessibilityInformation?.label).toBe(
      'Agent Claude Code, 2 sessions',
    );
    expect(group({ kind: 'date', name: 'week', filter: { updatedFrom: NOW } }).label).toBe(
      'This week',
    );
    expect(group({ kind: 'date', name: '2026-11', filter: { updatedFrom: NOW } }).label).toBe(
      'November 2026',
    );
  });

  it('fold subagents away with their number', () => {
    const trunk = rowOf(session('a', { subagents: { count: 3, totalTokens: 9 } }));
    const item = itemOf(new SubagentsNode(trunk));
    expect(item.description).toBe('3');
    expect(item.accessibilityInformation?.label).toBe('3 subagents');
    expect(itemOf(trunk).collapsibleState).toBe(1);
  });

  it('name a session without a title', () => {
    expect(titleOf({ title: ' \n ' })).toBe('Untitled session');
  });

  it('can be expanded only where there are forks to see', () => {
    const one = session('a', { forkCount: 1 });
    expect(itemOf(one).collapsibleState).toBe(1);
    expect(itemOf(rowOf(one, inProject, true)).collapsibleState).toBe(0);
  });
});
