/** Where sessions hang, and where their marks stand, when what is above them changes. */
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns, type Line } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const C = '33333333-3333-4333-8333-333333333333';

async function ofFile(store: LocalStore, nativeId: string): Promise<Session | undefined> {
  const { sessions } = await store.listSessions({});
  return sessions.find(({ origin, kind }) => origin?.nativeId === nativeId && kind !== 'abandoned');
}

function from(session: string, lines: readonly Line[]): Line[] {
  return lines.map((line) => ({
    ...line,
    extra: { forkedFrom: { sessionId: session, messageUuid: line.uuid } },
  }));
}

describe('lineage', () => {
  it('marks a fork of a deleted fork where it left what is still shown', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 10));
    const store = await imported(home);
    const root = (await ofFile(store, A))?.id ?? '';
    const { session: middle } = await store.forkSession(root, { atMessage: 3 });
    await store.appendMessages(
      middle.id,
      ['one', 'two', 'three', 'four'].map((text) => ({ role: 'user', text })),
    );
    const { session: leaf } = await store.forkSession(middle.id, { atMessage: 7 });
    await store.deleteSession(middle.id);
    const { forks } = await store.readMessages(root, { start: 0, end: 10 });
    expect(forks).toMatchObject([{ sessionId: leaf.id, atMessage: 3 }]);
  });

  it('counts what a fork of a fork inherits anew when the first message moves', async () => {
    const home = new StoreFolder();
    // `x` hangs aside and belongs to the branch, until somebody goes on from it.
    const aside = { ...turns('x', 2, { parent: 'a-1', minute: 2 })[1] } as Line;
    const lines = turns('a', 6);
    home.claude.write(A, [
      ...lines.slice(0, 2),
      { ...aside, parentUuid: 'a-1' },
      ...lines.slice(2),
    ]);
    const store = await imported(home);
    const root = (await ofFile(store, A))?.id ?? '';
    const total = (await store.getSession(root))?.messageCount ?? 0;
    const { session: one } = await store.forkSession(root, { atMessage: total - 1 });
    await store.appendMessages(one.id, [{ role: 'user', text: 'own' }]);
    const { session: two } = await store.forkSession(one.id, { atMessage: total });
    home.claude.append(A, turns('y', 1, { parent: 'x-1', minute: 50 }));
    home.claude.append(A, turns('z', 2, { parent: 'a-5', minute: 60 }));
    await store.importSessions();
    for (const id of [one.id, two.id]) {
      const session = await store.getSession(id);
      const page = await store.readMessages(id, { start: 0, end: 100 });
      expect(session?.messageCount).toBe(page.total);
      expect(session?.inheritedCount).toBe(id === one.id ? page.total - 1 : page.total);
    }
    const page = await store.readMessages(one.id, { start: 0, end: 100 });
    expect(page.total).toBeLessThan(total + 1);
  });

  it.each([
    ['oldest first', [A, B, C]],
    ['newest first', [C, B, A]],
  ])('takes the session itself, not a copy of it, as the parent: %s', async (_name, order) => {
    const home = new StoreFolder();
    const prefix = turns('a', 4);
    const b = turns('b', 2, { parent: 'a-3', minute: 10 });
    const logs: Record<string, Line[]> = {
      [B]: [...prefix, ...b],
      // Copied from B and carried on.
      [C]: [...prefix, ...b, ...turns('c', 2, { parent: 'b-1', minute: 40 })],
      // Left the same prefix later than B did.
      [A]: [...prefix, ...turns('d', 2, { parent: 'a-3', minute: 20 })],
    };
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    for (const id of order) {
      home.claude.write(id, logs[id] ?? []);
      await store.importSessions();
    }
    const parent = await ofFile(store, B);
    expect((await ofFile(store, A))?.parentId).toBe(parent?.id);
    expect((await ofFile(store, C))?.parentId).toBe(parent?.id);
    expect(parent?.parentId).toBeUndefined();
  });

  it('believes a record that names the parent, also where another shares as much', async () => {
    const home = new StoreFolder();
    const prefix = turns('a', 4);
    home.claude.write(A, [...prefix, ...turns('d', 2, { parent: 'a-3', minute: 5 })]);
    home.claude.write(B, [...from(A, prefix), ...turns('b', 2, { parent: 'a-3', minute: 20 })]);
    home.claude.write(C, [...from(B, prefix), ...turns('c', 2, { parent: 'a-3', minute: 40 })]);
    const store = await imported(home);
    expect((await ofFile(store, C))?.parentId).toBe((await ofFile(store, B))?.id);
    expect((await ofFile(store, B))?.parentId).toBe((await ofFile(store, A))?.id);
  });
});
