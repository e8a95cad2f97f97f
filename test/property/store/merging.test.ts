/**
 * The laws of merging, over random families: undoing a merge is as if it had not been, merging twice
 * is merging once, nothing stands twice, and from every merged message one finds where it was said.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { expectDerivedAnew } from '../../unit/store/support/derived.ts';
import { StoreFolder } from '../../unit/store/support/openStore.ts';

type Step =
  | { readonly do: 'say'; readonly on: number }
  | { readonly do: 'fork'; readonly on: number; readonly at: number }
  | { readonly do: 'merge'; readonly on: number; readonly from: number; readonly summary: boolean }
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
      summary: fc.boolean(),
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
async function mergeLawfully(store: LocalStore, target: string, source: string, summary: boolean) {
  const options = { acceptConflicts: true, ...(summary && { mode: 'summary' as const }) };
  const before = await pictureOf(store, target);
  const plan = await store.planMerge(target, source, options);
  const tried = await store.mergeFork(target, source, options);
  expect(tried.merged).toBe(summary ? Math.min(1, plan.messages.length) : plan.messages.length);
  if (tried.merged > 0) {
    await store.undoMerge(tried.mergeId);
    expect(await pictureOf(store, target)).toEqual(before);
  }
  const { mergeId, merged } = await store.mergeFork(target, source, options);
  const once = await pictureOf(store, target);
  expect(await store.mergeFork(target, source, options)).toMatchObject({ merged: 0 });
  expect(await pictureOf(store, target)).toEqual(once);
  return merged > 0 ? mergeId : undefined;
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
      const first = known.get(origin ?? '');
      expect(first?.content).toEqual(message.content);
      // A summary says something of its own.
      expect((first?.metadata['merged'] as { mode?: string } | undefined)?.mode ?? 'summary').toBe(
        'summary',
      );
    }
  }
}

async function run(steps: readonly Step[]): Promise<void> {
  const home = new StoreFolder();
  const store = await home.open();
  const known = new Map<string, Message>();
  let words = 0;
  const root = await store.createSession({ title: 'root' });
  await store.appendMessages(root.id, [{ role: 'user', text: 'begin' }]);
  const ids = [root.id];
  const merges: string[] = [];
  const pick = <T>(list: readonly T[], at: number): T => list[at % list.length] as T;
  for (const next of steps) {
    if (next.do === 'say') {
      const text = `word ${words++}`;
      await store.appendMessages(pick(ids, next.on), [{ role: 'assistant', text }]);
    } else if (next.do === 'fork') {
      const parent = pick(ids, next.on);
      const count = (await store.getSession(parent))?.messageCount ?? 1;
      const { session } = await store.forkSession(parent, { atMessage: next.at % count });
      ids.push(session.id);
    } else if (next.do === 'merge') {
      const [target, source] = [pick(ids, next.on), pick(ids, next.from)];
      if (target === source) continue;
      await note(store, ids, known);
      const merge = await mergeLawfully(store, target, source, next.summary);
      if (merge !== undefined) merges.push(merge);
    } else if (merges.length > 0) {
      const merge = pick(merges, next.which);
      // A later fork may need it; then it stays.
      await store.undoMerge(merge).then(
        () => merges.splice(merges.indexOf(merge), 1),
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
    await fc.assert(fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 16 }), run), {
      numRuns: 25,
    });
  }, 120_000);
});
