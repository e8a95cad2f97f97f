import { describe, expect, it } from 'vitest';
import { LogBuilder, read, render, shape } from './support/logBuilder.ts';

const opening = (): LogBuilder => new LogBuilder().user('p1', 'Build it.').answer('a1', 'How?');

describe('forks inside a log', () => {
  it('makes a branch of every prompt that was taken back, the live one first', () => {
    const log = opening()
      .user('p2', 'With a parser.')
      .answer('a2', 'Done.')
      .user('p3', 'With regexes.', { parentUuid: 'a1' })
      .answer('a3', 'Done too.')
      .user('p4', 'By hand.', { parentUuid: 'a1' })
      .answer('a4', 'Done again.');
    const result = read(log);
    expect(shape(result)).toEqual(['p1 a1 p4 a4', '0:2 p2 a2', '0:2 p3 a3']);
    expect(result.log.branches.map(({ key, title }) => [key, title])).toEqual([
      ['main', undefined],
      ['p2', 'With a parser.'],
      ['p3', 'With regexes.'],
    ]);
  });

  it('counts the messages that a nested branch takes over from the beginning', () => {
    const log = opening()
      .user('p2', 'First.')
      .answer('a2', 'One.')
      .user('p3', 'Second.')
      .user('p4', 'Instead of second.', { parentUuid: 'a2' })
      .user('p5', 'Instead of first.', { parentUuid: 'a1' });
    expect(shape(read(log))).toEqual(['p1 a1 p5', '0:2 p2 a2 p4', '1:4 p3']);
  });

  it('sees a fork through progress records and hooks', () => {
    const log = opening()
      .progress('x1')
      .user('p2', 'One way.')
      .system('s1', 'turn_duration', { parentUuid: 'a1' })
      .user('p3', 'Another way.');
    expect(shape(read(log))).toEqual(['p1 a1 p3', '0:2 p2']);
  });

  it('takes a prompt of the same moment for the same prompt', () => {
    const same = { timestamp: '2026-03-01T12:00:00.000Z' };
    const log = opening()
      .user('p2', 'Once.', same)
      .user('p3', 'Once.', { ...same, parentUuid: 'a1' });
    expect(shape(read(log))).toEqual(['p1 a1 p2 p3']);
  });

  it('makes no fork of what only hangs aside, and loses none of it', () => {
    const log = opening()
      .answer('a2', 'A second try.', { parentUuid: 'p1' })
      .user('p2', 'Go on.')
      .system('e1', 'api_error', { error: { status: 529 } })
      .answer('a3', 'Late.', { parentUuid: 'p2' });
    expect(shape(read(log))).toEqual(['p1 a1 a2 p2 e1 a3']);
  });

  it('gives branches that begin with the same record keys of their own', () => {
    const log = opening()
      .user('p2', 'One.')
      .user('p2', 'Two.', { parentUuid: 'p1' })
      .user('p3', 'Three.', { parentUuid: 'a1' })
      .user('p4', 'Four.', { parentUuid: 'p1' });
    const keys = read(log).log.branches.map((branch) => branch.key);
    expect(new Set(keys).size).toBe(keys.length);
  });
});

