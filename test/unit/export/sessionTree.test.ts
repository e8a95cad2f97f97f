import { describe, expect, it } from 'vitest';
import type { SessionTreeNode } from '../../../src/core/session.ts';
import { treeToText } from '../../../src/export/sessionTree.ts';
import { session } from '../core/messages.ts';

function node(
  id: string,
  children: readonly SessionTreeNode[] = [],
  rest: Parameters<typeof session>[1] = {},
): SessionTreeNode {
  return { session: session(id, rest), children };
}

describe('treeToText', () => {
  it('draws a family in lines', () => {
    const fork = { parentId: 'x', inheritedCount: 2, messageCount: 3 };
    const root = node(
      'root',
      [
        node('first', [node('deep', [], fork)], { ...fork, models: ['old', 'sonnet'] }),
        node('second', [], { ...fork, messageCount: 7 }),
      ],
      { messageCount: 5 },
    );
    expect(
      treeToText(root, { marked: 'deep', branches: [{ id: 'second', abandoned: true }] }),
    ).toBe(
      [
        'root (5 messages)',
        '├─ @2 first (1 own message, sonnet)',
        '│  └─ * @2 deep (1 own message)',
        '└─ @2 second (5 own messages, abandoned)',
      ].join('\n'),
    );
  });

  it('shows what was merged, and where it went', () => {
    const fork = { parentId: 'root', inheritedCount: 2, messageCount: 4 };
    const root = node('root', [node('lock\n', [], fork), node('queue', [], fork)], {
      messageCount: 6,
    });
    const merges = [{ sourceId: 'lock\n', sessionId: 'root', index: 4, messages: 2 }];
    expect(treeToText(root, { merges })).toBe(
      [
        'root (6 messages)',
        '│  <- @5 2 messages merged from @2 lock',
        '├─ @2 lock (2 own messages, merged)',
        '└─ @2 queue (2 own messages)',
      ].join('\n'),
    );
    const upwards = [{ sourceId: 'root', sessionId: 'queue', index: 2, messages: 1 }];
    expect(treeToText(root, { merges: upwards })).toContain(
      '└─ @2 queue (2 own messages)\n      <- @3 1 message merged from root',
    );
  });

  it('keeps a hostile title on its line', () => {
    const title = 'a\nb\u001b[31m\u2028c\u202ed';
    const text = treeToText(node('x', [], { title, models: ['m\nn'] }));
    expect(text).toBe('a b [31m c d (0 messages, m n)');
    expect(treeToText(node('x', [], { title: '\n' }))).toBe('Untitled session (0 messages)');
    expect(treeToText(node('x', [], { title: '🙂'.repeat(200) }))).toContain(`${'🙂'.repeat(40)}…`);
  });

  it('draws a chain of forks deeper than the call stack, without growing wider', () => {
    let chain = node('leaf');
    for (let at = 0; at < 20_000; at++) chain = node('link', [chain]);
    const lines = treeToText(chain).split('\n');
    expect(lines).toHaveLength(20_001);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(200);
    expect(lines.at(-1)).toContain('(20000 deep)');
  });
});
