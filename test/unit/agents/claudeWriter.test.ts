/** Forks that are written for Claude Code, read by its own algorithm and by our reader. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { claudeCode } from '../../../src/agents/claude-code/index.ts';
import type { OutlineEntry } from '../../../src/core/reader.ts';
import { draftOf, FORK_ID, forkOf, NOW, pathOf } from './support/forks.ts';
import { LogBuilder, PATH, SESSION } from './support/logBuilder.ts';
import { entriesIn, idOf, isShown, officialChain } from './support/officialChain.ts';
import { outline, readLog, type LogRead } from './support/readLog.ts';

const ROOT = join(import.meta.dirname, '../../../../shared/samples/claude-code');
const SYNTHETIC = /daaain-|jazzyalex-|kenn-io-|phnx-labs-|ryoppippi-|supermaciz-|\/broken\//;

type Line = Readonly<Record<string, unknown>>;

const origin = (entry: Line): string => {
  const from = entry['forkedFrom'] as { messageUuid?: string } | undefined;
  return from?.messageUuid ?? '';
};

/**
 * The chain up to a record as the file's own links give it: to the last record before with the
 * parent's id, over a lost one to what stands before it in the file, and not past a beginning.
 */
function chainTo(entries: readonly Line[], leaf: Line | undefined): Line[] {
  const chain: Line[] = [];
  let at = entries.findIndex((entry) => isDeepStrictEqual(entry, leaf));
  while (at >= 0) {
    const entry = entries[at];
    if (!entry || chain.includes(entry)) break;
    chain.push(entry);
    const parent = entry['parentUuid'];
    if (typeof parent !== 'string') break;
    const before = entries.findLastIndex((one, index) => index < at && idOf(one) === parent);
    const anywhere = entries.findIndex((one) => idOf(one) === parent);
    at = before >= 0 ? before : anywhere >= 0 ? anywhere : at - 1;
  }
  return chain.reverse();
}

/** Objects that stand together on one line, each on a line of its own. */
function unglued(text: string): string {
  const isWhole = (line: string): boolean => {
    try {
      JSON.parse(line);
      return true;
    } catch {
      return false;
    }
  };
  const apart = (line: string): string => line.replaceAll('}{"', '}\n{"');
  return text
    .split('\n')
    .map((line) => (isWhole(line) ? line : apart(line)))
    .join('\n');
}

function blocksOf(entry: Line): Line[] {
  const content = (entry['message'] as { content?: unknown } | undefined)?.content;
  return Array.isArray(content) ? (content as Line[]) : [];
}

/** Ids of calls without a result, and of results without a call. */
function dangling(entries: readonly Line[]): string[] {
  const blocks = entries.flatMap(blocksOf);
  const ids = (type: string, key: string): string[] =>
    blocks.filter((block) => block['type'] === type).map((block) => String(block[key]));
  const calls = ids('tool_use', 'id');
  const results = ids('tool_result', 'tool_use_id');
  return [
    ...calls.filter((id) => !results.includes(id)),
    ...results.filter((id) => !calls.includes(id)),
  ];
}

/** The first, a middle and the last message after which the fork guard lets a session be cut. */
function cuts(path: readonly OutlineEntry[]): number[] {
  const valid = path.flatMap((entry, index) => (entry.open ? [] : [index]));
  return [...new Set([valid[0], valid[valid.length >> 1], valid.at(-1)])].filter(
    (index) => index !== undefined,
  );
}

const present = existsSync(ROOT);
const files = present
  ? readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.jsonl') && !SYNTHETIC.test(name))
      .filter((name) => readFileSync(join(ROOT, name)).length > 0)
  : [];

describe.skipIf(!present)('forks of real recordings', () => {
  it.each(files)('of %s are read as what they were cut from', async (name) => {
    const bytes = readFileSync(join(ROOT, name));
    const source = readLog(claudeCode, bytes, join(ROOT, name));
    const original = entriesIn(unglued(bytes.toString('utf8')));
    for (const branch of source.log.branches.keys()) {
      const path = pathOf(source, branch);
      for (const cut of cuts(path)) await expectFork(source, original, path.slice(0, cut + 1));
    }
  });
});

