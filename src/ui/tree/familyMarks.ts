/**
 * What the tree shows of branches beside their own rows: whether they were merged, abandoned, and
 * how they were judged. Asked for a family as a whole, and only for families that are unfolded: a
 * store of thousands of sessions costs nothing for those that nobody looks at.
 */
import type { FamilyBranch, FamilyGraph } from '../../core/family.ts';
import type { SessionStore } from '../../core/sessionStore.ts';

export type FamilyMark = Pick<FamilyBranch, 'merged' | 'abandoned' | 'score' | 'best'>;

/** Families kept at a time, those looked at last. */
const MOST_FAMILIES = 50;

interface Family {
  readonly marks: ReadonlyMap<string, FamilyMark>;
  isStale: boolean;
}

export class FamilyMarks {
  readonly #store: Pick<SessionStore, 'getFamilyGraph'>;
  readonly #families = new Map<string, Family>();
  readonly #rootOf = new Map<string, string>();

  constructor(store: Pick<SessionStore, 'getFamilyGraph'>) {
    this.#store = store;
  }

  /** `undefined` while the session's family was not asked for. */
  of(sessionId: string): FamilyMark | undefined {
    const rootId = this.#rootOf.get(sessionId);
    return rootId === undefined ? undefined : this.#families.get(rootId)?.marks.get(sessionId);
  }

  /** Asks for the family of a session, unless it is known. Returns whose marks are others now. */
  async load(sessionId: string): Promise<readonly string[]> {
    const known = this.#families.get(this.#rootOf.get(sessionId) ?? '');
    if (known && !known.isStale) return [];
    return this.#take(await this.#store.getFamilyGraph(sessionId), known);
  }

  /** Something changed in a session: what is known of its family may be out of date. */
  changed(sessionIds: Iterable<string>): readonly string[] {
    const stale = new Set<string>();
    for (const id of sessionIds) {
      const rootId = this.#rootOf.get(id);
      const family = rootId === undefined ? undefined : this.#families.get(rootId);
      if (rootId === undefined || !family) continue;
      family.isStale = true;
      stale.add(rootId);
    }
    return [...stale];
  }

  clear(): void {
    this.#families.clear();
    this.#rootOf.clear();
  }

  #take({ rootId, branches }: FamilyGraph, before: Family | undefined): string[] {
    const marks = new Map<string, FamilyMark>();
    const changed: string[] = [];
    for (const { id, merged, abandoned, score, best } of branches) {
      const mark: FamilyMark = {
        ...(merged === true && { merged }),
        ...(abandoned === true && { abandoned }),
        ...(score !== undefined && { score }),
        ...(best === true && { best }),
      };
      marks.set(id, mark);
      this.#rootOf.set(id, rootId);
      const old = before?.marks.get(id) ?? {};
      if (JSON.stringify(old) !== JSON.stringify(mark)) changed.push(id);
    }
    this.#families.delete(rootId);
    this.#families.set(rootId, { marks, isStale: false });
    const [oldest] = this.#families.keys();
    if (this.#families.size > MOST_FAMILIES && oldest !== undefined) this.#forget(oldest);
    return changed;
  }

  #forget(rootId: string): void {
    for (const id of this.#families.get(rootId)?.marks.keys() ?? []) this.#rootOf.delete(id);
    this.#families.delete(rootId);
  }
}
