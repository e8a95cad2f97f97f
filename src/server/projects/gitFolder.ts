/**
 * What a folder is known by beside its path, read from its repository's files. Git is not run: a
 * repository may be anybody's, and its configuration may name programs.
 */
import { readFile, realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { remoteName } from '../../core/gitRemote.ts';
import type { PlaceIdentity } from '../../store/places.ts';
import { GitObjects, openFile } from './gitObjects.ts';

/** Commits that are walked back, along first parents; a longer history has no known beginning. */
const MOST_COMMITS = 20_000;
const MOST_BYTES = 1 << 20;
const MOST_LEVELS = 64;
const FIRST_LINE_BYTES = 4_096;
const HASH = /^[0-9a-f]{40}$/;

/** Empty for a folder that is in no repository. Never rejects on what a folder may hold. */
export async function identityOf(folder: string): Promise<PlaceIdentity> {
  const place = await realpath(folder).catch(() => folder);
  let top = place;
  for (let level = 0; level < MOST_LEVELS; level++) {
    const git = await gitFolderIn(top);
    if (git !== undefined) return identityIn(git, path.relative(top, place));
    const above = path.dirname(top);
    if (above === top) break;
    top = above;
  }
  return {};
}

/** `.git` is a folder, or a file that names one: of a worktree, or of a submodule. */
async function gitFolderIn(top: string): Promise<string | undefined> {
  const git = path.join(top, '.git');
  const found = await stat(git).catch(() => undefined);
  if (found?.isDirectory()) return git;
  if (!found?.isFile()) return undefined;
  const named = /^gitdir: (.+)$/m.exec((await textOf(git)) ?? '')?.[1]?.trim();
  return named === undefined ? undefined : path.resolve(top, named);
}

async function identityIn(git: string, within: string): Promise<PlaceIdentity> {
  const shared = (await textOf(path.join(git, 'commondir')))?.trim();
  const common = shared === undefined ? git : path.resolve(git, shared);
  const remote = remoteIn((await textOf(path.join(common, 'config'))) ?? '');
  const head = await headOf(git, common);
  const root = head === undefined ? undefined : await rootOf(common, head);
  const birth = await firstLine(path.join(git, 'logs', 'HEAD'));
  return {
    ...(root !== undefined && { root }),
    ...(remote !== undefined && { remote }),
    ...(birth !== undefined && { birth }),
    within: within.split(path.sep).join('/'),
  };
}

/** The address of `origin`, else of the first remote. */
export function remoteIn(config: string): string | undefined {
  const remotes = new Map<string, string>();
  let section: string | undefined;
  for (const line of config.split('\n')) {
    const header = /^\s*\[([^\]]*)\]/.exec(line);
    if (header) section = /^remote "(.*)"$/.exec((header[1] ?? '').trim())?.[1];
    // Nothing here is tried twice for a letter: a line may be long, and all of it blanks.
    const url = /^\s*url\s*=(.*)$/.exec(line)?.[1]?.trim();
    if (section === undefined || url === undefined) continue;
    const name = remoteName(/^"([^"]*)"$/.exec(url)?.[1] ?? url);
    if (name !== undefined && !remotes.has(section)) remotes.set(section, name);
  }
  return remotes.get('origin') ?? [...remotes.values()][0];
}

async function headOf(git: string, common: string): Promise<string | undefined> {
  const head = (await textOf(path.join(git, 'HEAD')))?.trim() ?? '';
  if (HASH.test(head)) return head;
  const ref = /^ref: (refs\/[^\s]+)$/.exec(head)?.[1];
  if (ref === undefined || ref.split('/').includes('..')) return undefined;
  const loose = (await textOf(path.join(common, ...ref.split('/'))))?.trim();
  if (loose !== undefined && HASH.test(loose)) return loose;
  const packed = (await textOf(path.join(common, 'packed-refs'))) ?? '';
  const line = packed.split('\n').find((one) => one.slice(41) === ref);
  const hash = line?.slice(0, 40);
  return hash !== undefined && HASH.test(hash) ? hash : undefined;
}

/** The first commit of a history; unknown where it is too long, shallow or cannot be read. */
async function rootOf(common: string, head: string): Promise<string | undefined> {
  const shallow = await stat(path.join(common, 'shallow')).catch(() => undefined);
  if (shallow) return undefined;
  const objects = new GitObjects(path.join(common, 'objects'));
  try {
    let at = head;
    for (let walked = 0; walked < MOST_COMMITS; walked++) {
      const parent = await objects.firstParent(at);
      if (parent === undefined) return undefined;
      if (parent === null) return at;
      at = parent;
    }
    return undefined;
  } catch {
    return undefined; // A file went while it was read: the folder is looked at again.
  } finally {
    await objects.close();
  }
}

async function firstLine(file: string): Promise<string | undefined> {
  const handle = await openFile(file);
  if (!handle) return undefined;
  try {
    const buffer = Buffer.alloc(FIRST_LINE_BYTES);
    const { bytesRead } = await handle.read(buffer, 0, FIRST_LINE_BYTES, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\t');
    // The commit it began with, and when: no name, no address, no message is kept.
    const [, hash, when] =
      /^[0-9a-f]+ ([0-9a-f]+) .* (\d+ [+-]\d+)$/.exec(buffer.toString('utf8', 0, end)) ?? [];
    return hash === undefined || when === undefined ? undefined : `${hash} ${when}`;
  } finally {
    await handle.close();
  }
}

async function textOf(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (!found?.isFile() || found.size > MOST_BYTES) return undefined;
  return readFile(file, 'utf8').catch(() => undefined);
}
