import { describe, expect, it } from 'vitest';
import { ClaudeCodeReader } from '../../../src/agents/claude-code/reader.ts';
import { LogBuilder, PATH, read, SESSION, shape, splitAll } from './support/logBuilder.ts';

const session = (): LogBuilder =>
  new LogBuilder()
    .user('p1', 'Write a parser.')
    .call('a1', 'm1', 'c1')
    .result('r1', 'c1', 'ok')
    .answer('a2', 'Written.')
    .user('p2', 'Faster!')
    .answer('a3', 'Faster.')
    .user('p3', 'Smaller!', { parentUuid: 'a2' })
    .answer('a4', 'Smaller.');

describe('ClaudeCodeReader', () => {
  it('says where a session belongs and when it was', () => {
    const { log } = read(session().line({ type: 'relocated', relocatedCwd: '/home/ada/moved' }));
    expect(log).toMatchObject({
      nativeId: SESSION,
      title: 'Write a parser.',
      cwd: '/home/ada/moved',
      gitBranch: 'main',
      createdAt: Date.parse('2026-03-01T10:00:00Z'),
      updatedAt: Date.parse('2026-03-01T10:00:07Z'),
      models: ['claude-opus-4-6'],
      providers: ['anthropic'],
      problems: [],
    });
  });

  it('derives the same from a log that grows as from the whole of it', () => {
    const records = splitAll(session().toBytes());
    const growing = new ClaudeCodeReader(PATH);
    records.forEach((record, seq) => {
      growing.add(seq, record);
      const whole = new ClaudeCodeReader(PATH);
      records.slice(0, seq + 1).forEach((one, index) => whole.add(index, one));
      expect(growing.finish()).toEqual(whole.finish());
    });
  });

  it('replaces a torn tail by what it grew into', () => {
    const records = splitAll(session().toBytes());
    const reader = new ClaudeCodeReader(PATH);
    records.slice(0, 3).forEach((record, seq) => reader.add(seq, record));
    reader.add(3, records[3]?.subarray(0, 40) ?? new Uint8Array());
    expect(reader.finish().problems).toMatchObject([{ line: 4 }]);
    records.slice(3).forEach((record, index) => reader.add(3 + index, record));
    expect(reader.finish()).toEqual(read(session()).log);
  });

  it('says what is wrong with which line, and shows its beginning', () => {
    const log = new LogBuilder()
      .user('p1', 'Hi.')
      .raw('null\n{broken\n\n')
      .raw('{"type":"user","uuid":"u9","parentUuid":"p1","message":7}\n')
      .raw(`"${'x'.repeat(500)}"`);
    const { problems } = read(log).log;
    expect(problems.map(({ line, message }) => [line, message])).toEqual([
      [2, 'Is not a record: a JSON object was expected.'],
      [3, 'Is not valid JSON.'],
      [5, 'Is a record of type user without readable content.'],
      [6, 'Is not a record: a JSON object was expected.'],
    ]);
    expect(problems[1]?.text).toBe('{broken');
    expect(problems[3]?.text).toHaveLength(100);
  });

  it('keeps a bounded list of problems', () => {
    const { problems } = read(Buffer.from('x\n'.repeat(5000))).log;
    expect(problems).toHaveLength(1001);
    expect(problems.at(-1)?.message).toBe('4000 more problems follow after this line.');
  });

  it('knows a log that is not of Claude Code', () => {
    const { log, reader } = read(Buffer.from('{"hello":"world"}\n'), '/tmp/other.jsonl');
    expect(log.branches).toEqual([]);
    expect(reader.knownRecords).toBe(0);
    expect(read(new LogBuilder(), '/tmp/empty.jsonl').log.branches).toEqual([]);
  });

  it('knows the logs of subagents and whose they are', () => {
    const side = { isSidechain: true, agentId: 'abc' };
    const log = new LogBuilder().user('p1', 'Search.', side).answer('a1', 'Found.', side);
    const own = read(log, `/x/${SESSION}/subagents/agent-abc.jsonl`).log;
    expect(own).toMatchObject({ nativeId: 'agent-abc', subagentOf: SESSION, title: 'Search.' });
    expect(own.branches[0]?.entries).toHaveLength(2);
    expect(read(log, '/x/old.jsonl').log.subagentOf).toBe(SESSION);
    const silent = read(new LogBuilder(), `/x/${SESSION}/subagents/workflows/w1/agent-1.jsonl`);
    expect(silent.log.subagentOf).toBe(SESSION);
  });

  it('names a session by its file, else by its records', () => {
    expect(read(session(), '/x/copy of it.jsonl').log.nativeId).toBe(SESSION);
    const other = '0b5f7c1e-0000-4000-8000-00000000000f';
    expect(read(session(), `/x/${other}.jsonl`).log.nativeId).toBe(other);
  });

  it('says what a copy was forked from', () => {
    const from = (messageUuid: string) => ({ forkedFrom: { sessionId: 'source', messageUuid } });
    const log = new LogBuilder()
      .user('n1', 'Hi.', from('o1'))
      .answer('n2', 'Hello.', from('o2'))
      .user('n3', 'Something new.');
    const { log: derived } = read(log);
    expect(derived.forkedFrom).toEqual({ nativeId: 'source', messageId: 'o2' });
    expect(derived.branches[0]?.entries.map((entry) => entry.lineageId)).toEqual([
      'o1',
      'o2',
      'n3',
    ]);
  });

  it('tells which record has which native id', () => {
    const { reader } = read(session());
    expect([0, 2, 5, 8].map((seq) => reader.uuidAt(seq))).toEqual(['p1', 'r1', 'a3', undefined]);
  });

  it('counts the tokens of subagents inside the file, whose messages stand apart', () => {
    const result = read(session().answer('s1', 'Aside.', { isSidechain: true }));
    expect(shape(result)).toEqual(['p1 a1 a2 p3 a4', '0:3 p2 a3', 's1']);
    expect(result.reader.tokens()).toEqual({ input: 50, output: 25, cacheRead: 0, cacheWrite: 0 });
  });
});
