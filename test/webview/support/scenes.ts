/** Sessions to look at: one as people have them, one that tries to do harm, one that is long. */
import type { ContentBlock, ToolBlock } from '../../../src/core/message.ts';
import { text, type MessageAt, type Scene } from './transcriptHost.ts';

const minute = 60_000;
const began = Date.UTC(2026, 10, 14, 10, 41);

function tool(
  name: string,
  summary: string,
  result: string,
  more: Partial<ToolBlock> & { isError?: boolean } = {},
): ToolBlock {
  const { isError = false, ...rest } = more;
  return {
    type: 'tool',
    callId: `${name}:${summary}`,
    name,
    summary,
    input: { text: JSON.stringify({ file_path: summary }, null, 2) },
    result: { text: result, isError },
    ...rest,
  };
}

const numbered = (lines: number): string =>
  Array.from(
    { length: lines },
    (_, i) => `${String(i + 1).padStart(4)}  const line${i} = ${i};`,
  ).join('\n');

const usage = (input: number, output: number) => ({
  tokens: { input, output, cacheRead: 0, cacheWrite: 0 },
});

const answer = `I'll guard \`refresh()\` with a shared promise: whoever comes second awaits the same refresh.

\`\`\`ts
/** Everybody who needs a token while one is being fetched waits for the same one. */
let inFlight: Promise<Token> | undefined;

export async function token(): Promise<Token> {
  if (current !== undefined && current.expiresAt > Date.now() + 30_000) return current;
  inFlight ??= refresh().finally(() => {
    inFlight = undefined;
  });
  return inFlight;
}
\`\`\`

What this changes:

- **One request** however many tabs wake up; see [the issue](https://example.com/issues/42).
- A failure reaches *all* who wait, then the next caller tries again.
- [x] \`test/auth.test.ts\` has two tabs now
- [ ] an abort signal is still open

| case | before | after |
| --- | --- | --- |
| two tabs | 2 refreshes, 1 logout | 1 refresh |
| rejected | stale lock | retried |`;

const realistic: MessageAt[] = [
  () => ({
    role: 'assistant',
    model: 'claude-sonnet-4-5',
    timestamp: began,
    ...usage(1180, 220),
    cost: 0.02,
    content: [
      text('Found it: the token is refreshed twice when two tabs wake up.'),
      tool('Read', 'src/auth/token.ts', numbered(128)),
    ],
  }),
  () => ({
    role: 'user',
    timestamp: began + 17 * minute,
    content: [
      text(
        'Fix it without a lock: share the promise that is in flight, and add a test with two tabs.',
      ),
    ],
  }),
  () => ({
    role: 'assistant',
    model: 'gpt-5.2-codex',
    timestamp: began + 18 * minute,
    ...usage(910, 190),
    content: [
      {
        type: 'thinking',
        text: 'A lock would serialise every caller. A shared promise is simpler: keep it while it is pending and drop it in finally, so that a rejection is not cached.',
      },
      text(answer),
      tool('Edit', 'src/auth/token.ts', 'The file has been updated.', {
        edit: { path: 'src/auth/token.ts', added: 9, removed: 2 },
      }),
      tool(
        'Bash',
        'npm test -- auth',
        ' ✓ auth.test.ts (15 tests) 412ms\n\n Tests  15 passed (15)',
      ),
    ],
  }),
  () => ({
    role: 'user',
    timestamp: began + 21 * minute,
    content: [text('Good. Does it survive an abort?')],
  }),
  () => ({
    role: 'assistant',
    model: 'gpt-5.2-codex',
    timestamp: began + 22 * minute,
    ...usage(2310, 160),
    cost: 0.03,
    content: [
      text('Not yet. Let me see what happens when the first tab goes away.'),
      tool(
        'Bash',
        'npm test -- auth --grep "abort"',
        "Exit code 1\n FAIL  test/auth.test.ts > aborts\n AssertionError: expected 'rejected' to be 'pending'",
        {
          isError: true,
          input: { text: '{\n  "command": "npm test -- auth --grep \\"abort\\""\n}' },
        },
      ),
      tool('Grep', 'AbortSignal in src/', 'src/http/fetch.ts\nsrc/http/retry.ts'),
    ],
  }),
];

const question = 'Users are logged out when two tabs wake up at once. Where does it come from?';
const SHARED = 42;

/** The conversation of the visual target: a fork of 45 messages, 42 of them shared. */
export const realisticScene: Scene = {
  count: SHARED - 1 + realistic.length,
  messages: (index) =>
    realistic[index - SHARED + 1]?.(index) ?? {
      role: index % 2 === 0 ? 'user' : 'assistant',
      timestamp: began - (SHARED - index) * minute,
      ...(index % 2 === 0 ? {} : { model: 'claude-sonnet-4-5', ...usage(800 + index, 90) }),
      content: [text(index === 0 ? question : `Earlier message ${index + 1}.`)],
    },
  forks: [
    { atMessage: 41, sessionId: 'mutex', title: 'mutex around refresh' },
    { atMessage: 41, sessionId: 'queue', title: 'rewrite as queue' },
  ],
  session: {
    title: 'single-flight promise',
    parentId: 'parent',
    inheritedCount: SHARED,
    models: ['gpt-5.2-codex'],
    totalTokens: 22_900,
    estimatedCost: 0.14,
    kind: 'fork',
  },
  state: { parentTitle: 'Fix login race' },
};

