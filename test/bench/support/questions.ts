/**
 * What is asked of a store all day, with answers of the same size however many sessions it has.
 * Expects one that `fillCatalogue` made, with related sessions and the newest at `BEGAN`.
 */
import { newId } from '../../../src/core/ids.ts';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import type { Work } from './benchmark.ts';
import { FORKS, SAME_TAG, tagOf } from './catalogue.ts';
import { BEGAN, HOUR_MS } from './claudeHistory.ts';

const PAGE = 50;
const IN_USE = 20;

export type Question =
  | 'getSession'
  | 'first page of all'
  | 'first page of a project'
  | 'findSessionsByTag'
  | 'findSessionsByDateRange'
  | 'getSessionForks'
  | 'getSessionTree'
  | 'readMessages'
  | 'appendMessages'
  | 'forkSession';

export async function questionsOf(
  store: LocalStore,
  sessions: number,
): Promise<Readonly<Record<Question, Work>>> {
  const kept: Session[] = [];
  for (let nth = 0; nth < 10; nth++) {
    // Spread over the whole time, so that none profits from being new.
    const seed = Math.floor((nth * sessions) / 10);
    const tagged = await store.findSessionsByTag(tagOf(seed));
    kept.push(...tagged.filter(({ kind }) => kind === 'imported'));
  }
  const forked = kept.filter(({ forkCount }) => forkCount > 0);
  const native = await store.createSession({ title: 'appended to' });
  const any = (round: number, of: readonly Session[] = kept): Session => {
    const session = of[(round * 7) % of.length];
    if (!session) throw new Error('The store was not filled as expected.');
    return session;
  };
  return {
    getSession: async (round) => ((await store.getSession(any(round).id)) ? 1 : 0),
    'first page of all': async () => (await store.listSessions({ limit: PAGE })).sessions.length,
    'first page of a project': async (round) => {
      const project = any(round).project.key;
      const { sessions: found } = await store.listSessions({ project, parentId: null, limit: 2 });
      return found.length;
    },
    findSessionsByTag: async (round) => {
      // The last tag may be on fewer.
      const whole = sessions - (sessions % SAME_TAG);
      const found = await store.findSessionsByTag(tagOf((round * 7919) % whole));
      return found.length >= SAME_TAG ? found.length : 0;
    },
    findSessionsByDateRange: async (round) => {
      const to = BEGAN - ((round * 7919) % (sessions - SAME_TAG)) * HOUR_MS;
      return (await store.findSessionsByDateRange({ from: to - SAME_TAG * HOUR_MS, to })).length;
    },
    getSessionForks: async (round) => {
      const found = await store.getSessionForks(any(round, forked).id);
      return found.length >= FORKS ? found.length : 0;
    },
    getSessionTree: async (round) => {
      const { children } = await store.getSessionTree(any(round, forked).id);
      return children.length;
    },
    readMessages: async (round) => {
      // So few that all are in memory once the counting begins.
      const { id } = any(round % IN_USE);
      return (await store.readMessages(id, { start: 0, end: 200 })).messages.length;
    },
    appendMessages: async (round) => {
      const text = `message ${round} of as many characters as a short prompt has`;
      await store.appendMessages(native.id, [{ role: 'user', text }], { requestId: newId() });
      return 1;
    },
    forkSession: async (round) => {
      await store.forkSession(any(round).id, { atMessage: 0, requestId: newId() });
      return 1;
    },
  };
}
