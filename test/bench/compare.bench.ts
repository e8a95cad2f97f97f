/**
 * Two branches of 5,000 messages of their own, compared in a store that was just opened, beside a
 * plain diff of their whole texts, which is what one would paste into a diff tool. Half of the
 * answers are reworded and one branch has turns of its own, so that nothing aligns by itself.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { diffLines } from 'diff';
import { textOf } from '../../src/core/message.ts';
import type { LocalStore } from '../../src/server/localStore.ts';
import { defineBenchmark, timed } from './support/benchmark.ts';
import { LoopWatch } from './support/loopWatch.ts';
import { manyWords } from './support/manyWords.ts';
import { randomNumbers } from './support/random.ts';
import { homeOf, openStore } from './support/store.ts';

const OWN = 5_000;
const SHARED = 40;
const ROUNDS = 5;
/** Rows that the panel asks for at a time. */
const BLOCK = 20;
const PAGES = 60;
const BEGAN = Date.UTC(2026, 0, 1);
/** So long the plain diff may take, in milliseconds. */
const PATIENCE = 10_000;
const baseline = 'plain diff of the whole texts';

export const benchmark = defineBenchmark({
  name: 'compare',
  limitSeconds: 240,
  figures: {
    whole: { unit: 'ms', statistic: 'median', baseline, goal: { atMost: 1_000 } },
    blocked: { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
    // Of that, the comparison's own work: a busy machine does not count.
    slice: { unit: 'ms of work', statistic: 'max', goal: { atMost: 50 } },
    rows: { unit: 'ms', statistic: 'p95', goal: { atMost: 100 } },
    rowsBlocked: { unit: 'ms', statistic: 'max', goal: { atMost: 100 } },
  },
  run: async (bench) => {
    writeHistory(join(homeOf(bench), 'projects', '-tmp-shop', 'two.jsonl'));
    const filled = await openStore(bench);
    await filled.setConsent('claude-code', 'granted');
    await filled.importSessions();
    const { sessions } = await filled.listSessions({ limit: 10 });
    const ids = sessions
      .filter(({ messageCount }) => messageCount >= OWN)
      .map(({ id }) => id)
      .sort();
    if (ids.length !== 2) throw new Error(`There are ${String(ids.length)} branches, not 2.`);
    const texts = await Promise.all(ids.map((id) => wholeText(filled, id)));
    await filled.close();

    const [whole, blocked, slice]: [number[], number[], number[]] = [[], [], []];
    const plain: number[] = [];
    const [rows, rowsBlocked]: [number[], number[]] = [[], []];
    for (let round = 0; round < ROUNDS; round++) {
      const store = await openStore(bench);
      const watch = new LoopWatch();
      let found = 0;
      whole.push(
        await timed(async () => (found = (await store.compareSessions(ids)).rows.length), round),
      );
      blocked.push(watch.stop());
      slice.push(watch.longestWork);
      plain.push(await timed(() => diffed(texts), round));
      const step = Math.floor(found / PAGES);
      const pages = new LoopWatch();
      for (let page = 0; page < PAGES; page++) {
        const range = { start: page * step, end: page * step + BLOCK };
        const read = async (): Promise<number> =>
          (await store.readComparisonRows(ids, range)).length;
        rows.push(await timed(read, page));
        // Each is a request of its own.
        await nextTurn();
      }
      rowsBlocked.push(pages.stop());
      await store.close();
    }
    return {
      whole: { subject: whole, baseline: plain },
      blocked: { subject: blocked },
      slice: { subject: slice },
      rows: { subject: rows },
      rowsBlocked: { subject: rowsBlocked },
    };
  },
});

function diffed([a = '', b = '']: readonly string[]): number {
  // One that was given up took its time all the same.
  return diffLines(a, b, { timeout: PATIENCE })?.length ?? 1;
}

async function wholeText(store: LocalStore, id: string): Promise<string> {
  const texts: string[] = [];
  for (let start = 0; ; start += 200) {
    const { messages, total } = await store.readMessages(id, { start, end: start + 200 });
    texts.push(...messages.map((message) => `${message.role}:\n${textOf(message)}\n`));
    if (start + 200 >= total) return texts.join('\n');
  }
}

/** One file of Claude Code with a rewind: a shared beginning and two branches that both went on. */
function writeHistory(file: string): void {
  const words = manyWords(randomNumbers(5));
  const shared = Array.from({ length: SHARED }, () => words.message());
  const left = Array.from({ length: OWN }, () => words.message());
  const right = left.map((text, at) => (at % 4 === 1 ? `${text} ${words.message()}` : text));
  // Some turns of its own in the middle.
  right.splice(OWN / 2, 100, ...Array.from({ length: 100 }, () => words.message()));
  const lines = [
    ...chain('s', shared, null, 0),
    ...chain('a', left, `s-${String(SHARED - 1)}`, SHARED),
    ...chain('b', right, `s-${String(SHARED - 1)}`, SHARED + OWN),
  ];
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
}

function chain(name: string, texts: readonly string[], parent: string | null, from: number) {
  return texts.map((text, at) => {
    const type = at % 2 === 0 ? 'user' : 'assistant';
    const answer = {
      id: `msg_${name}_${String(at)}`,
      role: type,
      model: 'claude-sonnet-4-5',
      content: [{ type: 'text', text }],
      usage: { input_tokens: 100, output_tokens: 50 },
    };
    return {
      uuid: `${name}-${String(at)}`,
      parentUuid: at === 0 ? parent : `${name}-${String(at - 1)}`,
      type,
      isSidechain: false,
      userType: 'external',
      cwd: '/tmp/shop',
      sessionId: 'two',
      version: '2.1.0',
      timestamp: new Date(BEGAN + (from + at) * 1_000).toISOString(),
      message: type === 'user' ? { role: type, content: text } : answer,
    };
  });
}
