/**
 * Keeps a small store as this version writes it, for the tests of later versions:
 *
 *     node scripts/storeFixture.ts test/fixtures/stores/<version>
 *
 * Beside the store's files, with the database packed, goes what the store said of itself then, and
 * a hash of each migration's SQL: from here on none of them may change.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { BUILT_IN_STRATEGIES } from '../src/core/strategies.ts';
import { openLocalStore } from '../src/server/openLocalStore.ts';
import type { LocalStore } from '../src/server/localStore.ts';
import { schemaHashes } from '../test/unit/store/support/schemaHashes.ts';
import { ClaudeHome, turns } from '../test/unit/store/support/claudeHome.ts';

const WORKER = new URL('../src/server/import.worker.ts', import.meta.url);
const [A, B, C] = [1, 2, 3].map((digit) =>
  '11111111-1111-4111-8111-111111111111'.replaceAll('1', String(digit)),
);
/** How much of a text the expectations hold. */
const TEXT = 60;

async function fill(store: LocalStore): Promise<readonly string[]> {
  await store.setConsent('claude-code', 'granted');
  await store.importSessions();
  const { sessions } = await store.listSessions({});
  const of = (native: string | undefined): string =>
    sessions.find(({ origin, kind }) => origin?.nativeId === native && kind === 'imported')?.id ??
    '';
  await store.updateSession(of(A), {
    title: 'A shop',
    tags: ['shop', 'plan'],
    metadata: { rating: 5 },
    retentionPolicy: 'critical',
  });
  const { session: fork } = await store.forkSession(of(A), { atMessage: 3 });
  await store.appendMessages(fork.id, [{ role: 'user', text: 'Try it the other way.' }]);
  await store.updateSession(fork.id, { pinned: true, note: 'The one that worked.' });
  const { session: twig } = await store.forkSession(fork.id, { atMessage: 3, title: 'A twig' });
  await store.appendMessages(twig.id, [{ role: 'assistant', text: 'Done another way.' }]);
  const undone = await store.mergeFork(fork.id, twig.id, { acceptConflicts: true });
  await store.undoMerge(undone.mergeId);
  await store.mergeFork(fork.id, twig.id, { acceptConflicts: true });
  await store.appendMessages(twig.id, [{ role: 'assistant', text: 'And once more.' }]);
  await store.mergeFork(fork.id, twig.id, {
    ...{ mode: 'summary', summary: 'It was done twice.', acceptConflicts: true },
    summaryBy: { model: 'gpt-5.2', edited: true },
  });
  await store.migrateToTier(of(C), 'cold', { reason: 'asked' });
  const own = await store.createSession({ title: 'Notes', project: '/tmp/shop', tags: ['notes'] });
  await store.appendMessages(own.id, [{ role: 'user', text: 'Remember the milk.' }]);
  await store.migrateToTier(own.id, 'cold', { reason: 'asked' });
  await store.appendMessages(own.id, [{ role: 'user', text: 'And the bread.' }]);
  await explore(store, own.id);
  const ids = (await store.listSessions({ limit: 1000 })).sessions.map(({ id }) => id);
  await store.addJudgement({
    sessionIds: [fork.id, twig.id],
    model: { id: 'some/judge', name: 'Judge' },
    criteria: 'the shortest',
    verdicts: [
      { first: fork.id, second: twig.id, winner: 'second', reason: 'It is shorter.' },
      { first: twig.id, second: fork.id, winner: 'first', reason: 'It says less.' },
    ],
    missing: [],
    tokens: { input: 20, output: 4, cacheRead: 0, cacheWrite: 0 },
  });
  await store.deleteSession(of(B));
  return ids;
}

