/**
 * What a benchmark is: a file `<name>.bench.ts` below test/ that exports one of these as `benchmark`.
 * Each runs in a process of its own (runOne.ts), so that none pays for another's garbage; subject
 * and baseline run in the same one, by turns.
 */
import type { Figure, Samples } from './figures.ts';

export interface Benchmark<Name extends string = string> {
  readonly name: string;
  /** Runs only when asked for by `--only` or `--long`. */
  readonly long?: boolean;
  /** Why it cannot be run here, in words; it is skipped then. */
  unavailable?(): string | undefined;
  /** The process is ended after so many seconds. */
  readonly limitSeconds: number;
  /** By name; the row is called `<benchmark>.<figure>`. */
  readonly figures: Readonly<Record<Name, Figure>>;
  run(bench: Bench): Promise<Readonly<Record<Name, Samples>>>;
}

/** What a benchmark is given. */
export interface Bench {
  /** A folder of its own, removed afterwards. */
  readonly folder: string;
  /** What a long benchmark multiplies its amounts by: 1, or less where `--scale` says so. */
  readonly scale: number;
  /** Runs when the benchmark is over, failed or not; the last one registered first. */
  onEnd(cleanUp: () => unknown): void;
}

/** Keeps the names of the figures in the type, so that each must be measured. */
export function defineBenchmark<Name extends string>(benchmark: Benchmark<Name>): Benchmark<Name> {
  return benchmark;
}

/**
 * Work to be timed. Returns how much it did (messages, bytes, rows), so that nothing is optimised
 * away and nothing that did nothing passes for quick.
 */
export type Work = (round: number) => number | Promise<number>;

export interface Contest {
  /** Rounds before those that count. */
  readonly warmUp: number;
  /** Fewer are done on a machine that cannot do them in time, but never fewer than 5. */
  readonly rounds: number;
  readonly subject: Work;
  readonly baseline: Work;
}

const FEWEST_ROUNDS = 5;
const BUDGET_MS = 15_000;

/** Times both by turns, the order changing from round to round. Milliseconds. */
export async function contest({ warmUp, rounds, subject, baseline }: Contest): Promise<{
  readonly subject: readonly number[];
  readonly baseline: readonly number[];
}> {
  collectGarbage();
  const times = { subject: [] as number[], baseline: [] as number[] };
  const deadline = performance.now() + BUDGET_MS;
  for (let round = 0; round < warmUp + rounds; round++) {
    if (performance.now() > deadline && round >= warmUp + FEWEST_ROUNDS) break;
    const turns = [
      ['subject', subject],
      ['baseline', baseline],
    ] as const;
    for (const [who, work] of round % 2 === 0 ? turns : turns.toReversed()) {
      const time = await timed(work, round);
      if (round >= warmUp) times[who].push(time);
    }
  }
  return times;
}

/** Milliseconds that one round takes. */
export async function timed(work: Work, round: number): Promise<number> {
  const started = performance.now();
  const result = work(round);
  const done = typeof result === 'number' ? result : await result;
  const time = performance.now() - started;
  if (!(done > 0)) throw new Error('A round did nothing, so its time means nothing.');
  return time;
}

/** Frees what set-up left behind, so that it is not collected while something is timed. */
export function collectGarbage(): void {
  globalThis.gc?.();
}
