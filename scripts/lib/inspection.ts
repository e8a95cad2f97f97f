/** What can be said of one file, in the form `npm run inspect -- --json` prints. */
import type { Agent } from '../../src/agents/agent.ts';
import type { ActiveBranch } from '../../src/agents/claude-code/activeBranch.ts';
import { claudeCode } from '../../src/agents/claude-code/index.ts';
import { ClaudeCodeReader } from '../../src/agents/claude-code/reader.ts';
import { firstCharacters } from '../../src/agents/json.ts';
import { readRecords } from '../../src/agents/jsonl.ts';
import { messageOf } from '../../src/core/errors.ts';
import { addTokens, NO_TOKENS, type TokenUsage } from '../../src/core/message.ts';
import type { DerivedBranch, DerivedLog } from '../../src/core/reader.ts';
import { recognise } from './recognise.ts';

export interface Inspection {
  readonly path: string;
  /** `null` for a file that is no session of a known agent. */
  readonly agent: string | null;
  readonly nativeId: string | null;
  /** The agent's own title; `null` for sessions its list leaves out. */
  readonly title: string | null;
  readonly project: string | null;
  /** Every message of the file once; `user` and `assistant` are parts of it. */
  readonly messages: number;
  readonly user: number;
  readonly assistant: number;
  readonly tools: number;
  readonly tokens: TokenUsage;
  readonly models: readonly string[];
  /** Native ids; `messages` includes the ones shared with other branches. The first is live. */
  readonly branches: readonly {
    readonly forkPoint: string | null;
    readonly leaf: string | null;
    readonly messages: number;
  }[];
  /** What Claude Code itself would read; `null` for other agents. */
  readonly activeBranch: ActiveBranch | null;
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

const TITLE_LENGTH = 120;

/** Never throws: a file that cannot be read is one with a problem. */
export async function inspectFile(path: string): Promise<Inspection> {
  const reader = new ClaudeCodeReader(path);
  try {
    const agent = await recognise(path);
    if (agent !== claudeCode) return await inspectOther(agent, path);
    for await (const records of readRecords(path)) {
      for (const record of records) reader.add(record.seq, record.bytes);
    }
  } catch (error) {
    return inspectionOf(path, reader, [
      { line: 1, message: `Cannot be read: ${messageOf(error)}` },
    ]);
  }
  return inspectionOf(path, reader, []);
}

async function inspectOther(agent: Agent, path: string): Promise<Inspection> {
  const reader = agent.createReader(path);
  const splitter = agent.createSplitter?.(path);
  for await (const records of readRecords(path, splitter ? { splitter } : {})) {
    for (const record of records) reader.add(record.seq, record.bytes);
  }
  const log = reader.finish();
  const last = ({ parent, entries }: DerivedBranch, length: number): string | null =>
    entries[length - 1 - (parent?.length ?? 0)]?.nativeId ?? null;
  return {
    path,
    agent: agent.id,
    nativeId: log.nativeId,
    title: firstCharacters(log.title, TITLE_LENGTH),
    project: log.cwd ?? null,
    ...figuresOf(log),
    tokens: log.branches
      .flatMap(({ entries }) => entries)
      .reduce((sum, { tokens }) => (tokens ? addTokens(sum, tokens) : sum), NO_TOKENS),
    models: log.models,
    branches: log.branches.map((branch) => {
      const above = branch.parent && log.branches[branch.parent.branch];
      const length = (branch.parent?.length ?? 0) + branch.entries.length;
      return {
        forkPoint: above ? last(above, branch.parent.length) : null,
        leaf: last(branch, length),
        messages: length,
      };
    }),
    activeBranch: null,
    problems: log.problems.map(({ line, message }) => ({ line, message })),
  };
}

function figuresOf(log: DerivedLog): Pick<Inspection, 'messages' | 'user' | 'assistant' | 'tools'> {
  const entries = log.branches.flatMap((branch) => branch.entries);
  return {
    messages: entries.length,
    user: entries.filter((entry) => entry.role === 'user').length,
    assistant: entries.filter((entry) => entry.role === 'assistant').length,
    tools: entries.reduce((sum, entry) => sum + (entry.tools ?? 0), 0),
  };
}

function inspectionOf(
  path: string,
  reader: ClaudeCodeReader,
  failures: Inspection['problems'],
): Inspection {
  const log = reader.finish();
  const isSession = reader.knownRecords > 0;
  const title = reader.officialTitle();
  const notSession = { line: 1, message: 'Is not a session of any agent known here.' };
  const problems = isSession
    ? log.problems.map(({ line, message }) => ({ line, message }))
    : [notSession];
  return {
    path,
    agent: isSession ? claudeCode.id : null,
    nativeId: isSession ? log.nativeId : null,
    title: title === undefined ? null : firstCharacters(title, TITLE_LENGTH),
    project: log.cwd ?? null,
    ...figuresOf(log),
    tokens: reader.tokens(),
    models: log.models,
    branches: log.branches.map((branch) => ({
      forkPoint: forkPointOf(branch, log, reader),
      leaf: lastIdOf(branch, (branch.entries.length || 1) - 1, reader),
      messages: (branch.parent?.length ?? 0) + branch.entries.length,
    })),
    activeBranch: reader.activeBranch(),
    problems: failures.length > 0 ? failures : problems,
  };
}

/** The id of the last record that a branch shares with the one it left. */
function forkPointOf(
  branch: DerivedBranch,
  log: DerivedLog,
  reader: ClaudeCodeReader,
): string | null {
  const { parent } = branch;
  const above = parent && log.branches[parent.branch];
  if (!above) return null;
  return lastIdOf(above, parent.length - (above.parent?.length ?? 0) - 1, reader);
}

/** The id of the last record of a branch's own message that has one. */
function lastIdOf(branch: DerivedBranch, index: number, reader: ClaudeCodeReader): string | null {
  const seqs = branch.entries[index]?.seqs ?? [];
  const seq = seqs.findLast((candidate) => reader.uuidAt(candidate) !== undefined);
  return seq === undefined ? null : (reader.uuidAt(seq) ?? null);
}
