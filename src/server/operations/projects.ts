/** Projects: listed with whether their folders are there, and said to be elsewhere. */
import { stat } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { MultipathError } from '../../core/errors.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { currentFolder } from '../../store/places.ts';
import type { ProjectFinder } from '../projects/projectFinder.ts';
import { type OperationContext, parser } from './context.ts';

type Operations = Pick<
  SessionStore,
  'listProjects' | 'listGroups' | 'relinkProject' | 'noteFolders'
>;

const relinkOutcome = parser(
  v.object({ projectKey: v.string(), sessions: v.number(), changed: v.array(v.string()) }),
);

export function projectOperations(context: OperationContext, finder: ProjectFinder): Operations {
  const { core, now } = context;

  async function checkTarget(to: string): Promise<void> {
    if (core.database.get('SELECT 1 FROM project WHERE key = ?', [to])) return;
    const found = path.isAbsolute(to) ? await stat(to).catch(() => undefined) : undefined;
    if (found?.isDirectory()) return;
    throw new MultipathError('bad-request', `There is no folder ${to}. Choose one that is there.`);
  }

  return {
    listProjects: () =>
      context.read(() =>
        core.places.projects().map((project) => {
          const likely = finder.likely(project.path);
          const exists = finder.exists(project.path);
          return { ...project, exists, ...(likely.length > 0 && { likelyPaths: likely }) };
        }),
      ),
    listGroups: (query) =>
      context.read(() => {
        const groups = core.catalogue.groups(query);
        if (query.by !== 'project') return groups;
        return groups.map((group) => ({ ...group, exists: finder.exists(group.path ?? '') }));
      }),
    relinkProject: async (fromKey, toPath, options = {}) => {
      context.mustWrite();
      const to = toPath === null ? undefined : withoutEnd(toPath);
      if (to !== undefined) await checkTarget(to);
      const { changed, ...outcome } = await core.requests.once(
        options.requestId,
        () => {
          const moved = core.places.move(fromKey, to, 'person', now());
          const projectKey = currentFolder(core.database, fromKey);
          return { projectKey, sessions: moved.length, changed: moved };
        },
        relinkOutcome,
      );
      if (changed.length > 0) context.announceAll();
      return outcome;
    },
    noteFolders: (folders) => finder.note(folders),
  };
}

/** A project's key has no separator at its end, unless it is a root. */
function withoutEnd(folder: string): string {
  const { root } = path.parse(folder);
  return folder.length > root.length ? folder.replace(/[\\/]+$/, '') : folder;
}
