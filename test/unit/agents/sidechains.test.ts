/** Subagents whose records stand in the file of the session they worked for: conversations of their own. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { timeOf } from '../../../src/agents/json.ts';
import type { DerivedBranch } from '../../../src/core/reader.ts';
import { LogBuilder, read, shape, type Fields, type ReadLog } from './support/logBuilder.ts';

const SAMPLES = join(import.meta.dirname, '../../../../shared/samples/claude-code');
const SDK_FIXTURES = join(
  SAMPLES,
  'microsoft-vscode-copilot-chat/src/extension/chatSessions/claude/node/test/fixtures',
);
const SMALL = join(
  SAMPLES,
  'jazzyalex-agent-sessions/Resources/Fixtures/stage0/agents/claude/small.jsonl',
);

const side = (parentUuid: string | null, more: Fields = {}): Fields => ({
  isSidechain: true,
  parentUuid,
  ...more,
});

function task(log: LogBuilder, uuid: string, callId: string, prompt: string): LogBuilder {
  const block = { type: 'tool_use', id: callId, name: 'Task', input: { prompt } };
  return log.block(uuid, `msg_${uuid}`, block);
}

/** Two subagents at work at the same time, as 1.x wrote it. */
function twoAtWork(): LogBuilder {
  const log = new LogBuilder().user('p1', 'Look at both.');
  task(task(log, 'a1', 'call-1', 'Look at the left.'), 'a2', 'call-2', 'Look at the right.');
  return log
    .user('s1', 'Look at the left.', side(null))
    .user('t1', 'Look at the right.', side(null))
    .answer('s2', 'Left it is.', side('s1'))
    .answer('t2', 'Right it is.', side('t1'))
    .result('r1', 'call-1', 'Left it is.', { parentUuid: 'a1' })
    .result('r2', 'call-2', 'Right it is.', { parentUuid: 'a2' })
    .answer('a3', 'Both looked at.', { parentUuid: 'r2' });
}

const sidesOf = ({ log }: ReadLog): readonly DerivedBranch[] =>
  log.branches.filter(({ sidechain }) => sidechain);

const callsOf = (result: ReadLog): readonly (string | undefined)[] =>
  sidesOf(result).map(({ sidechain }) => sidechain?.call?.callId);

describe('sidechains', () => {
  it('are branches of their own behind the conversation, each one whole', () => {
    const result = read(twoAtWork());
    expect(shape(result)).toEqual(['p1 a1 a2 a3', 's1 s2', 't1 t2']);
    expect(result.log.branches.map(({ key }) => key)).toEqual([
      'main',
      'sidechain s1',
      'sidechain t1',
    ]);
    expect(sidesOf(result).map(({ title }) => title)).toEqual([
      'Look at the left.',
      'Look at the right.',
    ]);
    expect(result.log.problems).toEqual([]);
    expect(result.log.subagentOf).toBeUndefined();
  });

  it('leave the conversation as it is without them', () => {
    const lines = twoAtWork().toString().trimEnd().split('\n');
    const without = lines.filter((line) => !line.includes('"isSidechain":true'));
    const bare = read(Buffer.from(`${without.join('\n')}\n`));
    const plain = ({ entries }: DerivedBranch) => entries.map((entry) => ({ ...entry, seqs: [] }));
    const [main] = read(twoAtWork()).log.branches;
    expect(bare.log.branches).toHaveLength(1);
    expect(main && plain(main)).toEqual(bare.log.branches.map(plain)[0]);
  });

  it('name the call whose words they begin with, or that their records name', () => {
    expect(callsOf(read(twoAtWork()))).toEqual(['call-1', 'call-2']);
    expect(sidesOf(read(twoAtWork()))[0]?.sidechain?.call?.seq).toBe(1);
    const same = new LogBuilder().user('p1', 'Twice.');
    task(task(same, 'a1', 'call-1', 'Again.'), 'a2', 'call-2', 'Again.');
    same
      .user('s1', 'Again.', side(null, { parentToolUseId: 'call-2' }))
      .user('t1', 'Again.', side(null))
      .user('u1', 'Again.', side(null));
    expect(callsOf(read(same))).toEqual(['call-2', 'call-1', undefined]);
  });

  it('name no call that comes behind them, and none with other words', () => {
    const log = new LogBuilder().user('p1', 'Go.').user('s1', 'Look.', side(null));
    task(log, 'a1', 'call-1', 'Look.').user('t1', 'Look elsewhere.', side(null));
    expect(callsOf(read(log))).toEqual([undefined, undefined]);
  });

  it('are told apart by the subagent’s id, and linked by the answer that has it', () => {
    const log = new LogBuilder().user('p1', 'Go.');
    task(log, 'a1', 'call-1', 'Cut short…')
      .answer('x2', 'Two.', side('lost-1', { agentId: 'x' }))
      .answer('y2', 'Two.', side('lost-2', { agentId: 'y' }))
      .user('x3', 'And then?', side('lost-3', { agentId: 'x' }))
      .result('r1', 'call-1', 'Done.', { parentUuid: 'a1', toolUseResult: { agentId: 'x' } });
    const result = read(log);
    expect(shape(result)).toEqual(['p1 a1', 'x2 x3', 'y2']);
    expect(callsOf(result)).toEqual(['call-1', undefined]);
  });

  it('go on behind a line that is lost, and say so', () => {
    const log = new LogBuilder()
      .user('p1', 'Go.')
      .user('s1', 'Look.', side(null))
      .answer('s3', 'Found.', side('lost'))
      .user('s4', 'More.', side('s3'));
    const result = read(log);
    expect(shape(result)).toEqual(['p1', 's1 s3 s4']);
    expect(result.log.problems.map(({ line }) => line)).toEqual([3]);
  });

  it('stand by themselves behind a lost line that may be anyone’s, and say so', () => {
    const log = new LogBuilder()
      .user('p1', 'Go.')
      .user('s1', 'Look.', side(null))
      .user('t1', 'Look elsewhere.', side(null))
      .answer('s3', 'Found.', side('lost'))
      .answer('t2', 'Nothing there.', side('t1'))
      .user('s4', 'More.', side('s3'))
      .answer('s5', 'Found too.', side('lost'));
    const result = read(log);
    expect(shape(result)).toEqual(['p1', 's1', 't1 t2', 's3 s4 s5']);
    expect(result.log.problems.map(({ line }) => line)).toEqual([4, 7]);
  });

  it('may hang on the record of the call', () => {
    const log = new LogBuilder().user('p1', 'Go.');
    task(task(log, 'a1', 'call-1', 'One.'), 'a2', 'call-2', 'Two.')
      .user('s1', 'One.', side('a1'))
      .user('t1', 'Two.', side('a1'))
      .answer('t2', 'Done.', side('t1'));
    expect(shape(read(log))).toEqual(['p1 a1 a2', 's1', 't1 t2']);
  });

  it('count each answer once, whichever of them repeats it', () => {
    const log = twoAtWork().answer('s9', 'Both looked at.', side('s2'));
    const again = read(Buffer.from(log.toString().replaceAll('msg_s9', 'msg_a3')));
    const sum = again.log.branches
      .flatMap(({ entries }) => entries)
      .reduce((total, { tokens }) => total + (tokens?.input ?? 0), 0);
    expect(sum).toBe(again.reader.tokens().input);
  });

  it('have a live branch to belong to, even where nothing of it is shown', () => {
    const log = new LogBuilder()
      .progress('x1')
      .user('s1', 'Look.', side(null))
      .answer('s2', 'Found.', side('s1'));
    const { branches } = read(log).log;
    expect(branches.map(({ key, entries }) => [key, entries.length])).toEqual([
      ['main', 0],
      ['sidechain s1', 2],
    ]);
  });

  it('keep branches that were left within them', () => {
    const log = new LogBuilder()
      .user('p1', 'Go.')
      .user('s1', 'Look.', side(null))
      .answer('s2', 'Where?', side('s1'))
      .user('s3', 'Here.', side('s2'))
      .user('s4', 'There.', side('s2'));
    const { branches } = read(log).log;
    expect(shape(read(log))).toEqual(['p1', 's1 s2 s4', '1:2 s3']);
    expect(branches[2]?.sidechain).toEqual({});
  });
});

