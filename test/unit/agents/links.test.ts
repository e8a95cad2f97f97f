import { describe, expect, it } from 'vitest';
import { LogBuilder, read, render, shape } from './support/logBuilder.ts';

const notices = (result: ReturnType<typeof read>): (string | undefined)[] =>
  (result.log.branches[0]?.entries ?? []).map((entry) => entry.notice);

describe('compaction', () => {
  const before = (): LogBuilder =>
    new LogBuilder()
      .user('p1', 'Start.')
      .answer('a1', 'Started.')
      .user('p2', 'Go on.')
      .answer('a2', 'Going.');

  it('goes on as one branch, with the summary as a notice', () => {
    const result = read(
      before().compaction('b1', 'a2').user('p3', 'Further.').answer('a3', 'Yes.'),
    );
    expect(shape(result)).toEqual(['p1 a1 p2 a2 b1 p3 a3']);
    const boundary = result.log.branches[0]?.entries[4];
    expect(boundary).toMatchObject({ role: 'system', seqs: [4, 5] });
    expect(render(result, boundary)).toEqual([
      {
        type: 'notice',
        kind: 'compaction',
        text: 'This session is being continued from a previous one.',
      },
    ]);
  });

  it('links to what stands before it where its own link is lost or within the chain', () => {
    for (const logical of [null, 'nowhere', 'a1']) {
      expect(shape(read(before().compaction('b1', logical).user('p3', 'Further.')))).toEqual([
        'p1 a1 p2 a2 b1 p3',
      ]);
    }
  });

  it('follows its own link away from a branch that was written in between', () => {
    const log = before()
      .user('p4', 'Another way.', { parentUuid: 'a1' })
      .compaction('b1', 'a2')
      .user('p3', 'Further.');
    expect(shape(read(log))).toEqual(['p1 a1 p2 a2 b1 p3', '0:2 p4']);
  });

  it('keeps both places of a message that was written again', () => {
    const log = before()
      .compaction('b1', 'a2')
      .answer('a2', 'Going.', { message: { id: 'msg_a2', content: 'Going.', role: 'assistant' } })
      .user('p3', 'Further.');
    const result = read(log);
    expect(shape(result)).toEqual(['p1 a1 p2 a2 b1 a2 p3']);
    expect(result.log.branches[0]?.entries.map((entry) => entry.tokens?.output)).toEqual([
      undefined,
      5,
      undefined,
      5,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('takes a boundary aside of a chain that goes on without it into the branch', () => {
    const log = before().compaction('b1', 'a2').user('p3', 'Further.', { parentUuid: 'a2' });
    expect(shape(read(log))).toEqual(['p1 a1 p2 a2 b1 p3']);
  });
});

describe('damaged and unusual chains', () => {
  it('goes on after a cleared context in the same branch and says so', () => {
    const log = new LogBuilder()
      .progress('x0', { parentUuid: null })
      .user('p1', 'Plan it.')
      .answer('a1', 'Here is the plan.')
      .progress('x1', { parentUuid: null })
      .user('p2', 'Implement the following plan: ...')
      .answer('a2', 'Done.');
    const result = read(log);
    expect(shape(result)).toEqual(['p1 a1 p2 a2']);
    expect(notices(result)).toEqual([undefined, undefined, 'context-reset', undefined]);
    expect(render(result, result.log.branches[0]?.entries[2])[0]).toMatchObject({
      type: 'notice',
      kind: 'context-reset',
    });
  });

  it('bridges a lost record and says so', () => {
    const log = new LogBuilder()
      .user('p1', 'One.')
      .answer('a1', 'Two.')
      .user('p2', 'Three.', { parentUuid: 'lost' })
      .answer('a2', 'Four.');
    const result = read(log);
    expect(shape(result)).toEqual(['p1 a1 p2 a2']);
    expect(notices(result)).toEqual([undefined, undefined, 'gap', undefined]);
    expect(result.log.problems).toMatchObject([{ line: 3 }]);
  });

  it('still sees a fork whose first record is lost', () => {
    const log = new LogBuilder()
      .user('p1', 'One.')
      .user('p2', 'This way.', { parentUuid: 'lost' })
      .answer('a2', 'Yes.')
      .user('p3', 'That way.', { parentUuid: 'lost' });
    expect(shape(read(log))).toEqual(['p1 p3', '0:1 p2 a2']);
  });

  it('begins in mid-chain without a complaint', () => {
    const result = read(new LogBuilder().user('p1', 'One.', { parentUuid: 'before' }));
    expect(shape(result)).toEqual(['p1']);
    expect(result.log.problems).toEqual([]);
    expect(notices(result)).toEqual([undefined]);
  });

  it('shows a record once that is written twice', () => {
    const log = new LogBuilder().user('p1', 'One.').answer('a1', 'Two.');
    const twice = new LogBuilder().raw(log.toString()).raw(log.toString());
    expect(shape(read(twice))).toEqual(['p1 a1']);
  });

  it('shows a last record once that was written again after its line was damaged', () => {
    const log = new LogBuilder().user('p1', 'One.').answer('a1', 'Two.');
    const glued = new LogBuilder()
      .raw(`${log.toString().trimEnd()}{"type":"file-history-snapshot"}\n`)
      .answer('a1', 'Two.', { parentUuid: 'p1', version: '2.2.0' })
      .user('p2', 'Three.');
    const result = read(glued);
    expect(shape(result)).toEqual(['p1 a1 p2']);
    expect(render(result, result.log.branches[0]?.entries[1])).toHaveLength(1);
  });

  it('shows both of two records that have one id and say different things', () => {
    const log = new LogBuilder()
      .user('p1', 'One.')
      .user('p2', 'Two.')
      .user('p2', 'Three.', { parentUuid: 'p1', timestamp: '2026-03-01T10:00:01.000Z' });
    expect(shape(read(log))).toEqual(['p1 p2 p2']);
  });

  it('opens a ring of parents and says so', () => {
    const log = new LogBuilder()
      .user('p1', 'I am my own grandparent.', { parentUuid: 'a1' })
      .answer('a1', 'So you are.')
      .user('p2', 'I am my own parent.', { parentUuid: 'p2' });
    const result = read(log);
    expect(shape(result)).toEqual(['p1 a1 p2']);
    expect(result.log.problems.map((problem) => problem.line)).toEqual([1, 3]);
  });

  it('puts a child that stands before its parent after it', () => {
    const log = new LogBuilder()
      .user('p2', 'Second.', { parentUuid: 'a1' })
      .user('p1', 'First.', { parentUuid: null })
      .answer('a1', 'And then?');
    expect(shape(read(log))).toEqual(['p1 a1 p2']);
  });

  it('gives both halves of a glued line a message of their own', () => {
    const log = new LogBuilder().user('p1', 'One.').answer('a1', 'Two.').user('p2', 'Three.');
    const lines = log.toString().split('\n');
    const glued = new LogBuilder().raw(`${lines[0] ?? ''}\n${lines[1] ?? ''}${lines[2] ?? ''}\n`);
    const result = read(glued);
    expect(shape(result)).toEqual(['p1 a1 p2']);
    expect(result.log.problems).toMatchObject([{ line: 2 }]);
    expect(result.reader.activeBranch()).toMatchObject({ length: 1, leaf: 'p1' });
  });

  it('survives a chain of 100,000 records, forwards and backwards', () => {
    const lines: string[] = [];
    for (let at = 0; at < 100_000; at++) {
      lines.push(
        JSON.stringify({
          type: at % 2 === 0 ? 'user' : 'assistant',
          uuid: `u${at}`,
          parentUuid: at === 0 ? null : `u${at - 1}`,
          timestamp: new Date(1.7e12 + at).toISOString(),
          message: { content: 'x' },
        }),
      );
    }
    const forwards = read(Buffer.from(lines.join('\n')));
    expect(forwards.log.branches.map((branch) => branch.entries.length)).toEqual([100_000]);
    expect(forwards.reader.activeBranch().length).toBe(100_000);
    const backwards = read(Buffer.from(lines.reverse().join('\n')));
    expect(backwards.log.branches.map((branch) => branch.entries.length)).toEqual([100_000]);
    expect(backwards.log.branches[0]?.entries[0]?.nativeId).toBe('u0');
  });
});
