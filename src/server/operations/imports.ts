/** Agents' histories: surveyed, allowed or declined, imported. */
import { MultipathError } from '../../core/errors.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { type OperationContext, sessionOutcome } from './context.ts';

type Operations = Pick<
  SessionStore,
  | 'surveyAgents'
  | 'setConsent'
  | 'importSessions'
  | 'cancelImport'
  | 'listWaitingSessions'
  | 'importSession'
>;

export function importOperations(context: OperationContext): Operations {
  const { core, importer } = context;
  return {
    surveyAgents: () => importer.survey(),
    setConsent: async (agent, consent, options = {}) => {
      context.mustWrite();
      const { requestId, budget } = options;
      const dated = budget && (await importer.permission.dated(agent, budget));
      await core.requests.once(
        requestId,
        () => {
          importer.permission.set(agent, consent, dated);
          return { sessionId: '' };
        },
        sessionOutcome,
      );
      importer.consentChanged(agent);
    },
    importSessions: async () => {
      context.mustWrite();
      return importer.run();
    },
    cancelImport: () => importer.cancel(),
    listWaitingSessions: (query) => importer.waiting.list(query),
    importSession: async (agent, path) => {
      context.mustWrite();
      const [id] = await importer.waiting.read(agent, path);
      const session = id === undefined ? undefined : core.catalogue.find(id);
      if (session) return session;
      throw new MultipathError('not-found', `There is no conversation in ${path}.`);
    },
  };
}
