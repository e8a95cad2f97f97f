/**
 * Looks where projects' folders are: which are there, what they are known by, and which of those
 * that are gone are another folder now. Runs in the background, one look at a time, and only once
 * the person allowed an agent: before that no folder is known.
 */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import { messageOf } from '../../core/errors.ts';
import { text } from '../../store/database.ts';
import type { Place, PlaceIdentity } from '../../store/places.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import { identityOf, namesComputer } from './gitFolder.ts';
import { foundAgain, likelyFolders, sameRepository } from './matching.ts';

interface FinderParts {
  readonly core: Pick<StoreCore, 'database' | 'places' | 'readOnlyBecause'>;
  readonly now: () => number;
  /** Sessions whose project changed, or nothing but whether folders are there. */
  readonly announce: (changed: readonly string[]) => void;
  readonly report: (error: unknown) => void;
}

export class ProjectFinder {
  readonly #parts: FinderParts;
  readonly #open = new Set<string>();
  readonly #identities = new Map<string, PlaceIdentity>();
  #missing: ReadonlySet<string> = new Set();
  #likely: ReadonlyMap<string, readonly string[]> = new Map();
  #looking: Promise<void> | undefined;
  #again = false;
  #ended = false;

  constructor(parts: FinderParts) {
    this.#parts = parts;
  }

  /** False where the folder was looked for and is not there. */
  exists(folder: string): boolean {
    return !this.#missing.has(folder);
  }

  /** Folders that may be one that is gone, as the last look found them; the likeliest first. */
  likely(folder: string): readonly string[] {
    return this.#likely.get(folder) ?? [];
  }

  /** Folders that are open in a window: a project may have been moved there. */
  async note(folders: readonly string[]): Promise<void> {
    for (const folder of folders) if (path.isAbsolute(folder)) this.#open.add(folder);
    await this.look();
  }

  /** Looks at all folders; asked for while one is under way, looks once more after it. */
  look(): Promise<void> {
    this.#again = true;
    this.#looking ??= this.#lookUntilQuiet().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#looking;
  }

  async #lookUntilQuiet(): Promise<void> {
    try {
      while (this.#again && !this.#ended) {
        this.#again = false;
        await this.#look();
      }
    } catch (error) {
      this.#parts.report(new Error(`Looking for projects' folders: ${messageOf(error)}`));
    }
  }

  async #look(): Promise<void> {
    const { core, announce } = this.#parts;
    const { database, places } = core;
    if (!database.get("SELECT 1 FROM consent WHERE answer = 'granted'")) return;
    const known = new Map(places.all().map((place) => [place.folder, place]));
    const keys = database.all('SELECT key FROM project').map((row) => text(row, 'key'));
    const folders = new Set([
      ...[...keys, ...known.keys()].filter((folder) => isLocal(folder)),
      ...this.#open,
    ]);
    const missing = new Set<string>();
    const present = new Map<string, PlaceIdentity>();
    for (const folder of folders) {
      if (this.#ended) return;
      if (await isFolder(folder)) present.set(folder, await this.#identity(folder));
      else missing.add(folder);
    }
    const changed = this.#ended ? [] : this.#save(known, present, missing);
    const same =
      missing.size === this.#missing.size && [...missing].every((one) => this.#missing.has(one));
    this.#missing = missing;
    this.#likely = new Map(
      [...missing].map((folder) => [folder, likelyFolders(known.get(folder)?.identity, present)]),
    );
    if (changed.length > 0 || !same) announce(changed);
  }

  /** A folder's repository hardly changes what it is known by: it is read once. */
  async #identity(folder: string): Promise<PlaceIdentity> {
    const known = this.#identities.get(folder);
    if (known?.root !== undefined) return known;
    const identity = await identityOf(folder);
    this.#identities.set(folder, identity);
    return identity;
  }

  #save(
    known: ReadonlyMap<string, Place>,
    present: ReadonlyMap<string, PlaceIdentity>,
    missing: ReadonlySet<string>,
  ): string[] {
    const { core, now } = this.#parts;
    const { database, places } = core;
    if (core.readOnlyBecause !== undefined) return [];
    const seen = [...present].filter(
      ([folder, identity]) =>
        Object.keys(identity).length > 0 && !isEqual(known.get(folder)?.identity, identity),
    );
    const moves = foundAgain([...known.values()], present, missing);
    // A folder that was found elsewhere and is back, with the same repository in it.
    const back = [...known.values()].filter(
      ({ folder, identity = {}, movedBy }) =>
        movedBy === 'found' && sameRepository(identity, present.get(folder) ?? {}),
    );
    if (seen.length + moves.size + back.length === 0) return [];
    const changed = database.transaction(() => {
      for (const [folder, identity] of seen) {
        // What stands in the place of a folder that moved away is another one.
        if (known.get(folder)?.movedTo === undefined) places.see(folder, identity);
      }
      return [
        ...[...moves].flatMap(([from, to]) => places.move(from, to, 'found', now())),
        ...back.flatMap(({ folder }) => places.move(folder, undefined, 'found', now())),
      ];
    });
    database.flush();
    return changed;
  }
}

/**
 * Sessions of other machines name folders of theirs. A session that somebody else wrote may name a
 * computer: Windows would give it proof of who the person is as soon as it is looked for.
 */
export function isLocal(folder: string, platform = process.platform): boolean {
  const paths = platform === 'win32' ? path.win32 : path.posix;
  return paths.isAbsolute(folder) && !namesComputer(folder, platform);
}

async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    // Only what the system says is not there counts as gone: a folder may be out of reach.
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

function isEqual(a: PlaceIdentity | undefined, b: PlaceIdentity): boolean {
  const parts = ['root', 'remote', 'birth', 'within'] as const;
  return a !== undefined && parts.every((part) => a[part] === b[part]);
}
