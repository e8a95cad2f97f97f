/** Sessions made, changed, listed, put into the trash and taken out of it. */
import * as v from 'valibot';
import type { Session } from '../../core/session.ts';
import type { Mutation, SessionStore } from '../../core/sessionStore.ts';
import { type OperationContext, parser } from './context.ts';

type Operations = Pick<
  SessionStore,
  | 'createSession'
  | 'appendMessages'
  | 'getSession'
  | 'listSessions'
  | 'updateSession'
  | 'deleteSession'
  | 'restoreSession'
>;

const treeOutcome = parser(v.looseObject({ changed: v.array(v.string()) }));

export function sessionOperations(context: OperationContext): Operations {
  const { core } = context;

  async function setDeleted(id: string, deleted: boolean, options: Mutation): Promise<void> {
    context.mustWrite();
    const { changed } = await core.requests.once(
      options.requestId,
      () => core.edits.setDeleted(id, deleted),
      treeOutcome,
    );
    context.announce(deleted ? changed : [id, ...changed], deleted ? [id] : []);
  }

  /** What a person does to a session is use of it (docs/tiers.md). */
  function used(session: Session): Session {
    core.access.record(session.id);
    return session;
  }

  return {
    createSession: async (input) =>
      context.changeSession(input.requestId, () => core.edits.create(input)),
    appendMessages: async (id, messages, options = {}) =>
      used(await context.changeSession(options.requestId, () => core.edits.append(id, messages))),
    updateSession: async (id, changes) =>
      used(await context.changeSession(changes.requestId, () => core.edits.update(id, changes))),

    getSession: (id) => context.read(() => core.catalogue.find(id)),
    listSessions: (query) => context.read(() => core.catalogue.list(query)),

    deleteSession: (id, options = {}) => setDeleted(id, true, options),
    restoreSession: async (id, options = {}) => {
      await setDeleted(id, false, options);
      // On disk at once: a temporary session would go back into the trash after a crash.
      core.access.record(id);
      core.access.flush();
      return core.catalogue.get(id);
    },
  };
}
