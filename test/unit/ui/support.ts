/** Sessions and stores for ui tests: everything has a value, tests name what they are about. */
import { NO_TOKENS } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { AgentSurvey, ProjectSummary, SessionQuery } from '../../../src/core/sessionStore.ts';

export const NOW = Date.UTC(2026, 10, 14, 12);
const HOUR = 3_600_000;

export function session(id: string, given: Partial<Session> = {}): Session {
  return {
    id,
    inheritedCount: 0,
    title: `Session ${id}`,
    renamed: false,
    createdAt: NOW - 24 * HOUR,
    updatedAt: NOW - 2 * HOUR,
    lastAccessedAt: NOW,
    accessCount: 1,
    accessFrequency: 0,
    estimatedSizeBytes: 120_000,
    storageTier: 'warm',
    tags: [],
    metadata: {},
    providersUsed: ['anthropic'],
    models: ['claude-sonnet-4-5-20250929'],
    messageCount: 60,
    ownTokens: NO_TOKENS,
    totalTokens: 1234,
    retentionPolicy: 'standard',
    project: { key: '/p', path: '/p', name: 'p' },
    kind: 'imported',
    forkCount: 0,
    problemCount: 0,
    ...given,
  };
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
    this.asked.push('listSessions');
    const { parentId, project: key, title, offset = 0, limit = 200 } = query;
    this.limits.push(limit);
    const found = this.sessions
      .filter((one) => parentId === undefined || (one.parentId ?? null) === parentId)
      .filter((one) => key === undefined || one.project.key === key)
      .filter((one) => title === undefined || one.title.toLowerCase().includes(title.toLowerCase()))
      .sort((a, b) => b.updatedAt - a.updatedAt);
    return Promise.resolve({ sessions: found.slice(offset, offset + limit), total: found.length });
  }

  getSession(id: string) {
    this.asked.push(`getSession ${id}`);
    return Promise.resolve(this.sessions.find((one) => one.id === id));
  }
}
