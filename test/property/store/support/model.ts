/** A store in a few ordinary data structures, changed beside the real one by the same operations. */
import { expect } from 'vitest';
import { MultipathError } from '../../../../src/core/errors.ts';
import { textOf } from '../../../../src/core/message.ts';
import type { RetentionPolicy } from '../../../../src/core/session.ts';
import { DEFAULT_STORAGE_POLICY } from '../../../../src/core/tierPolicy.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import type { ClaudeHome } from '../../../unit/store/support/claudeHome.ts';
import { turns } from '../../../unit/store/support/claudeHome.ts';
import type { Operation } from './operations.ts';

export interface ModelSession {
  readonly id: string;
  readonly parent?: string;
  /** Messages taken over from the parent. */
  readonly prefix: readonly string[];
  readonly own: string[];
  readonly retention: RetentionPolicy;
  /** Of an agent: only its file adds to it, and it is not deleted here. */
  readonly imported: boolean;
  title: string;
  /** False until a fork's first prompt gave it its title. */
  named: boolean;
  tags: readonly string[];
  state: 'shown' | 'trash' | 'purged';
  /** Latest times, in ms, at which it certainly was used, and at which anything was done to it. */
  usedAt: number;
  touchedAt: number;
}

const NATIVE_ID = '11111111-1111-4111-8111-111111111111';

export class Model {
  readonly sessions = new Map<string, ModelSession>();
  readonly #claude: ClaudeHome;
  #turns = 0;
  /** What the store is told the time is, in ms. */
  now = Date.UTC(2026, 5, 1);

  constructor(claude: ClaudeHome) {
    this.#claude = claude;
  }

  shown(): ModelSession[] {
    return [...this.sessions.values()].filter(({ state }) => state === 'shown');
  }

  messagesOf(session: ModelSession): string[] {
    return [...session.prefix, ...session.own];
  }

  /** The nearest ancestor that is to be seen: where the tree shows a session. */
  shownParent(session: ModelSession): string | undefined {
    let parent = this.#parentOf(session);
    while (parent && parent.state !== 'shown') parent = this.#parentOf(parent);
    return parent?.id;
  }

