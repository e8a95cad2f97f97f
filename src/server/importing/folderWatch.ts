/**
 * Notices changes in folders, by what the system itself offers through `fs.watch`; nothing is read
 * and nothing is asked for in turn. Why so and not with a library: inotify, on Linux, tells of all
 * files of a folder with one watch on the folder, so that 20,000 sessions in a thousand folders take
 * a thousand watches of the 8,192 that an old kernel gives to all programs together; chokidar, and
 * Node's own recursive watching there, take one for each file. macOS and Windows watch a whole tree
 * with one handle, which a watch on every folder would not: on Windows it would keep their parents
 * from being renamed. @parcel/watcher does both well, in native code that the package would have to
 * hold for thirteen platforms.
 *
 * Changes on network folders, and beyond the bounds below, are not noticed: whoever watches has to
 * look for himself from time to time.
 */
import { realpathSync, watch, type FSWatcher } from 'node:fs';
import { join, relative } from 'node:path';
import { isBelow } from './sources.ts';

/** More than this many folders are not watched one by one. */
const MAX_FOLDERS = 4_000;

export interface FolderWatchOptions {
  /**
   * A path below a folder was changed, or, with `isNew`, has appeared or gone; `undefined`: anything
   * below the folder may have.
   */
  readonly onChange: (folder: string, path: string | undefined, isNew: boolean) => void;
  readonly onProblem: (folder: string, error: unknown) => void;
  /** True where one watch covers all that is below a folder. */
  readonly recursive?: boolean;
  readonly maxFolders?: number;
}

export class FolderWatch {
  readonly #options: FolderWatchOptions;
  readonly #watchers = new Map<string, FSWatcher>();
  /** Folders whose watches tell of all that is below them. */
  readonly #deep = new Set<string>();
  /** Folders that such a watch tells of. */
  readonly #covered = new Set<string>();
  #isWhole = true;
  #isClosed = false;

  constructor(options: FolderWatchOptions) {
    this.#options = options;
  }

  /** False while some folders are not watched. */
  get isWhole(): boolean {
    return this.#isWhole;
  }

  /** Watches a folder; what is below it too only with `deep` and where the system can. */
  add(folder: string, deep: boolean): void {
    if (this.#isClosed || this.#watchers.has(folder) || this.#isCovered(folder)) return;
    const { recursive = hasRecursive(), maxFolders = MAX_FOLDERS } = this.#options;
    if (this.#watchers.size >= maxFolders) {
      this.#isWhole = false;
      return;
    }
    try {
      const options = { persistent: false, recursive: deep && recursive };
      const watcher = watch(folder, options, (event, name) => {
        const path = name === null ? undefined : join(folder, name);
        this.#options.onChange(folder, path, event === 'rename');
      });
      watcher.on('error', (error) => this.#lose(folder, error));
      this.#watchers.set(folder, watcher);
      if (options.recursive) this.#deep.add(folder);
    } catch (error) {
      this.#lose(folder, error);
    }
  }

  /** Lets go of a folder and all below it: what has its name now is another one. */
  forget(folder: string): void {
    for (const other of this.#watchers.keys()) if (isBelow(other, folder)) this.#remove(other);
    for (const other of this.#covered) if (isBelow(other, folder)) this.#covered.delete(other);
  }

  /** Lets go of every folder that is not among these. */
  keepOnly(folders: ReadonlySet<string>): void {
    for (const folder of this.#watchers.keys()) if (!folders.has(folder)) this.#remove(folder);
    this.#isWhole = [...folders].every(
      (folder) => this.#watchers.has(folder) || this.#isCovered(folder),
    );
  }

  close(): void {
    this.#isClosed = true;
    for (const folder of [...this.#watchers.keys()]) this.#remove(folder);
  }

  #lose(folder: string, error: unknown): void {
    this.#remove(folder);
    this.#isWhole = false;
    this.#options.onProblem(folder, error);
  }

  #remove(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
    // What it told of is looked at again before it is taken for watched.
    if (this.#deep.delete(folder)) this.#covered.clear();
  }

  /** True where a watch on a folder above tells of this one, too: not of what a link leads to. */
  #isCovered(folder: string): boolean {
    if (this.#covered.has(folder)) return true;
    for (const above of this.#deep) {
      if (!isBelow(folder, above) || !isSamePlace(above, folder)) continue;
      this.#covered.add(folder);
      return true;
    }
    return false;
  }
}

/** True where no link is on the way from one folder to another below it. */
function isSamePlace(above: string, folder: string): boolean {
  try {
    const real = relative(realpathSync(above), realpathSync(folder));
    return real === relative(above, folder);
  } catch {
    return false; // One of them is gone; watching it says so.
  }
}

function hasRecursive(platform: NodeJS.Platform = process.platform): boolean {
  return platform === 'darwin' || platform === 'win32';
}
