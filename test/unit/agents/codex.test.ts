/** Codex: old and new shapes of its records, tokens, prompts, and where its files are. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Agent } from '../../../src/agents/agent.ts';
import { readText } from './support/agentFiles.ts';
import { codex } from '../../../src/agents/codex/index.ts';
import { pi } from '../../../src/agents/pi/index.ts';
import { figures, outline, readLog, shown } from './support/readLog.ts';

const PATH = '/home/ada/.codex/sessions/2026/08/01/rollout-2026-08-01T09-00-00-t1.jsonl';
const timestamp = '2026-08-01T09:00:00.000Z';
const item = (payload: object) => ({ timestamp, type: 'response_item', payload });
const event = (payload: object) => ({ timestamp, type: 'event_msg', payload });
const message = (role: string, text: string) =>
  item({ type: 'message', role, content: [{ type: 'input_text', text }] });
const call = (id: string, cmd: string) =>
  item({ type: 'function_call', name: 'exec_command', call_id: id, arguments: `{"cmd":"${cmd}"}` });
const result = (id: string, output: unknown) =>
  item({ type: 'function_call_output', call_id: id, output });
const usage = (input: number, cached: number, output: number) => ({
  input_tokens: input,
  cached_input_tokens: cached,
  output_tokens: output,
});
const counted = (total: object | null, last?: object) =>
  event({
    type: 'token_count',
    info: total && { total_token_usage: total, last_token_usage: last },
  });
const read = (lines: readonly unknown[]) => readLog(codex, lines, PATH);

describe('records of Codex', () => {
  it.each([0, 2])('are read from the document of the first versions, indented by %i', (indent) => {
    const text = JSON.stringify(
      {
        session: { id: 't1', timestamp, instructions: 'x' },
        items: [
          { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Build it.' }] },
          { type: 'function_call', name: 'shell', call_id: 'c', arguments: '{"command":["make"]}' },
          { type: 'function_call_output', call_id: 'c', output: '{"output":"ok"}' },
          { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'Done.' }] },
        ],
      },
      null,
      indent,
    );
    const path = '/codex/sessions/rollout-2025-04-20-t1.json';
    const { log, lines, records } = readText(codex, path, text);
    expect(lines()).toEqual(['user: Build it.', 'assistant: [tool]', 'assistant: Done.']);
    expect(log).toMatchObject({ nativeId: 't1', title: 'Build it.', problems: [] });
    expect(log.branches[0]?.entries.some(({ open }) => open)).toBe(false);
    expect(Buffer.concat(records).toString()).toBe(text);
    const empty = readText(codex, path, '{"session":{"id":"t2","timestamp":"x"},"items":[]}');
    expect(empty.log).toMatchObject({ problems: [], branches: [] });
  });

  it('are read bare, as they were written until 2025', () => {
    const log = read([
      { id: 't1', timestamp, instructions: null, git: { branch: 'main' } },
      { record_type: 'state' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'Build it.' }] },
      {
        type: 'function_call',
        name: 'shell',
        call_id: 'c',
        arguments: '{"command":["bash","-lc","make"]}',
      },
      {
        type: 'function_call_output',
        call_id: 'c',
        output: '{"output":"bad","metadata":{"exit_code":2}}',
      },
      { type: 'message', role: 'assistant', content: [{ type: 'output_text', text: 'It fails.' }] },
    ]);
    expect(outline(log)).toEqual([
      ['user: Build it.', 'assistant: [shell make]', 'assistant: It fails.'],
    ]);
    expect(log.log).toMatchObject({ nativeId: 't1', gitBranch: 'main', title: 'Build it.' });
    expect(shown(log, log.log.branches[0]?.entries[1])).toMatchObject([
      { type: 'tool', result: { text: 'bad', isError: true } },
    ]);
    expect(figures(log)).toMatchObject({ errors: 1, open: 0 });
  });

  it('show what a person typed once, and nothing that Codex told the model', () => {
    const log = read([
      message('developer', 'Be kind.'),
      message('user', '# AGENTS.md instructions for /x'),
      message('user', '<environment_context><cwd>/x</cwd></environment_context>'),
      message('user', 'notes of a plugin'),
      message('user', 'First.'),
      event({ type: 'user_message', message: 'First.' }),
      event({ type: 'agent_reasoning', text: 'Hm.' }),
      item({ type: 'reasoning', summary: [{ type: 'summary_text', text: 'Hm.' }] }),
      event({ type: 'agent_message', message: 'One.' }),
      message('assistant', 'One.'),
      event({
        type: 'item_completed',
        item: { type: 'UserMessage', content: [{ text: 'Next.' }] },
      }),
      message('user', 'Next.'),
      event({ type: 'agent_message', message: 'Only told here.' }),
    ]);
    expect(outline(log)).toEqual([
      ['user: First.', 'assistant: <Hm.>, One.', 'user: Next.', 'assistant: Only told here.'],
    ]);
  });

  it('count each request once, cached input apart', () => {
    const log = read([
      message('user', 'Go.'),
      counted(null),
      call('c', 'ls'),
      counted(usage(100, 40, 7), usage(100, 40, 7)),
      result('c', 'x'),
      counted(usage(100, 40, 7), usage(100, 40, 7)),
      message('assistant', 'Done.'),
      counted(usage(250, 140, 9)),
    ]);
    const tokens = log.log.branches[0]?.entries.map((entry) => entry.tokens);
    expect(tokens).toEqual([
      undefined,
      { input: 60, output: 7, cacheRead: 40, cacheWrite: 0 },
      { input: 50, output: 2, cacheRead: 100, cacheWrite: 0 },
    ]);
  });

  it('fold results into parallel calls and tell which are unanswered', () => {
    const log = read([
      message('user', 'Go.'),
      call('a', 'one'),
      call('b', 'two'),
      result('b', 'Exit code: 1'),
      result('a', 'fine'),
      call('c', 'three'),
    ]);
    const [, both, open] = log.log.branches[0]?.entries ?? [];
    expect(both).toMatchObject({ seqs: [1, 2, 3, 4], tools: 2, errors: 1 });
    expect(both?.open).toBeUndefined();
    expect(open).toMatchObject({ seqs: [5], open: true });
    expect(shown(log, both)).toMatchObject([
      { summary: 'one', result: { text: 'fine', isError: false } },
      { summary: 'two', result: { isError: true } },
    ]);
  });

  it('tell of calls that could not be carried out, and of those without words', () => {
    const patch = '*** Begin Patch\n*** Update File: a.ts\n+new\n*** End Patch';
    const plan = [{ step: 'x', status: 'completed' }, { step: 'y' }];
    const named = (id: string, name: string, args: unknown) =>
      item({ type: 'function_call', call_id: id, name, arguments: JSON.stringify(args) });
    const log = read([
      named('a', 'write_stdin', { session_id: 7, chars: '' }),
      named('b', 'apply_patch', { input: patch }),
      named('c', 'exec_command', { cmd: 'make' }),
      named('d', 'update_plan', { plan }),
      result('a', 'write_stdin failed: stdin is closed for this session'),
      result('b', 'apply_patch verification failed: Failed to find expected lines in a.ts'),
      result('c', 'exec_command failed for `make`: CreateProcess { message: "Rejected" }'),
      result('d', 'Plan updated'),
    ]);
    const [entry] = log.log.branches[0]?.entries ?? [];
    expect(entry).toMatchObject({ tools: 4, errors: 3 });
    const blocks = shown(log, entry);
    expect(blocks).toMatchObject([
      { summary: '7', result: { isError: true } },
      { summary: 'a.ts', result: { isError: true } },
      { summary: 'make', result: { isError: true } },
      { summary: '1 of 2 done', result: { isError: false } },
    ]);
    // What was not applied changed no file.
    expect(blocks.some((block) => block.type === 'tool' && block.edit)).toBe(false);
  });

  it('tell which calls started subagents', () => {
    const log = read([
      call('a', 'spawn'),
      event({ type: 'collab_agent_spawn_end', call_id: 'a', new_thread_id: 'child' }),
      event({ type: 'collab_agent_spawn_end', call_id: 'lost', new_thread_id: 'other' }),
      event({ type: 'collab_agent_spawn_end' }),
    ]);
    expect(log.log.subagentCalls).toEqual([{ nativeId: 'child', call: { seq: 0, callId: 'a' } }]);
  });

  it('keep every part that rollbacks took back', () => {
    const back = (turns: number) => event({ type: 'thread_rolled_back', num_turns: turns });
    const said = (text: string) => [message('user', text), message('assistant', `${text}!`)];
    const log = read([...said('a'), ...said('b'), ...said('c'), back(2), ...said('d'), back(9)]);
    // The last rollback left nothing; the latest words are shown all the same.
    expect(outline(log)).toEqual([
      ['user: a', 'assistant: a!', 'user: d', 'assistant: d!'],
      ['after 2 of 0', 'user: b', 'assistant: b!', 'user: c', 'assistant: c!'],
    ]);
    expect(outline(read([...said('a'), ...said('b'), back(1)]))).toEqual([
      ['user: a', 'assistant: a!'],
      ['after 2 of 0', 'user: b', 'assistant: b!'],
    ]);
  });
});

async function found(agent: Agent, files: readonly string[]): Promise<string[]> {
  const root = mkdtempSync(path.join(tmpdir(), 'multipath-discover-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  for (const file of files) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), '{}\n');
  }
  const names: string[] = [];
  const fail = (_path: string, error: unknown): never => {
    throw error;
  };
  for await (const file of agent.discover(root, fail)) names.push(path.relative(root, file.path));
  return names.map((name) => name.split(path.sep).join('/')).sort();
}

describe('where files are', () => {
  const at = (agent: Agent, variables: Record<string, string>) =>
    agent.defaultRoots({ platform: 'linux', home: '/home/ada', variables });

  it('Codex: sessions and archived ones, none of the lists beside them', async () => {
    const rollout = 'rollout-2026-08-01T09-00-00-t1.jsonl';
    const files = [`sessions/2026/08/01/${rollout}`, `archived_sessions/${rollout}`];
    expect(
      await found(codex, [...files, 'history.jsonl', 'session_index.jsonl', 'log/codex.jsonl']),
    ).toEqual([...files].sort());
    expect(await found(codex, [rollout, 'session_index.jsonl'])).toEqual([rollout]);
    expect(at(codex, {})).toEqual([path.join('/home/ada', '.codex')]);
    expect(at(codex, { CODEX_HOME: '/srv/codex' })).toEqual(['/srv/codex']);
  });

  it('pi: by working folder, wherever its variables say', async () => {
    const file = 'sessions/--home-ada--/2026-08-01T09-00-00-000Z_s1.jsonl';
    expect(await found(pi, [file, 'settings.jsonl'])).toEqual([file]);
    expect(at(pi, {})).toEqual([path.join('/home/ada', '.pi', 'agent')]);
    expect(at(pi, { PI_CODING_AGENT_DIR: '~/pi', PI_CODING_AGENT_SESSION_DIR: '/s' })).toEqual([
      path.join('/home/ada', 'pi'),
      '/s',
    ]);
  });
});
