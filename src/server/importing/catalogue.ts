/**
 * The agents' sessions that were found and are not in the store: those that wait for their turn, and
 * those that the person's budget, or stopping an import, leaves out. A history of many gigabytes is
 * listed from here in full long before it is read. Kept in memory: a look at the folders makes it
 * anew. Invariant: nothing is looked into, or told, of an agent that was forgotten.
 */
import { LRUCache } from 'lru-cache';
import type { WaitingQuery, WaitingSession, WaitingSessions } from '../../core/waiting.ts';
import type { Glimpse } from '../glimpse.ts';
import type { AgentFile } from '../importMessages.ts';
import type { Found } from './sources.ts';

/** A few hundred bytes each. */
const MOST_GLIMPSES = 5_000;

export interface CatalogueParts {
  /** Looks into files that the person allowed to read; in their order. */
  readonly glimpse: (files: readonly AgentFile[]) => Promise<readonly Glimpse[]>;
  /** Why a file is not read yet. */
  readonly reasonOf: (file: Found) => WaitingSession['reason'];
}

export class Catalogue {
  readonly #parts: CatalogueParts;
  /** By path, newest first. */
  #files: ReadonlyMap<string, Found> = new Map();
  /** Of paths that are in the store, or gone, since the last look began. */
  readonly #left = new Set<string>();
  readonly #glimpses = new LRUCache<string, Glimpse>({ max: MOST_GLIMPSES });

  constructor(parts: CatalogueParts) {
    this.#parts = parts;
  }

  /** All of an agent's files that the store does not have, as a look found them. */
  found(agent: string, files: readonly Found[]): void {
    const others = [...this.#files.values()].filter((file) => file.agent !== agent);
    const all = [...others, ...files].sort(byAge);
    const paths = new Set(files.map(({ path }) => path));
    for (const { path } of this.#of(agent)) {
      // A look that still has it began before the store had it.
      if (!paths.has(path)) this.#left.delete(path);
    }
    this.#files = new Map(all.map((file) => [file.path, file]));
  }

  /** An agent may not be read any more. */
  forget(agent: string): void {
    for (const { path } of this.#of(agent)) this.#left.delete(path);
    this.#files = new Map([...this.#files].filter(([, file]) => file.agent !== agent));
    this.#glimpses.clear();
  }

  /** A file waits no more: the store has it, or it is gone. */
  leave(path: string): void {
    if (this.#files.has(path)) this.#left.add(path);
  }

  at(agent: string, path: string): Found | undefined {
    const file = this.#files.get(path);
    return file?.agent === agent && !this.#left.has(path) ? file : undefined;
  }

  /** Newest first. Only the files of the page are looked into, and each once while it stays as it is. */
  async list({ after, limit }: WaitingQuery): Promise<Omit<WaitingSessions, 'isKnown'>> {
    const page: Found[] = [];
    let isMore = false;
    for (const file of this.#files.values()) {
      if (this.#left.has(file.path) || (after && byAge(file, after) <= 0)) continue;
      isMore = page.length === limit;
      if (isMore) break;
      page.push(file);
    }
    const last = page.at(-1);
    await this.#look(page);
    return {
      sessions: page.filter((file) => this.#isHere(file)).map((file) => this.#entry(file)),
      total: this.#files.size - this.#left.size,
      ...(last && isMore && { next: { modifiedAt: last.modifiedAt, path: last.path } }),
    };
  }

  async #look(page: readonly Found[]): Promise<void> {
    const missing = page.filter((file) => !this.#glimpses.has(keyOf(file)));
    if (missing.length === 0) return;
    const asked = missing.map(({ agent, path }) => ({ agent, path }));
    const glimpses = await this.#parts.glimpse(asked);
    for (const [index, file] of missing.entries()) {
      const glimpse = glimpses[index];
      if (glimpse && this.#isHere(file)) this.#glimpses.set(keyOf(file), glimpse);
    }
  }

  #isHere({ agent, path }: Found): boolean {
    return this.at(agent, path) !== undefined;
  }

  #entry(file: Found): WaitingSession {
    const { agent, path, bytes, modifiedAt } = file;
    const glimpse = this.#glimpses.get(keyOf(file));
    return { agent, path, bytes, modifiedAt, reason: this.#parts.reasonOf(file), ...glimpse };
  }

  #of(agent: string): Found[] {
    return [...this.#files.values()].filter((file) => file.agent === agent);
  }
}

/** Newest first; of one time by path, so that a page begins where the one before ended. */
function byAge(
  a: Pick<Found, 'modifiedAt' | 'path'>,
  b: Pick<Found, 'modifiedAt' | 'path'>,
): number {
  if (a.modifiedAt !== b.modifiedAt) return b.modifiedAt - a.modifiedAt;
  if (a.path === b.path) return 0;
  return a.path < b.path ? -1 : 1;
}

/** A file that was written to is another one to look into. */
function keyOf({ path, bytes, modifiedAt }: Found): string {
  return `${path}\n${bytes}\n${modifiedAt}`;
}
