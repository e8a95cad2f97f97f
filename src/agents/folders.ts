/** Walks folders by names and metadata alone; no file is opened and nothing throws. */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceFile } from './agent.ts';

export type OnProblem = (path: string, error: unknown) => void;

export interface FolderEntry extends SourceFile {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * What stands in a folder, in the order of names; links are followed. A folder that is missing is
 * empty, one that cannot be listed is told to `onProblem`.
 */
export async function listFolder(folder: string, onProblem: OnProblem): Promise<FolderEntry[]> {
  let names: readonly string[];
  try {
    names = (await readdir(folder)).sort();
  } catch (error) {
    if (!isAbsent(error)) onProblem(folder, error);
    return [];
  }
  const entries: FolderEntry[] = [];
  for (const name of names) {
    const path = join(folder, name);
    try {
      const status = await stat(path);
      const isFolder = status.isDirectory();
      if (!isFolder && !status.isFile()) continue;
      const modifiedAt = Math.round(status.mtimeMs);
      entries.push({ name, path, isFolder, bytes: status.size, modifiedAt });
    } catch (error) {
      // Gone between listing and looking, or a link to nowhere: there is nothing to read.
      if (!isAbsent(error)) onProblem(path, error);
    }
  }
  return entries;
}

/** All files below a folder, each folder once: links may form rings. */
export async function* walkFolder(
  folder: string,
  onProblem: OnProblem,
): AsyncGenerator<readonly FolderEntry[]> {
  const open = [folder];
  const visited = new Set<string>();
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    try {
      const real = await realpath(next);
      if (visited.has(real)) continue;
      visited.add(real);
    } catch (error) {
      if (!isAbsent(error)) onProblem(next, error);
      continue;
    }
    const entries = await listFolder(next, onProblem);
    open.push(...entries.filter(({ isFolder }) => isFolder).map(({ path }) => path));
    yield entries.filter(({ isFolder }) => !isFolder);
  }
}

/**
 * The files of sessions among those of one folder. A session that stands there as a document and as
 * a log is the log: the agent went over to it.
 */
export function* sessionFiles(
  entries: readonly FolderEntry[],
  isSession: (name: string) => boolean,
): Generator<SourceFile> {
  const names = new Set(entries.map(({ name }) => name));
  for (const { name, path, bytes, modifiedAt } of entries) {
    if (!isSession(name) || (name.endsWith('.json') && names.has(`${name}l`))) continue;
    const isLog = name.endsWith('.jsonl');
    yield { path, bytes, modifiedAt, ...(isLog && { replaces: path.slice(0, -1) }) };
  }
}

function isAbsent(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error.code === 'ENOENT' || error.code === 'ENOTDIR';
}
