/**
 * Lists session files below the folders that an agent names, by names and metadata alone; none is
 * opened. Of a session that stands there in two forms one is listed: the log that a document was
 * turned into, the plain file beside its compressed copy.
 */
import type { Dirent, Stats } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import type { Agent, SessionFolder, SourceFile } from './agent.ts';

export type OnProblem = (path: string, error: unknown) => void;
/** Told of every folder before it is listed. */
export type OnFolder = (place: SessionFolder, folder: string) => void;

/** Files asked for their metadata at a time: more would keep the thread pool from others. */
const STATS = 16;
const ZST = '.zst';

/** All session files of an agent below a root; a root that is missing has none. */
export async function* discoverSessions(
  watch: Agent['watch'],
  root: string,
  onProblem: OnProblem,
  onFolder?: OnFolder,
): AsyncGenerator<SourceFile> {
  for (const place of await sessionFolders(watch, root, onProblem)) {
    yield* walk(place, place.folder, onProblem, onFolder);
  }
}

/** The folders below a root that hold an agent's sessions, as the root is now. */
export async function sessionFolders(
  watch: Agent['watch'],
  root: string,
  onProblem: OnProblem,
): Promise<readonly SessionFolder[]> {
  try {
    return watch(root, await readdir(root));
  } catch (error) {
    if (!isMissing(error)) onProblem(root, error);
    return [];
  }
}

/**
 * The session files of a place in a folder of it and all below, each folder once. Links are
 * followed, for people who keep their history in a synced folder; rings are not.
 */
export async function* walk(
  place: SessionFolder,
  from: string,
  onProblem: OnProblem,
  onFolder?: OnFolder,
): AsyncGenerator<SourceFile> {
  const open = [from];
  const visited = new Set<string>();
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    let entries: readonly Dirent[];
    try {
      const real = await realpath(folder);
      if (visited.has(real)) continue;
      visited.add(real);
      onFolder?.(place, folder);
      entries = await readdir(folder, { withFileTypes: true });
    } catch (error) {
      if (!isMissing(error)) onProblem(folder, error);
      continue;
    }
    const listed = await entriesOf(place, folder, entries, onProblem);
    open.push(...listed.folders);
    yield* listed.files;
  }
}

async function entriesOf(
  place: SessionFolder,
  folder: string,
  entries: readonly Dirent[],
  onProblem: OnProblem,
): Promise<{ readonly folders: readonly string[]; readonly files: readonly SourceFile[] }> {
  const names = new Set(entries.map(({ name }) => name));
  const folders: string[] = [];
  const files: SourceFile[] = [];
  const look = async (entry: Dirent): Promise<void> => {
    const path = join(folder, entry.name);
    const parts = partsOf(place, path);
    const wanted =
      place.isSession(parts) && !preferred(place, parts).some((name) => names.has(name));
    if (entry.isDirectory()) {
      if (place.leads?.(parts) ?? true) folders.push(path);
      return;
    }
    if (entry.isFile() && !wanted) return;
    try {
      // What is neither may be a link; some systems do not say what a thing is in its folder.
      const status = await stat(path);
      if (status.isDirectory() && (place.leads?.(parts) ?? true)) folders.push(path);
      else if (status.isFile() && wanted) files.push(sourceOf(place, path, status));
    } catch (error) {
      // Gone between listing and looking, or a link to nowhere: there is nothing to read.
      if (!isMissing(error)) onProblem(path, error);
    }
  };
  for (let at = 0; at < entries.length; at += STATS) {
    await Promise.all(entries.slice(at, at + STATS).map(look));
  }
  return { folders, files };
}

/**
 * One path of a place as it is now: a session file, a folder that may hold some, or neither.
 * @throws the system's error when it cannot be looked at
 */
export async function lookAt(
  place: SessionFolder,
  path: string,
): Promise<SourceFile | 'folder' | 'missing' | undefined> {
  const parts = partsOf(place, path);
  const mayLead = parts.length === 0 || (place.leads?.(parts) ?? true);
  const isSession = parts.length > 0 && place.isSession(parts);
  if (!mayLead && !isSession) return undefined;
  const status = await statOf(path);
  if (!status) return 'missing';
  if (status.isDirectory()) return mayLead ? 'folder' : undefined;
  if (!status.isFile() || !isSession) return undefined;
  for (const name of preferred(place, parts)) {
    const better = join(path, '..', name);
    const other = await statOf(better);
    if (other?.isFile()) return sourceOf(place, better, other);
  }
  return sourceOf(place, path, status);
}

/** `undefined` where there is nothing. @throws the system's error when it cannot be looked at */
export async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** True for the name of a file that is kept compressed. */
export function isCompressed(path: string): boolean {
  return path.toLowerCase().endsWith(ZST);
}

/** The path that a file has, or had, without its compression: what its name says is in it. */
export function plainPath(path: string): string {
  return isCompressed(path) ? path.slice(0, -ZST.length) : path;
}

function sourceOf(place: SessionFolder, path: string, status: Stats): SourceFile {
  const base = { path, bytes: status.size, modifiedAt: Math.round(status.mtimeMs) };
  const others = path.endsWith('.jsonl')
    ? [path.slice(0, -1), `${path}${ZST}`]
    : isCompressed(path)
      ? [plainPath(path)]
      : [];
  const replaces = others.filter((other) => place.isSession(partsOf(place, other)));
  return replaces.length === 0 ? base : { ...base, replaces };
}

/** Names beside a file that stand for the same session and come before it. */
function preferred(place: SessionFolder, parts: readonly string[]): readonly string[] {
  const name = parts.at(-1) ?? '';
  const other = name.endsWith('.json') ? `${name}l` : isCompressed(name) ? plainPath(name) : '';
  return other !== '' && place.isSession([...parts.slice(0, -1), other]) ? [other] : [];
}

function partsOf(place: SessionFolder, path: string): readonly string[] {
  const from = relative(place.folder, path);
  return from === '' ? [] : from.split(sep);
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
