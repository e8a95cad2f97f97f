import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesBelow } from '../../../scripts/lib/inspectFiles.ts';
import { inspectFile, type Inspection } from '../../../scripts/lib/inspection.ts';
import { describe as describeInspection } from '../../../scripts/lib/inspectionText.ts';
import { LogBuilder, SESSION } from './support/logBuilder.ts';

const run = promisify(execFile);
const PROJECT = join(import.meta.dirname, '../../..');
const FIXTURES = join(PROJECT, 'test/fixtures/claude-code');

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'multipath-inspect-'));
  const log = new LogBuilder()
    .user('p1', 'Build it.')
    .call('a1', 'm1', 'c1', { command: 'make' })
    .result('r1', 'c1', 'ok')
    .answer('a2', 'Built.')
    .user('p2', 'Smaller.')
    .user('p3', 'Faster.', { parentUuid: 'a2' })
    .raw('{torn');
  await mkdir(join(folder, 'logs'));
  await writeFile(join(folder, 'logs', `${SESSION}.jsonl`), log.toBytes());
  await writeFile(join(folder, 'logs', 'notes.txt'), 'Nothing to see.\n');
  await writeFile(join(folder, 'logs', 'empty.jsonl'), '');
});
afterAll(async () => rm(folder, { recursive: true, force: true }));

/** Through Node itself, as `npm run inspect` does. */
async function inspect(...args: string[]): Promise<{ stdout: string; stderr: string }> {
  const node = join(PROJECT, 'node_modules/node/bin/node');
  return run(node, [join(PROJECT, 'scripts/inspect.ts'), ...args], { maxBuffer: 1e8 });
}

describe('inspect', () => {
  it('says what is read in a session', async () => {
    const path = join(folder, 'logs', `${SESSION}.jsonl`);
    expect(await inspectFile(path)).toEqual({
      path,
      agent: 'claude-code',
      nativeId: SESSION,
      title: 'Build it.',
      project: '/home/ada/engine',
      messages: 5,
      user: 3,
      assistant: 2,
      tools: 1,
      tokens: { input: 20, output: 10, cacheRead: 0, cacheWrite: 0 },
      models: ['claude-opus-4-6'],
      branches: [
        { forkPoint: null, leaf: 'p3', messages: 4 },
        { forkPoint: 'a2', leaf: 'p2', messages: 4 },
      ],
      activeBranch: { length: 5, first: 'p1', leaf: 'p3', user: 3, assistant: 2 },
      problems: [{ line: 7, message: 'Is not valid JSON.' }],
    });
  });

  it.each([
    [
      'gemini',
      'log.jsonl',
      [
        { sessionId: 's', projectHash: 'h' },
        { id: 'a', type: 'user', content: 'Hi.' },
      ],
    ],
    [
      'vscode-chat',
      'chat.jsonl',
      [
        {
          kind: 0,
          v: { sessionId: 's', requests: [{ requestId: 'a', message: { text: 'Hi.' } }] },
        },
      ],
    ],
  ] as const)('knows a log of %s by how it begins', async (agent, name, lines) => {
    const path = join(folder, name);
    await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    expect(await inspectFile(path)).toMatchObject({ agent, nativeId: 's', messages: 1, user: 1 });
    await rm(path);
  });

  it.each([
    [
      'gemini',
      { sessionId: 's', projectHash: 'h', messages: [{ id: 'a', type: 'user', content: 'Hi.' }] },
    ],
    [
      'vscode-chat',
      {
        responderUsername: 'x',
        requests: [{ requestId: 'a', message: { text: 'Hi.' } }],
        sessionId: 's',
      },
    ],
  ] as const)('knows a document of %s, on one line or on many', async (agent, document) => {
    const path = join(folder, 'document.json');
    for (const indent of [0, 2]) {
      await writeFile(path, JSON.stringify(document, null, indent));
      expect(await inspectFile(path)).toMatchObject({
        agent,
        nativeId: 's',
        messages: 1,
        problems: [],
      });
    }
    await rm(path);
  });

  it('prints one array, files that are no session included', async () => {
    const { stdout } = await inspect('--json', folder);
    const inspections = JSON.parse(stdout) as Inspection[];
    expect(inspections.map((one) => [one.agent, one.problems.length])).toEqual([
      ['claude-code', 1],
      [null, 1],
      [null, 1],
    ]);
  });

  it('prints aligned text for people', async () => {
    const { stdout } = await inspect(join(folder, 'logs'));
    expect(stdout).toContain('  messages  5: 3 user, 2 assistant, 1 tool calls');
    expect(stdout).toContain('            4 messages to p2, forked after a2');
    expect(stdout).toContain('  note      Is not a session of any agent known here.');
  });

  it('says what it needs, and what it cannot find', async () => {
    await expect(inspect()).rejects.toMatchObject({ code: 2 });
    await expect(inspect('--unknown')).rejects.toMatchObject({ code: 2 });
    const missing = inspect(join(folder, 'missing'));
    await expect(missing).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('ENOENT') as string,
    });
    expect((await inspect('--help')).stdout).toContain('--restore OUT');
  });

  it('reports a file that cannot be read', async () => {
    const inspection = await inspectFile(folder);
    expect(inspection.problems[0]?.message).toContain('Cannot be read');
  });

  it('lists no more problems than one can read', () => {
    const problems = Array.from({ length: 30 }, (_, index) => ({ line: index, message: 'x' }));
    const lines = describeInspection({ ...EMPTY, problems }).split('\n');
    expect(lines.filter((one) => one.includes('line '))).toHaveLength(10);
    expect(lines.some((one) => one.includes('and 20 more'))).toBe(true);
  });
});

