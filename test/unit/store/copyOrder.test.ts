/** Where copies of a conversation stand, and when each began, does not depend on which came first. */
import { expect, it } from 'vitest';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns, type Line } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const id = (digit: number): string =>
  '11111111-1111-4111-8111-111111111111'.replaceAll('1', `${digit}`);

const shared = turns('a', 6);
const FILES: Readonly<Record<string, readonly Line[]>> = {
  // The conversation, one that left it early, and a fork of it that says nothing of its own yet.
  [id(1)]: [...shared, ...turns('one', 2, { parent: 'a-5', minute: 20 })],
  [id(2)]: [...shared.slice(0, 2), ...turns('two', 2, { parent: 'a-1', minute: 1 })],
  [id(3)]: shared.slice(0, 4).map((line, nth) => ({
    ...line,
    uuid: `f-${nth}`,
    parentUuid: nth === 0 ? null : `f-${nth - 1}`,
    extra: { forkedFrom: { sessionId: id(1), messageUuid: line.uuid } },
  })),
};

function orders<T>(items: readonly T[]): T[][] {
  if (items.length < 2) return [[...items]];
  return items.flatMap((item, index) =>
    orders([...items.slice(0, index), ...items.slice(index + 1)]).map((rest) => [item, ...rest]),
  );
}

async function placed(store: LocalStore): Promise<unknown[]> {
  const { sessions } = await store.listSessions({});
  const natives = new Map(sessions.map((session) => [session.id, session.origin?.nativeId]));
  return sessions
    .map(({ origin, parentId, createdAt, inheritedCount, kind, totalTokens }) => ({
      native: origin?.nativeId,
      parent: parentId === undefined ? undefined : natives.get(parentId),
      createdAt,
      inheritedCount,
      kind,
      totalTokens,
    }))
    .sort((a, b) => ((a.native ?? '') < (b.native ?? '') ? -1 : 1));
}

it('puts copies in the same places, whichever file was read first', async () => {
  const seen = new Map<string, string[]>();
  for (const order of orders(Object.keys(FILES))) {
    const home = new StoreFolder();
    let store: LocalStore | undefined;
    for (const native of order) {
      home.claude.write(native, FILES[native] ?? []);
      if (store) await store.importSessions();
      else store = await imported(home);
    }
    if (!store) throw new Error('There is no file.');
    const now = JSON.stringify(await placed(store), null, 1);
    seen.set(now, [...(seen.get(now) ?? []), order.map((one) => one.slice(0, 1)).join('')]);
    await home.close();
  }
  expect([...seen.values()]).toHaveLength(1);
  // Each answer once, whoever has it.
  const [one = '[]'] = seen.keys();
  const tokens = (JSON.parse(one) as { totalTokens: number }[]).map(
    ({ totalTokens }) => totalTokens,
  );
  expect(tokens.reduce((sum, each) => sum + each, 0)).toBe(5 * 150);
});
