/**
 * In which session a message is shown, and where: in the one that wrote it; when that is in the
 * trash or was rewritten, in a fork that still runs through it. `undefined` when none shows it.
 */
import { number, text, type Row } from '../store/database.ts';
import type { StoreCore } from '../store/storeCore.ts';
import type { Place } from '../store/outlines.ts';

export interface ShownAt {
  readonly sessionId: string;
  readonly index: number;
}

/** A chain of forks deeper than this is a cycle in a damaged store. */
const MAX_DEPTH = 1_000;

export class MessageOwners {
  readonly #core: Pick<StoreCore, 'database' | 'outlines'>;
  readonly #prefixes = new Map<string, number>();
  readonly #sessions = new Map<string, Row | undefined>();

  constructor(core: Pick<StoreCore, 'database' | 'outlines'>) {
    this.#core = core;
  }

  /** `position` counts the branch's own messages. For one search only: what is found is kept. */
  find(log: number, branch: number, position: number): ShownAt | undefined {
    const index = this.#prefix(log, branch) + position;
    const session = this.#session(log, branch);
    if (!session) return this.#inForkOfLog({ log, branch, index });
    const sessionId = text(session, 'id');
    if (isListed(session)) return { sessionId, index };
    return this.#inFork(sessionId, index, { log, branch, index }, 0);
  }

  #prefix(log: number, branch: number): number {
    const key = `${log}:${branch}`;
    let prefix = this.#prefixes.get(key);
    if (prefix === undefined) {
      const spans = this.#core.outlines.spans(log, branch);
      prefix = spans.slice(0, -1).reduce((sum, span) => sum + span.end, 0);
      this.#prefixes.set(key, prefix);
    }
    return prefix;
  }

  #session(log: number, branch: number): Row | undefined {
    const key = `${log}:${branch}`;
    if (!this.#sessions.has(key)) {
      const row = this.#core.database.get(
        'SELECT id, listed FROM session WHERE log = ? AND branch = ?',
        [log, branch],
      );
      this.#sessions.set(key, row);
    }
    return this.#sessions.get(key);
  }

  /** Among what descends from a session in which the message stands at `index`. */
  #inFork(parentId: string, index: number, place: Place, depth: number): ShownAt | undefined {
    if (depth > MAX_DEPTH) return undefined;
    const forks = this.#core.database.all(
      `SELECT id, log, branch, listed, inherited, parent_shared FROM session
       WHERE parent_id = ? AND parent_shared > ? ORDER BY updated_at DESC`,
      [parentId, index],
    );
    for (const fork of forks) {
      const at = this.#indexIn(fork, index, place);
      if (at === undefined) continue;
      const sessionId = text(fork, 'id');
      if (isListed(fork)) return { sessionId, index: at };
      const deeper = this.#inFork(sessionId, at, place, depth + 1);
      if (deeper) return deeper;
    }
    return undefined;
  }

  #indexIn(fork: Row, index: number, place: Place): number | undefined {
    const [log, branch] = [number(fork, 'log'), number(fork, 'branch')];
    if (this.#core.outlines.passes(log, branch, place)) return place.index;
    // A copy of the conversation, whose file may have left some messages out.
    const inherited = number(fork, 'inherited');
    const wanted = this.#lineageId(place.log, place.branch, place.index);
    if (wanted === undefined) return undefined;
    if (this.#lineageId(log, branch, index) === wanted) return index;
    const entries = this.#core.outlines.entries(log, branch, 0, inherited);
    const at = entries.findIndex(({ entry }) => entry.lineageId === wanted);
    return at === -1 ? undefined : at;
  }

  /** An older generation of a file is seen through forks that were made of it. */
  #inForkOfLog(place: Place): ShownAt | undefined {
    const forks = this.#core.database.all(
      `SELECT n.session_id, n.log, s.listed FROM native n JOIN session s ON s.id = n.session_id
       WHERE n.fork_log = ? ORDER BY s.updated_at DESC`,
      [place.log],
    );
    for (const fork of forks) {
      if (!this.#core.outlines.passes(number(fork, 'log'), 0, place)) continue;
      const sessionId = text(fork, 'session_id');
      if (isListed(fork)) return { sessionId, index: place.index };
      const deeper = this.#inFork(sessionId, place.index, place, 0);
      if (deeper) return deeper;
    }
    return undefined;
  }

  #lineageId(log: number, branch: number, index: number): string | undefined {
    const [placed] = this.#core.outlines.entries(log, branch, index, index + 1);
    return placed?.entry.lineageId;
  }
}

/** On its own, or with the session that it is a subagent of. */
function isListed(session: Row): boolean {
  return number(session, 'listed') > 0;
}
