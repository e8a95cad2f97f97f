/** A family of sessions as the graph draws it, and what it took. */
import { MOST_BRANCHES } from '../../core/family.ts';
import { familyLedger } from '../../core/familyLedger.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { readFamily } from '../../store/familyRows.ts';
import type { OperationContext } from './context.ts';

type Operations = Pick<SessionStore, 'getFamilyGraph' | 'getFamilyLedger'>;

export function familyOperations(context: OperationContext): Operations {
  const { core } = context;
  return {
    getFamilyGraph: (id) =>
      context.read(() => {
        const family = readFamily(core, id);
        if (family.total <= MOST_BRANCHES) return family;
        const branches = family.branches.slice(0, MOST_BRANCHES);
        const kept = new Set(branches.map((branch) => branch.id));
        const merges = family.merges.filter(
          ({ sourceId, sessionId }) => kept.has(sourceId) && kept.has(sessionId),
        );
        return { ...family, branches, merges };
      }),
    getFamilyLedger: (id) =>
      context.read(() => {
        const { rootId, branches } = readFamily(core, id);
        return familyLedger(rootId, branches);
      }),
  };
}
