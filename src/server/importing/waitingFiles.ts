/**
 * What was found and is not in the store: listed, and read one by one when the person asks for it,
 * before all others and whatever the budget says.
 */
import { MultipathError } from '../../core/errors.ts';
import type { WaitingQuery, WaitingSessions } from '../../core/sessionStore.ts';
import type { LogFiles } from '../../store/logFiles.ts';
import { AskedFiles } from './askedFiles.ts';
import { Catalogue, type CatalogueParts } from './catalogue.ts';
import type { Outcome } from './fileImport.ts';
import type { HungryFiles } from './hungryFiles.ts';
import type { Permission } from './permission.ts';
import type { ImportQueue } from './queue.ts';
import type { Found } from './sources.ts';

export interface WaitingParts extends Pick<CatalogueParts, 'glimpse'> {
  readonly files: LogFiles;
  readonly queue: ImportQueue;
  readonly hungry: HungryFiles;
  readonly permission: Permission;
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

  constructor(parts: WaitingParts) {
    this.#parts = parts;
    const { glimpse, permission, queue } = parts;
    this.#catalogue = new Catalogue({
      glimpse,
      reasonOf: (file) => permission.reasonOf(file, queue.isPlanned(file.path)),
    });
  }

  list(query: WaitingQuery): Promise<WaitingSessions> {
    return this.#catalogue.list(query);
  }

  /**
   * Returns the ids of the file's sessions, the conversation itself before what forked in it; none
   * where it holds no conversation.
   * @throws MultipathError `not-found`, `cancelled`, or `corrupt-file` with what is wrong with it
   */
  async read(agent: string, path: string): Promise<readonly string[]> {
    const { files, queue, hungry, isBeingRead, drain, flush } = this.#parts;
    const file = this.#catalogue.at(agent, path);
    if (file) {
      hungry.forget();
      const outcome = this.#asked.add(file);
      if (!isBeingRead(path)) queue.notice([file]);
      this.#asked.endWith(path, drain());
      throwUnlessDone(await outcome);
      await flush();
    } else if (!files.at(path)) {
      throw new MultipathError('not-found', `${path} is no session that waits to be imported.`);
    }
    return files.sessionsOf([path]);
  }

  isAsked(path: string): boolean {
    return this.#asked.has(path);
  }

  /** All of an agent's files that the store does not have, as the last look found them. */
  found(agent: string, files: readonly Found[]): void {
    this.#catalogue.found(agent, files);
  }

  /** What became of a file is known. */
  ended(path: string, outcome: Outcome): void {
    if (outcome.type === 'done') this.#catalogue.wasRead(path);
    this.#asked.settle(path, outcome);
  }

  /** An agent may not be read any more. */
  forget(agent: string): void {
    this.#catalogue.found(agent, []);
    this.#asked.cancel(agent);
  }

  close(): void {
    this.#asked.cancel();
  }
}

function throwUnlessDone(outcome: Outcome): void {
  switch (outcome.type) {
    case 'done':
      return;
    case 'failed':
      throw new MultipathError('corrupt-file', outcome.message);
    case 'cancelled':
      throw new MultipathError('cancelled', 'The session was not read: importing it was stopped.');
  }
}
