import { describe, expect, it } from 'vitest';
import { marked } from 'marked';
import {
  fenced,
  inlineCode,
  messageToMarkdown,
  transcriptToMarkdown,
} from '../../../src/export/markdown.ts';
import { message, tool } from '../core/messages.ts';

describe('messageToMarkdown', () => {
  it('writes what was said and what tools did', () => {
    const text = messageToMarkdown(
      message(
        'assistant',
        [
          { type: 'thinking', text: 'A lock?\n\nNo.' },
          { type: 'text', text: 'I share the **promise**.\n' },
          tool('Bash', 'npm test', { result: { text: '1 failed', isError: true } }),
          { type: 'attachment', mediaType: 'image/png', bytes: 12 },
          { type: 'notice', kind: 'compaction', text: 'Compacted' },
        ],
        { model: 'sonnet', timestamp: Date.UTC(2026, 10, 14, 10, 42) },
      ),
    );
    expect(text).toBe(`## Assistant · sonnet · 2026-11-14T10:42:00.000Z

> *Thinking*
>
> A lock?
>
> No.

I share the **promise**.

**Bash** \`npm test\`

\`\`\`json
{"of":"npm test"}
\`\`\`

*Error*

\`\`\`
1 failed
\`\`\`

*Attachment: image/png, 12 bytes*

> Compacted
`);
  });

  it('leaves out times and models for texts that are compared', () => {
    const text = messageToMarkdown(message('user', 'Hi', { model: 'm', timestamp: 1 }), {
      facts: false,
    });
    expect(text).toBe('## You\n\nHi\n');
  });

  it('says what was shortened and what has no result', () => {
    const text = messageToMarkdown(
      message('assistant', [
        { type: 'text', text: 'begin', fullLength: 900 },
        { type: 'tool', callId: 'c', name: 'Read', summary: 'a.ts', input: { text: '{}' } },
      ]),
    );
    expect(text).toContain('*Shortened: 5 of 900 characters*');
    expect(text).toContain('*No result*');
  });

  it('does not fall over a time no date can hold', () => {
    const text = messageToMarkdown(message('user', 'x', { timestamp: 1e20 }));
    expect(text).toBe('## You · 100000000000000000000\n\nx\n');
  });
});

describe('what was merged', () => {
  const heading = (summaryBy: unknown, mode = 'summary'): string => {
    const merged = { merge: 'm', sessionId: 's', targetId: 't', origins: ['o'], at: 1 };
    const metadata = { merged: { ...merged, mode, summaryBy } };
    const [first = ''] = messageToMarkdown(message('assistant', 'So.', { metadata })).split('\n');
    return first;
  };

  it('is told by its heading, and of a summary who wrote it', () => {
    expect(heading(undefined, 'append')).toBe('## Assistant · merged');
    expect(heading(undefined)).toBe('## Assistant · merged summary');
    expect(heading({ edited: false })).toBe('## Assistant · merged summary, made without a model');
    expect(heading({ edited: true })).toBe('## Assistant · merged summary, edited by hand');
    expect(heading({ model: 'gpt-5.2', edited: false })).toBe(
      '## Assistant · merged summary by gpt-5.2',
    );
    expect(heading({ model: 'a\n# b', edited: true })).toBe(
      '## Assistant · merged summary by a # b, edited',
    );
    expect(heading({ model: 3 })).toBe('## Assistant · merged summary');
  });
});

describe('fences', () => {
  it('cannot be ended by what they hold', () => {
    const hostile = 'x\n```\n# not a heading\n`````\n<script>alert(1)</script>';
    const tokens = [...marked.lexer(fenced(hostile))];
    expect(tokens).toMatchObject([{ type: 'code', text: hostile }]);
    expect(fenced('')).toBe('```\n```');
  });

  it('hold backticks in code spans too', () => {
    expect(inlineCode('a `b` c')).toBe('``a `b` c``');
    expect(inlineCode('`')).toBe('`` ` ``');
    expect(inlineCode('')).toBe('');
  });
});

describe('transcriptToMarkdown', () => {
  it('titles the messages and keeps a title of several lines in one', () => {
    expect(transcriptToMarkdown('Fix\n# the *race*', [message('user', 'Hi')])).toBe(
      '# Fix \\# the \\*race\\*\n\n## You\n\nHi\n',
    );
  });
});
