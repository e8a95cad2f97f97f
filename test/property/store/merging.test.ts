/**
 * The laws of merging, over random families: undoing a merge is as if it had not been, merging twice
 * is merging once, nothing stands twice, and from every merged message one finds where it was said.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MERGE_MODES, type MergeMode } from '../../../src/core/merge.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { expectDerivedAnew } from '../../unit/store/support/derived.ts';
import { turns } from '../../unit/store/support/claudeHome.ts';
import { imported, StoreFolder } from '../../unit/store/support/openStore.ts';

const AGENTS = '11111111-1111-4111-8111-111111111111';

type Step =
  | { readonly do: 'say'; readonly on: number }
  | { readonly do: 'fork'; readonly on: number; readonly at: number }
  | { readonly do: 'merge'; readonly on: number; readonly from: number; readonly mode: MergeMode }
  | { readonly do: 'undo'; readonly which: number };

const nat = fc.nat({ max: 20 });
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('say' as const), on: nat }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('fork' as const), on: nat, at: nat }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('merge' as const),
      on: nat,
      from: nat,
      mode: fc.constantFrom(...MERGE_MODES),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('undo' as const), which: nat }) },
);

async function messagesOf(store: LocalStore, id: string): Promise<readonly Message[]> {
  return (await store.readMessages(id, { start: 0, end: 1000 })).messages;
}

/** All that a person sees of a session, save when it was last changed and read. */
async function pictureOf(store: LocalStore, id: string): Promise<unknown> {
  const session = await store.getSession(id);
  const still = { updatedAt: 0, lastAccessedAt: 0, accessCount: 0, accessFrequency: 0 };
  const sized = { estimatedSizeBytes: 0, storageTier: 'warm' } satisfies Partial<Session>;
  return {
    session: session && { ...session, ...still, ...sized },
    messages: await messagesOf(store, id),
  };
}

/** Merges, and holds the laws against what was before and after. Returns the merge's id. */
async function mergeLawfully(store: LocalStore, target: string, source: string, mode: MergeMode) {
  const all = await store.planMerge(target, source, { mode: mode === 'summary' ? mode : 'append' });
  const chosen = all.messages.filter((index) => index % 2 === 0);
  const options = {
    acceptConflicts: true,
    mode,
    ...(mode === 'cherry-pick' && { messages: chosen }),
  };
  // An agent's session stays as it is; the branch of ours over it is what changes.
  const both = all.into === undefined ? [target] : [target, all.into];
  const before = await Promise.all(both.map((id) => pictureOf(store, id)));
  const plan = await store.planMerge(target, source, options);
  const tried = await store.mergeFork(target, source, options);
  expect(tried.merged).toBe(
    mode === 'summary' ? Math.min(1, plan.messages.length) : plan.messages.length,
  );
  if (tried.merged > 0) {
    await store.undoMerge(tried.mergeId);
    expect(await Promise.all(both.map((id) => pictureOf(store, id)))).toEqual(before);
    // A branch that was made for this merge alone is gone with it.
    if (all.into === undefined && tried.sessionId !== target) {
      expect(await store.getSession(tried.sessionId)).toBeUndefined();
    }
  }
  const { mergeId, merged, sessionId } = await store.mergeFork(target, source, options);
  const once = await pictureOf(store, sessionId);
  expect(await store.mergeFork(target, source, options)).toMatchObject({ merged: 0 });
  expect(await pictureOf(store, sessionId)).toEqual(once);
  return merged > 0 ? { mergeId, sessionId } : undefined;
}

/** Takes down every message that is there now; a merge may be taken back in its source later. */
async function note(store: LocalStore, ids: readonly string[], known: Map<string, Message>) {
  for (const id of ids) {
    for (const message of await messagesOf(store, id)) known.set(message.id, message);
  }
}

