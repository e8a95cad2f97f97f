/**
 * A process that is killed at one of its disk operations while it archives, promotes, compacts and
 * removes. What is under way then is cut in the middle of its write; whoever opens the store next
 * finds everything acknowledged, asks for the rest again under the same ids, and ends where an
 * undisturbed run ends.
 */
import { expect } from 'vitest';
import { textOf } from '../../../../src/core/message.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { StoreFolder } from '../../../unit/store/support/openStore.ts';
import { killAfter } from './killAfter.ts';

const LARGE = 300_000;

interface Script {
  /** Known before the first step. */
  readonly ids: { readonly parent: string; readonly fork: string };
  /** Texts by session, as acknowledged. */
  readonly texts: Map<string, string[]>;
  readonly trash: Set<string>;
  readonly gone: Set<string>;
}

type Step = (store: LocalStore, script: Script, requestId: string) => Promise<void>;

const append =
  (which: keyof Script['ids'], text: string): Step =>
  async (store, { ids, texts }, requestId) => {
    await store.appendMessages(ids[which], [{ role: 'user', text }], { requestId });
    texts.get(ids[which])?.push(text);
  };
const move =
  (which: keyof Script['ids'], tier: 'warm' | 'cold'): Step =>
  async (store, { ids }, requestId) => {
    await store.migrateToTier(ids[which], tier, { reason: 'test', requestId });
  };

const STEPS: readonly Step[] = [
  move('parent', 'cold'),
  append('parent', 'over a cold prefix'),
  move('parent', 'cold'),
  append('parent', 'x'.repeat(LARGE)),
  move('parent', 'warm'),
  async (store, _script, requestId) => {
    await store.archiveOldSessions({ olderThan: 0, requestId });
  },
  async (store, _script, requestId) => {
    await store.compactArchive({ requestId });
  },
  async (store, { ids, texts }, requestId) => {
    const { session } = await store.forkSession(ids.parent, { atMessage: 1, requestId });
    texts.set(session.id, (texts.get(ids.parent) ?? []).slice(0, 2));
  },
  append('fork', 'its own'),
  async (store, { ids, trash }, requestId) => {
    await store.deleteSession(ids.parent, { requestId });
    trash.add(ids.parent);
  },
  async (store, { ids, trash, gone }, requestId) => {
    await store.purgeSessions([ids.parent], { requestId });
    trash.delete(ids.parent);
    gone.add(ids.parent);
  },
  move('fork', 'cold'),
];

async function prepare(store: LocalStore): Promise<Script> {
  const { id: parent } = await store.createSession({ title: 'parent' });
  const texts = ['one', 'two', 'y'.repeat(LARGE), 'four'];
  for (const text of texts) await store.appendMessages(parent, [{ role: 'user', text }]);
  const { session } = await store.forkSession(parent, { atMessage: 2 });
  return {
    ids: { parent, fork: session.id },
    texts: new Map([
      [parent, texts],
      [session.id, texts.slice(0, 3)],
    ]),
    trash: new Set(),
    gone: new Set(),
  };
}

async function textsIn(store: LocalStore, id: string): Promise<string[]> {
  const { total } = await store.readMessages(id, { start: 0, end: 0 });
  const indexes = Array.from({ length: total }, (_, index) => index);
  return Promise.all(indexes.map(async (index) => textOf(await store.readMessage(id, index))));
}

/** `underWay`: the step that was cut off may have happened or not. */
async function expectScript(store: LocalStore, script: Script, underWay: boolean): Promise<void> {
  for (const [id, texts] of script.texts) {
    const shown = await store.getSession(id);
    if (script.gone.has(id) || script.trash.has(id)) {
      expect(shown).toBeUndefined();
      continue;
    }
    if (shown === undefined && underWay) continue;
    const found = await textsIn(store, id);
    expect(found.slice(0, texts.length)).toEqual(texts);
    expect(found.length - texts.length).toBeLessThanOrEqual(underWay ? 1 : 0);
  }
  const { findings } = await store.runDoctor({ repair: false });
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
}

/** Returns false when the script ended before the kill, so that there are no more to try. */
export async function killMovesAt(operation: number): Promise<boolean> {
  const home = new StoreFolder();
  let store = await home.open();
  const script = await prepare(store);
  const power = killAfter(operation);
  let done = 0;
  try {
    for (; done < STEPS.length; done++) await STEPS[done]?.(store, script, `step-${done}`);
    // Closing is a part of it, too.
    await home.close();
  } catch (error) {
    if (!power.isDead()) throw error;
    // A dead process closes nothing: what it tries fails, and it must not go on afterwards.
    await home.close().catch(() => undefined);
  } finally {
    power.end();
  }

  store = await home.open();
  await expectScript(store, script, done < STEPS.length);
  for (; done < STEPS.length; done++) await STEPS[done]?.(store, script, `step-${done}`);
  await expectScript(store, script, false);
  const { total } = await store.listSessions({});
  expect(total).toBe(script.texts.size - script.gone.size);
  store = await home.reopen();
  await expectScript(store, script, false);
  await home.close();
  return power.isDead();
}
