/** Where the sessions of Gemini CLI and of VS Code's chat are looked for. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Agent, SourceFile } from '../../../src/agents/agent.ts';
import { gemini } from '../../../src/agents/gemini/index.ts';
import { vscodeChat } from '../../../src/agents/vscode-chat/index.ts';

function folderWith(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-discover-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  }
  return folder;
}

async function found(agent: Agent, root: string): Promise<string[]> {
  const files: SourceFile[] = [];
  const fail = (where: string, error: unknown): never => {
    throw new Error(where, { cause: error });
  };
  for await (const file of agent.discover(root, fail)) files.push(file);
  return files.map((file) => path.relative(root, file.path).replaceAll('\\', '/')).sort();
}

describe('Gemini CLI', () => {
  it('has its sessions and subagents below chats, and one file a session', async () => {
    const root = folderWith({
      'tmp/shop/chats/session-a.json': '{}',
      'tmp/shop/chats/session-a.jsonl': '{}',
      'tmp/shop/chats/session-b.json': '{}',
      'tmp/shop/chats/parent/child.jsonl': '{}',
      'tmp/shop/logs.json': '[]',
      'settings.json': '{}',
    });
    expect(await found(gemini, root)).toEqual([
      'tmp/shop/chats/parent/child.jsonl',
      'tmp/shop/chats/session-a.jsonl',
      'tmp/shop/chats/session-b.json',
    ]);
    expect(await found(gemini, path.join(root, 'gone'))).toEqual([]);
    expect(await found(gemini, path.join(root, 'tmp/shop'))).toHaveLength(2);
  });

  it('tells the project by the marker, the table of projects or its hash', () => {
    const hash = 'c0e8b7b1c1c2b0de3e6e21ad8ba6d0c4b8b9f5f9e8d2b8a3f4a1f0d9c8b7a6f5';
    const root = folderWith({
      '.gemini/projects.json': JSON.stringify({ projects: { '/code/shop': 'shop' } }),
      '.gemini/tmp/blog/.project_root': '/code/blog\n',
    });
    const cwd = (project: string): string | undefined =>
      gemini
        .createReader(path.join(root, '.gemini/tmp', project, 'chats', 'session-x.jsonl'))
        .finish().cwd;
    expect([cwd('shop'), cwd('blog'), cwd(hash)]).toEqual(['/code/shop', '/code/blog', undefined]);
  });
});

describe('VS Code chat', () => {
  it('looks into the user folders of every flavour', () => {
    const linux = vscodeChat.defaultRoots({ platform: 'linux', home: '/h', variables: {} });
    expect(linux).toEqual(
      expect.arrayContaining([
        path.join('/h', '.config', 'Code', 'User'),
        path.join('/h', '.config', 'Code - Insiders', 'User'),
        path.join('/h', '.config', 'VSCodium', 'User'),
        path.join('/h', '.vscode-server', 'data', 'User'),
        path.join('/h', '.local', 'share', 'code-server', 'User'),
      ]),
    );
    const variables = { APPDATA: '/h/Roaming', VSCODE_PORTABLE: '/stick' };
    const windows = vscodeChat.defaultRoots({ platform: 'win32', home: '/h', variables });
    expect(windows[0]).toBe(path.join('/stick', 'user-data', 'User'));
    expect(windows).toContain(path.join('/h/Roaming', 'Code', 'User'));
    const mac = vscodeChat.defaultRoots({ platform: 'darwin', home: '/h', variables: {} });
    expect(mac[0]).toBe(path.join('/h', 'Library', 'Application Support', 'Code', 'User'));
  });

  it('finds the sessions of workspaces, empty windows and profiles, and exported chats', async () => {
    const root = folderWith({
      'workspaceStorage/1/chatSessions/a.json': '{}',
      'workspaceStorage/1/chatSessions/b.jsonl': '{}',
      'workspaceStorage/1/workspace.json': '{}',
      'workspaceStorage/1/chatEditingSessions/a/state.json': '{}',
      'workspaceStorage/2/workspace.json': '{}',
      'globalStorage/emptyWindowChatSessions/c.jsonl': '{}',
      'globalStorage/storage.json': '{}',
      'profiles/p/globalStorage/emptyWindowChatSessions/d.jsonl': '{}',
      'settings.json': '{}',
    });
    expect(await found(vscodeChat, root)).toEqual([
      'globalStorage/emptyWindowChatSessions/c.jsonl',
      'profiles/p/globalStorage/emptyWindowChatSessions/d.jsonl',
      'workspaceStorage/1/chatSessions/a.json',
      'workspaceStorage/1/chatSessions/b.jsonl',
    ]);
    const exports = folderWith({ 'mine/chat.json': '{}', 'notes.txt': '' });
    expect(await found(vscodeChat, exports)).toEqual(['mine/chat.json']);
  });

  it.each([
    [{ folder: 'file:///home/me/a%20b' }, '/home/me/a b'],
    [{ folder: 'vscode-remote://ssh-remote%2Bbox/srv/app' }, '/srv/app'],
    [{ folder: 'file:///c%3A/code/app' }, 'c:\\code\\app'],
    [{ workspace: 'file:///home/me/all.code-workspace' }, '/home/me'],
    [{}, undefined],
  ])('tells the project of %o', (workspace, expected) => {
    const root = folderWith({ 'w/workspace.json': JSON.stringify(workspace) });
    const reader = vscodeChat.createReader(path.join(root, 'w/chatSessions/x.jsonl'));
    expect(reader.finish().cwd).toBe(expected);
  });
});
