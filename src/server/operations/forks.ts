/** Forks made and found: a session's parent, children, siblings and whole family. */
import * as v from 'valibot';
import { MultipathError } from '../../core/errors.ts';
import { buildFamily } from '../../core/lineage.ts';
import type { SessionTreeNode } from '../../core/session.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { type OperationContext, parser } from './context.ts';

type Operations = Pick<
  SessionStore,
  'forkSession' | 'getSessionForks' | 'getSessionParent' | 'getSessionSiblings' | 'getSessionTree'
>;

const forkOutcome = parser(
  v.looseObject({
    sessionId: v.string(),
    atMessage: v.number(),
    movedBecause: v.exactOptional(v.string()),
  }),
);

export function forkOperations(context: OperationContext): Operations {
  const { catalogue, edits, requests } = context.core;
  return {
    forkSession: async (parentId, input) => {
      context.mustWrite();
      const { sessionId, atMessage, movedBecause } = await requests.once(
        input.requestId,
        () => edits.fork(parentId, input),
        forkOutcome,
      );
      context.core.access.record(parentId);
      context.announce([sessionId, parentId]);
      return {
        session: catalogue.get(sessionId),
        atMessage,
        ...(movedBecause !== undefined && { movedBecause }),
      };
    },
    getSessionForks: (id) => context.read(() => catalogue.forks(id)),
    getSessionParent: (id) =>
      context.read(() => {
        const { parentId } = catalogue.get(id);
        return parentId === undefined ? undefined : catalogue.find(parentId);
      }),
    getSessionSiblings: (id) =>
      context.read(() => {
        const { parentId } = catalogue.get(id);
        if (parentId === undefined) return [];
        return catalogue.forks(parentId).filter((session) => session.id !== id);
      }),
    getSessionTree: (id) =>
      context.read(() => {
        const family = buildFamily(catalogue.family(id), id);
        if (family && isDeeper(family, DEEPEST)) {
          throw new MultipathError(
            'bad-request',
            `The forks of this family are more than ${DEEPEST} deep, which is too deep for a tree. ` +
              'Ask for it with getFamilyGraph or visualizeSessionTree.',
          );
        }
        if (family) return family;
        throw new MultipathError('not-found', `There is no session ${id} in the store.`);
      }),
  };
}

/** A tree is read and written level within level: one that is deeper could not be sent. */
const DEEPEST = 500;

function isDeeper(root: SessionTreeNode, levels: number): boolean {
  let level: readonly SessionTreeNode[] = [root];
  for (let depth = 0; depth <= levels && level.length > 0; depth++) {
    level = level.flatMap(({ children }) => children);
  }
  return level.length > 0;
}
