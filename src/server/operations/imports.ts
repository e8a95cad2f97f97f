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
      const { requestId, budget } = options;
      const dated = budget && (await importer.dated(agent, budget));
      await core.requests.once(
        requestId,
        () => {
          importer.setConsent(agent, consent, dated);
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
  };
}
