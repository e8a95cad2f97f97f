/**
 * The files of the index folder: `state.db`, `active.db`, sealed `NNNN.db`. All of it can be made
 * again from the store, so nothing here is precious; still, a file that cannot be read is moved
 * aside and not removed, and the last one of them is kept to be looked at.
 */
import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { moveDatabaseAside } from '../store/pages/openDatabase.ts';
import { redoFileOf } from '../store/pages/pageStore.ts';

const ACTIVE = 'active.db';
const STATE = 'state.db';
const SHARD = /^(?:active|\d{4,})\.db$/;
const ASIDE = '.damaged-';

/** Where the file is made that is to take another's place. */
export function unfinishedName(file: string): string {
  return `${file}.new`;
}

export class IndexFiles {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
  }

  get state(): string {
    return path.join(this.folder, STATE);
  }

  get active(): string {
    return path.join(this.folder, ACTIVE);
  }

  /** The shards' files, sealed ones first. */
  shards(): string[] {
    return this.#names()
      .filter((name) => SHARD.test(name))
      .sort()
      .map((name) => path.join(this.folder, name));
  }

  nextSealed(): string {
    const numbers = this.#names()
      .filter((name) => SHARD.test(name) && name !== ACTIVE)
      .map((name) => Number.parseInt(name, 10));
    const next = Math.max(0, ...numbers) + 1;
    return path.join(this.folder, `${String(next).padStart(4, '0')}.db`);
  }

  /** Removes what a crash left of a file being made, and logs whose database is gone. */
  tidy(): void {
    for (const name of this.#names()) {
      const file = path.join(this.folder, name);
      const unfinished = /\.new(?:-redo)?$/.test(name);
      const orphan = name.endsWith('-redo') && !existsSync(file.slice(0, -'-redo'.length));
      if (unfinished || orphan) rmSync(file, { force: true });
    }
  }

  /** Takes a closed database to another name, in the place of what is there. */
  replace(from: string, to: string): void {
    // Closing has moved everything into the file itself; a log would be of the wrong database.
    rmSync(redoFileOf(from), { force: true });
    rmSync(redoFileOf(to), { force: true });
    renameSync(from, to);
  }

  remove(file: string): void {
    rmSync(redoFileOf(file), { force: true });
    rmSync(file, { force: true });
  }

  /** Returns the name it has now. */
  moveAside(file: string, now: number): string {
    for (const name of this.#names()) {
      if (name.includes(ASIDE)) rmSync(path.join(this.folder, name), { force: true });
    }
    const [aside] = moveDatabaseAside(file, `${ASIDE.slice(1)}${now}`);
    return aside ?? file;
  }

  #names(): string[] {
    return readdirSync(this.folder);
  }
}
