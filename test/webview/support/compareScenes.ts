/** Branches to compare: two attempts at one bug, two that try to do harm, two that are long. */
import type { ContentBlock, ToolBlock } from '../../../src/core/message.ts';
import type { CompareScene, Said } from './compareHost.ts';
import { ATTACKS } from './scenes.ts';

const minute = 60_000;
const began = Date.UTC(2026, 10, 14, 10, 42);
const text = (words: string): ContentBlock => ({ type: 'text', text: words });

function user(words: string, at: number): Said {
  return { role: 'user', timestamp: began + at * minute, content: [text(words)] };
}

function answer(
  content: readonly ContentBlock[],
  at: number,
  model: string,
  tokens: number,
  cost: number,
): Said {
  return {
    role: 'assistant',
    timestamp: began + at * minute,
    model,
    tokens: { input: tokens - 200, output: 200, cacheRead: 0, cacheWrite: 0 },
    cost,
    content,
  };
}

function tool(name: string, summary: string, more: Partial<ToolBlock> = {}): ToolBlock {
  return {
    type: 'tool',
    callId: `${name}:${summary}`,
    name,
    summary,
    input: { text: JSON.stringify({ of: summary }, null, 2) },
    result: { text: 'done', isError: false },
    ...more,
  };
}

/** The arguments of an edit. */
function replacing(old: string, now: string): ToolBlock['input'] {
  return { text: JSON.stringify({ file_path: 'a.ts', old_string: old, new_string: now }) };
}

const failed = { result: { text: 'Exit code 1\n1 failed', isError: true } };
const passed = { result: { text: ' Tests  15 passed (15)', isError: false } };

const shared: readonly Said[] = Array.from({ length: 42 }, (_, at) =>
  at % 2 === 0
    ? user(`Earlier question ${String(at + 1)}`, at - 60)
    : answer(
        [
          text(
            at === 41
              ? 'Found it: the token is refreshed twice when two tabs wake up'
              : `Earlier answer ${String(at + 1)}`,
          ),
        ],
        at - 60,
        'claude-sonnet-4-5',
        5_620,
        0.0438,
      ),
);

const sonnet = 'claude-sonnet-4-5';
const codex = 'gpt-5.2-codex';

const mutex: readonly Said[] = [
  user('Fix it with a lock around the refresh call, and add a test with two tabs.', 0),
  answer(
    [
      text(`I'll guard \`refresh()\` with a mutex so that the second caller waits for the first.

\`\`\`ts
async function token() {
  const release = await mutex.acquire();
  try {
    return await refresh();
  } finally {
    release();
  }
}
\`\`\``),
      tool('Bash', 'npm test -- auth', failed),
      tool('Edit', 'src/auth/token.ts', {
        input: replacing('  return refresh();\n', '  lock();\n  return refresh();\n'),
        edit: { path: 'src/auth/token.ts', added: 38, removed: 4 },
      }),
    ],
    2,
    sonnet,
    1_900,
    0.11,
  ),
  answer(
    [text('The test times out: the lock is not released when `refresh()` rejects.')],
    3,
    sonnet,
    2_400,
    0.12,
  ),
  user('Run all the tests, please.', 4),
  answer(
    [text('All of them, from the start.'), tool('Bash', 'npm test', failed)],
    5,
    sonnet,
    900,
    0.04,
  ),
  answer(
    [
      text('Done: the lock is released in `finally`, and the two tabs share the answer.'),
      tool('Write', 'src/auth/mutex.ts', {
        edit: { path: 'src/auth/mutex.ts', added: 21, removed: 0 },
      }),
      tool('Edit', 'test/auth.test.ts', {
        edit: { path: 'test/auth.test.ts', added: 5, removed: 8 },
      }),
    ],
    6.2,
    sonnet,
    1_300,
    0.04,
  ),
  user('Thank you. Write the changelog.', 6.3),
];

const promise: readonly Said[] = [
  user(
    'Fix it without a lock: share the promise that is in flight, and add a test with two tabs.',
    16,
  ),
  answer(
    [
      text(`I'll guard \`refresh()\` with a shared promise: whoever comes second awaits the same refresh.

\`\`\`ts
async function token() {
  inFlight ??= refresh().finally(() => {
    inFlight = undefined;
  });
  return inFlight;
}
\`\`\``),
      tool('Bash', 'npm test -- auth', passed),
      tool('Edit', 'src/auth/token.ts', {
        input: replacing('  return refresh();\n', '  return (inFlight ??= refresh());\n'),
        edit: { path: 'src/auth/token.ts', added: 9, removed: 2 },
      }),
    ],
    18,
    codex,
    1_100,
    0.08,
  ),
  user('Run all the tests, please.', 21),
  answer(
    [text('All of them, from the start.'), tool('Bash', 'npm test', passed)],
    22,
    codex,
    700,
    0.04,
  ),
  answer(
    [
      text('Done: the promise is dropped in `finally`, and the two tabs share the answer.'),
      tool('Edit', 'test/auth.test.ts', {
        edit: { path: 'test/auth.test.ts', added: 32, removed: 0 },
      }),
    ],
    23.5,
    codex,
    800,
    0.02,
  ),
  user('Thank you. Write the changelog.', 23.6),
];

