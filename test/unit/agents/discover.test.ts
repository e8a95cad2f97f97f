import { mkdir, mkdtemp, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SourceFile } from '../../../src/agents/agent.ts';
import { AGENTS, agentById } from '../../../src/agents/agents.ts';
import { defaultRoots, discover } from '../../../src/agents/claude-code/discover.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'multipath-discover-'));
});
afterEach(async () => rm(root, { recursive: true, force: true }));

async function put(...paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), '{}\n');
  }
}

async function found(folder = root): Promise<{ files: SourceFile[]; problems: string[] }> {
  const problems: string[] = [];
  const files: SourceFile[] = [];
  for await (const file of discover(folder, (path) => problems.push(path))) files.push(file);
  return { files, problems };
}

const names = (files: readonly SourceFile[]): string[] =>
  files.map((file) => relative(root, file.path).replaceAll('\\', '/')).sort();

describe('discover', () => {
  it('finds sessions and subagents below projects, and nothing else', async () => {
    await put(
      'history.jsonl',
      'projects/-a/one.jsonl',
      'projects/-a/one/subagents/agent-1.jsonl',
      'projects/-a/one/subagents/agent-1.meta.json',
      'projects/-a/one/subagents/agent-acompact-2.jsonl',
      'projects/-a/one/subagents/workflows/w/agent-3.jsonl',
      'projects/-a/one/subagents/workflows/w/journal.jsonl',
      'projects/-b/two.jsonl',
      'todos/three.jsonl',
    );
    const { files, problems } = await found();
    expect(names(files)).toEqual([
      'projects/-a/one.jsonl',
      'projects/-a/one/subagents/agent-1.jsonl',
      'projects/-a/one/subagents/workflows/w/agent-3.jsonl',
      'projects/-b/two.jsonl',
    ]);
    expect(problems).toEqual([]);
  });

  it('tells size and time', async () => {
    await put('projects/-a/one.jsonl');
    const at = new Date('2026-01-02T03:04:05Z');
    await utimes(join(root, 'projects/-a/one.jsonl'), at, at);
    const { files } = await found();
    expect(files[0]).toMatchObject({ bytes: 3, modifiedAt: at.getTime() });
  });

  it('walks any folder of logs', async () => {
    await put('a/one.jsonl', 'two.jsonl');
    expect(names((await found()).files)).toEqual(['a/one.jsonl', 'two.jsonl']);
  });

  it('follows links once and passes over those that lead nowhere', async () => {
    await put('elsewhere/-a/one.jsonl');
    await mkdir(join(root, 'projects'));
    await symlink(join(root, 'elsewhere/-a'), join(root, 'projects/-a'));
    await symlink(join(root, 'projects'), join(root, 'projects/ring'));
    await symlink(join(root, 'nowhere'), join(root, 'projects/lost.jsonl'));
    const { files, problems } = await found();
    expect(names(files)).toEqual(['projects/-a/one.jsonl']);
    expect(problems).toEqual([]);
  });

  it('yields nothing for a root that is missing, and a problem for one that is a file', async () => {
    expect(await found(join(root, 'missing'))).toEqual({ files: [], problems: [] });
    await put('file');
    expect((await found(join(root, 'file'))).problems).toEqual([join(root, 'file')]);
  });
});

describe('defaultRoots', () => {
  const at = (variables: Record<string, string>) =>
    defaultRoots({ platform: 'linux', home: '/home/ada', variables });

  it('is the folder the agent itself uses', () => {
    expect(at({})).toEqual([join('/home/ada', '.claude')]);
    expect(at({ CLAUDE_CONFIG_DIR: '' })).toEqual([join('/home/ada', '.claude')]);
    expect(at({ CLAUDE_CONFIG_DIR: '/etc/claude' })).toEqual(['/etc/claude']);
  });
});

describe('AGENTS', () => {
  it('have ids of their own, by which they are found', () => {
    expect(new Set(AGENTS.map((agent) => agent.id)).size).toBe(AGENTS.length);
    expect(agentById('claude-code')?.label).toBe('Claude Code');
    expect(agentById('unheard of')).toBeUndefined();
  });
});