describe('messages', () => {
  it('merges the lines of one answer and counts its tokens once', () => {
    const usage = (output: number) => ({
      message: {
        id: 'msg_1',
        role: 'assistant',
        model: 'claude-opus-4-6',
        content: [{ type: 'text', text: 'x' }],
        usage: {
          input_tokens: 3,
          output_tokens: output,
          cache_read_input_tokens: 7,
          cache_creation_input_tokens: 2,
        },
      },
    });
    const log = new LogBuilder()
      .user('p1', 'Go.')
      .answer('a1', '', usage(1))
      .answer('a2', '', usage(8))
      .answer('a3', '', usage(5));
    // All three are lines of one response, whatever their request id says.
    const { log: derived } = read(
      new LogBuilder().raw(log.toString().replaceAll(/req_msg_a\d/g, 'req_1')),
    );
    const [main] = derived.branches;
    expect(main?.entries.map((entry) => entry.seqs)).toEqual([[0], [1, 2, 3]]);
    expect(main?.entries[1]).toMatchObject({
      role: 'assistant',
      nativeId: 'a1',
      model: 'claude-opus-4-6',
      provider: 'anthropic',
      tokens: { input: 3, output: 8, cacheRead: 7, cacheWrite: 2 },
    });
  });

  it('folds tool results into their calls, those beside the chain too', () => {
    const log = new LogBuilder()
      .user('p1', 'Read both.')
      .call('a1', 'm1', 'c1')
      .call('a2', 'm1', 'c2')
      .progress('x1', { parentUuid: 'a1' })
      .result('r1', 'c1', 'one', { parentUuid: 'a1' })
      .result('r2', 'c2', 'two', { parentUuid: 'a2' })
      .answer('a3', 'Read.');
    const result = read(log);
    expect(shape(result)).toEqual(['p1 a1 a3']);
    expect(result.log.branches[0]?.entries[1]).toMatchObject({ seqs: [1, 2, 4, 5], tools: 2 });
    expect(result.log.branches[0]?.entries[1]?.open).toBeUndefined();
  });

  it('marks a message whose call has no result, and counts results that are errors', () => {
    const log = new LogBuilder()
      .call('a1', 'm1', 'c1')
      .result('r1', 'c1', 'x')
      .call('a2', 'm2', 'c2');
    const failed = new LogBuilder()
      .call('a1', 'm1', 'c1')
      .user('r1', [
        { type: 'tool_result', tool_use_id: 'c1', content: 'no such file', is_error: true },
      ]);
    expect(read(log).log.branches[0]?.entries.map((entry) => entry.open)).toEqual([
      undefined,
      true,
    ]);
    expect(read(failed).log.branches[0]?.entries[0]?.errors).toBe(1);
  });

  it('keeps a result together with words that were typed beside it', () => {
    const log = new LogBuilder().call('a1', 'm1', 'c1').user('r1', [
      { type: 'tool_result', tool_use_id: 'c1', content: 'done' },
      { type: 'text', text: 'Not so fast.' },
    ]);
    const result = read(log);
    const entries = result.log.branches[0]?.entries ?? [];
    // Two messages cannot share a record, so the call's answer is in the message after it.
    expect(entries.map(({ role, seqs, open }) => [role, seqs, open])).toEqual([
      ['assistant', [0], true],
      ['user', [1], undefined],
    ]);
    expect(render(result, entries[1]).map((block) => block.type)).toEqual(['tool', 'text']);
  });

  it('shows a result whose call is lost', () => {
    const result = read(new LogBuilder().user('p1', 'Hi.').result('r1', 'c9', 'left over'));
    const entry = result.log.branches[0]?.entries[1];
    expect(entry?.role).toBe('assistant');
    expect(render(result, entry)).toMatchObject([{ type: 'tool', result: { text: 'left over' } }]);
  });

  it('shows words typed while a tool ran, with an id or without, without cutting the answer', () => {
    const queued = { type: 'queued_command', prompt: 'and test it', commandMode: 'prompt' };
    const withId = new LogBuilder()
      .user('p1', 'Build.')
      .call('a1', 'm1', 'c1')
      .record('q1', { type: 'attachment', attachment: queued })
      .call('a2', 'm1', 'c2');
    expect(shape(read(withId))).toEqual(['p1 a1 q1']);

    const without = new LogBuilder()
      .user('p1', 'Build.')
      .call('a1', 'm1', 'c1')
      .line({ type: 'attachment', attachment: queued, sessionId: 's' })
      .result('r1', 'c1', 'ok')
      .answer('a2', 'Both done.');
    const result = read(without);
    expect(shape(result)).toEqual(['p1 a1 seq 2 a2']);
    expect(render(result, result.log.branches[0]?.entries[2])).toEqual([
      { type: 'text', text: 'and test it' },
    ]);
  });

  it('reads a log that has no ids at all in the order of the file', () => {
    const log = new LogBuilder()
      .line({ type: 'user', message: { content: 'one' } })
      .line({ type: 'assistant', message: { content: [{ type: 'text', text: 'two' }] } })
      .line({ type: 'user', message: { content: 'three' } });
    expect(shape(read(log))).toEqual(['seq 0 seq 1 seq 2']);
  });

  it('hides what is no part of a conversation', () => {
    const log = new LogBuilder()
      .user('h1', 'Caveat: The messages below were generated by the user.', { isMeta: true })
      .user('h2', '<local-command-stdout>ok</local-command-stdout>')
      .user('h3', '<system-reminder>be good</system-reminder>')
      .user('h4', '<task-notification>done</task-notification>')
      .block('h5', 'm', { type: 'text', text: 'No response requested.' }, synthetic)
      .progress('h6')
      .system('h7', 'turn_duration')
      .record('h8', { type: 'attachment', attachment: { type: 'task_reminder' } })
      .user('p1', 'Hello.', { parentUuid: 'h8' });
    expect(shape(read(log))).toEqual(['p1']);
  });

  it('shows commands, interruptions and failures as notices', () => {
    const log = new LogBuilder()
      .user('n1', '<command-name>/model</command-name><command-args>opus</command-args>')
      .user('n2', '[Request interrupted by user]')
      .answer('n4', 'Your limit is reached.', { isApiErrorMessage: true })
      .system('n5', 'api_error', { error: { status: 529, message: 'Overloaded' } })
      .system('n6', 'api_error', { error: { status: 529, message: 'Overloaded' } });
    const result = read(log);
    const entries = result.log.branches[0]?.entries ?? [];
    expect(entries.map((entry) => entry.role)).toEqual(Array(4).fill('system'));
    expect(entries.flatMap((entry) => render(result, entry))).toEqual([
      { type: 'notice', kind: 'info', text: '/model opus' },
      { type: 'notice', kind: 'info', text: '[Request interrupted by user]' },
      { type: 'notice', kind: 'error', text: 'Your limit is reached.' },
      { type: 'notice', kind: 'error', text: 'API error 529: Overloaded (2 times)' },
    ]);
  });
});

const synthetic = {
  message: {
    model: '<synthetic>',
    role: 'assistant',
    content: [{ type: 'text', text: 'No response requested.' }],
  },
};
