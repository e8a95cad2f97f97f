/**
 * A process that is killed at one of its disk operations while it merges and takes merges back.
 * Whoever opens the store next finds each merge whole or not at all, asks again under the same ids,
 * and each is done once.
 */
import { expect } from 'vitest';
import { textOf } from '../../../../src/core/message.ts';
import type { MergeResult } from '../../../../src/core/merge.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { turns } from '../../../unit/store/support/claudeHome.ts';
import { imported, StoreFolder } from '../../../unit/store/support/openStore.ts';
import { killAfter } from './killAfter.ts';

const AGENTS = '11111111-1111-4111-8111-111111111111';

interface Script {
  /** Our own session and its fork, an agent's and its fork: target and source of each merge. */
  readonly pairs: readonly (readonly [target: string, source: string])[];
  /** What was answered, by pair. */
  readonly results: Map<number, MergeResult>;
}

type Step = (store: LocalStore, script: Script, requestId: string) => Promise<unknown>;

const merge =
  (pair: number, mode: 'append' | 'summary'): Step =>
  async (store, { pairs, results }, requestId) => {
    const [target = '', source = ''] = pairs[pair] ?? [];
    const options = { mode, acceptConflicts: true, requestId };
    const result = await store.mergeFork(target, source, options);
    results.set(pair, result);
    return result;
  };
const undo =
  (pair: number): Step =>
  async (store, { results }, requestId) => {
    await store.undoMerge(results.get(pair)?.mergeId ?? '', { requestId });
  };

const STEPS: readonly Step[] = [
  merge(0, 'append'),
  merge(1, 'append'),
  undo(0),
  undo(1),
  merge(1, 'summary'),
];

async function forked(store: LocalStore, target: string, word: string): Promise<string> {
  const { session } = await store.forkSession(target, { atMessage: 0, title: `fork of ${word}` });
  // So many that a merge of them is written in several transactions.
  const many = Array.from({ length: 300 }, (_, nth) => ({
    role: 'user' as const,
    text: `${word} ${nth}`,
  }));
  await store.appendMessages(session.id, [
    ...many,
    { role: 'user', text: `${word} asked` },
    { role: 'assistant', text: `${word} answered: ${'long '.repeat(2000)}` },
  ]);
  return session.id;
}

async function prepare(home: StoreFolder): Promise<readonly [LocalStore, Script]> {
  home.claude.write(AGENTS, turns('a', 2));
  const store = await imported(home);
  const agents = (await store.listSessions({})).sessions[0]?.id ?? '';
  const { id: own } = await store.createSession({ title: 'own' });
  for (const text of ['one', 'two']) await store.appendMessages(own, [{ role: 'user', text }]);
  const pairs = [
    [own, await forked(store, own, 'own')],
    [agents, await forked(store, agents, 'agent')],
  ] as const;
  return [store, { pairs, results: new Map() }];
}

/** All there is to see, by words and not by ids, which differ from run to run. */
async function pictureOf(store: LocalStore): Promise<unknown> {
  const { sessions } = await store.listSessions({ limit: 100 });
  const shown = await Promise.all(
    sessions.map(async ({ id, title, messageCount }) => {
      const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
      expect(messageCount).toBe(messages.length);
      return [title, ...messages.map((message) => textOf(message))].join('\n');
    }),
  );
  const merges = await store.getMerges(sessions.map(({ id }) => id));
  return {
    shown: shown.sort(),
    merges: merges.map(({ mode, messages }) => `${mode} ${messages}`).sort(),
    trash: (await store.listTrash()).length,
  };
}

/** What there is to see before the first step and after each, where nothing is killed. */
export async function undisturbed(): Promise<readonly unknown[]> {
  const home = new StoreFolder();
  const [store, script] = await prepare(home);
  const pictures = [await pictureOf(store)];
  for (const [at, step] of STEPS.entries()) {
    await step(store, script, `step-${at}`);
    pictures.push(await pictureOf(store));
  }
  await home.close();
  return pictures;
}

/** Returns false when the script ended before the kill, so that there are no more to try. */
export async function killMergesAt(
  operation: number,
  pictures: readonly unknown[],
): Promise<boolean> {
  const home = new StoreFolder();
  const [first, script] = await prepare(home);
  const answers: unknown[] = [];
  const power = killAfter(operation);
  try {
    for (const [at, step] of STEPS.entries()) answers.push(await step(first, script, `step-${at}`));
    await home.close();
  } catch (error) {
    if (!power.isDead()) throw error;
    // A dead process closes nothing: what it tries fails, and it must not go on afterwards.
    await home.close().catch(() => undefined);
  } finally {
    power.end();
  }

  const store = await home.open();
  const done = answers.length;
  const found = await pictureOf(store);
  // What was acknowledged is there; what was under way is whole or not at all.
  expect([pictures[done], pictures[done + 1] ?? pictures[done]]).toContainEqual(found);
  for (const [at, step] of STEPS.entries()) {
    const answer = await step(store, script, `step-${at}`);
    // What was answered before the kill is answered again, and nothing is done.
    if (at < done) expect(answer).toEqual(answers[at]);
    else expect(await pictureOf(store)).toEqual(pictures[at + 1]);
  }
  expect(await pictureOf(store)).toEqual(pictures.at(-1));
  const { findings } = await store.runDoctor({ repair: false });
  expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  expect(await pictureOf(await home.reopen())).toEqual(pictures.at(-1));
  await home.close();
  return power.isDead();
}
