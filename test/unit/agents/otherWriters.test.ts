/** Forks that are written for Codex and for pi, read again by our readers. */
import { describe, expect, it } from 'vitest';
import { codex } from '../../../src/agents/codex/index.ts';
import { pi } from '../../../src/agents/pi/index.ts';
import type { SaidMessage } from '../../../src/agents/writer.ts';
import { draftOf, FORK_ID, forkOf, NOW, pathOf } from './support/forks.ts';
import { outline, readLog } from './support/readLog.ts';

type Line = Readonly<Record<string, unknown>>;

const THREAD = '019fd67d-0000-7000-8000-00000000000a';
const ROLLOUT = `/home/ada/.codex/sessions/2026/08/01/rollout-2026-08-01T09-00-00-${THREAD}.jsonl`;
const timestamp = '2026-08-01T09:00:00.000Z';
const item = (payload: Line): Line => ({ timestamp, type: 'response_item', payload });
const event = (payload: Line): Line => ({ timestamp, type: 'event_msg', payload });
const message = (role: string, text: string): Line =>
  item({ type: 'message', role, content: [{ type: 'input_text', text }] });
const call = (id: string): Line =>
  item({ type: 'function_call', name: 'exec_command', call_id: id, arguments: '{"cmd":"ls"}' });
const result = (id: string): Line =>
  item({ type: 'function_call_output', call_id: id, output: 'files' });
const header = (more: Line = {}): Line => ({
  timestamp,
  type: 'session_meta',
  payload: { id: THREAD, cwd: '/home/ada/engine', model_provider: 'openai', ...more },
});

/** A turn: what begins it, a prompt, what is said, what ends it. */
function turn(id: string, ...said: readonly Line[]): Line[] {
  return [
    event({ type: 'task_started', turn_id: id }),
    { timestamp, type: 'turn_context', payload: { turn_id: id, model: 'gpt-5.5' } },
    message('user', `prompt ${id}`),
    event({ type: 'user_message', message: `prompt ${id}` }),
    ...said,
    message('assistant', `answer ${id}`),
    event({ type: 'agent_message', message: `answer ${id}` }),
    event({ type: 'token_count', info: null }),
    event({ type: 'task_complete', turn_id: id }),
  ];
}

const numbered = (lines: readonly Line[]): Line[] =>
  lines.map((line, ordinal) => ({ ...line, ordinal }));
