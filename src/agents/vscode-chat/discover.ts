/**
 * Finds the chat sessions of VS Code and its relatives by file names and metadata alone; no file is
 * opened. A workspace's stand in `workspaceStorage/<id>/chatSessions`, those of windows without a
 * folder in `globalStorage`, a profile's in the same folders below `profiles/<id>`.
 */
import { join } from 'node:path';
import type { Agent, Environment, SessionFolder } from '../agent.ts';
import { discoverSessions } from '../walk.ts';

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

/** A user folder has its sessions at the places named above; any other folder is one of sessions. */
export function watch(root: string, names: readonly string[]): readonly SessionFolder[] {
  if (!names.includes('workspaceStorage') && !names.includes('globalStorage')) {
    return [{ folder: root, isSession: (parts) => isSession(parts.at(-1) ?? '') }];
  }
  return [
    {
      folder: join(root, 'workspaceStorage'),
      leads: (parts) => leadsToSessions(['workspaceStorage', ...parts]),
      isSession: (parts) => isAtSessions(['workspaceStorage', ...parts]),
    },
    ...GLOBAL.map((name) => ({
      folder: join(root, 'globalStorage', name),
      leads: () => false,
      isSession: (parts: readonly string[]) => isSession(parts.at(-1) ?? ''),
    })),
    {
      folder: join(root, 'profiles'),
      leads: (parts) => leadsToSessions(parts.slice(1)),
      isSession: (parts) => isAtSessions(parts.slice(1)),
    },
  ];
}

export const discover: Agent['discover'] = (...args) => discoverSessions(watch, ...args);

/** Folders of a user folder on the way to sessions, those of its workspaces and of empty windows. */
function leadsToSessions([first, second, third, ...more]: readonly string[]): boolean {
  if (more.length > 0) return false;
  if (first === undefined) return true;
  if (first === 'workspaceStorage') return third === undefined || third === 'chatSessions';
  if (first !== 'globalStorage') return false;
  return second === undefined || (GLOBAL.includes(second) && third === undefined);
}

function isAtSessions(parts: readonly string[]): boolean {
  const [first, second, third] = parts;
  const at = first === 'workspaceStorage' ? 3 : first === 'globalStorage' ? 2 : Infinity;
  const folder = at === 3 ? third === 'chatSessions' : GLOBAL.includes(second ?? '');
  return folder && parts.length === at + 1 && isSession(parts[at] ?? '');
}

function isSession(name: string): boolean {
  return /\.jsonl?$/i.test(name) && !/^(?:workspace|state|settings|storage)\.json$/i.test(name);
}
