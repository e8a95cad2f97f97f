import { describe, expect, it } from 'vitest';
import type { BranchSummary, Comparison } from '../../../src/core/comparison.ts';
import { NO_TOKENS } from '../../../src/core/message.ts';
import { comparisonToMarkdown } from '../../../src/export/comparison.ts';
import { message } from '../core/messages.ts';

function branch(title: string, rest: Partial<BranchSummary> = {}): BranchSummary {
  return {
    sessionId: title,
    title,
    models: [],
    messages: 1,
    tokens: NO_TOKENS,
    errors: 0,
    files: [],
    commands: [],
    actions: {
      toolCalls: 0,
      retries: 0,
      commands: { passed: 0, failed: 0 },
      tests: { passed: 0, failed: 0 },
    },
    ...rest,
  };
}

const comparison: Comparison = {
  branches: [
    branch('a | b', {
      models: ['sonnet'],
      tokens: { ...NO_TOKENS, input: 7 },
      cost: 0.5,
      durationMs: 61_400,
    }),
    branch('second'),
  ],
  ancestorId: 'root',
  sharedCount: 4,
  sharedTokens: { ...NO_TOKENS, output: 30 },
  sharedExcerpt: '',
  rows: [],
};

describe('comparisonToMarkdown', () => {
  it('writes figures, the shared prefix and rows; what is not known is a dash', () => {
    const cell = { message: message('user', 'Hi', { index: 4 }), replaced: false };
    const text = comparisonToMarkdown(comparison, [{ cells: [cell, undefined], changed: true }]);
    expect(text).toBe(`# a \\| b / second

|  | a \\| b | second |
| --- | ---: | ---: |
| Model | sonnet | – |
| Messages | 1 | 1 |
| Tokens | 7 | – |
| Cost | $0.5000 | – |
| Seconds | 61 | – |
| Errors | 0 | 0 |
| Retries | 0 | 0 |
| Tests | – | – |
| Files | 0 | 0 |
| Lines | – | – |

4 shared messages, 30 tokens, –.

## Message 5

### a \\| b

#### You

Hi

### second

*No counterpart*
`);
  });

  it('says that nothing is shared', () => {
    expect(comparisonToMarkdown({ ...comparison, sharedCount: 0 }, [])).toContain(
      'No shared messages.',
    );
  });

  it('lists files and commands per branch, and the scores; backticks stay code', () => {
    const [first, second] = [
      branch('one', {
        files: [{ path: 'a`b.ts', added: 3, removed: 1 }],
        commands: [
          { text: 'npm test', passed: 1, failed: 1, isTest: true, last: 'failed', index: 3 },
          { text: 'sleep 9', passed: 0, failed: 0, isTest: false, index: 4 },
        ],
        moreCommands: 7,
      }),
      branch('two'),
    ];
    const scores = [
      { sessionId: 'one', total: 41.6, parts: [] },
      { sessionId: 'two', total: 8, parts: [] },
    ];
    const text = comparisonToMarkdown({ ...comparison, branches: [first, second] }, [], { scores });
    expect(text).toContain('| Score of 100 | 42 | 8 |');
    expect(text).toContain('| Lines | +3 −1 | – |');
    expect(text).toContain('## Files touched · one\n\n- `` a`b.ts `` +3 −1\n');
    expect(text).toContain(
      '## Commands run · one\n\n- `npm test` failed\n- `sleep 9` no result\n- and 7 more\n',
    );
    expect(text).not.toContain('· two');
  });

  it('brings along what a model said, between the figures and the messages', () => {
    const judgement = '## What Judge said of 2 branches\n\n### one ↔ two: one won\n';
    const text = comparisonToMarkdown(comparison, [{ cells: [undefined], changed: true }], {
      judgement,
    });
    expect(text).toMatch(/shared messages[^\n]*\n\n## What Judge said of 2 branches\n\n### one ↔/);
    expect(text.indexOf('one won')).toBeLessThan(text.indexOf('## Message'));
    expect(comparisonToMarkdown(comparison, [])).not.toContain('said of');
  });
});