async function checkFamily(
  store: LocalStore,
  ids: readonly string[],
  known: ReadonlyMap<string, Message>,
): Promise<void> {
  for (const id of ids) {
    const seen = new Set<string>();
    for (const message of await messagesOf(store, id)) {
      const merged = message.metadata['merged'] as
        { readonly mode: string; readonly origins: readonly string[] } | undefined;
      if (merged?.mode === 'summary') continue;
      // Nothing stands twice, neither what is shared nor what was merged.
      const [origin] = merged?.origins ?? [message.id];
      expect(seen.has(origin ?? '')).toBe(false);
      seen.add(origin ?? '');
      if (!merged) continue;
      // From where it was said one finds this copy, or one before it.
      expect(await store.findMessage(id, origin ?? '')).toBeLessThanOrEqual(message.index);
      const first = known.get(origin ?? '');
      expect(first?.content).toEqual(message.content);
      // A summary says something of its own.
      expect((first?.metadata['merged'] as { mode?: string } | undefined)?.mode ?? 'summary').toBe(
        'summary',
      );
    }
  }
}

/** The root of the family: a session of ours, or one that an agent goes on writing. */
async function beginFamily(home: StoreFolder, isAgents: boolean) {
  if (!isAgents) {
    const store = await home.open();
    const root = await store.createSession({ title: 'root' });
    await store.appendMessages(root.id, [{ role: 'user', text: 'begin' }]);
    return { store, root: root.id };
  }
  home.claude.write(AGENTS, turns('a', 2));
  const store = await imported(home);
  return { store, root: (await store.listSessions({})).sessions[0]?.id ?? '' };
}

async function run(isAgents: boolean, steps: readonly Step[]): Promise<void> {
  const home = new StoreFolder();
  const known = new Map<string, Message>();
  let words = 0;
  const { store, root } = await beginFamily(home, isAgents);
  const ids = [root];
  /** The last line of the agent's file. */
  let last = 'a-1';
  const merges: string[] = [];
  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;
  for (const next of steps) {
    if (next.do === 'say') {
      const text = `word ${words++}`;
      const on = pick(ids, next.on);
      if (isAgents && on === root) {
        home.claude.append(AGENTS, [
          { uuid: `w${words}-0`, parentUuid: last, type: 'assistant', text, minute: 10 + words },
        ]);
        last = `w${words}-0`;
        await store.importSessions();
      } else await store.appendMessages(on, [{ role: 'assistant', text }]);
    } else if (next.do === 'fork') {
      const parent = pick(ids, next.on);
      const count = (await store.getSession(parent))?.messageCount ?? 1;
      const { session } = await store.forkSession(parent, { atMessage: next.at % count });
      ids.push(session.id);
    } else if (next.do === 'merge') {
      const [target, source] = [pick(ids, next.on), pick(ids, next.from)];
      if (target === source) continue;
      await note(store, ids, known);
      const merge = await mergeLawfully(store, target, source, next.mode);
      if (merge === undefined) continue;
      merges.push(merge.mergeId);
      if (!ids.includes(merge.sessionId)) ids.push(merge.sessionId);
    } else if (merges.length > 0) {
      const merge = pick(merges, next.which);
      // A later fork may need it; then it stays.
      await store.undoMerge(merge).then(
        async () => {
          merges.splice(merges.indexOf(merge), 1);
          // A branch over an agent's session goes with its last merge.
          for (const id of [...ids]) {
            if (!(await store.getSession(id))) ids.splice(ids.indexOf(id), 1);
          }
        },
        (error: unknown) => expect(error).toMatchObject({ code: 'bad-request' }),
      );
    }
  }
  await note(store, ids, known);
  await checkFamily(store, ids, known);
  await home.close();
  await expectDerivedAnew(home.storePath);
}

describe('merging', () => {
  it('keeps its laws', async () => {
    const steps = fc.array(step, { minLength: 4, maxLength: 16 });
    await fc.assert(fc.asyncProperty(fc.boolean(), steps, run), { numRuns: 25 });
  }, 120_000);
});