async function expectFork(
  source: LogRead,
  original: readonly Line[],
  entries: readonly OutlineEntry[],
): Promise<void> {
  const { text, read } = await forkOf(source, { entries });
  const written = entriesIn(text);
  const chain = officialChain(written);
  const leaf = written.at(-1) ?? {};
  // Words that were typed while a tool ran have no id, and stand beside the chain.
  const last = entries
    .map(({ seqs }) => seqs.map((seq) => JSON.parse(String(source.records[seq])) as Line))
    .findLast((records) => records.some((record) => typeof record['uuid'] === 'string'));
  const cutAt = last?.find((record) => idOf(record) === origin(leaf));
  expect(cutAt).toBeDefined();
  // The agent's own reader sees the chain of that record, and nothing else.
  const meant = chainTo(original, cutAt);
  expect(chain.filter(isShown).map(origin)).toEqual(
    meant.filter((entry) => isShown({ ...entry, isSidechain: false })).map(idOf),
  );
  expect(dangling(written)).toEqual([]);
  // Our reader sees the messages up to the cut in one branch; events beside the chain stay out.
  expect(read.log.branches).toHaveLength(1);
  const seen = read.log.branches[0]?.entries.map((entry) => entry.lineageId) ?? [];
  const kept = entries.filter(({ nativeId }) => seen.includes(nativeId));
  expect(seen).toEqual(kept.map(({ nativeId }) => nativeId));
  const left = entries.filter(({ nativeId }) => !seen.includes(nativeId));
  expect(left.filter(({ role }) => role !== 'system')).toEqual([]);
  expect(read.log.problems).toEqual([]);
}

const lines = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const fork = async (log: LogBuilder, end?: number, branch = 0) => {
  const source = readLog(claudeCode, log.toBytes(), PATH);
  const entries = pathOf(source, branch, end);
  return forkOf(source, { entries });
};