/** Every way a transcript may try to be more than text. Each would set `window.harmed`. */
const attacks = [
  '<script>window.harmed = 1</script>',
  '<img src="https://evil.example/a.png" onerror="window.harmed = 2">',
  '<svg onload="window.harmed = 3"><circle r="9"/></svg>',
  '<iframe srcdoc="<script>parent.harmed = 4</script>"></iframe>',
  '<style>body { background: url(https://evil.example/b.png) }</style>',
  '<form action="https://evil.example/"><input autofocus onfocus="window.harmed = 5"></form>',
  '<a href="javascript:window.harmed = 6">raw link</a>',
  '[script](javascript:window.harmed=7)',
  '[entity](&#106;avascript:window.harmed=8)',
  '[tab](java\tscript:window.harmed=9)',
  '[command](command:workbench.action.terminal.new)',
  '[data](data:text/html,<script>window.harmed=10</script>)',
  '[editor](vscode://evil.extension/run)',
  '[file](file:///etc/passwd)',
  '![remote](https://evil.example/c.png)',
  '![broken](x"onerror="window.harmed=11)',
  '[quote](https://example.com/"onmouseover="window.harmed=12)',
  '<details open ontoggle="window.harmed = 13"><summary>x</summary></details>',
  '<math><mtext><table><mglyph><style><img src=x onerror="window.harmed = 14">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<base href="https://evil.example/"><link rel="stylesheet" href="https://evil.example/d.css">',
  '```"><img src=x onerror="window.harmed = 15">\n<script>window.harmed = 16</script>\n```',
  '`<img src=x onerror="window.harmed = 17">`',
  '<mp-list></mp-list><mp-transcript></mp-transcript>',
  '<div style="position:fixed;inset:0;background:red" class="mp-pill" id="x">overlay</div>',
  'https://evil.example/auto and www.evil.example',
  '<https://evil.example/angle>',
  '[ref]: https://evil.example/e.png\n\n![ref]',
  '| <img src=x onerror="window.harmed = 18"> | b |\n| --- | --- |\n| [x](javascript:harmed=19) | d |',
] as const;

const everywhere = attacks.join('\n\n');
/** A line as long as the store hands out, of a text that is longer. */
const line = 'x'.repeat(64_000);

export const hostileScene: Scene = {
  count: attacks.length + 3,
  session: { title: '<img src=x onerror="window.harmed = 30">', models: ['<b>model</b>'] },
  state: { parentTitle: '<script>window.harmed = 31</script>' },
  forks: [{ atMessage: 0, sessionId: 'x', title: '<img src=x onerror="window.harmed = 32">' }],
  messages: (index) => {
    const attack = attacks[index];
    if (attack !== undefined) return { role: 'assistant', content: [text(attack)] };
    if (index === attacks.length) return { role: 'user', content: everyBlock(everywhere) };
    if (index === attacks.length + 1) {
      return { role: 'user', content: [{ type: 'text', text: line, fullLength: 5_000_000 }] };
    }
    return { role: 'assistant', content: [text('x'.repeat(5_000_000))] };
  },
};

/** The same words in every place a message has for words. */
function everyBlock(words: string): ContentBlock[] {
  return [
    text(words),
    { type: 'thinking', text: words },
    {
      ...tool(words, words, words, { isError: true }),
      input: { text: words },
      edit: { path: words, added: 1, removed: 1 },
    },
    tool('Bash', words, words),
    { type: 'attachment', mediaType: words, name: words, bytes: 10 },
    { type: 'notice', kind: 'error', text: words },
  ];
}

export const ATTACKS = attacks;

/** A long session; heights differ widely, as they do. */
export function longScene(count: number): Scene {
  return {
    count,
    session: { title: 'A very long session' },
    messages: (index) =>
      index % 2 === 0
        ? {
            role: 'user',
            timestamp: began + index * 1000,
            content: [text(`Question ${index + 1}`)],
          }
        : {
            role: 'assistant',
            model: 'claude-sonnet-4-5',
            timestamp: began + index * 1000,
            ...usage(1000 + index, 100),
            content: [
              text(
                `Answer ${index + 1}\n\n${'Some words of an answer. '.repeat((index * 7) % 60)}`,
              ),
              ...(index % 5 === 0 ? [text(answer)] : []),
              ...(index % 3 === 0 ? [tool('Read', `src/file${index}.ts`, numbered(40))] : []),
            ],
          },
  };
}
