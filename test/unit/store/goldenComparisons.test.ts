/**
 * Comparisons of real recordings that fork, held against what was looked at by eye and found right
 * (test/fixtures/comparisons.json). What is kept there are figures, positions and hashes, never a
 * word of the recordings. After a change that is meant: MULTIPATH_UPDATE=1, and look again.
 */
import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Comparison, ComparisonRow } from '../../../src/core/comparison.ts';
import { totalTokens } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { StoreFolder } from './support/openStore.ts';

const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples');
const GOLDEN = path.join(import.meta.dirname, '../../fixtures/comparisons.json');
const golden = JSON.parse(readFileSync(GOLDEN, 'utf8')) as Record<string, unknown>;

const CLAUDE = 'claude-code/entireio-cli/checkpoints-v1';
/** Folder of the samples, file, and where its agent would have put it. */
const FILES = [
  [CLAUDE, 'ea-59bf8d9e0b-0.jsonl', 'claude/projects/-p'],
  [CLAUDE, 'ea-59bf8d9e0b-2.jsonl', 'claude/projects/-p'],
  ['pi/generated', 'tree-3-branches.jsonl', 'pi/sessions/--p--'],
  ['pi/generated', 'branched-session-from-tree-3-branches.jsonl', 'pi/sessions/--p--'],
  ['pi/generated', 'migrated-v3.before-compaction.jsonl', 'pi/sessions/--p--'],
  ['pi/generated', 'migrated-v3.large-session.jsonl', 'pi/sessions/--p--'],
  [
    'codex/generated/sessions/2026/08/21',
    'rollout-2026-08-21T12-00-00-019fd67d-da80-7cb0-8606-1e642fa91425.jsonl',
    'codex/sessions/2026/08/21',
  ],
] as const;
const present = FILES.every(([folder, name]) => existsSync(path.join(SAMPLES, folder, name)));

/** The branches of each comparison: the beginning of a file's name, and which session of the file. */
const CASES: Readonly<Record<string, readonly (readonly [string, number])[]>> = {
  'Claude Code: a session and its copied fork': [
    ['ea-59bf8d9e0b-0', 0],
    ['ea-59bf8d9e0b-2', 0],
  ],
  'pi: the three branches of a tree': [
    ['tree-3', 0],
    ['tree-3', 1],
    ['tree-3', 2],
  ],
  'pi: the tree and a file that was branched off one of its branches': [
    ['tree-3', 0],
    ['tree-3', 1],
    ['tree-3', 2],
    ['branched', 0],
  ],
  'Codex: a thread and what was rolled back in it': [
    ['rollout', 0],
    ['rollout', 1],
  ],
  'pi: two long sessions with nothing in common': [
    ['migrated-v3.before', 0],
    ['migrated-v3.large', 0],
  ],
};

describe.skipIf(!present)('comparisons of recordings', () => {
  it('are what they were found to be', async () => {
    const store = await openWithSamples();
    const { sessions } = await store.listSessions({ limit: 100 });
    // The clock stands still: on a busy machine the time for comparing two messages would run out.
    vi.useFakeTimers({ toFake: ['Date', 'performance'] });
    onTestFinished(() => void vi.useRealTimers());
    const found: Record<string, unknown> = {};
    for (const [name, branches] of Object.entries(CASES)) {
      const ids = branches.map((branch) => idOf(sessions, branch));
      const comparison = await store.compareSessions(ids);
      const rows: ComparisonRow[] = [];
      for (let start = 0; start < comparison.rows.length; start += 100) {
        rows.push(...(await store.readComparisonRows(ids, { start, end: start + 100 })));
      }
      found[name] = { ...figuresOf(comparison), marks: marksOf(rows) };
    }
    if (process.env['MULTIPATH_UPDATE'] === '1') {
      writeFileSync(GOLDEN, `${JSON.stringify(found, null, 2)}\n`);
    }
    expect(found).toEqual(process.env['MULTIPATH_UPDATE'] === '1' ? found : golden);
  });
});

async function openWithSamples(): Promise<LocalStore> {
  const home = new StoreFolder();
  for (const [folder, name, into] of FILES) {
    mkdirSync(path.join(home.folder, into), { recursive: true });
    copyFileSync(path.join(SAMPLES, folder, name), path.join(home.folder, into, name));
  }
  const agentRoots = Object.fromEntries(
    ['codex', 'pi'].map((agent) => [agent, [path.join(home.folder, agent)]]),
  );
  const store = await home.open({ agentRoots });
  for (const agent of ['claude-code', 'codex', 'pi']) await store.setConsent(agent, 'granted');
  await store.importSessions();
  return store;
}

/** Sessions of one file in a fixed order: the live one, then its dead branches by size and beginning. */
function idOf(sessions: readonly Session[], [name, at]: readonly [string, number]): string {
  const own = sessions
    .filter(({ origin }) => origin && path.basename(origin.path).startsWith(name))
    .toSorted(
      (a, b) =>
        Number(a.kind === 'abandoned') - Number(b.kind === 'abandoned') ||
        b.messageCount - a.messageCount ||
        a.createdAt - b.createdAt ||
        a.title.localeCompare(b.title),
    );
  const id = own[at]?.id;
  if (id === undefined) throw new Error(`There is no session ${String(at)} of ${name}.`);
  return id;
}

function figuresOf({ branches, rows, sharedCount, sharedTokens }: Comparison): object {
  const positions = rows.map(({ indexes, changed }) => [
    ...indexes.map((index) => index ?? null),
    changed,
  ]);
  return {
    shared: { messages: sharedCount, tokens: totalTokens(sharedTokens) },
    branches: branches.map((branch) => ({
      messages: branch.messages,
      tokens: totalTokens(branch.tokens),
      errors: branch.errors,
      toolCalls: branch.actions.toolCalls,
      retries: branch.actions.retries,
      commands: branch.actions.commands,
      tests: branch.actions.tests,
      commandLines: branch.commands.length + (branch.moreCommands ?? 0),
      files: branch.files.length,
      added: branch.files.reduce((sum, { added }) => sum + added, 0),
      removed: branch.files.reduce((sum, { removed }) => sum + removed, 0),
    })),
    rows: rows.length,
    changed: rows.filter(({ changed }) => changed).length,
    pairs: rows.filter(({ indexes }) => !indexes.includes(undefined)).length,
    // Few are told one by one; of many, that they are the same ones.
    positions: positions.length <= 30 ? positions : sha256(JSON.stringify(positions)),
  };
}

/** Cells with marks, cells that were replaced as a whole, and a hash of where the marks stand. */
function marksOf(rows: readonly ComparisonRow[]): object {
  const cells = rows.flatMap((row) => row.cells.filter((cell) => cell !== undefined));
  const marked = cells.filter(({ runs }) => runs?.some(({ kind }) => kind !== 'same'));
  const places = cells.map(
    ({ runs }) => runs?.map(({ kind, text }) => [kind, text.length]) ?? null,
  );
  return {
    cells: cells.length,
    marked: marked.length,
    replaced: cells.filter(({ replaced }) => replaced).length,
    gaveUp: cells.filter(({ gaveUp }) => gaveUp === true).length,
    places: sha256(JSON.stringify(places)),
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
