/**
 * The store against a plain model: random operations, then everything the store says must be what
 * a few lines of ordinary data structures say, before and after a reopening; and all that is derived
 * must be what is derived anew from the records.
 */
import { cpSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Session } from '../../../../src/core/session.ts';
import { DEFAULT_STORAGE_POLICY } from '../../../../src/core/tierPolicy.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { expectDerivedAnew } from '../../../unit/store/support/derived.ts';
import { StoreFolder } from '../../../unit/store/support/openStore.ts';
import { Model } from './model.ts';
import { operation } from './operations.ts';

function factsOf(session: Session): unknown {
  const { title, tags, messageCount, inheritedCount, parentId, forkCount } = session;
  const { retentionPolicy } = session;
  return { title, tags, messageCount, inheritedCount, parentId, forkCount, retentionPolicy };
}

async function expectSame(store: LocalStore, model: Model): Promise<void> {
  const shown = model.shown();
  const { sessions, total } = await store.listSessions({ limit: 1000 });
  expect(total).toBe(shown.length);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  for (const expected of shown) {
    const all = model.messagesOf(expected);
    const session = byId.get(expected.id);
    expect(session && factsOf(session)).toEqual({
      title: expected.title,
      tags: expected.tags,
      messageCount: all.length,
      inheritedCount: expected.prefix.length,
      parentId: model.shownParent(expected),
      forkCount: shown.filter((other) => model.shownParent(other) === expected.id).length,
      retentionPolicy: expected.retention,
    });
    if (expected.retention === 'critical') expect(session?.storageTier).not.toBe('cold');
    expect(await model.textsIn(store, expected)).toEqual(all);
  }
  const trash = [...model.sessions.values()].filter(({ state }) => state === 'trash');
  const listed = (await store.listTrash()).map(({ session }) => session.id);
  expect(listed.sort()).toEqual(trash.map(({ id }) => id).sort());
}

/** Fails with the shrunk operations and their seed. */
export async function checkStore(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { minLength: 1, maxLength: 40 }), async (steps) => {
      const home = new StoreFolder();
      const model = new Model(home.claude);
      const open = async (): Promise<LocalStore> => {
        const store = await home.reopen({ now: () => model.now });
        // Moves of its own would be right or wrong by the hour; here only what is asked for counts.
        await store.setStoragePolicy({ ...DEFAULT_STORAGE_POLICY, automatic: false });
        return store;
      };
      let store = await open();
      for (const step of steps) {
        if (step.type === 'kill') {
          const left = `${home.folder}/left`;
          cpSync(home.storePath, left, { recursive: true });
          await home.close();
          home.replaceBy(left);
        }
        if (step.type === 'kill' || step.type === 'reopen') store = await open();
        await model.apply(store, step);
      }
      await expectSame(store, model);
      await expectSame(await open(), model);
      await home.close();
      await expectDerivedAnew(home.storePath);
    }),
    { numRuns: runs },
  );
}
