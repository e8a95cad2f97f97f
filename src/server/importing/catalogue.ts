/**
 * The agents' sessions that were found and are not in the store: those that wait for their turn, and
 * those that the person's budget, or stopping an import, leaves out. A history of many gigabytes is
 * listed from here in full long before it is read. Kept in memory: a look at the folders makes it anew.
 */
import { LRUCache } from 'lru-cache';
import type { WaitingQuery, WaitingSession, WaitingSessions } from '../../core/sessionStore.ts';
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
  /** Of paths that are in the store since. */
  readonly #read = new Set<string>();
  readonly #glimpses = new LRUCache<string, Glimpse>({ max: MOST_GLIMPSES });

  constructor(parts: CatalogueParts) {
    this.#parts = parts;
  }

  /** All of an agent's files that the store does not have, as the last look found them. */
  found(agent: string, files: readonly Found[]): void {
    const others = [...this.#files.values()].filter(
      (file) => file.agent !== agent && !this.#read.has(file.path),
    );
    const all = [...others, ...files].sort((a, b) => b.modifiedAt - a.modifiedAt);
    this.#files = new Map(all.map((file) => [file.path, file]));
    this.#read.clear();
  }

  /** The store has a file. */
  wasRead(path: string): void {
    if (this.#files.has(path)) this.#read.add(path);
  }

  at(agent: string, path: string): Found | undefined {
    const file = this.#files.get(path);
    return file?.agent === agent && !this.#read.has(path) ? file : undefined;
  }

  /** Newest first. Only the files of the page are looked into, and each once while it stays as it is. */
  async list({ offset = 0, limit }: WaitingQuery): Promise<WaitingSessions> {
    const total = this.#files.size - this.#read.size;
    const page: Found[] = [];
    let at = 0;
    for (const file of this.#files.values()) {
      if (page.length >= limit) break;
      if (!this.#read.has(file.path) && at++ >= offset) page.push(file);
    }
    await this.#look(page);
    return { sessions: page.map((file) => this.#entry(file)), total };
  }

  async #look(page: readonly Found[]): Promise<void> {
    const missing = page.filter((file) => !this.#glimpses.has(keyOf(file)));
    if (missing.length === 0) return;
    const asked = missing.map(({ agent, path }) => ({ agent, path }));
    const glimpses = await this.#parts.glimpse(asked);
    for (const [index, file] of missing.entries()) {
      const glimpse = glimpses[index];
      if (glimpse) this.#glimpses.set(keyOf(file), glimpse);
    }
  }

  #entry(file: Found): WaitingSession {
    const { agent, path, bytes, modifiedAt } = file;
    const glimpse = this.#glimpses.get(keyOf(file));
    return { agent, path, bytes, modifiedAt, reason: this.#parts.reasonOf(file), ...glimpse };
  }
}

/** A file that was written to is another one to look into. */
function keyOf({ path, bytes, modifiedAt }: Found): string {
  return `${path}\n${bytes}\n${modifiedAt}`;
}