/** The conversation of the visual target: two attempts at one bug, 42 messages shared. */
export const attemptsScene: CompareScene = {
  branches: [
    {
      session: {
        id: 'mutex',
        title: 'mutex around refresh',
        parentId: 'race',
        inheritedCount: 42,
        kind: 'fork',
        origin: { agent: 'claude-code', nativeId: 'n', path: '/n.jsonl' },
      },
      messages: [...shared, ...mutex],
    },
    {
      session: {
        id: 'promise',
        title: 'single-flight promise',
        parentId: 'race',
        inheritedCount: 42,
        kind: 'fork',
      },
      messages: [...shared, ...promise],
    },
  ],
  ancestors: [{ session: { id: 'race', title: 'Fix login race' }, messages: shared }],
};

/** Four attempts, the last a fork of the second: cousins of the first two. */
export const severalScene: CompareScene = {
  branches: [
    ...attemptsScene.branches,
    {
      session: { id: 'queue', title: 'queue of callers', parentId: 'race', inheritedCount: 42 },
      messages: [
        ...shared,
        user('Fix it with a queue of those who wait, and add a test with two tabs.', 30),
        answer(
          [text("I'll queue whoever waits."), tool('Bash', 'npm test', failed)],
          31,
          codex,
          900,
          0.05,
        ),
      ],
    },
    {
      session: {
        id: 'later',
        title: 'promise, dropped later',
        parentId: 'promise',
        inheritedCount: 44,
      },
      messages: [
        ...shared,
        ...promise.slice(0, 2),
        user('Drop the promise a second later.', 40),
        answer(
          [text('It is dropped by a timer now.'), tool('Bash', 'npm test', passed)],
          41,
          sonnet,
          1_500,
          0.03,
        ),
      ],
    },
  ],
  ancestors: attemptsScene.ancestors ?? [],
};

/** Sessions that have nothing in common, and figures that are not known. */
export const strangersScene: CompareScene = {
  branches: [
    {
      session: { id: 'one', title: 'Write the parser' },
      messages: [
        { role: 'user', content: [text('Write a parser.')] },
        { role: 'assistant', content: [text('Here it is.')] },
      ],
    },
    {
      session: { id: 'two', title: 'Paint the shed' },
      messages: [{ role: 'user', content: [text('Paint it.')] }],
    },
  ],
};

/** Two forks that nobody has written to yet. */
export const emptyScene: CompareScene = {
  branches: [
    {
      session: { id: 'left', title: 'first try', parentId: 'race', inheritedCount: 42 },
      messages: shared,
    },
    {
      session: { id: 'right', title: 'second try', parentId: 'race', inheritedCount: 42 },
      messages: shared,
    },
  ],
  ancestors: [{ session: { id: 'race', title: 'Fix login race' }, messages: shared }],
};

/** Everything a transcript may try, in every place a message has for words. */
const hostile = (suffix: string): readonly Said[] => [
  ...ATTACKS.flatMap((attack): Said[] => [
    { role: 'user', content: [text(`${attack} ${suffix}`)] },
    { role: 'assistant', model: attack, content: [text(`${suffix} ${attack}`)] },
  ]),
  {
    role: 'assistant',
    content: [
      { type: 'thinking', text: ATTACKS.join('\n\n') },
      tool(ATTACKS[0], ATTACKS[1], {
        result: { text: ATTACKS.join(suffix), isError: true },
      }),
      tool('Edit', ATTACKS[2], { edit: { path: `${ATTACKS[1]}${suffix}`, added: 1, removed: 1 } }),
    ],
  },
];

export const hostileScene: CompareScene = {
  branches: [
    { session: { id: 'a', title: ATTACKS[0] }, messages: hostile('this way') },
    { session: { id: 'b', title: ATTACKS[1] }, messages: hostile('that other way') },
  ],
};

/** Two long branches; every tenth answer differs. */
export function longScene(count: number): CompareScene {
  const messages = (word: string): readonly Said[] =>
    Array.from({ length: count }, (_, at) =>
      at % 2 === 0
        ? user(`Question ${String(at)}`, at)
        : answer(
            [
              text(
                `Answer ${String(at)} is ${at % 10 === 1 ? word : 'the same'}.\n\n${'Some words. '.repeat((at * 7) % 90)}`,
              ),
            ],
            at,
            sonnet,
            1_000,
            0.01,
          ),
    );
  return {
    branches: [
      { session: { id: 'long-left', title: 'long left' }, messages: messages('left') },
      { session: { id: 'long-right', title: 'long right' }, messages: messages('right') },
    ],
  };
}
