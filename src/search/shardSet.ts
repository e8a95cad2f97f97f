/**
 * The shards of an index and its state: opens what can be read, adds and seals shards, and moves
 * aside what turns out to be damaged. Whoever works on a shard does so through `use`.
 *
 * Invariant: a shard that is missing takes all knowledge of what was indexed with it, so that the
 * store is compared with the documents that are left.
 */
import { mkdirSync } from 'node:fs';
import type { SqlJsStatic } from 'sql.js';
import { messageOf, MultipathError } from '../core/errors.ts';
import { IndexFiles } from './indexFiles.ts';
import { IndexState } from './indexState.ts';
import { Shard } from './shard.ts';

export interface ShardSetOptions {
  readonly sql: SqlJsStatic;
  /** Absolute; made when it is missing. */
  readonly folder: string;
  /** Names the store and the way texts are prepared: shards made for another purpose are dropped. */
  readonly purpose: string;
  readonly readOnly: boolean;
  readonly now: () => number;
  /** Told in words what was damaged and where it went. */
  readonly onDamage: (message: string) => void;
}

export class ShardSet {
  readonly files: IndexFiles;
  readonly #options: ShardSetOptions;
  readonly #sealed: Shard[] = [];
  #active: Shard | undefined;
  #state: IndexState | undefined;
  #cleared = false;
  /** Set by the index: what is under way of a shard (or of all, when the state is lost) is void. */
  onLost: (shard: Shard | undefined) => void = () => undefined;

  constructor(options: ShardSetOptions) {
    this.#options = options;
    this.files = new IndexFiles(options.folder);
    if (!options.readOnly) {
      mkdirSync(options.folder, { recursive: true, mode: 0o700 });
      this.files.tidy();
    }
    this.#openState();
    for (const file of this.files.shards()) this.#openShard(file);
    if (!options.readOnly) this.#checkShards();
  }

  /** The active one first. */
  get shards(): Shard[] {
    return this.#active ? [this.#active, ...this.#sealed] : [...this.#sealed];
  }

  /** True once some of what was indexed is not known any more. */
  get isCleared(): boolean {
    return this.#cleared;
  }

  /** The shard that takes new documents, made when there is none. */
  active(): Shard {
    const { sql, purpose } = this.#options;
    if (!this.#active) {
      this.#active = Shard.open(sql, this.files.active, { active: true, purpose });
      this.#list();
    }
    return this.#active;
  }

  /** Lets no more into the active shard: it goes on under another name. */
  seal(active: Shard): void {
    const file = this.files.nextSealed();
    this.#swap(active, () => {
      active.close();
      this.files.replace(active.file, file);
      return file;
    });
  }

  /** Takes a shard out while `replace` puts another in the place of its file, or none. */
  exchange(shard: Shard, replace: () => boolean): void {
    this.#swap(shard, () => (replace() ? shard.file : undefined));
    this.#list();
  }

  /** Runs work on a shard; a damaged one is moved aside before the error goes on. */
  use<T>(shard: Shard, work: () => T): T {
    try {
      return work();
    } catch (error) {
      if (isDamage(error)) this.#drop(shard, error);
      throw error;
    }
  }

  /** Runs work on the state; not where the index is only read. A damaged one is made anew. */
  useState<T>(work: (state: IndexState) => T): T | undefined {
    const state = this.#state;
    if (!state || this.#options.readOnly) return undefined;
    try {
      return work(state);
    } catch (error) {
      if (isDamage(error)) {
        this.#closeQuietly(state);
        this.#renewState(error);
        this.#list();
      }
      throw error;
    }
  }

  close(): void {
    for (const shard of this.shards) shard.close();
    this.#state?.close();
  }

  #openState(): void {
    const { sql, readOnly } = this.#options;
    try {
      this.#state = new IndexState(sql, this.files.state, readOnly);
    } catch (error) {
      if (!isDamage(error) && !MultipathError.is(error, 'not-found')) throw error;
      if (!readOnly) this.#renewState(error);
    }
  }

  /** A new state knows of nothing: all is compared with the documents. */
  #renewState(error: unknown): void {
    const { sql, purpose } = this.#options;
    this.#moveAside(this.files.state, `${messageOf(error)} It is made anew.`);
    this.#cleared = true;
    this.onLost(undefined);
    this.#state = new IndexState(sql, this.files.state, false);
    this.#state.begin(purpose);
  }

  #openShard(file: string): void {
    const { sql, readOnly, purpose } = this.#options;
    const active = file === this.files.active;
    try {
      const shard = Shard.open(sql, file, { readOnly, active, purpose });
      if (shard.purpose !== purpose) {
        shard.close();
        if (!readOnly) this.files.remove(file);
        return;
      }
      if (active) this.#active = shard;
      else this.#sealed.push(shard);
    } catch (error) {
      if (!isDamage(error)) throw error;
      if (!readOnly) this.#moveAside(file, `${messageOf(error)} Its messages are indexed again.`);
    }
  }

  #checkShards(): void {
    const { purpose } = this.#options;
    const present = new Set(this.shards.map(({ id }) => id));
    const expected = this.useState((state) => state.shards()) ?? [];
    const renamed = this.useState((state) => state.purpose) !== purpose;
    if (renamed || expected.some((id) => !present.has(id))) this.#clear();
    if (renamed) this.useState((state) => state.begin(purpose));
    if (present.size !== expected.length || this.#cleared) this.#list();
  }

  #clear(): void {
    this.#cleared = true;
    this.useState((state) => state.clear());
  }

  #list(): void {
    this.useState((state) => state.setShards(this.shards.map(({ id }) => id)));
  }

  /**
   * Takes a shard out, and in what stands in the file that `replace` names. Where that is refused, as
   * Windows refuses to rename over a file that somebody looks at, the shard goes on as it was.
   */
  #swap(shard: Shard, replace: () => string | undefined): void {
    this.#remove(shard);
    let file: string | undefined = shard.file;
    try {
      file = replace();
    } catch (error) {
      this.#closeQuietly(shard);
      throw error;
    } finally {
      if (file !== undefined) this.#openShard(file);
    }
  }

  #remove(shard: Shard): void {
    if (this.#active === shard) this.#active = undefined;
    const index = this.#sealed.indexOf(shard);
    if (index >= 0) this.#sealed.splice(index, 1);
  }

  #drop(shard: Shard, error: unknown): void {
    this.onLost(shard);
    this.#remove(shard);
    this.#closeQuietly(shard);
    if (this.#options.readOnly) return;
    this.#moveAside(shard.file, `${messageOf(error)} Its messages are indexed again.`);
    this.#clear();
    this.#list();
  }

  #moveAside(file: string, why: string): void {
    const aside = this.files.moveAside(file, this.#options.now());
    this.#options.onDamage(`${why} It was moved to ${aside}.`);
  }

  /** A damaged database may not even close: what it says then is told with the damage. */
  #closeQuietly(database: Shard | IndexState): void {
    try {
      database.close();
    } catch (error) {
      this.#options.onDamage(messageOf(error));
    }
  }
}

/** True for errors that say a file is not what was written. */
export function isDamage(error: unknown): boolean {
  return (
    MultipathError.is(error, 'corrupt-file') ||
    MultipathError.is(error, 'corrupt-block') ||
    MultipathError.is(error, 'newer-store')
  );
}