const EMPTY: Inspection = {
  path: 'x',
  agent: 'claude-code',
  nativeId: 'x',
  title: null,
  project: null,
  messages: 0,
  user: 0,
  assistant: 0,
  tools: 0,
  tokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  models: [],
  branches: [],
  activeBranch: { length: 0, first: null, leaf: null, user: 0, assistant: 0 },
  problems: [],
};

describe('filesBelow', () => {
  it('keeps files apart that have one name', async () => {
    for (const name of ['a', 'b']) {
      await mkdir(join(folder, 'twins', name), { recursive: true });
      await writeFile(join(folder, 'twins', name, 'log.jsonl'), '');
    }
    const files = await filesBelow([
      join(folder, 'twins/a'),
      join(folder, 'twins/b/log.jsonl'),
      join(folder, 'twins/a/log.jsonl'),
    ]);
    expect(files.map((file) => file.target).sort()).toEqual(['a/log.jsonl', 'b/log.jsonl']);
    const [alone] = await filesBelow([join(folder, 'twins/a/log.jsonl')]);
    expect(alone?.target).toBe('log.jsonl');
  });
});

describe('the recording in test/fixtures', () => {
  it('is read as it was when it was looked at by a person', async () => {
    const expected = JSON.parse(
      await readFile(join(FIXTURES, 'everything.inspect.json'), 'utf8'),
    ) as Inspection;
    const { path, ...inspection } = await inspectFile(join(FIXTURES, 'everything.jsonl'));
    expect(path).toContain('everything.jsonl');
    expect(inspection).toEqual(expected);
  });
});

describe('files of other agents', () => {
  it('are known by their first records, wherever they stand', async () => {
    const rollout = [
      { timestamp: '2026-08-01T09:00:00Z', type: 'session_meta', payload: { id: 't1', cwd: '/x' } },
      {
        timestamp: '2026-08-01T09:00:01Z',
        type: 'response_item',
        payload: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Hi' }] },
      },
    ];
    const tree = [
      { type: 'session', version: 3, id: 's1', timestamp: '2026-08-01T09:00:00Z', cwd: '/y' },
      { type: 'message', id: 'a', parentId: null, message: { role: 'user', content: 'Hello' } },
    ];
    for (const [agent, nativeId, title, lines] of [
      ['codex', 't1', 'Hi', rollout],
      ['pi', 's1', 'Hello', tree],
    ] as const) {
      const path = join(folder, `${agent}.jsonl`);
      await writeFile(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
      expect(await inspectFile(path)).toMatchObject({
        agent,
        nativeId,
        title,
        messages: 1,
        user: 1,
        activeBranch: null,
        problems: [],
      });
    }
  });
});
