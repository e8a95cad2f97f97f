/**
 * Every real recording of the five agents, held against what was found right by reading the raw
 * file beside it (test/fixtures/recordings.json; docs/agents.md says which was read, and how). What
 * is kept there are counts, sums, ids and hashes, never a word of a recording. After a change that
 * is meant: MULTIPATH_UPDATE=1, and read the recordings that changed again.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AGENTS } from '../../../src/agents/agents.ts';
import { ActionTally } from '../../../src/core/compare/tallyActions.ts';
import { addTokens, NO_TOKENS, type ContentBlock } from '../../../src/core/message.ts';
import type { DerivedBranch, OutlineEntry, RenderedMessage } from '../../../src/core/reader.ts';
import { readBytes, type ReadFile } from './support/agentFiles.ts';

const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples');
const INDEX = path.join(SAMPLES, 'INDEX.md');
const GOLDEN = path.join(import.meta.dirname, '../../fixtures/recordings.json');
const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Readonly<Record<string, unknown>>;
const isUpdate = process.env['MULTIPATH_UPDATE'] === '1';
const present = existsSync(INDEX);

const FOLDERS: Readonly<Record<string, string>> = {
  'claude-code': 'claude-code',
  codex: 'codex',
  'gemini-cli': 'gemini',
  pi: 'pi',
  'vscode-copilot-chat': 'vscode-chat',
};
/** Real, but no session: what was typed, of all sessions. */
const NO_SESSION = '/logs.json';

/** What the index of the samples calls real, of agents that are read. */
const recordings = present
  ? readFileSync(INDEX, 'utf8')
      .split('\n')
      .flatMap((line) => {
        const cells = line.split('|').map((cell) => cell.trim());
        const file = cells[1]?.replaceAll('`', '') ?? '';
        const [folder = ''] = file.split('/');
        const isOne =
          cells[6]?.startsWith('real') === true && folder in FOLDERS && !file.endsWith(NO_SESSION);
        return isOne ? [file] : [];
      })
  : [];

describe.skipIf(!present)('recordings', () => {
  const found: Record<string, unknown> = {};

  it.each(recordings)('%s is read as it was found right', (file) => {
    found[file] = summaryOf(file);
    if (!isUpdate) expect(found[file]).toEqual(golden[file]);
  });

  it('are all among those that were read', () => {
    if (isUpdate) writeFileSync(GOLDEN, `${JSON.stringify(found, null, 2)}\n`);
    else expect(recordings.toSorted()).toEqual(Object.keys(golden).toSorted());
    expect(recordings.length).toBeGreaterThan(50);
  });
});

function summaryOf(file: string): unknown {
  const agent = AGENTS.find(({ id }) => id === FOLDERS[file.split('/')[0] ?? '']);
  if (!agent) throw new Error(`Nobody reads ${file}.`);
  const at = path.join(SAMPLES, file);
  const read = readBytes(agent, at, readFileSync(at));
  const { log } = read;
  return {
    id: log.nativeId,
    title: hash(log.title),
    ...(log.subagentOf !== undefined && { subagentOf: log.subagentOf }),
    ...(log.subagentCalls && {
      subagentCalls: log.subagentCalls.map(({ nativeId, call }) => [nativeId, call.seq]),
    }),
    ...(log.forkedFrom && { forkedFrom: log.forkedFrom.nativeId }),
    ...(log.gitBranch !== undefined && { gitBranch: hash(log.gitBranch) }),
    cwd: log.cwd === undefined ? null : hash(log.cwd),
    from: isoOf(log.createdAt),
    to: isoOf(log.updatedAt),
    models: log.models,
    problems: log.problems.map(({ line }) => line),
    branches: log.branches.map((branch) => branchOf(read, branch)),
  };
}

function branchOf({ shown }: ReadFile, { entries, parent }: DerivedBranch): unknown {
  const messages = entries.map((entry) => ({ entry, message: shown(entry) }));
  const roles = (role: string): number => entries.filter((entry) => entry.role === role).length;
  const sum = (of: (entry: OutlineEntry) => number | undefined): number =>
    entries.reduce((total, entry) => total + (of(entry) ?? 0), 0);
  const tokens = entries.reduce((all, one) => addTokens(all, one.tokens ?? NO_TOKENS), NO_TOKENS);
  const tally = new ActionTally();
  for (const [index, { message }] of messages.entries()) {
    for (const block of message.content) if (block.type === 'tool') tally.add(block, index);
  }
  const said = messages.map(({ entry, message }) => statementOf(entry, message));
  const { commands, tests } = tally.actions;
  return {
    ...(parent && { parent }),
    user: roles('user'),
    assistant: roles('assistant'),
    system: roles('system'),
    tools: sum((entry) => entry.tools),
    errors: sum((entry) => entry.errors),
    open: entries.flatMap((entry, index) => (entry.open ? [index] : [])),
    notices: entries.flatMap(({ notice }, index) => (notice ? [`${index} ${notice}`] : [])),
    tokens: [tokens.input, tokens.output, tokens.cacheRead, tokens.cacheWrite],
    ...(sum((entry) => entry.nanoDollars) > 0 && {
      nanoDollars: sum((entry) => entry.nanoDollars),
    }),
    files: tally.files.map(({ added, removed }) => [added, removed]),
    commands: [commands.passed, commands.failed],
    tests: [tests.passed, tests.failed],
    first: said[0] === undefined ? null : hash(said[0]),
    last: hash(said.at(-1) ?? ''),
    transcript: hash(said.join('\n')),
  };
}

/** All of a message that a person sees, and where it stands. */
function statementOf(entry: OutlineEntry, { content }: RenderedMessage): string {
  const { role, seqs, nativeId = '', timestamp, model = '' } = entry;
  return JSON.stringify([role, seqs, nativeId, isoOf(timestamp), model, content.map(partOf)]);
}

function partOf(block: ContentBlock): unknown {
  if (block.type !== 'tool') return block;
  const { name, callId, summary, input, result, edit } = block;
  return [name, callId, summary, input.text, result?.text, result?.isError, edit];
}

function isoOf(time: number | undefined): string | null {
  return time === undefined ? null : new Date(time).toISOString();
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
