import { describe, expect, it } from 'vitest';
import { compareBranches, type BranchReader } from '../../../src/core/compare/compare.ts';
import { comparisonRows } from '../../../src/core/compare/rows.ts';
import { MultipathError } from '../../../src/core/errors.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import { message, session, tool } from './messages.ts';

const tokens = { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 };

const NO_ACTIONS = {
  toolCalls: 0,
  retries: 0,
  commands: { passed: 0, failed: 0 },
  tests: { passed: 0, failed: 0 },
};

const shared = [
  message('user', 'Two tabs race.', { timestamp: 1_000 }),
  message('assistant', 'The **token** is refreshed   `twice`\nwhen two tabs wake up', {
    tokens,
    cost: 0.5,
    timestamp: 2_000,
  }),
  message('assistant', [tool('Bash', 'npm test')], { timestamp: 3_000 }),
];
const mutex = [
  message('user', 'Fix it with a lock.', { timestamp: 10_000 }),
  message(
    'assistant',
    [
      { type: 'text', text: 'A mutex it is.' },
      tool('Edit', 'token.ts', { edit: { path: 'token.ts', added: 3, removed: 1 } }),
      tool('Edit', 'token.ts', { edit: { path: 'token.ts', added: 2, removed: 0 } }),
      tool('Edit', 'lost.ts', {
        edit: { path: 'lost.ts', added: 9, removed: 9 },
        result: { text: 'no such file', isError: true },
      }),
    ],
    { model: 'claude-sonnet-4-5', tokens, cost: 0.25, timestamp: 40_000 },
  ),
  message('assistant', 'It times out.', { tokens, timestamp: 70_000 }),
];
const promise = [
  message('user', 'Fix it without a lock.', { timestamp: 20_000 }),
  message('assistant', 'A promise it is.', {
    model: 'gpt',
    tokens,
    cost: 0.125,
    timestamp: 21_000,
  }),
];

const sessions: Readonly<Record<string, Session>> = {
  root: session('root', { messageCount: 6, origin: originOf('claude-code') }),
  fork: session('fork', { messageCount: 5, parentId: 'root', inheritedCount: 3, kind: 'fork' }),
  other: session('other', { messageCount: 2 }),
};
const messages: Readonly<Record<string, readonly Message[]>> = {
  root: [...shared, ...mutex],
  fork: [...shared, ...promise],
  other: promise,
};

function originOf(agent: string): NonNullable<Session['origin']> {
  return { agent, nativeId: 'n', path: '/p' };
}

function read(id: string, start: number, end: number): Promise<readonly Message[]> {
  return Promise.resolve(messages[id]?.slice(start, end) ?? []);
}
const reader: BranchReader = { readMessages: read, readFigures: read };

function compare(...ids: readonly string[]): ReturnType<typeof compareBranches> {
  return compareBranches({
    sessions: ids.flatMap((id) => sessions[id] ?? []),
    findSession: (id) => sessions[id],
    reader,
  });
}

describe('compareBranches', () => {
  it('counts what is shared once and what follows per branch', async () => {
    const comparison = await compare('root', 'fork');
    expect(comparison).toMatchObject({
      ancestorId: 'root',
      sharedCount: 3,
      sharedTokens: tokens,
      sharedCost: 0.5,
      sharedExcerpt: 'The token is refreshed twice when two tabs wake up',
      forkedAt: 10_000,
    });
    expect(comparison.branches).toEqual([
      {
        sessionId: 'root',
        // One of its answers names no model: what is known is the least it cost.
        knownCost: 0.25,
        unpriced: 1,
        title: 'root',
        agent: 'claude-code',
        models: ['claude-sonnet-4-5'],
        messages: 3,
        tokens: { ...tokens, input: 200, output: 20 },
        durationMs: 60_000,
        errors: 1,
        files: [{ path: 'token.ts', added: 5, removed: 1 }],
        commands: [],
        actions: { ...NO_ACTIONS, toolCalls: 3 },
      },
      {
        sessionId: 'fork',
        title: 'fork',
        models: ['gpt'],
        messages: 2,
        tokens,
        cost: 0.125,
        durationMs: 1_000,
        errors: 0,
        files: [],
        commands: [],
        actions: NO_ACTIONS,
      },
    ]);
    expect(comparison.rows).toEqual([
      { indexes: [3, 3], role: 'user', changed: true },
      { indexes: [4, 4], role: 'assistant', changed: true },
      { indexes: [5, undefined], role: 'assistant', changed: true },
    ]);
  });

  it('compares unrelated sessions from their beginnings', async () => {
    const comparison = await compare('fork', 'other');
    expect(comparison).not.toHaveProperty('ancestorId');
    expect(comparison).not.toHaveProperty('forkedAt');
    expect(comparison.sharedCount).toBe(0);
    expect(comparison.sharedExcerpt).toBe('');
    expect(comparison.rows.map((row) => row.indexes)).toEqual([
      [0, undefined],
      [1, undefined],
      [2, undefined],
      [3, 0],
      [4, 1],
    ]);
  });

  it('refuses fewer than two different sessions', async () => {
    await expect(compare('root')).rejects.toSatisfy((error) =>
      MultipathError.is(error, 'bad-request'),
    );
    await expect(compare('root', 'root')).rejects.toSatisfy((error) =>
      MultipathError.is(error, 'bad-request'),
    );
  });

  it('reads long branches in pages', async () => {
    const many = Array.from({ length: 450 }, (_, at) => message('user', `prompt ${String(at)}`));
    const sizes: number[] = [];
    const long = session('long', { messageCount: 450 });
    const comparison = await compareBranches({
      sessions: [long, session('empty')],
      findSession: () => undefined,
      reader: {
        readMessages: (_, start, end) => {
          sizes.push(end - start);
          return Promise.resolve(many.slice(start, end));
        },
        readFigures: () => Promise.resolve([]),
      },
    });
    expect(sizes).toEqual([200, 200, 50]);
    expect(comparison.rows).toHaveLength(450);
  });
});

describe('comparisonRows', () => {
  it('fills a range with messages and their changes', async () => {
    const { rows } = await compare('root', 'fork');
    const filled = await comparisonRows(['root', 'fork'], rows, reader);
    expect(filled[0]?.cells).toMatchObject([
      {
        runs: [
          { kind: 'same', text: 'Fix it ' },
          { kind: 'removed', text: 'with' },
          { kind: 'same', text: ' a lock.' },
        ],
        replaced: false,
      },
      { runs: [{}, { kind: 'added', text: 'without' }, {}] },
    ]);
    expect(filled[2]?.cells).toEqual([{ message: mutex[2], replaced: false }, undefined]);
  });

  it('counts texts with nearly nothing in common as replaced', async () => {
    const [one, two] = [message('user', 'Write the parser.'), message('user', 'Paint it blue.')];
    const rows = [{ indexes: [0, 0], role: 'user' as const, changed: true }];
    const [filled] = await comparisonRows(['one', 'two'], rows, {
      readMessages: (id) => Promise.resolve([id === 'one' ? one : two]),
    });
    expect(filled?.cells).toEqual([
      { message: one, replaced: true },
      { message: two, replaced: true },
    ]);
  });

  it('reads only what the range needs', async () => {
    const { rows } = await compare('root', 'fork');
    const asked: unknown[] = [];
    await comparisonRows(['root', 'fork'], rows.slice(2), {
      readMessages: (...question) => {
        asked.push(question);
        return read(...question);
      },
    });
    expect(asked).toEqual([['root', 5, 6]]);
  });
});