const linesOf = (text: string): Line[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
const payloadOf = (line: Line | undefined): Line => (line?.['payload'] ?? {}) as Line;
const told = (text: string): unknown[] =>
  linesOf(text).map((line) => payloadOf(line)['type'] ?? line['type']);

const SAID: readonly SaidMessage[] = [
  { role: 'user', text: 'Find it.' },
  { role: 'assistant', text: 'Found.', model: 'claude-x', provider: 'anthropic', timestamp: 5 },
  { role: 'summary', text: 'It was found.' },
  { role: 'user', text: 'Mend it.' },
];

describe('a fork for Codex', () => {
  const lines = [header(), ...turn('1', call('c1'), result('c1')), ...turn('2')];
  const source = readLog(codex, lines, ROLLOUT);

  it('is a copy in the older form, with the source’s header behind its own', async () => {
    const { draft, text } = await forkOf(source, { entries: pathOf(source, 0, 3), path: ROLLOUT });
    const local = new Date(NOW - new Date(NOW).getTimezoneOffset() * 60_000).toISOString();
    expect(draft).toMatchObject({
      folder: ['sessions', ...local.slice(0, 10).split('-')],
      name: `rollout-${local.slice(0, 19).replaceAll(':', '-')}-${FORK_ID}.jsonl`,
      notes: [],
    });
    const written = linesOf(text);
    expect(payloadOf(written[0])).toMatchObject({
      id: FORK_ID,
      session_id: FORK_ID,
      forked_from_id: THREAD,
      history_mode: 'legacy',
      model_provider: 'openai',
      timestamp: new Date(NOW).toISOString(),
    });
    expect(payloadOf(written[1])['id']).toBe(THREAD);
    // The whole first turn, up to where it ends, and nothing of the second.
    expect(written.slice(2)).toEqual(lines.slice(1, 11));
    expect(text).not.toContain('prompt 2');
  });

  it('ends within a turn right behind what was said there', async () => {
    const { text, read } = await forkOf(source, { entries: pathOf(source, 0, 2), path: ROLLOUT });
    expect(told(text).at(-1)).toBe('function_call_output');
    expect(outline(read)).toEqual([['user: prompt 1', 'assistant: [exec_command ls]']]);
  });

  it('leaves out the turns that were taken back, unless it is a fork of those', async () => {
    const taken = readLog(
      codex,
      [
        header(),
        ...turn('1'),
        ...turn('2'),
        ...turn('3'),
        event({ type: 'thread_rolled_back', num_turns: 2 }),
        ...turn('4'),
        event({ type: 'thread_rolled_back', num_turns: 1 }),
        ...turn('5'),
      ],
      ROLLOUT,
    );
    const live = await forkOf(taken, { path: ROLLOUT });
    expect(outline(live.read)).toEqual([
      ['user: prompt 1', 'assistant: answer 1', 'user: prompt 5', 'assistant: answer 5'],
    ]);
    expect(told(live.text)).not.toContain('thread_rolled_back');
    expect(live.draft.notes).toEqual([expect.stringContaining('3 turns')]);
    for (const branch of taken.log.branches.keys()) {
      const left = await forkOf(taken, { entries: pathOf(taken, branch), path: ROLLOUT });
      expect(left.read.log.branches).toHaveLength(1);
      expect(left.read.log.branches[0]?.entries.map(({ nativeId }) => nativeId)).toEqual(
        pathOf(taken, branch).map(({ nativeId }) => nativeId),
      );
    }
  });

  it('names its source and copies nothing where Codex reads in pages', async () => {
    const counted = numbered([header({ history_mode: 'paginated' }), ...lines.slice(1)]);
    const paged = readLog(codex, counted, ROLLOUT);
    const { draft, text } = await forkOf(paged, { entries: pathOf(paged, 0, 3), path: ROLLOUT });
    const [only, ...others] = linesOf(text);
    expect(others).toEqual([]);
    const offset = counted
      .slice(0, 11)
      .reduce((sum, line) => sum + Buffer.byteLength(JSON.stringify(line)) + 1, 0);
    expect(only).toMatchObject({ ordinal: 11 });
    expect(payloadOf(only)).toMatchObject({
      forked_from_id: THREAD,
      forked_from_ordinal_exclusive: 11,
      history_mode: 'paginated',
      history_base: { thread_id: THREAD, end_ordinal_exclusive: 11, end_byte_offset: offset },
    });
    expect(draft.notes).toEqual([expect.stringContaining('keep that session’s file')]);

    for (const lost of [{ isThere: false }, { path: '/elsewhere/x.jsonl' }, { said: SAID }]) {
      const copy = await forkOf(paged, { path: ROLLOUT, ...lost });
      expect(copy.text).not.toContain('history_base');
      expect(copy.text).not.toContain('"ordinal"');
      expect(copy.text).not.toContain('paginated');
    }
  });

  it('of a log without envelopes has them', async () => {
    const bare = readLog(
      codex,
      [
        { id: THREAD, timestamp, instructions: null },
        { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Build.' }] },
        { role: 'assistant', content: [{ type: 'output_text', text: 'Built.' }] },
        { record_type: 'state' },
      ],
      ROLLOUT,
    );
    const { text, read } = await forkOf(bare, { path: ROLLOUT });
    expect(linesOf(text).map(({ type }) => type)).toEqual([
      'session_meta',
      'session_meta',
      'response_item',
      'response_item',
    ]);
    expect(outline(read)).toEqual([['user: Build.', 'assistant: Built.']]);
  });

  it('goes on with what another agent said', async () => {
    const { text, read } = await draftOf(codex, [], SAID);
    expect(payloadOf(linesOf(text)[0])).toMatchObject({ id: FORK_ID, source: 'cli' });
    expect(payloadOf(linesOf(text)[0])).not.toHaveProperty('forked_from_id');
    expect(outline(read)).toEqual([
      [
        'user: Find it.',
        'assistant: Found.',
        'system: (compaction) It was found.',
        'user: Mend it.',
      ],
    ]);
  });
});

describe('a fork for pi', () => {
  const entry = (id: string, parentId: string | null, role: string, text: string): Line => ({
    type: 'message',
    id,
    parentId,
    timestamp,
    message: { role, content: [{ type: 'text', text }] },
  });
  const label = (id: string, parentId: string, targetId: string, name?: string): Line => ({
    type: 'label',
    id,
    parentId,
    timestamp,
    targetId,
    ...(name !== undefined && { label: name }),
  });
  const FILE = '/home/ada/.pi/agent/sessions/--home-ada-engine--/t_source.jsonl';
  const begin: Line = { type: 'session', version: 3, id: 'source', timestamp, cwd: '/home/ada' };
  const lines = [
    begin,
    { type: 'model_change', id: 'm1', parentId: null, timestamp, provider: 'p', modelId: 'm' },
    entry('e1', 'm1', 'user', 'One.'),
    entry('e2', 'e1', 'assistant', 'Two.'),
    label('l1', 'e2', 'e1', 'begin'),
    label('l2', 'l1', 'e2', 'gone'),
    label('l3', 'l2', 'e2'),
    entry('e3', 'l3', 'user', 'Three.'),
    entry('e4', 'e3', 'assistant', 'Four.'),
    entry('x1', 'e2', 'user', 'Instead.'),
    label('l4', 'x1', 'x1', 'other'),
  ];
  const source = readLog(pi, lines, FILE);

  it('keeps ids, names its source, and has its labels anew', async () => {
    const left = source.log.branches.findIndex(({ entries }) =>
      entries.some(({ nativeId }) => nativeId === 'e4'),
    );
    const { draft, text, read } = await forkOf(source, {
      entries: pathOf(source, left),
      path: FILE,
    });
    expect(draft.folder).toBe('beside-source');
    expect(draft.name).toBe(`2026-11-20T12-30-45-678Z_${FORK_ID}.jsonl`);
    const [first, ...written] = linesOf(text);
    expect(first).toEqual({
      type: 'session',
      version: 3,
      id: FORK_ID,
      timestamp: new Date(NOW).toISOString(),
      cwd: '/home/ada/engine',
      parentSession: FILE,
    });
    expect(written.map(({ type, id }) => [type, id]).slice(0, 5)).toEqual([
      ['model_change', 'm1'],
      ['message', 'e1'],
      ['message', 'e2'],
      ['message', 'e3'],
      ['message', 'e4'],
    ]);
    // What hung on a label hangs on what the label hung on.
    expect(written[3]).toMatchObject({ id: 'e3', parentId: 'e2' });
    expect(written.slice(5)).toMatchObject([
      { type: 'label', parentId: 'e4', targetId: 'e1', label: 'begin' },
      { type: 'session_info', name: 'Engine (fork)' },
      { type: 'custom', customType: 'multipath' },
    ]);
    expect(outline(read)).toEqual([
      ['user: One.', 'assistant: Two.', 'user: Three.', 'assistant: Four.'],
    ]);
    expect(read.log.forkedFrom).toEqual({ nativeId: 'source' });
  });

  it('of a file without links stays one, up to the cut', async () => {
    const old = readLog(
      pi,
      [
        { type: 'session', id: 'old', timestamp, cwd: '/home/ada', provider: 'p', modelId: 'm' },
        { type: 'message', timestamp, message: { role: 'user', content: 'One.' } },
        { type: 'message', timestamp, message: { role: 'assistant', content: 'Two.' } },
        { type: 'message', timestamp, message: { role: 'user', content: 'Three.' } },
      ],
      FILE,
    );
    const { text, read } = await forkOf(old, { entries: pathOf(old, 0, 2), path: FILE });
    const [first, ...written] = linesOf(text);
    expect(first).toMatchObject({ id: FORK_ID, modelId: 'm', branchedFrom: FILE });
    expect(first).not.toHaveProperty('version');
    expect(written.every((line) => !('id' in line))).toBe(true);
    expect(outline(read)).toEqual([['user: One.', 'assistant: Two.']]);
  });

  it('goes on with what another agent said, in the folder of its own naming', async () => {
    const { draft, text, read } = await draftOf(pi, [], SAID, { cwd: '/home/ada/my "x"' });
    expect(draft.folder).toEqual(['sessions', '--home-ada-my "x"--']);
    expect(linesOf(text)[0]).not.toHaveProperty('parentSession');
    expect(outline(read)).toEqual([
      [
        'user: Find it.',
        'assistant: Found.',
        'system: (compaction) It was found.',
        'user: Mend it.',
      ],
    ]);
  });
});
