/** Sessions saved to files of their own, and loaded from them. */
import type { SessionStore } from '../../core/sessionStore.ts';
import { loadSession } from '../sessionFile/load.ts';
import { saveSession } from '../sessionFile/save.ts';
import { takeBack } from '../../store/sessionRestore.ts';
import type { OperationContext } from './context.ts';

type Operations = Pick<SessionStore, 'saveSessionToDisk' | 'loadSessionFromDisk'>;

export function fileOperations(context: OperationContext): Operations {
  const { core, tasks, now } = context;
  return {
    saveSessionToDisk: async (sessionId, file, { overwrite = false } = {}) => {
      core.commits.settle();
      const { title } = core.catalogue.get(sessionId);
      const position = context.position(sessionId);
      const bytes = await saveSession(core, position, { title, file, overwrite, now: now() });
      return { file, bytes };
    },
    loadSessionFromDisk: async (file) => {
      context.mustWrite();
      const { sessionId, changed } = await tasks.run('load', file, (work) =>
        loadSession(core, file, context.derive, () => work.breathe()),
      );
      // Whoever loads a session wants to see it, also when it lay in the trash.
      if (!core.catalogue.find(sessionId)) {
        core.database.transaction(() => {
          takeBack(core.database, sessionId);
          core.edits.setDeleted(sessionId, false);
        });
        await core.commits.durable();
      }
      context.announce([sessionId, ...changed]);
      return core.catalogue.get(sessionId);
    },
  };
}
