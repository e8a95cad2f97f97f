/**
 * What was found and is not in the store: listed, and read one by one when the person asks for it,
 * before all others and whatever the budget says.
 */
import { statOf } from '../../agents/walk.ts';
import { MultipathError } from '../../core/errors.ts';
import type { WaitingQuery, WaitingSession, WaitingSessions } from '../../core/waiting.ts';
import type { LogFiles } from '../../store/logFiles.ts';
import { AskedFiles } from './askedFiles.ts';
import { Catalogue, type CatalogueParts } from './catalogue.ts';
import type { Outcome } from './fileImport.ts';
import type { HungryFiles } from './hungryFiles.ts';
import type { Permission } from './permission.ts';
import type { ImportQueue } from './queue.ts';
import type { Found, Sources } from './sources.ts';

export interface WaitingParts extends Pick<CatalogueParts, 'glimpse'> {
  readonly files: LogFiles;
  readonly queue: ImportQueue;
  readonly hungry: HungryFiles;
  readonly permission: Permission;
  readonly sources: Sources;
  readonly isBeingRead: (path: string) => boolean;
  /** Reads what is in the queue; resolves when nothing is, rejects when the store fails. */
  readonly drain: () => Promise<void>;
  /** Makes what was read durable, and announces it. */
  readonly flush: () => Promise<void>;
}

export class WaitingFiles {
  readonly #parts: WaitingParts;
  readonly #catalogue: Catalogue;
  readonly #asked = new AskedFiles();
  /** Agents whose folders were looked at since they may be read. */
  readonly #looked = new Set<string>();
  /** Of paths that could not be read. */
  readonly #failed = new Set<string>();

  constructor(parts: WaitingParts) {
    this.#parts = parts;
    const { glimpse } = parts;
    this.#catalogue = new Catalogue({ glimpse, reasonOf: (file) => this.#reasonOf(file) });
  }

  async list(query: WaitingQuery): Promise<WaitingSessions> {
    const { sources, permission } = this.#parts;
    const listed = await this.#catalogue.list(query);
    const allowed = sources.agents.filter(({ id }) => permission.isAllowed(id));
    return { ...listed, isKnown: allowed.every(({ id }) => this.#looked.has(id)) };
  }

  /**
   * Returns the ids of the file's sessions, the conversation itself before what forked in it; none
   * where it holds no conversation.
   * @throws MultipathError `not-found`, `cancelled`, or `corrupt-file` with what is wrong with it;
   *   the store's error when it cannot be written
   */
  async read(agent: string, path: string): Promise<readonly string[]> {
    const { files, queue, hungry, isBeingRead, drain, flush } = this.#parts;
    const file = this.#catalogue.at(agent, path) ?? (await this.#find(agent, path));
    if (file) {
      hungry.forget(path);
      const outcome = this.#asked.add(file);
      if (!isBeingRead(path)) queue.ask(file);
      this.#asked.endWith(path, drain());
      await this.#throwUnlessDone(path, await outcome);
      await flush();
    }
    return files.sessionsOf([path]);
  }

  isAsked(path: string): boolean {
    return this.#asked.has(path);
  }

  /** All of an agent's files that the store does not have, as a look at all its folders found them. */
  found(agent: string, files: readonly Found[]): void {
    if (!this.#parts.permission.isAllowed(agent)) return;
    this.#looked.add(agent);
    this.#catalogue.found(agent, files);
  }

  /** What became of a file is known. One that was asked for is read although others are stopped. */
  ended(file: Found, outcome: Outcome): void {
    const { path } = file;
    if (outcome.type === 'cancelled' && this.#asked.has(path)) {
      this.#parts.queue.ask(file);
      return;
    }
    if (outcome.type === 'failed') this.#failed.add(path);
    if (outcome.type === 'done') {
      this.#failed.delete(path);
      this.#catalogue.leave(path);
    }
    this.#asked.settle(path, outcome);
  }

  /** An agent may not be read any more. */
  forget(agent: string): void {
    this.#looked.delete(agent);
    this.#catalogue.forget(agent);
    this.#asked.cancel(agent);
  }

  close(): void {
    this.#asked.cancel();
  }

  /**
   * What is to be read of a path that is not in the catalogue; `undefined` where all of it is in. The
   * list that a person chose from may be that of another owner of the store.
   */
  async #find(agent: string, path: string): Promise<Found | undefined> {
    const { files, permission, sources } = this.#parts;
    const known = files.at(path);
    if (known && known.bytes >= 0) return undefined;
    const source = sources.agents.find(({ id }) => id === agent);
    if (source && permission.isAllowed(agent)) {
      const found = (await sources.scan(source)).files.find((file) => file.path === path);
      if (found) return found;
    }
    throw new MultipathError('not-found', `${path} is no session that waits to be imported.`);
  }

  #reasonOf(file: Found): WaitingSession['reason'] {
    const { queue, permission } = this.#parts;
    if (queue.isPlanned(file.path) || this.#asked.has(file.path)) return 'queued';
    return this.#failed.has(file.path) ? 'failed' : permission.reasonOf(file);
  }

  async #throwUnlessDone(path: string, outcome: Outcome): Promise<void> {
    switch (outcome.type) {
      case 'done':
        return;
      case 'failed':
        if (await statOf(path).catch(() => true)) {
          throw new MultipathError('corrupt-file', outcome.message);
        }
        this.#catalogue.leave(path);
        throw new MultipathError(
          'not-found',
          `${path} is not there any more: its agent, or somebody else, has removed it.`,
        );
      case 'cancelled':
        throw new MultipathError(
          'cancelled',
          'The session was not read: importing it was stopped.',
        );
    }
  }
}
