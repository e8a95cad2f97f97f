/** Reads everything a store shows, page by page as a window does, and makes one number of it. */
import { createHash } from 'node:crypto';
import { textOf, type Message } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import type { ObservedSession } from './judge.ts';

const SESSIONS_PER_PAGE = 100;
const MESSAGES_PER_PAGE = 50;

export interface Observation {
  readonly sessions: readonly ObservedSession[];
  /** Equal for stores that show the same catalogue and the same messages. */
  readonly digest: string;
}

export async function observe(store: SessionStore): Promise<Observation> {
  const sessions = (await listAll(store)).sort((a, b) => (a.id < b.id ? -1 : 1));
  const hash = createHash('sha256');
  const observed: ObservedSession[] = [];
  for (const session of sessions) {
    const texts = await readTexts(store, session.id);
    hash.update(JSON.stringify([cataloguePart(session), texts]));
    const { id, title, tags, inheritedCount } = session;
    observed.push({ id, title, tags, inheritedCount, texts });
  }
  return { sessions: observed, digest: hash.digest('hex') };
}

/** Whole texts of all messages of a session. */
export async function readTexts(store: SessionStore, sessionId: string): Promise<string[]> {
  const texts: string[] = [];
  for (;;) {
    const start = texts.length;
    const page = await store.readMessages(sessionId, { start, end: start + MESSAGES_PER_PAGE });
    for (const message of page.messages) {
      texts.push(
        textOf(isShortened(message) ? await store.readMessage(sessionId, message.index) : message),
      );
    }
    if (page.messages.length === 0 || texts.length >= page.total) return texts;
  }
}

async function listAll(store: SessionStore): Promise<Session[]> {
  const sessions: Session[] = [];
  for (;;) {
    const query = { offset: sessions.length, limit: SESSIONS_PER_PAGE };
    const page = await store.listSessions(query);
    sessions.push(...page.sessions);
    if (page.sessions.length === 0 || sessions.length >= page.total) return sessions;
  }
}

function isShortened({ content }: Message): boolean {
  return content.some((block) => block.type === 'text' && block.fullLength !== undefined);
}

/** Without what reading itself changes: access figures and the tier. */
function cataloguePart(session: Session): unknown {
  const { id, parentId, forkPoint, inheritedCount, title, createdAt, updatedAt, tags } = session;
  const { metadata, messageCount, totalTokens, retentionPolicy, kind, forkCount } = session;
  return [
    ...[id, parentId, forkPoint, inheritedCount, title, createdAt, updatedAt, tags],
    ...[metadata, messageCount, totalTokens, retentionPolicy, kind, forkCount],
  ];
}
