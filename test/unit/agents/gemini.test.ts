/** Gemini CLI's logs: newer versions of a message, rewinds, exchanged lists, damage. */
import { describe, expect, it } from 'vitest';
import { gemini } from '../../../src/agents/gemini/index.ts';
import { jsonLines, readText } from './support/agentFiles.ts';

const LOG = '/h/.gemini/tmp/p/chats/session-2026-01-01T00-00-aaaaaaaa.jsonl';
const DOCUMENT = LOG.slice(0, -1);
const head = { sessionId: 's1', projectHash: 'p', startTime: '2026-01-01T00:00:00Z' };
const user = (id: string) => ({ id, type: 'user', content: [{ text: `ask ${id}` }] });
const answer = (id: string) => ({ id, type: 'gemini', content: `say ${id}` });
const call = (status: string, result?: unknown) => ({
  ...answer('b'),
  toolCalls: [{ id: 't', name: 'run_shell_command', args: { command: 'ls' }, status, result }],
});

describe('Gemini CLI', () => {
  it('takes the last version of a message, in the place of the first', () => {
    const result = [{ functionResponse: { response: { output: 'a.txt' } } }];
    const { log, shown } = readText(
      gemini,
      LOG,
      jsonLines(head, user('a'), call('executing'), user('c'), call('success', result)),
    );
    const [branch] = log.branches;
    expect(branch?.entries.map(({ seqs }) => seqs)).toEqual([[1], [2, 4], [3]]);
    const entry = branch?.entries[1];
    if (!entry) throw new Error('no answer');
    expect(entry.open).toBeUndefined();
    expect(shown(entry).content[1]).toMatchObject({
      type: 'tool',
      name: 'run_shell_command',
      summary: 'ls',
      result: { text: 'a.txt', isError: false },
    });
  });

  it('calls a message open while a tool call in it has no result', () => {
    const read = (message: unknown) => readText(gemini, LOG, jsonLines(head, message)).log;
    const isOpen = (message: unknown) => read(message).branches[0]?.entries[0]?.open;
    expect(isOpen(call('awaiting_approval'))).toBe(true);
    expect(isOpen(call('cancelled'))).toBeUndefined();
    expect(isOpen(call('error', [{}]))).toBeUndefined();
  });

  it('keeps what a rewind took away as a branch with its prompt for a title', () => {
    const { log, lines } = readText(
      gemini,
      LOG,
      jsonLines(
        head,
        ...[user('a'), answer('b'), user('c'), answer('d')],
        { $rewindTo: 'c' },
        ...[user('e'), answer('f')],
        { $rewindTo: 'e' },
        user('g'),
      ),
    );
    expect(lines()).toEqual(['user: ask a', 'assistant: say b', 'user: ask g']);
    expect(log.branches.map(({ key, title, parent }) => [key, title, parent])).toEqual([
      ['main', undefined, undefined],
      ['c', 'ask c', { branch: 0, length: 2 }],
      ['e', 'ask e', { branch: 0, length: 2 }],
    ]);
    expect(lines(1)).toEqual(['user: ask c', 'assistant: say d']);
  });

  it('ends the live branch at a rewind that nothing follows', () => {
    const { log } = readText(
      gemini,
      LOG,
      jsonLines(head, user('a'), answer('b'), user('c'), { $rewindTo: 'c' }),
    );
    expect(log.branches.map(({ entries }) => entries.map((entry) => entry.nativeId))).toEqual([
      ['a', 'b'],
      ['c'],
    ]);
  });

  it('takes all away at a rewind to a message that is not known, as Gemini CLI does', () => {
    const { log, lines } = readText(
      gemini,
      LOG,
      jsonLines(head, user('a'), answer('b'), { $rewindTo: 'gone' }, user('c')),
    );
    expect(lines()).toEqual(['user: ask c']);
    expect(log.branches[1]).toMatchObject({ key: 'a', parent: { branch: 0, length: 0 } });
  });

  it('puts another list in the place of all messages and keeps those it does not name', () => {
    const { log, lines } = readText(
      gemini,
      LOG,
      jsonLines(
        head,
        ...[user('a'), answer('b'), user('c'), answer('d')],
        { $set: { messages: [user('s'), user('c'), answer('d')], summary: 'Short' } },
        user('e'),
      ),
    );
    expect(log.title).toBe('Short');
    expect(lines()).toEqual(['user: ask s', 'user: ask c', 'assistant: say d', 'user: ask e']);
    expect(lines(1)).toEqual(['user: ask a', 'assistant: say b']);
  });

  it('finds the message of a rewind also behind one that a list names twice', () => {
    const { log, lines } = readText(
      gemini,
      LOG,
      jsonLines(
        head,
        { $set: { messages: [user('a'), answer('b'), answer('b'), user('c'), answer('d')] } },
        { $rewindTo: 'c' },
        user('e'),
      ),
    );
    expect(lines()).toEqual(['user: ask a', 'assistant: say b', 'user: ask e']);
    expect(log.branches.map(({ key }) => key)).toEqual(['main', 'c']);
  });

  it('reads documents written on one line and indented alike', () => {
    const document = { ...head, messages: [user('a'), answer('b')], lastUpdated: '2026-01-02' };
    const compact = readText(gemini, DOCUMENT, JSON.stringify(document));
    const indented = readText(gemini, DOCUMENT, JSON.stringify(document, null, 2));
    expect(compact.log).toEqual(indented.log);
    expect(compact.records).toHaveLength(4);
    expect(compact.log).toMatchObject({ nativeId: 's1', problems: [] });
    expect(compact.log.updatedAt).toBe(Date.UTC(2026, 0, 2));
  });

  it('reads what stands around a damaged message', () => {
    const messages = [user('a'), answer('b'), user('c'), answer('d')];
    const whole = JSON.stringify({ ...head, messages }, null, 2);
    const quote = readText(gemini, DOCUMENT, whole.replace('"say b"', '"say b'));
    expect(quote.lines()).toEqual(['user: ask a', 'user: ask c', 'assistant: say d']);
    expect(quote.log.problems).toMatchObject([{ line: 15, message: 'Is not valid JSON.' }]);
    const brace = readText(gemini, DOCUMENT, whole.replace('"say b"\n    }', '"say b"\n    '));
    expect(brace.lines()).toContain('assistant: say d');
    const torn = readText(gemini, DOCUMENT, whole.slice(0, whole.indexOf('say d')));
    expect(torn.lines()).toEqual(['user: ask a', 'assistant: say b', 'user: ask c']);
  });

  it('shows events, thoughts, edits and files that were attached', () => {
    const edit = {
      id: 'b',
      type: 'gemini',
      content: '',
      thoughts: [{ subject: 'Plan', description: 'Change it' }],
      toolCalls: [
        {
          id: 't',
          name: 'replace',
          args: { file_path: 'a.txt', old_string: 'one\ntwo', new_string: 'one\nthree\nfour' },
          status: 'success',
          result: [{ functionResponse: { response: { error: 'no' } } }],
        },
      ],
    };
    const image = { inlineData: { mimeType: 'image/png', data: 'AAAA' } };
    const { log, shown } = readText(
      gemini,
      LOG,
      jsonLines(head, { ...user('a'), content: [{ text: 'look' }, image] }, edit, {
        id: 'e',
        type: 'error',
        content: 'Quota',
      }),
    );
    const content = log.branches[0]?.entries.map((entry) => shown(entry).content);
    expect(content).toMatchObject([
      [
        { type: 'attachment', mediaType: 'image/png', bytes: 3 },
        { type: 'text', text: 'look' },
      ],
      [
        { type: 'thinking', text: 'Plan\n\nChange it' },
        { type: 'tool', edit: { path: 'a.txt', added: 2, removed: 1 }, result: { text: 'no' } },
      ],
      [{ type: 'notice', kind: 'error', text: 'Quota' }],
    ]);
  });
});
