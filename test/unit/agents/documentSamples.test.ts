/** Gemini CLI's and VS Code chat's readers against recordings, with figures counted by hand. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { restore } from '../../../scripts/lib/restore.ts';
import { gemini } from '../../../src/agents/gemini/index.ts';
import { vscodeChat } from '../../../src/agents/vscode-chat/index.ts';
import { addTokens, NO_TOKENS } from '../../../src/core/message.ts';
import { readBytes, recordsOf, textOf } from './support/agentFiles.ts';

const ROOT = join(import.meta.dirname, '../../../../shared/samples');
const present = existsSync(join(ROOT, 'INDEX.md'));
const agents = { 'gemini-cli': gemini, 'vscode-copilot-chat': vscodeChat } as const;

const files = (folder: keyof typeof agents): [keyof typeof agents, string][] =>
  present
    ? readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.jsonl?$/.test(name))
        .map((name) => [folder, name])
    : [];
const all = [...files('gemini-cli'), ...files('vscode-copilot-chat')];

function summaryOf(folder: keyof typeof agents, name: string): unknown {
  const path = join(ROOT, folder, name);
  const { log, shown } = readBytes(agents[folder], path, readFileSync(path));
  const entries = log.branches.flatMap((branch) => branch.entries);
  const words = entries.map((entry) => textOf(shown(entry)).slice(0, 40));
  const tokens = entries.reduce(
    (sum, entry) => addTokens(sum, entry.tokens ?? NO_TOKENS),
    NO_TOKENS,
  );
  return {
    id: log.nativeId,
    messages: log.branches.map((branch) => branch.entries.length),
    user: entries.filter(({ role }) => role === 'user').length,
    tools: entries.reduce((sum, { tools = 0 }) => sum + tools, 0),
    errors: entries.reduce((sum, entry) => sum + (entry.errors ?? 0), 0),
    open: entries.filter(({ open }) => open).length,
    tokens: [tokens.input, tokens.output, tokens.cacheRead],
    first: words[0],
    last: words.at(-1),
    problems: log.problems.length,
  };
}

describe.skipIf(!present)('recordings of document formats', () => {
  it.each(all)('%s: the records of %s are its bytes, however it is read', (folder, name) => {
    const path = join(ROOT, folder, name);
    const bytes = readFileSync(path);
    const records = recordsOf(agents[folder], path, bytes);
    expect(Buffer.concat(records).equals(bytes)).toBe(true);
    expect(recordsOf(agents[folder], path, bytes, 61)).toEqual(
      records.map((one) => Buffer.from(one)),
    );
    const { log, shown } = readBytes(agents[folder], path, bytes);
    const seqs = log.branches.flatMap(({ entries }) => entries.flatMap((entry) => entry.seqs));
    expect(new Set(seqs).size).toBe(seqs.length);
    for (const { entries } of log.branches) {
      for (const entry of entries) expect(shown(entry).content).toBeInstanceOf(Array);
    }
  });

  const GEMINI = 'codemie-ai-codemie-code/tests/integration/metrics/fixtures/gemini';
  const CHAT = 'dealenx-copilot-chat-analyzer';
  const WORKSPACE = 'generated/workspaceStorage/0a1b2c3d4e5f60718293a4b5c6d7e8f9/chatSessions';
  it.each([
    [
      'gemini-cli',
      `${GEMINI}/session-2025-12-01T21-45-5b959dae.json`,
      {
        id: '5b959dae-8655-4cd1-b10f-720b8c336ea2',
        messages: [14],
        user: 3,
        tools: 10,
        errors: 0,
        open: 0,
        // input 101630 of which 56538 cached; output 2734 and 1493 of thoughts
        tokens: [45092, 4227, 56538],
        first: 'hi',
        last: "I've created the `lead_gemini.txt` file ",
        problems: 0,
      },
    ],
    [
      'gemini-cli',
      `${GEMINI}/session-2026-01-16T11-01-file-ops-37b7abef.json`,
      {
        id: '37b7abef-713d-4522-85f0-8ff15a4e6d17',
        messages: [14],
        user: 5,
        tools: 14,
        errors: 0,
        open: 0,
        // input 87418 of which 62117 cached; output 1441 and 2914 of thoughts
        tokens: [25301, 4355, 62117],
        first: 'show tools',
        last: 'I have removed the 2nd and 3rd lines fro',
        problems: 0,
      },
    ],
    [
      'gemini-cli',
      'generated/tmp/proj/chats/session-2026-05-02T10-00-5f0d3c7e.jsonl',
      {
        id: '5f0d3c7e-1111-4222-8333-444455556666',
        messages: [4, 2],
        user: 3,
        tools: 1,
        errors: 0,
        open: 0,
        tokens: [2200, 75, 25000],
        first: 'List files',
        last: 'Deleted.',
        problems: 0,
      },
    ],
    [
      'vscode-copilot-chat',
      `${WORKSPACE}/f56f201a-672e-4cc5-ada9-4736258cc586.jsonl`,
      {
        id: 'f56f201a-672e-4cc5-ada9-4736258cc586',
        messages: [6],
        user: 3,
        tools: 13,
        errors: 0,
        open: 0,
        tokens: [0, 0, 0],
        first: 'Does this application have a debug optio',
        last: 'Let me investigate the upload flow to id',
        problems: 0,
      },
    ],
    [
      'vscode-copilot-chat',
      `${CHAT}/examples/parse-export-mcp-chat-json/chat_error_mcp.json`,
      {
        id: 'export-request_465c6a97-e584-42eb-ac5c-18340882bbbc',
        messages: [2],
        user: 1,
        tools: 1,
        errors: 1,
        open: 0,
        tokens: [0, 0, 0],
        first: 'вызови метод update_entry_fields, но выз',
        last: 'Я вызову метод `update_entry_fields` с н',
        problems: 0,
      },
    ],
    [
      'vscode-copilot-chat',
      `${CHAT}/src/__tests__/chat/completed_chat.json`,
      {
        id: 'export-request_962e76d4-743c-490e-9609-c8f65ef52f56',
        messages: [2],
        user: 1,
        tools: 1,
        errors: 0,
        open: 0,
        tokens: [0, 0, 0],
        first: 'Найди информацию о снежных барсах в инте',
        last: 'Я помогу вам найти информацию о снежных ',
        problems: 0,
      },
    ],
  ] as const)('%s: sums up %s', (folder, name, expected) => {
    expect(summaryOf(folder, name)).toEqual(expected);
  });

  it.each(['gemini-cli', 'vscode-copilot-chat'] as const)(
    'gives every file of %s back as it was, from the archive',
    async (folder) => {
      const out = mkdtempSync(join(tmpdir(), 'multipath-documents-'));
      onTestFinished(() => rmSync(out, { recursive: true, force: true }));
      const names = files(folder).map(([, name]) => name);
      const path = (name: string) => join(ROOT, folder, name);
      await restore(
        names.map((name) => ({ agent: agents[folder], path: path(name), target: name })),
        out,
      );
      for (const name of names) {
        expect(readFileSync(join(out, name)).equals(readFileSync(path(name))), name).toBe(true);
      }
    },
  );

  it('reads an operation log as the state it stands for', () => {
    const read = (name: string) => {
      const path = join(ROOT, 'vscode-copilot-chat/generated', name);
      const file = readBytes(vscodeChat, path, readFileSync(path));
      return file.log.branches.map((branch) => ({
        ...branch,
        entries: branch.entries.map((entry) => ({ ...entry, seqs: [], ...file.shown(entry) })),
      }));
    };
    const log = read(
      'workspaceStorage/0a1b2c3d4e5f60718293a4b5c6d7e8f9/chatSessions/f56f201a-672e-4cc5-ada9-4736258cc586.jsonl',
    );
    expect(log).toEqual(read('expected/f56f201a-672e-4cc5-ada9-4736258cc586.replayed.json'));
  });
});
