/**
 * The files that are with the reader: one, and the next one as soon as nothing about it depends on
 * what becomes of that one, so that the worker reads on while the end of a file is written.
 */
import { isCompressed } from '../../agents/walk.ts';
import type { LogFile } from '../../store/logFiles.ts';
import type { FileImport, Outcome } from './fileImport.ts';
import { TOOK_TOO_MUCH, type HungryFiles } from './hungryFiles.ts';
import type { MovedFiles } from './movedFiles.ts';
import type { ImportQueue, Queued } from './queue.ts';
import type { Found } from './sources.ts';
import type { UnpackedRoom } from './unpackedRoom.ts';

/** Larger files than this wait for their turn: what is noticed meanwhile comes before them. */
const MOST_AHEAD = 16 * 1024 * 1024;

/** A file that is being read. */
export interface Begun extends Queued {
  /** The file that is gone and may be this one. */
  readonly before: LogFile | undefined;
  /** Rejects only when the store cannot be written. */
  readonly outcome: Promise<Outcome>;
}

export interface UnderWayParts {
  readonly queue: ImportQueue;
  readonly reader: Pick<FileImport, 'read' | 'cancel'>;
  readonly moved: Pick<MovedFiles, 'before' | 'mayBe'>;
  readonly room: Pick<UnpackedRoom, 'of' | 'refuse' | 'refusal'>;
  readonly hungry: Pick<HungryFiles, 'has' | 'note'>;
  /** Asked right before reading. */
  readonly mayRead: (queued: Queued, before: LogFile | undefined) => boolean;
}

export class UnderWay {
  readonly #parts: UnderWayParts;
  #begun: readonly Begun[] = [];

  constructor(parts: UnderWayParts) {
    this.#parts = parts;
  }

  /** Takes files out of the queue until one may be read, and begins it where none is begun. */
  async next(): Promise<Begun | undefined> {
    const { queue, moved } = this.#parts;
    while (!this.#begun[0]) {
      const queued = queue.next();
      if (!queued) return undefined;
      this.#begin(queued, await moved.before(queued.file));
    }
    this.#beginAhead();
    return this.#begun[0];
  }

  /** What became of a file is known, and the store has it. */
  end(begun: Begun): void {
    this.#begun = this.#begun.filter((other) => other !== begun);
  }

  /** True for a file that is with the reader. */
  has(path: string): boolean {
    return this.#begun.some(({ file }) => file.path === path);
  }

  stop(which: (queued: Queued) => boolean): void {
    for (const begun of this.#begun) if (which(begun)) this.#parts.reader.cancel(begun.file.path);
  }

  /** Gives up what is begun. Resolves when the reader has let go of it. */
  async giveUp(): Promise<void> {
    this.stop(() => true);
    await Promise.allSettled(this.#begun.map(({ outcome }) => outcome));
    this.#begun = [];
  }

  #beginAhead(): void {
    const { queue, moved } = this.#parts;
    const [current, another] = this.#begun;
    const file = queue.peek();
    if (!current || another || !file || file.bytes > MOST_AHEAD) return;
    if (isCompressed(file.path) || moved.mayBe(file)) return;
    const names = new Set(namesOf(current.file));
    if (namesOf(file).some((name) => names.has(name))) return;
    const queued = queue.next();
    if (queued) this.#begin(queued, undefined);
  }

  #begin(queued: Queued, before: LogFile | undefined): void {
    if (!this.#parts.mayRead(queued, before)) return;
    const outcome = this.#read(queued.file, before);
    // It may fail while the one before is still awaited; who awaits this one then hears of it.
    outcome.catch(() => undefined);
    this.#begun = [...this.#begun, { ...queued, before, outcome }];
  }

  /** What is known to take more memory than it may is not read again for that. */
  async #read(file: Found, before: LogFile | undefined): Promise<Outcome> {
    const { hungry } = this.#parts;
    if (hungry.has(file)) return { type: 'failed', message: TOOK_TOO_MUCH };
    const outcome = await this.#unpack(file, before);
    if (outcome.type === 'failed' && outcome.isHungry === true) hungry.note(file);
    return outcome;
  }

  /** A compressed file that is known to come to more than it may is not unpacked again for that. */
  async #unpack(file: Found, before: LogFile | undefined): Promise<Outcome> {
    const { reader, room } = this.#parts;
    const mostBytes = room.of(file);
    if (mostBytes === undefined) return reader.read(file, before);
    const refusal = room.refusal(file, mostBytes);
    if (refusal !== undefined) return { type: 'failed', message: refusal, isTooLarge: true };
    const outcome = await reader.read(file, before, mostBytes);
    if (outcome.type === 'failed' && outcome.isTooLarge === true) {
      room.refuse(file, mostBytes, outcome.message);
    }
    return outcome;
  }
}

function namesOf({ path, replaces = [] }: Found): readonly string[] {
  return [path, ...replaces];
}
