/** Sessions and stores for ui tests: everything has a value, tests name what they are about. */
import type { Session } from '../../../src/core/session.ts';
import type {
  AgentSurvey,
  GroupQuery,
  ProjectSummary,
  SessionGroup,
  SessionQuery,
} from '../../../src/core/sessionStore.ts';
import { session as plainSession } from '../core/messages.ts';

export const NOW = Date.UTC(2026, 10, 14, 12);
const HOUR = 3_600_000;

export function session(id: string, given: Partial<Session> = {}): Session {
  return plainSession(id, {
    title: `Session ${id}`,
    createdAt: NOW - 24 * HOUR,
    updatedAt: NOW - 2 * HOUR,
    lastAccessedAt: NOW,
    accessCount: 1,
    estimatedSizeBytes: 120_000,
    providersUsed: ['anthropic'],
    models: ['claude-sonnet-4-5-20250929'],
    messageCount: 60,
    totalTokens: 1234,
    ...given,
  });
}

export function project(key: string, given: Partial<ProjectSummary> = {}): ProjectSummary {
  return {
    key,
    path: key,
    name: key.slice(1),
    sessionCount: 1,
    updatedAt: NOW,
    exists: true,
    formerPaths: [],
    ...given,
  };
}

export function survey(given: Partial<AgentSurvey> = {}): AgentSurvey {
  return {
    agent: 'claude-code',
    label: 'Claude Code',
    roots: ['/home/p/.claude/projects'],
    files: 214,
    bytes: 1_200_000_000,
    newestAt: NOW - HOUR,
    estimatedStoreBytes: 300_000_000,
    estimatedSeconds: 40,
    ...given,
  };
}

/** Answers the tree's questions from a list of sessions, and counts them. */
export class FakeCatalogue {
  sessions: Session[] = [];
  projects: ProjectSummary[] = [];
  /** What was asked, in order. */
  readonly asked: string[] = [];
  readonly limits: number[] = [];

  listProjects() {
    this.asked.push('listProjects');
    return Promise.resolve(this.projects);
  }

  listSessions(query: SessionQuery) {
    const { pinnedFirst, offset = 0, limit = 200 } = query;
    this.asked.push(query.pinned === true ? 'pinned' : 'listSessions');
    if (query.pinned !== true) this.limits.push(limit);
    const rank = ({ pinnedAt }: Session): number =>
      pinnedFirst === true && pinnedAt !== undefined ? 0 : 1;
    const found = this.#find(query).sort((a, b) => rank(a) - rank(b) || b.updatedAt - a.updatedAt);
    return Promise.resolve({ sessions: found.slice(offset, offset + limit), total: found.length });
  }

  /** Projects as they are given, so that a test may let them say something else; others counted. */
  listGroups({ by, starts = [], ...filter }: GroupQuery): Promise<readonly SessionGroup[]> {
    this.asked.push('listGroups');
    const { parentId, ...anywhere } = filter;
    const counts = new Map<string, number>();
    const found = this.#find(by === 'tag' ? anywhere : filter);
    for (const key of found.flatMap((one) => keysOf(one, by, starts, parentId === null))) {
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    const isAsked = filter.title === undefined && filter.projects === undefined;
    if (by === 'project' && isAsked) {
      return Promise.resolve(
        this.projects.map(({ sessionCount: count, ...one }) => ({ ...one, count })),
      );
    }
    const order = [...starts.map(String), ...[...counts.keys()].sort()];
    const rank = (key: string): number => (key === '' ? Infinity : order.indexOf(key));
    const groups = [...counts].map(([key, count]) => ({
      key,
      count,
      ...(by === 'project' && { path: key, name: key.slice(1), exists: true }),
    }));
    return Promise.resolve(groups.sort((a, b) => rank(a.key) - rank(b.key)));
  }

  #find(query: SessionQuery): Session[] {
    const { parentId, project: key, projects, title, tag, tier, agent, ids, pinned } = query;
    const { subagentsOf, updatedFrom = -Infinity, updatedTo = Infinity } = query;
    const word = title?.toLowerCase();
    return this.sessions.filter(
      (one) =>
        (parentId === undefined || (one.parentId ?? null) === parentId) &&
        one.subagentOf === subagentsOf &&
        (key === undefined || one.project.key === key) &&
        (projects === undefined || projects.includes(one.project.key)) &&
        (word === undefined || one.title.toLowerCase().includes(word)) &&
        (tag === undefined || (tag === null ? one.tags.length === 0 : one.tags.includes(tag))) &&
        (tier === undefined || one.storageTier === tier) &&
        (agent === undefined || (one.origin?.agent ?? 'multipath') === agent) &&
        (ids === undefined || ids.includes(one.id)) &&
        (pinned === undefined || (one.pinnedAt !== undefined) === pinned) &&
        one.updatedAt >= updatedFrom &&
        one.updatedAt < updatedTo,
    );
  }

  getSession(id: string) {
    this.asked.push(`getSession ${id}`);
    return Promise.resolve(this.sessions.find((one) => one.id === id));
  }
}

function keysOf(
  session: Session,
  by: GroupQuery['by'],
  starts: readonly number[],
  rootsOnly: boolean,
): readonly string[] {
  switch (by) {
    case 'project':
      return [session.project.key];
    case 'agent':
      return [session.origin?.agent ?? 'multipath'];
    case 'tier':
      return [session.storageTier];
    case 'date':
      return [String(starts.find((start) => start <= session.updatedAt) ?? '')];
    case 'tag':
      if (session.tags.length > 0) return session.tags;
      return rootsOnly && session.parentId !== undefined ? [] : [''];
  }
}