describe('a fork for Claude Code', () => {
  it('has new ids, names its source and ends with its title', async () => {
    const log = new LogBuilder()
      .user('p1', 'One.', { slug: 'a', agentName: 'b', unknown: { deep: [1] } })
      .progress('x1')
      .answer('a1', 'Two.')
      .line({ type: 'content-replacement', sessionId: SESSION, replacements: [{ id: 'r' }] })
      .user('p2', 'Three.');
    const { draft, text } = await fork(log, 2);
    expect(draft).toMatchObject({ folder: 'beside-source', name: `${FORK_ID}.jsonl`, notes: [] });
    expect(text.endsWith('\n')).toBe(true);
    const [first, second, replaced, title] = lines(text);
    expect(first).toMatchObject({
      parentUuid: null,
      sessionId: FORK_ID,
      forkedFrom: { sessionId: SESSION, messageUuid: 'p1' },
      unknown: { deep: [1] },
      timestamp: '2026-03-01T10:00:00.000Z',
    });
    expect(first).not.toHaveProperty('slug');
    expect(first).not.toHaveProperty('agentName');
    expect(second).toMatchObject({
      parentUuid: first?.['uuid'],
      forkedFrom: { messageUuid: 'a1' },
      timestamp: new Date(NOW).toISOString(),
    });
    expect(replaced).toMatchObject({ type: 'content-replacement', replacements: [{ id: 'r' }] });
    expect(title).toMatchObject({ type: 'custom-title', customTitle: 'Engine (fork)' });
    expect(lines(text)).toHaveLength(4);
    expect((await fork(log, 2)).text).toBe(text);
  });

  it('takes results of parallel calls along, and no branch that was left', async () => {
    const log = new LogBuilder()
      .user('p1', 'One.')
      .call('a1', 'm1', 'c1')
      .call('a2', 'm1', 'c2')
      .result('r2', 'c2', 'two')
      .result('r1', 'c1', 'one', { parentUuid: 'a1' })
      .answer('a3', 'Both.', { parentUuid: 'r2' })
      .user('left', 'Left.')
      .answer('left-too', 'Left.')
      .user('p2', 'Live.', { parentUuid: 'a3' });
    const { text, read } = await fork(log);
    expect(lines(text).map(origin).filter(Boolean)).toEqual([
      'p1',
      'a1',
      'a2',
      'r2',
      'r1',
      'a3',
      'p2',
    ]);
    expect(outline(read)).toEqual([
      ['user: One.', 'assistant: [Bash ], [Bash ]', 'assistant: Both.', 'user: Live.'],
    ]);
    const left = await fork(log, undefined, 1);
    expect(lines(left.text).map(origin).filter(Boolean).slice(-2)).toEqual(['left', 'left-too']);
    expect(left.text).not.toContain('Live.');
  });

  it('holds a compaction with what came before it, or neither', async () => {
    const log = new LogBuilder()
      .user('p1', 'One.')
      .answer('a1', 'Two.')
      .compaction('b1', 'a1')
      .user('p2', 'Three.');
    const whole = lines((await fork(log)).text);
    expect(whole.map(origin).filter(Boolean)).toEqual(['p1', 'a1', 'b1', 'b1-summary', 'p2']);
    expect(whole[2]).toMatchObject({ parentUuid: null, logicalParentUuid: whole[1]?.['uuid'] });
    expect((await fork(log, 2)).text).not.toContain('compact_boundary');
  });

  it('makes halves of pairs text, and says so', async () => {
    const log = new LogBuilder()
      .result('r0', 'lost', 'an old result')
      .user('p1', 'One.')
      .call('a1', 'm1', 'c1', { command: 'ls' })
      .user('p2', 'Never mind.');
    const { draft, text } = await fork(log);
    expect(text).toContain(
      '[Call of the tool Bash, which has no result]\\n{\\"command\\":\\"ls\\"}',
    );
    expect(text).toContain('an old result');
    expect(text).not.toContain('tool_use');
    expect(text).not.toContain('tool_result');
    expect(draft.notes).toEqual([expect.stringContaining('2 tool calls')]);
  });

  it('keeps every digit of a number', async () => {
    const log = new LogBuilder();
    log
      .user('p1', 'One.')
      .raw(
        '{"parentUuid":"p1","uuid":"a1","type":"assistant","sessionId":"s","timestamp":"2026-03-01T10:00:00.000Z","message":{"id":"m","role":"assistant","content":[{"type":"tool_use","id":"c","name":"x","input":{"big":12345678901234567890,"f":1.50,"e":1e400}}]}}\n',
      );
    log.last = 'a1';
    log.result('r1', 'c', 'x');
    expect((await fork(log)).text).toContain('{"big":12345678901234567890,"f":1.50,"e":1e400}');
  });

  it('goes into the folder of another project, and says so in its records', async () => {
    const source = readLog(claudeCode, new LogBuilder().user('p1', 'One.').toBytes(), PATH);
    const cwd = '/home/Ada Ł/it’s "here"';
    const moved = await forkOf(source, { cwd, sameFolder: false });
    expect(moved.draft.folder).toEqual(['projects', '-home-Ada---it-s--here-']);
    expect(lines(moved.text)[0]).toMatchObject({ cwd });
    await expect(forkOf(source, { cwd: `/${'a'.repeat(200)}`, sameFolder: false })).rejects.toThrow(
      'too long',
    );
  });

  it('goes on with what another agent said', async () => {
    const { text, read } = await draftOf(
      claudeCode,
      [],
      [
        { role: 'user', text: 'Find it.' },
        { role: 'assistant', text: 'Found.', model: 'gpt-5.5', timestamp: 5 },
        { role: 'summary', text: 'It was found.' },
        { role: 'user', text: 'Mend it.' },
      ],
    );
    expect(outline(read)).toEqual([
      [
        'user: Find it.',
        'assistant: Found.',
        'system: (compaction) It was found.',
        'user: Mend it.',
      ],
    ]);
    const chain = officialChain(entriesIn(text));
    expect(chain.filter(isShown)).toHaveLength(2);
    expect(lines(text)[1]).toMatchObject({
      message: { model: 'gpt-5.5', stop_reason: 'end_turn' },
      timestamp: '1970-01-01T00:00:00.005Z',
    });
  });

  it('goes on with our own words behind its records', async () => {
    const source = readLog(claudeCode, new LogBuilder().user('p1', 'One.').toBytes(), PATH);
    const { text, read } = await forkOf(source, { said: [{ role: 'assistant', text: 'Two.' }] });
    expect(outline(read)).toEqual([['user: One.', 'assistant: Two.']]);
    expect(officialChain(entriesIn(text))).toHaveLength(2);
  });
});
