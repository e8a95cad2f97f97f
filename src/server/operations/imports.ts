/** Agents' histories: surveyed, allowed or declined, imported. */
import type { SessionStore } from '../../core/sessionStore.ts';
import { type OperationContext, sessionOutcome } from './context.ts';

type Operations = Pick<
  SessionStore,
  'surveyAgents' | 'setConsent' | 'importSessions' | 'cancelImport'
>;

export function importOperations(context: OperationContext): Operations {
  const { core, importer } = context;
  return {
    surveyAgents: () => importer.survey(),
    setConsent: async (agent, consent, options = {}) => {
      context.mustWrite();
      await core.requests.once(
        options.requestId,
        () => {
          importer.setConsent(agent, consent);
          return { sessionId: '' };
        },
        sessionOutcome,
      );
    },
    importSessions: async () => {
      context.mustWrite();
      return importer.run();
    },
    cancelImport: () => importer.cancel(),
  };
}
