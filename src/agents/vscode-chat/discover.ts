/**
 * Finds the chat sessions of VS Code and its relatives by file names and metadata alone; no file is
 * opened. A workspace's stand in `workspaceStorage/<id>/chatSessions`, those of windows without a
 * folder in `globalStorage`, a profile's in the same folders below `profiles/<id>`.
 */
import { join } from 'node:path';
import type { Environment, SourceFile } from '../agent.ts';
import { listFolder, sessionFiles, walkFolder, type OnProblem } from '../folders.ts';

const DESKTOP = ['Code', 'Code - Insiders', 'Code - OSS', 'VSCodium', 'VSCodium - Insiders'];
const SERVERS = ['.vscode-server', '.vscode-server-insiders', '.vscodium-server'];
const GLOBAL = ['emptyWindowChatSessions', 'transferredChatSessions'];

/** The user folders of all flavours of VS Code, on the desktop and on a server. */
export function defaultRoots({ platform, home, variables }: Environment): readonly string[] {
  const given = (name: string): string | undefined =>
    variables[name] === '' ? undefined : variables[name];
  const data =
    platform === 'win32'
      ? (given('APPDATA') ?? join(home, 'AppData', 'Roaming'))
      : platform === 'darwin'
        ? join(home, 'Library', 'Application Support')
        : (given('XDG_CONFIG_HOME') ?? join(home, '.config'));
  const shared = given('XDG_DATA_HOME') ?? join(home, '.local', 'share');
  const portable = given('VSCODE_PORTABLE');
  return [
    ...(portable === undefined ? [] : [join(portable, 'user-data', 'User')]),
    ...DESKTOP.map((name) => join(data, name, 'User')),
    ...SERVERS.map((name) => join(home, name, 'data', 'User')),
    join(shared, 'code-server', 'User'),
  ];
}

/**
 * Lists the sessions below a root: a user folder or, where that has no storage in it, any folder
 * that holds sessions or exported chats.
 */
export async function* discover(root: string, onProblem: OnProblem): AsyncGenerator<SourceFile> {
  const entries = await listFolder(root, onProblem);
  const isUserFolder = entries.some(({ name }) => /^(?:workspace|global)Storage$/.test(name));
  if (!isUserFolder) {
    for await (const files of walkFolder(root, onProblem)) yield* sessionFiles(files, isSession);
    return;
  }
  yield* userFolder(root, onProblem);
  for (const profile of await listFolder(join(root, 'profiles'), onProblem)) {
    if (profile.isFolder) yield* userFolder(profile.path, onProblem);
  }
}

async function* userFolder(folder: string, onProblem: OnProblem): AsyncGenerator<SourceFile> {
  for (const workspace of await listFolder(join(folder, 'workspaceStorage'), onProblem)) {
    if (workspace.isFolder) yield* sessions(join(workspace.path, 'chatSessions'), onProblem);
  }
  for (const name of GLOBAL) yield* sessions(join(folder, 'globalStorage', name), onProblem);
}

async function* sessions(folder: string, onProblem: OnProblem): AsyncGenerator<SourceFile> {
  const files = (await listFolder(folder, onProblem)).filter(({ isFolder }) => !isFolder);
  yield* sessionFiles(files, isSession);
}

function isSession(name: string): boolean {
  return /\.jsonl?$/i.test(name) && !/^(?:workspace|state|settings|storage)\.json$/i.test(name);
}
