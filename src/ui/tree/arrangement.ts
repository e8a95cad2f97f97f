/** How the person wants the tree: grouped by what, and which sessions of all. Pure. */
import type { GroupBy, SessionFilter } from '../../core/sessionStore.ts';
import type { Tier } from '../../core/session.ts';

/** What is `undefined` or false filters nothing. */
export interface TreeFilter {
  /** Part of a title. */
  readonly text?: string | undefined;
  readonly agent?: string | undefined;
  readonly tag?: string | undefined;
  readonly tier?: Tier | undefined;
  /** Sessions that run in this workspace now. */
  readonly live?: boolean | undefined;
  readonly rescued?: boolean | undefined;
  readonly pinned?: boolean | undefined;
}

export interface Arrangement {
  readonly by: GroupBy;
  /** Only projects of this workspace. */
  readonly workspaceOnly: boolean;
  readonly filter: TreeFilter;
}

export const GROUPINGS = ['project', 'agent', 'date', 'tag', 'tier'] as const;
export const FIRST_ARRANGEMENT: Arrangement = { by: 'project', workspaceOnly: false, filter: {} };

export function isFiltered(filter: TreeFilter): boolean {
  return Object.entries(filter).some(isSet);
}

/** Whether two arrangements show the same sessions in the same groups. */
export function isSameArrangement(a: Arrangement, b: Arrangement): boolean {
  return (
    a.by === b.by && a.workspaceOnly === b.workspaceOnly && textOf(a.filter) === textOf(b.filter)
  );
}

function textOf(filter: TreeFilter): string {
  return JSON.stringify(Object.entries(filter).filter(isSet).sort());
}

function isSet([, value]: readonly [string, unknown]): boolean {
  return value !== undefined && value !== false;
}

/** What a filter asks the store for; `liveIds` are the sessions that run now. */
export function queryOfFilter(filter: TreeFilter, liveIds: readonly string[]): SessionFilter {
  const { text, agent, tag, tier, live, rescued, pinned } = filter;
  return {
    ...(text !== undefined && text !== '' && { title: text }),
    ...(agent !== undefined && { agent }),
    ...(tag !== undefined && { tag }),
    ...(tier !== undefined && { tier }),
    ...(live === true && { ids: liveIds }),
    ...(rescued === true && { rescued }),
    ...(pinned === true && { pinned }),
  };
}

/** What the workspace remembers; anything else is taken for the first arrangement. */
export function parseArrangement(value: unknown): Arrangement {
  if (typeof value !== 'object' || value === null) return FIRST_ARRANGEMENT;
  const by = 'by' in value ? GROUPINGS.find((one) => one === value.by) : undefined;
  const workspaceOnly = 'workspaceOnly' in value && value.workspaceOnly === true;
  return { ...FIRST_ARRANGEMENT, ...(by && { by }), workspaceOnly };
}