  #parentOf(session: ModelSession): ModelSession | undefined {
    return session.parent === undefined ? undefined : this.sessions.get(session.parent);
  }

  async apply(store: LocalStore, step: Operation): Promise<void> {
    // No two things happen at the same time.
    this.now++;
    switch (step.type) {
      case 'reopen':
      case 'kill':
        return;
      case 'clock':
        this.now += step.by;
        return;
      case 'create':
        return this.#create(store, step.title, step.retention);
      case 'import':
        return this.#import(store, step.turns);
      case 'archive':
        return this.#archive(store, step.olderThan);
      case 'expire':
        return this.#expire(store);
      case 'compact':
        await store.compactArchive();
        return;
      default: {
        const usable = [...this.sessions.values()].filter(({ state }) => state !== 'purged');
        const session = usable[step.pick % Math.max(1, usable.length)];
        if (!session) return;
        session.touchedAt = Math.max(session.touchedAt, this.now);
        await this.#change(store, session, step);
      }
    }
  }

  async #change(
    store: LocalStore,
    session: ModelSession,
    step: Extract<Operation, { readonly pick: number }>,
  ): Promise<void> {
    if (step.type === 'trash') return this.#trash(store, session);
    if (step.type === 'purge') return this.#purge(store, session);
    if (session.state !== 'shown') return;
    switch (step.type) {
      case 'append':
        return this.#append(store, session, step.texts);
      case 'fork':
        return this.#fork(store, session, step.at);
      case 'tag':
        await store.updateSession(session.id, { tags: step.tags });
        session.tags = [...step.tags].sort();
        return;
      case 'rename':
        await store.updateSession(session.id, { title: step.title });
        session.title = step.title;
        session.named = true;
        return;
      case 'move': {
        const moving = store.migrateToTier(session.id, step.tier, { reason: 'test' });
        if (step.tier === 'cold' && session.retention === 'critical') {
          await expect(moving).rejects.toSatisfy((e) => MultipathError.is(e, 'bad-request'));
        } else await moving;
      }
    }
  }

  #add(
    session: Pick<ModelSession, 'id' | 'prefix' | 'own' | 'retention' | 'imported' | 'title'> & {
      readonly parent?: string;
    },
  ): void {
    // A clock that went back must not make an id that is there already.
    expect(this.sessions.has(session.id)).toBe(false);
    this.sessions.set(session.id, {
      ...session,
      named: session.parent === undefined,
      tags: [],
      state: 'shown',
      // Bringing it in is no use of it.
      usedAt: session.imported ? -Infinity : this.now,
      touchedAt: this.now,
    });
  }

  async #create(store: LocalStore, title: string, retention: RetentionPolicy): Promise<void> {
    const { id } = await store.createSession({ title, retentionPolicy: retention });
    this.#add({ id, prefix: [], own: [], retention, imported: false, title });
  }

  async #import(store: LocalStore, count: number): Promise<void> {
    const known = [...this.sessions.values()].find(({ imported }) => imported);
    const parent = this.#turns === 0 ? null : `a-${this.#turns - 1}`;
    // One long conversation, written bit by bit.
    const lines = turns('a', this.#turns + count).slice(this.#turns);
    const [first, ...rest] = lines;
    if (!first) return;
    this.#claude.append(NATIVE_ID, [{ ...first, parentUuid: parent }, ...rest]);
    this.#turns += count;
    await store.setConsent('claude-code', 'granted');
    const { failures } = await store.importSessions();
    expect(failures).toEqual([]);
    const texts = turns('a', this.#turns).map(({ text }) => text);
    if (known) {
      known.own.push(...texts.slice(known.own.length));
      known.touchedAt = Math.max(known.touchedAt, this.now);
      return;
    }
    const { sessions } = await store.listSessions({ agent: 'claude-code' });
    const found = sessions.find(({ kind }) => kind === 'imported');
    if (!found) throw new Error('The file made no session.');
    const { id, title } = found;
    this.#add({ id, prefix: [], own: texts, retention: 'standard', imported: true, title });
  }

  async #append(store: LocalStore, session: ModelSession, texts: readonly string[]): Promise<void> {
    if (session.imported) return;
    await store.appendMessages(
      session.id,
      texts.map((text) => ({ role: 'user' as const, text })),
    );
    session.usedAt = Math.max(session.usedAt, this.now);
    session.own.push(...texts);
    const words = texts[0]?.trim().split('\n')[0] ?? '';
    if (!session.named && words !== '') {
      session.title = words;
      session.named = true;
    }
  }

  async #fork(store: LocalStore, session: ModelSession, pick: number): Promise<void> {
    const all = this.messagesOf(session);
    if (all.length === 0) return;
    const wish = pick % all.length;
    const { session: fork, atMessage } = await store.forkSession(session.id, { atMessage: wish });
    expect(atMessage).toBe(wish);
    this.#add({
      id: fork.id,
      parent: session.id,
      prefix: all.slice(0, wish + 1),
      own: [],
      retention: 'standard',
      imported: false,
      title: session.title,
    });
  }

  async #trash(store: LocalStore, session: ModelSession): Promise<void> {
    if (session.imported) return;
    if (session.state === 'trash') await store.restoreSession(session.id);
    else await store.deleteSession(session.id);
    session.state = session.state === 'trash' ? 'shown' : 'trash';
  }

  async #purge(store: LocalStore, session: ModelSession): Promise<void> {
    if (session.imported) return;
    const { sessionIds } = await store.purgeSessions([session.id]);
    // Only what lies in the trash goes for good.
    expect(sessionIds).toEqual(session.state === 'trash' ? [session.id] : []);
    if (session.state === 'trash') session.state = 'purged';
  }

  async #archive(store: LocalStore, olderThan: number): Promise<void> {
    const { sessionIds } = await store.archiveOldSessions({ olderThan });
    for (const id of sessionIds) {
      const session = this.sessions.get(id);
      expect(session?.retention).not.toBe('critical');
      if (session) expect(this.now - session.usedAt).toBeGreaterThanOrEqual(olderThan);
    }
  }

  /** Nothing goes early, whatever the clock did, and what is due does go. */
  async #expire(store: LocalStore): Promise<void> {
    const { temporaryMs } = DEFAULT_STORAGE_POLICY;
    const due = this.shown().filter(
      ({ retention, touchedAt }) =>
        retention === 'temporary' && this.now - touchedAt >= temporaryMs,
    );
    const { sessionIds } = await store.deleteTemporarySessions();
    for (const id of sessionIds) {
      const session = this.sessions.get(id);
      if (!session) throw new Error(`${id} is no session of the model.`);
      expect(session.retention).toBe('temporary');
      expect(this.now - session.usedAt).toBeGreaterThanOrEqual(temporaryMs);
      session.state = 'trash';
    }
    expect(sessionIds).toEqual(expect.arrayContaining(due.map(({ id }) => id)));
  }

  /** Reads every session whole, as a window does, which uses it. */
  async textsIn(store: LocalStore, session: ModelSession): Promise<readonly string[]> {
    session.usedAt = Math.max(session.usedAt, this.now);
    session.touchedAt = Math.max(session.touchedAt, this.now);
    const page = await store.readMessages(session.id, { start: 0, end: 1000 });
    expect(page.total).toBe(page.messages.length);
    return page.messages.map((message) => textOf(message));
  }
}