describe.skipIf(!existsSync(SDK_FIXTURES))('recordings of subagents', () => {
  const lines = (file: string): Record<string, unknown>[] =>
    readFileSync(file, 'utf8')
      .trimEnd()
      .split('\n')
      // Records of a public recording, each an object.
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it.each([
    ['50a7220d-7250-46f3-b38e-b716ce25032e', ['a21e2f5']],
    ['b3a7bd3c-5a10-4e7b-8ff0-7fc0cd6d1093', ['a775a67', 'aa9d784', 'ac47f8c', 'ae52dab']],
  ])('of %s read the same inside its file as in files of their own', (session, agents) => {
    const file = join(SDK_FIXTURES, `${session}.jsonl`);
    const own = agents.map((agent) =>
      join(SDK_FIXTURES, session, `subagents/agent-${agent}.jsonl`),
    );
    // As 1.x wrote them: by time into the one file, without the ids of the subagents.
    const all = [file, ...own]
      .flatMap((name) => lines(name))
      .map(({ agentId, ...record }, index) => ({ record, index, agentId }))
      .sort((a, b) => {
        const [at = 0, bt = 0] = [a, b].map(({ record }) => timeOf(record['timestamp']) ?? 0);
        return at - bt || a.index - b.index;
      });
    const text = all.map(({ record }) => `${JSON.stringify(record)}\n`).join('');
    const folded = read(Buffer.from(text), file);
    const ids = (entries: DerivedBranch['entries']) => entries.map(({ nativeId }) => nativeId);
    const apart = own.map((name) => read(readFileSync(name), name).log.branches[0]?.entries ?? []);
    const sides = sidesOf(folded);
    expect(sides.map(({ entries }) => ids(entries)).sort()).toEqual(apart.map(ids).sort());
    const main = read(readFileSync(file), file).log.branches[0]?.entries ?? [];
    expect(ids(folded.log.branches[0]?.entries ?? [])).toEqual(ids(main));
    const calls = sides.map(({ sidechain }) => sidechain?.call?.callId);
    expect(calls).not.toContain(undefined);
    expect(new Set(calls).size).toBe(agents.length);
  });

  it('shows what stands aside in a mixed file', () => {
    const { log } = read(readFileSync(SMALL), SMALL);
    const [side] = log.branches.filter(({ sidechain }) => sidechain);
    expect(side?.title).toBe('Hello');
    expect(side?.entries.map(({ nativeId }) => nativeId)).toContain('a1');
  });
});
