/** Sessions as the panels are shown them. */
import type { Session } from '../../../src/core/session.ts';
import { session } from '../../unit/core/messages.ts';

/** A session that was imported from an agent, with a day and a project to show. */
export function importedSession(id: string, rest: Partial<Session> = {}): Session {
  return session(id, {
    project: { key: '/home/ada/webshop', path: '/home/ada/webshop', name: 'webshop' },
    createdAt: Date.UTC(2026, 10, 14, 10, 40),
    updatedAt: Date.UTC(2026, 10, 14, 11, 2),
    lastAccessedAt: Date.UTC(2026, 10, 14, 11, 2),
    accessCount: 3,
    accessFrequency: 1,
    estimatedSizeBytes: 120_000,
    ...rest,
  });
}
