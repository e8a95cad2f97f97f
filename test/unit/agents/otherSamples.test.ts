/** Codex and pi: their readers against real recordings, the figures counted in the raw files. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { restore } from '../../../scripts/lib/restore.ts';
import type { Agent } from '../../../src/agents/agent.ts';
import { codex } from '../../../src/agents/codex/index.ts';
import { pi } from '../../../src/agents/pi/index.ts';
import { ActionTally } from '../../../src/core/compare/tallyActions.ts';
import { ends, figures, outline, readLog, shown, type LogRead } from './support/readLog.ts';

const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples');

function filesOf(agent: Agent): string[] {
  const root = path.join(SAMPLES, agent.id);
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.jsonl'))
    .sort();
}

function load(agent: Agent, ending: string): LogRead {
  const name = filesOf(agent).find((file) => file.endsWith(ending));
  if (name === undefined) throw new Error(`There is no sample ${ending}.`);
  const file = path.join(SAMPLES, agent.id, name);
  return readLog(agent, readFileSync(file), file);
}

describe.each([codex, pi])('recordings of $label', (agent) => {
  const files = filesOf(agent);

  it.skipIf(files.length === 0).each(files)('reads and shows %s', (name) => {
    const file = path.join(SAMPLES, agent.id, name);
    const bytes = readFileSync(file);
    const read = readLog(agent, bytes, file);
    expect(Buffer.concat(read.records).equals(bytes)).toBe(true);
    const seqs = new Set<number>();
    for (const entry of read.log.branches.flatMap((branch) => branch.entries)) {
      JSON.stringify(shown(read, entry));
      for (const seq of entry.seqs) {
        expect(seqs.has(seq)).toBe(false);
        seqs.add(seq);
      }
    }
  });

  it.skipIf(files.length === 0)('gives every file back as it was', async () => {
    const out = mkdtempSync(path.join(tmpdir(), 'multipath-samples-'));
    onTestFinished(() => rmSync(out, { recursive: true, force: true }));
    const root = path.join(SAMPLES, agent.id);
    await restore(
      files.map((name) => ({ agent, path: path.join(root, name), target: name })),
      out,
    );
    for (const name of files) {
      const same = readFileSync(path.join(out, name)).equals(readFileSync(path.join(root, name)));
      expect(same, name).toBe(true);
    }
  });
});

describe.skipIf(filesOf(codex).length === 0)('recordings of Codex', () => {
  it('counts a session with patches, searches and parallel calls as its file does', () => {
    const read = load(codex, '019e1625-789d-76c0-80ab-3724b5ddb799.jsonl');
    expect(figures(read)).toEqual({
      branches: 1,
      user: 2,
      assistant: 66,
      system: 0,
      tools: 105,
      // Four commands that ended with a code, and a write to one that took none (line 37).
      errors: 5,
      open: 0,
      // The file's last total: 6,055,836 of input, 4,929,536 of them cached; 9,118 of output.
      tokens: [1_126_300, 9_118, 4_929_536, 0],
    });
    const [first, last] = ends(read);
    expect(first).toBe('show tools');
    expect(last).toMatch(/codemie-code-reasoning\.test\.ts\nnpm run build\n```$/);
    expect(read.log).toMatchObject({
      title: 'show tools',
      models: ['gpt-5.5'],
      gitBranch: 'feat/codex-agent-plugin',
      problems: [],
    });
    const edits = (read.log.branches[0]?.entries ?? [])
      .flatMap((entry) => shown(read, entry))
      .flatMap((block) => (block.type === 'tool' && block.edit ? [block.edit] : []));
    expect(edits.map(({ path: file, added, removed }) => [file, added, removed])).toEqual([
      ['src/agents/plugins/__tests__/codemie-code-reasoning.test.ts', 14, 0],
      ['src/agents/plugins/codemie-code.plugin.ts', 5, 0],
      ['src/agents/plugins/opencode/opencode.plugin.ts', 5, 0],
    ]);
    // As the file's events `exec_command_end` say: the commands outlive the calls that start them.
    const tally = new ActionTally();
    for (const [index, entry] of (read.log.branches[0]?.entries ?? []).entries()) {
      for (const block of shown(read, entry)) if (block.type === 'tool') tally.add(block, index);
    }
    expect(tally.actions).toMatchObject({
      commands: { passed: 39, failed: 4 },
      tests: { passed: 2, failed: 1 },
      lastTest: 'passed',
    });
  });

  it('reads a session whose prompts stand in events alone', () => {
    const read = load(codex, '019e1695-0522-7c83-8b39-0dd379793f80.jsonl');
    expect(figures(read)).toEqual({
      branches: 1,
      user: 3,
      assistant: 20,
      system: 0,
      tools: 38,
      errors: 1,
      open: 0,
      tokens: [0, 0, 0, 0],
    });
    expect(read.log.title).toMatch(/^analyze trascript and summarzie/);
    expect(ends(read)[1]).toMatch(/polished presenter script with exact click path and wording\.$/);
  });

  it.each([
    ['turn-1.jsonl', 1, [512, 12, 512, 0]],
    ['turn-2.jsonl', 2, [1_100, 32, 1_024, 0]],
  ])('reads %s', (name, turns, tokens) => {
    const read = load(codex, name);
    expect(figures(read)).toMatchObject({ user: turns, assistant: turns, tools: 0, tokens });
  });

  it('flags calls that have no result', () => {
    const read = load(codex, 'turn-spawn-skill.jsonl');
    expect(figures(read)).toMatchObject({ user: 1, assistant: 2, tools: 3, open: 1 });
    expect(read.log.branches[0]?.entries.map(({ open = false }) => open)).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('keeps what was rolled back as a branch, and shows a compaction', () => {
    const read = load(codex, '019fd67d-da80-7cb0-8606-1e642fa91425.jsonl');
    expect(outline(read)).toEqual([
      [
        'user: first prompt',
        'assistant: <**Thinking**>, [exec_command ls]',
        'assistant: first answer',
        'user: second prompt, edited',
        'assistant: <**Thinking**>, [exec_command ls]',
        'assistant: better answer',
        'system: (compaction) Summary so far',
        'user: after the compaction',
        'assistant: <**Thinking**>, [exec_command ls]',
        'assistant: fine',
      ],
      [
        'after 3 of 0',
        'user: second prompt (will be rolled back)',
        'assistant: <**Thinking**>, [exec_command ls]',
        'assistant: second answer',
      ],
    ]);
    expect(read.log.branches[1]?.title).toBe('second prompt (will be rolled back)');
  });

  it('knows a copying fork and a subagent by their own header', () => {
    const fork = load(codex, '019fd5e5-4400-72f4-a0c3-1c70cdcc6929.jsonl');
    expect(fork.log).toMatchObject({
      nativeId: '019fd5e5-4400-72f4-a0c3-1c70cdcc6929',
      forkedFrom: { nativeId: '019c8bfe-ec25-79e0-97d7-bda6a9c575ff' },
    });
    expect(figures(fork)).toMatchObject({ user: 2, assistant: 7, tools: 5 });
    const subagent = load(codex, '019fd682-6e60-7a76-a765-611fbd299753.jsonl');
    expect(subagent.log.subagentOf).toBe('019fd67d-da80-7cb0-8606-1e642fa91425');
    expect(subagent.log.forkedFrom).toBeUndefined();
  });
});

describe.skipIf(filesOf(pi).length === 0)('recordings of pi', () => {
  const beforeCompaction = {
    branches: 1,
    user: 58, // 55 prompts and 3 commands
    assistant: 484,
    system: 2,
    tools: 457, // 454 calls and 3 commands
    errors: 12,
    open: 4, // messages with the 6 calls that have no result
    tokens: [3_689, 187_895, 54_693_675, 1_685_320],
  };

  it.each(['fixtures/before-compaction.jsonl', 'migrated-v3.before-compaction.jsonl'])(
    'counts %s as the file does',
    (name) => {
      const read = load(pi, name);
      expect(figures(read)).toEqual(beforeCompaction);
      expect(ends(read)[1]).toBe('👍');
      expect(read.log.forkedFrom).toEqual({ nativeId: 'd97339c6-6c10-4827-846b-9ff1d9c3dc37' });
    },
  );

  it('names a message the same before and after pi rewrote the file', () => {
    const lineage = (name: string) =>
      load(pi, name).log.branches[0]?.entries.map((entry) => entry.lineageId);
    const old = lineage('fixtures/before-compaction.jsonl');
    expect(lineage('migrated-v3.before-compaction.jsonl')).toEqual(old);
    expect(new Set(old).size).toBe(544);
  });

  it('counts a session of two providers', () => {
    const read = load(pi, 'fixtures/large-session.jsonl');
    expect(figures(read)).toMatchObject({
      branches: 1,
      user: 88,
      assistant: 453,
      tools: 391,
      errors: 19,
      tokens: [1_049, 83_156, 43_229_469, 4_296_232],
    });
    expect(read.log.providers).toEqual(['openai', 'anthropic']);
  });

  it('reads the branches of a tree', () => {
    const read = load(pi, 'generated/tree-3-branches.jsonl');
    expect(outline(read)).toEqual([
      [
        'user: Explain a.txt',
        'assistant: <I should look>, [read a.txt]',
        'assistant: It says hello.',
        'system: (info) User tried French and German before.',
        'user: Translate to Spanish',
        'assistant: hola',
        'system: (compaction) Summary of work',
        'user: continue',
        'assistant: done',
      ],
      ['after 3 of 0', 'user: Translate to French', 'assistant: bonjour'],
      ['after 3 of 0', 'user: Translate to German', 'assistant: hallo'],
    ]);
    expect(read.log.title).toBe('translations');
  });

  it('reads past a line that is no JSON and types it does not know', () => {
    const read = load(pi, 'testdata/pi/session.jsonl');
    expect(figures(read)).toMatchObject({ branches: 1, user: 2, assistant: 2, system: 1, open: 0 });
    expect(read.log.problems.map(({ line }) => line)).toEqual([10]);
    expect(read.log.forkedFrom).toEqual({ nativeId: 'parent-uuid' });
  });
});