/** A run that is done, and one that failed in the middle of its second step. */
async function explore(store: LocalStore, sessionId: string): Promise<void> {
  const runner = 'a window';
  const model = { id: 'some/model', name: 'Model', provider: 'some' };
  const { runs } = await store.startExploration(sessionId, {
    atMessage: 0,
    question: 'What else?',
    combinations: BUILT_IN_STRATEGIES.slice(0, 2).map((strategy) => ({ strategy, model })),
    budget: { tokens: 10_000 },
    runner,
  });
  const spent = { tokens: { input: 10, output: 2, cacheRead: 0, cacheWrite: 0 } };
  for (const { id } of runs) {
    await store.noteRun(id, { runner, step: 0, state: 'running' });
    const answer = [
      { role: 'user', text: 'What else?' } as const,
      { role: 'assistant', text: 'Eggs.', model: 'model', provider: 'some' } as const,
    ];
    await store.noteRun(id, { runner, step: 0, answer, spent });
  }
  const [, second] = runs;
  if (!second) throw new Error('The second run is missing.');
  await store.noteRun(second.id, { runner, step: 1, text: { at: 0, text: 'Egg' } });
  await store.noteRun(second.id, {
    runner,
    step: 1,
    state: 'failed',
    failure: 'cut-off',
    error: 'The answer ended before it was whole.',
  });
}

async function described(store: LocalStore, ids: readonly string[]): Promise<unknown> {
  const sessions: unknown[] = [];
  for (const id of ids) {
    const session = await store.getSession(id);
    const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
    sessions.push({
      id,
      // What depends on the time of reading is left out.
      ...(session && {
        session: {
          ...session,
          storageTier: undefined,
          lastAccessedAt: undefined,
          accessCount: undefined,
          accessFrequency: undefined,
        },
      }),
      messages: messages.map(({ role, anchor, content }) => ({
        role,
        anchor,
        content: content.map((block) =>
          block.type === 'text' ? { ...block, text: block.text.slice(0, TEXT) } : block,
        ),
      })),
    });
  }
  const trash = (await store.listTrash()).map(({ session }) => session.id);
  const merges = await store.getMerges(ids);
  const judged = merges.flatMap(({ sessionId, sourceId }) => [sessionId, sourceId]);
  return {
    sessions,
    trash,
    merges,
    runs: await store.getRuns({ sessionIds: ids }),
    judgements: await store.getJudgements([...new Set(judged)]),
  };
}

async function keep(target: string): Promise<void> {
  if (existsSync(target))
    throw new Error(`${target} is there already: a released store is never replaced.`);
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-fixture-'));
  try {
    const claude = new ClaudeHome(path.join(folder, 'claude'));
    claude.write(A ?? '', [...turns('a', 6), ...turns('r', 2, { parent: 'a-1', minute: 30 })]);
    const large = turns('big', 2, { parent: 'b-3', minute: 9, text: ' x'.repeat(150_000) });
    claude.write(B ?? '', [...turns('b', 4), ...large]);
    claude.write(C ?? '', turns('c', 4));
    const storePath = path.join(folder, 'store');
    const agentRoots = { 'claude-code': [claude.folder] };
    const open = (readOnly: boolean) =>
      openLocalStore({ storePath, agentRoots, hotBytes: 8_000_000, readOnly, workerFile: WORKER });
    const store = await open(false);
    const ids = await fill(store);
    await store.close();
    // Looked at without writing: reading would bring what is archived back.
    const reader = await open(true);
    const expected = await described(reader, ids);
    await reader.close();

    mkdirSync(path.join(target, 'store'), { recursive: true });
    for (const name of ['archive', 'blobs', 'copies']) {
      const from = path.join(storePath, name);
      if (existsSync(from)) cpSync(from, path.join(target, 'store', name), { recursive: true });
    }
    for (const name of ['warm.db', 'warm.db-redo']) {
      const packed = gzipSync(readFileSync(path.join(storePath, name)), { level: 9 });
      writeFileSync(path.join(target, 'store', `${name}.gz`), packed);
    }
    const write = (name: string, value: unknown): void =>
      writeFileSync(path.join(target, name), `${JSON.stringify(value, null, 2)}\n`);
    write('expected.json', expected);
    write('migrations.json', schemaHashes());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const [target] = process.argv.slice(2);
if (target === undefined)
  throw new Error('Say where: node scripts/storeFixture.ts test/fixtures/stores/<version>');
await keep(target);
