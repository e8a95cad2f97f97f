/** Groups as the tree knows them: what their lists ask for, and which of them a session is in. Pure. */
import type { GroupBy, SessionGroup } from '../../core/sessionStore.ts';
import type { Session } from '../../core/session.ts';
import type { DateGroup } from './dateGroups.ts';
import { idOfGroup, type Group } from './nodes.ts';

/** What sessions that began here have in the place of an agent. */
export const OWN_AGENT = 'multipath';
/** Sessions from before the first group of dates. */
const OLDER = 'older';
export const PINNED: Group = {
  kind: 'pinned',
  key: '',
  name: '',
  count: 0,
  filter: { pinned: true },
};
export const PINNED_ID = idOfGroup(PINNED);

/** Ids of the groups whose lists have the session. What hangs on another session is in none. */
export function groupIdsOf(
  session: Session,
  by: GroupBy,
  dates: () => readonly DateGroup[],
): readonly string[] {
  const id = (kind: Group['kind'], key: string): string => idOfGroup({ kind, key, name: '' });
  const isRoot = session.parentId === undefined && session.subagentOf === undefined;
  if (by === 'tag' && session.tags.length > 0 && session.subagentOf === undefined) {
    return session.tags.map((tag) => id('tag', tag));
  }
  if (!isRoot) return [];
  switch (by) {
    case 'project':
      return [id('project', session.project.key)];
    case 'agent':
      return [id('agent', session.origin?.agent ?? OWN_AGENT)];
    case 'tier':
      return [id('tier', session.storageTier)];
    case 'tag':
      return [id('tag', '')];
    case 'date': {
      const found = dates().find(({ start }) => start <= session.updatedAt);
      return [idOfGroup({ kind: 'date', key: '', name: found?.name ?? OLDER })];
    }
  }
}

/** A group of the store with what its list asks for. */
export function groupOf(kind: GroupBy, group: SessionGroup, dates: readonly DateGroup[]): Group {
  const { key, name = '' } = group;
  switch (kind) {
    case 'project':
      return { ...group, kind, name, filter: { project: key } };
    case 'agent':
      return { ...group, kind, name, filter: { agent: key } };
    case 'tag':
      return { ...group, kind, name, filter: { tag: key === '' ? null : key } };
    case 'tier':
      return {
        ...group,
        kind,
        name,
        filter: { tier: key === 'hot' || key === 'cold' ? key : 'warm' },
      };
    case 'date': {
      const nth = key === '' ? dates.length : dates.findIndex(({ start }) => String(start) === key);
      const from = dates[nth]?.start;
      const to = dates[nth - 1]?.start;
      return {
        ...group,
        kind,
        name: dates[nth]?.name ?? OLDER,
        filter: {
          ...(from !== undefined && { updatedFrom: from }),
          ...(to !== undefined && { updatedTo: to }),
        },
      };
    }
  }
}
