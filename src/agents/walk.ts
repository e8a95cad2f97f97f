/** Lists files below folders by names and metadata alone; none is opened. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from './agent.ts';

export interface WalkOptions {
  /** A folder that may be missing without that being worth a word. */
  readonly root: string;
  readonly isLog: (name: string) => boolean;
  readonly onProblem: (path: string, error: unknown) => void;
}

/** Links are followed, for people who keep their history in a synced folder; rings are not. */
export async function* walkLogs(
  folders: readonly string[],
  { root, isLog, onProblem }: WalkOptions,
): AsyncGenerator<SourceFile> {
  const open = [...folders];
  const visited = new Set<string>();
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    let names: readonly string[];
    try {
      const real = await realpath(folder);
      if (visited.has(real)) continue;
      visited.add(real);
      names = (await readdir(folder)).sort();
    } catch (error) {
      if (folder !== root || !isMissing(error)) onProblem(folder, error);
      continue;
    }
    for (const name of names) {
      const path = join(folder, name);
      try {
        const status = await stat(path);
        if (status.isDirectory()) open.push(path);
        else if (status.isFile() && isLog(name)) {
          yield { path, bytes: status.size, modifiedAt: Math.round(status.mtimeMs) };
        }
      } catch (error) {
        // Gone between listing and looking, or a link to nowhere: there is nothing to read.
        if (!isMissing(error)) onProblem(path, error);
      }
    }
  }
}

/** Those of the folders below a root that are there; the root itself where none is. */
export async function foldersIn(root: string, names: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const name of names) {
    const folder = join(root, name);
    if (await isFolder(folder)) found.push(folder);
  }
  return found.length > 0 ? found : [root];
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // Whatever is wrong with it shows when the root is listed.
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}

/** The folder that a variable names, `~` standing for home; `undefined` where it names none. */
export function configuredFolder(value: string | undefined, home: string): string | undefined {
  if (value === undefined || value === '') return undefined;
  const folder = /^~(?=$|[/\\])/.test(value) ? join(home, value.slice(1)) : value;
  return folder.normalize('NFC');
}
