/** A model client that says what a test tells it to, and a clock that a test moves. */
import {
  ModelError,
  type ModelClient,
  type ModelInfo,
  type ModelPart,
  type ModelRequest,
} from '../../../../src/core/models.ts';
import type { ExploreClock } from '../../../../src/explore/clock.ts';

export interface Asked {
  readonly modelId: string;
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  /** How many were asked before. */
  readonly nth: number;
}

export type Script = (asked: Asked) => AsyncIterable<ModelPart>;

export class ScriptedModels implements ModelClient {
  readonly asked: Asked[] = [];
  models: readonly ModelInfo[] = [];
  script: Script;

  constructor(script: Script) {
    this.script = script;
  }

  listModels(): Promise<readonly ModelInfo[]> {
    return Promise.resolve(this.models);
  }

  countTokens(_modelId: string, text: string): Promise<number> {
    return Promise.resolve(Math.ceil(text.length / 4));
  }

  ask(modelId: string, request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart> {
    const asked = { modelId, request, signal, nth: this.asked.length };
    this.asked.push(asked);
    return this.script(asked);
  }
}

export const USED = { input: 100, output: 10, cacheRead: 0, cacheWrite: 0 };

/** Says these pieces, and that it took `USED`. */
export async function* says(...pieces: readonly string[]): AsyncGenerator<ModelPart> {
  for (const text of pieces) {
    await Promise.resolve();
    yield { type: 'text', text };
  }
  yield { type: 'usage', tokens: USED };
}

/** Says these pieces, then fails. */
export async function* breaks(
  error: Error,
  ...pieces: readonly string[]
): AsyncGenerator<ModelPart> {
  for (const text of pieces) {
    await Promise.resolve();
    yield { type: 'text', text };
  }
  throw error;
}

/** Says these pieces, and nothing more until it is stopped. */
export async function* hangs(
  signal: AbortSignal,
  ...pieces: readonly string[]
): AsyncGenerator<ModelPart> {
  for (const text of pieces) yield { type: 'text', text };
  await new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
  throw new ModelError('cancelled', 'Stopped.');
}

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export class MovedClock implements ExploreClock {
  time = 1_790_000_000_000;
  #moved = 0;
  readonly #sleepers = new Set<Sleeper>();

  readonly now = (): number => this.time;

  readonly elapsed = (): number => this.#moved;

  readonly sleep = (ms: number, signal: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      if (signal.aborted) {
        resolve();
        return;
      }
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { until: this.#moved + ms, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
    });

  /** Milliseconds until the next one wakes. */
  get sleeping(): readonly number[] {
    return [...this.#sleepers].map(({ until }) => until - this.#moved).sort((a, b) => a - b);
  }

  /** @param early so much before their time those who sleep may wake, as timers do */
  move(ms: number, early = 0): void {
    this.time += ms;
    this.#moved += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.until <= this.#moved + early) sleeper.wake();
    }
  }
}
