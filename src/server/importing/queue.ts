/**
 * Files that wait to be read: one that the person asked for before all others, those that were just
 * written to before those that an import planned, so that a conversation that goes on is not behind
 * gigabytes of old ones.
 */
import type { Found } from './sources.ts';

export interface Queued {
  readonly file: Found;
  /** False for what was noticed while it was written to, and is in no import. */
  readonly isPlanned: boolean;
}

export class ImportQueue {
  readonly #asked = new Map<string, Found>();
  readonly #noticed = new Map<string, Found>();
  #planned = new Map<string, Found>();

  get isEmpty(): boolean {
    return this.#asked.size + this.#noticed.size + this.#planned.size === 0;
  }

  /** True where an import has it before it. */
  isPlanned(path: string): boolean {
    return this.#planned.has(path);
  }

  /** Before all others, because the person asked for it. */
  ask(file: Found): void {
    this.#asked.set(file.path, file);
  }

  notice(files: readonly Found[]): void {
    for (const file of files) this.#noticed.set(file.path, file);
  }

  /** In the order in which they are to be read; what was planned before is forgotten. */
  plan(files: readonly Found[]): void {
    this.#planned = new Map(files.map((file) => [file.path, file]));
  }

  /** What `next` would give. */
  peek(): Found | undefined {
    for (const files of this.#inOrder()) {
      for (const file of files.values()) return file;
    }
    return undefined;
  }

  next(): Queued | undefined {
    const file = this.peek();
    if (!file) return undefined;
    const { path } = file;
    const isPlanned = this.#planned.has(path);
    for (const files of this.#inOrder()) files.delete(path);
    return { file, isPlanned };
  }

  dropPlanned(): void {
    this.#planned.clear();
  }

  /** Takes back everything of an agent. */
  drop(agent: string): void {
    for (const files of this.#inOrder()) {
      for (const [path, file] of files) if (file.agent === agent) files.delete(path);
    }
  }

  clear(): void {
    for (const files of this.#inOrder()) files.clear();
  }

  #inOrder(): readonly Map<string, Found>[] {
    return [this.#asked, this.#noticed, this.#planned];
  }
}
