/**
 * A merge of 20,000 messages into a branch that has as many of its own since the fork, the look at
 * it before, its summary in words of their own, and taking it back. What counts is how long the
 * owner of the store is away from its event loop: other windows' requests wait so long.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LocalStore } from '../../src/server/localStore.ts';
import { defineBenchmark, timed } from './support/benchmark.ts';
import { LoopWatch } from './support/loopWatch.ts';
import { manyWords } from './support/manyWords.ts';
import { randomNumbers } from './support/random.ts';
import { homeOf, importAll, openStore } from './support/store.ts';

const OWN = 20_000;
const SHARED = 40;
const BEGAN = Date.UTC(2026, 0, 1);
/** Milliseconds in which what a request left to be done later, like its second copy, has begun and ended. */
const AFTERMATH = 3_000;

const seconds = { unit: 'ms', statistic: 'max', goal: { none: true } } as const;
const work = { unit: 'ms of work', statistic: 'max', goal: { atMost: 100 } } as const;

export const benchmark = defineBenchmark({
  name: 'merge',
  limitSeconds: 240,
  figures: {
    'preview of a summary': seconds,
    'preview of a summary, longest turn': work,
    merge: seconds,
    'merge, longest turn': work,
    'merge of a summary': seconds,
    'merge of a summary, longest turn': work,
    undo: seconds,
    'undo, longest turn': work,
  },
  run: async (bench) => {
    writeHistory(join(homeOf(bench), 'projects', '-tmp-shop', 'two.jsonl'));
    const filled = await openStore(bench);
    await importAll(filled);
    const { sessions } = await filled.listSessions({ limit: 10 });
    const [target, source] = sessions
      .filter(({ messageCount }) => messageCount > OWN)
      .map(({ id }) => id)
      .sort();
    if (target === undefined || source === undefined)
      throw new Error('There are not two branches.');
    await filled.close();

    const store = await openStore(bench);
    const accepted = { acceptConflicts: true } as const;
    const preview = await watched(store, async () => {
      const { messages } = await store.planMerge(target, source, { mode: 'summary' });
      return messages.length;
    });
    const summary = await watched(store, async () => {
      const { merged } = await store.mergeFork(target, source, { ...accepted, mode: 'summary' });
      return merged;
    });
    let mergeId = '';
    const merge = await watched(store, async () => {
      const result = await store.mergeFork(target, source, accepted);
      ({ mergeId } = result);
      return result.merged;
    });
    const undo = await watched(store, async () => {
      await store.undoMerge(mergeId);
      return 1;
    });
    await store.close();
    return {
      'preview of a summary': { subject: [preview.time] },
      'preview of a summary, longest turn': { subject: [preview.turn] },
      merge: { subject: [merge.time] },
      'merge, longest turn': { subject: [merge.turn] },
      'merge of a summary': { subject: [summary.time] },
      'merge of a summary, longest turn': { subject: [summary.turn] },
      undo: { subject: [undo.time] },
      'undo, longest turn': { subject: [undo.turn] },
    };
  },
});

interface Watched {
  /** Both in milliseconds. */
  readonly time: number;
  /** Of this thread's work between two turns of its event loop, at most: a busy machine is not counted. */
  readonly turn: number;
}

async function watched(store: LocalStore, ask: () => Promise<number>): Promise<Watched> {
  // What an earlier request left to be written is its own.
  await store.listSessions({ limit: 1 });
  const watch = new LoopWatch();
  const time = await timed(ask, 0);
  await sleep(AFTERMATH);
  watch.stop();
  return { time, turn: watch.longestWork };
}

/** One file of Claude Code with a rewind: a shared beginning and two branches that both went on. */
function writeHistory(file: string): void {
  const words = manyWords(randomNumbers(5));
  const chain = (name: string, count: number, parent: string | null, from: number): string[] =>
    Array.from({ length: count }, (_, at) => {
      const text = words.message();
      return turnOf(name, at, at === 0 ? parent : endOf(name, at - 1), text, from + at);
    });
  const last = endOf('s', SHARED - 1);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(
    file,
    [
      ...chain('s', SHARED, null, 0),
      ...chain('a', OWN, last, SHARED),
      ...chain('b', OWN, last, SHARED + OWN),
    ].join(''),
  );
}

/** The last record of a turn. */
function endOf(name: string, at: number): string {
  return `${name}-${String(at)}${at % 2 === 0 ? '' : 'r'}`;
}

/** A prompt, or an answer that runs a command or writes a file, with the record of its result. */
function turnOf(name: string, at: number, parent: string | null, text: string, second: number) {
  const id = `${name}-${String(at)}`;
  const line = (uuid: string, parentUuid: string | null, type: string, message: object): string =>
    `${JSON.stringify({
      uuid,
      parentUuid,
      type,
      isSidechain: false,
      userType: 'external',
      cwd: '/tmp/shop',
      sessionId: 'two',
      version: '2.1.0',
      timestamp: new Date(BEGAN + second * 1_000).toISOString(),
      message,
    })}\n`;
  if (at % 2 === 0) return line(id, parent, 'user', { role: 'user', content: text });
  const [tool, input] =
    at % 4 === 1
      ? ['Bash', { command: `npm test -- ${String(at % 500)}` }]
      : ['Write', { file_path: `/tmp/shop/${name}-${String(at % 300)}.ts`, content: text }];
  const call = { type: 'tool_use', id: `toolu_${id}`, name: tool, input };
  const result = { type: 'tool_result', tool_use_id: call.id, content: text };
  return (
    line(id, parent, 'assistant', {
      id: `msg_${id}`,
      role: 'assistant',
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text }, call],
      usage: { input_tokens: 100, output_tokens: 50 },
    }) + line(`${id}r`, id, 'user', { role: 'user', content: [result] })
  );
}
