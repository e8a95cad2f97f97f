/**
 * The store against a plain model: random operations, then everything the store says must be what
 * a few lines of ordinary data structures say, before and after a reopening.
 */
import fc from 'fast-check';
import { expect } from 'vitest';
import { textOf } from '../../../../src/core/message.ts';
import type { Session } from '../../../../src/core/session.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { StoreFolder } from '../../../unit/store/support/openStore.ts';

interface ModelSession {
  readonly id: string;
  readonly parent?: string;
  /** Messages taken over from the parent. */
  readonly prefix: readonly string[];
  readonly own: string[];
  title: string;
  /** False until a fork's first prompt gave it its title. */
  named: boolean;
  tags: readonly string[];
  deleted: boolean;
}

type Model = Map<string, ModelSession>;

/** Sessions are picked by a number, taken modulo how many there are. */
type Operation =
  | { readonly type: 'create'; readonly title: string }
  | { readonly type: 'append'; readonly pick: number; readonly texts: readonly string[] }
  | { readonly type: 'fork'; readonly pick: number; readonly at: number }
  | { readonly type: 'tag'; readonly pick: number; readonly tags: readonly string[] }
  | { readonly type: 'trash'; readonly pick: number }
  | { readonly type: 'move'; readonly pick: number; readonly tier: 'warm' | 'cold' }
  | { readonly type: 'reopen' };

const pick = fc.nat(1000);
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  fc.record({
    type: fc.constant('create' as const),
    title: fc.constantFrom('plan', 'fix', 'test'),
  }),
  fc.record({
    type: fc.constant('append' as const),
    pick,
    texts: fc.array(word, { minLength: 1, maxLength: 5 }),
  }),
  fc.record({ type: fc.constant('fork' as const), pick, at: pick }),
  fc.record({ type: fc.constant('fork' as const), pick, at: pick }),
  fc.record({
    type: fc.constant('tag' as const),
    pick,
    tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
  }),
  fc.record({ type: fc.constant('trash' as const), pick }),
  fc.record({
    type: fc.constant('move' as const),
    pick,
    tier: fc.constantFrom('warm' as const, 'cold' as const),
  }),
  fc.constant({ type: 'reopen' as const }),
);

function messagesOf(session: ModelSession): string[] {
  return [...session.prefix, ...session.own];
}

function choose(model: Model, index: number): ModelSession | undefined {
  return [...model.values()][index % Math.max(1, model.size)];
}

async function apply(store: LocalStore, model: Model, step: Operation): Promise<void> {
  if (step.type === 'reopen') return;
  if (step.type === 'create') {
    const { id } = await store.createSession({ title: step.title });
    model.set(id, {
      id,
      prefix: [],
      own: [],
      title: step.title,
      named: true,
      tags: [],
      deleted: false,
    });
    return;
  }
  const session = choose(model, step.pick);
  if (!session) return;
  if (step.type === 'trash') {
    if (session.deleted) await store.restoreSession(session.id);
    else await store.deleteSession(session.id);
    session.deleted = !session.deleted;
    return;
  }
  if (session.deleted) return;
  if (step.type === 'append') {
    const messages = step.texts.map((text) => ({ role: 'user' as const, text }));
    await store.appendMessages(session.id, messages);
    session.own.push(...step.texts);
    const words = step.texts[0]?.trim().split('\n')[0] ?? '';
    if (!session.named && words !== '') {
      session.title = words;
      session.named = true;
    }
  } else if (step.type === 'tag') {
    await store.updateSession(session.id, { tags: step.tags });
    session.tags = [...step.tags].sort();
  } else if (step.type === 'move') {
    await store.migrateToTier(session.id, step.tier, { reason: 'test' });
  } else {
    const all = messagesOf(session);
    if (all.length === 0) return;
    const at = step.at % all.length;
    const { session: fork } = await store.forkSession(session.id, { atMessage: at });
    model.set(fork.id, {
      id: fork.id,
      parent: session.id,
      prefix: all.slice(0, at + 1),
      own: [],
      title: session.title,
      named: false,
      tags: [],
      deleted: false,
    });
  }
}

/** The nearest ancestor that is not in the trash: where the tree shows a session. */
function shownParent(model: Model, session: ModelSession): string | undefined {
  let parent = session.parent === undefined ? undefined : model.get(session.parent);
  while (parent?.deleted)
    parent = parent.parent === undefined ? undefined : model.get(parent.parent);
  return parent?.id;
}

function factsOf(session: Session): unknown {
  const { title, tags, messageCount, inheritedCount, parentId, forkCount } = session;
  return { title, tags, messageCount, inheritedCount, parentId, forkCount };
}

async function expectSame(store: LocalStore, model: Model): Promise<void> {
  const shown = [...model.values()].filter((session) => !session.deleted);
  const { sessions, total } = await store.listSessions({ limit: 1000 });
  expect(total).toBe(shown.length);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  for (const expected of shown) {
    const all = messagesOf(expected);
    const session = byId.get(expected.id);
    expect(session && factsOf(session)).toEqual({
      title: expected.title,
      tags: expected.tags,
      messageCount: all.length,
      inheritedCount: expected.prefix.length,
      parentId: shownParent(model, expected),
      forkCount: shown.filter((other) => shownParent(model, other) === expected.id).length,
    });
    const page = await store.readMessages(expected.id, { start: 0, end: 1000 });
    expect(page.messages.map((message) => textOf(message))).toEqual(all);
    expect(page.total).toBe(all.length);
  }
}

/** Fails with the shrunk operations and their seed. */
export async function checkStore(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 30 }), async (steps) => {
      const home = new StoreFolder();
      const model: Model = new Map();
      let store = await home.open();
      for (const step of steps) {
        if (step.type === 'reopen') store = await home.reopen();
        else await apply(store, model, step);
      }
      await expectSame(store, model);
      await expectSame(await home.reopen(), model);
      await home.close();
    }),
    { numRuns: runs },
  );
}
