/**
 * Which sessions run here now: an agent wrote to their file in the last minutes, and their folder is
 * this workspace's. The store is asked when it says that something changed, never by the clock; a
 * mark goes away by a timer of its own.
 */
import type { Session } from '../../core/session.ts';
import type { SessionStore } from '../../core/sessionStore.ts';

/** A session runs until its file was left alone for so long. */
export const LIVE_MS = 5 * 60_000;
/**
 * A file is written to when no message is: long tools tell of their progress. So its last message
 * may be older than the file.
 */
const MESSAGE_MS = 60 * 60_000;
/** Events come in bursts; one question answers them all. */
const GATHER_MS = 1_000;
/** Sessions of the last hour that are looked at. */
const MOST = 200;

export interface LiveOptions {
  readonly store: Pick<SessionStore, 'listSessions'>;
  readonly isWorkspace: (path: string) => boolean;
  readonly now: () => number;
  /** Called with the sessions whose mark came or went. */
  readonly onChange: (ids: readonly string[]) => void;
  readonly onProblem: (error: unknown) => void;
}

export class LiveSessions {
  readonly #options: LiveOptions;
  #sessions: readonly Session[] = [];
  #gathering: ReturnType<typeof setTimeout> | undefined;
  #expiry: ReturnType<typeof setTimeout> | undefined;
  #isDisposed = false;

  constructor(options: LiveOptions) {
    this.#options = options;
  }

  /** The one that was written to last comes first. */
  get sessions(): readonly Session[] {
    return this.#sessions;
  }

  isLive(sessionId: string): boolean {
    return this.#sessions.some(({ id }) => id === sessionId);
  }

  /** Something changed in the store, or in what the workspace's folders are. */
  changed(): void {
    this.#gathering ??= setTimeout(() => {
      this.#gathering = undefined;
      void this.ask();
    }, GATHER_MS);
  }

  async ask(): Promise<void> {
    const { store, now, onProblem } = this.#options;
    try {
      const { sessions } = await store.listSessions({
        updatedFrom: now() - MESSAGE_MS,
        limit: MOST,
      });
      if (!this.#isDisposed) this.#take(sessions);
    } catch (error) {
      // The next change asks again.
      onProblem(error);
    }
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#gathering);
    clearTimeout(this.#expiry);
  }

  #take(candidates: readonly Session[]): void {
    const { now, isWorkspace, onChange } = this.#options;
    const at = now();
    // While its subagents are at work, nothing may be written to the session's own file.
    const until = ({ origin, subagents }: Session): number =>
      Math.max(origin?.modifiedAt ?? 0, subagents?.modifiedAt ?? 0) + LIVE_MS;
    const before = this.#sessions.map(({ id }) => id);
    this.#sessions = candidates
      .filter((session) => until(session) > at && isRunnable(session))
      .filter((session) => isWorkspace(session.project.path))
      .sort((a, b) => until(b) - until(a));
    clearTimeout(this.#expiry);
    if (this.#sessions.length > 0) {
      const first = Math.min(...this.#sessions.map(until));
      this.#expiry = setTimeout(() => this.#take(this.#sessions), Math.max(1, first - at));
    }
    const after = this.#sessions.map(({ id }) => id);
    const differing = [
      ...after.filter((id) => !before.includes(id)),
      ...before.filter((id) => !after.includes(id)),
    ];
    if (differing.length > 0) onChange(differing);
  }
}

/** A file may hold abandoned branches; what is written to it goes on with its live one. */
function isRunnable({ kind, origin }: Session): boolean {
  return origin?.gone === undefined && kind !== 'abandoned' && kind !== 'fork';
}
