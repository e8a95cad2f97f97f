/**
 * What is told to the store of one run. The store may be away for a while, because its server starts
 * again or another window takes it over: then the same is said again until it is taken in. Saying
 * it twice does nothing more (`noteRun`), so an answer is neither lost nor doubled.
 *
 * Text is told at most once a second, one piece after the other.
 */
import { MultipathError } from '../core/errors.ts';
import type { Run, RunChanges } from '../core/exploration.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import type { ExploreClock } from './clock.ts';
import { isStopped } from './stopped.ts';

export type ExploreStore = Pick<
  SessionStore,
  | 'startExploration'
  | 'getRuns'
  | 'getExploration'
  | 'getSession'
  | 'readMessages'
  | 'readMessage'
  | 'claimRuns'
  | 'noteRun'
  | 'renewRuns'
  | 'readContext'
  | 'priceAnswers'
  | 'onDidChange'
>;

const TEXT_MS = 1_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** What a store that is away, or could not write, says. */
const AWAY = ['unavailable', 'timeout', 'io', 'poisoned', 'read-only', 'cancelled'] as const;

function isAway(error: unknown): boolean {
  return AWAY.some((code) => MultipathError.is(error, code));
}

/** Asks a store that may be away until it answers, or the signal says that it is enough. */
export async function persistently<T>(
  work: () => Promise<T>,
  clock: ExploreClock,
  enough: AbortSignal,
): Promise<T> {
  for (let wait = FIRST_WAIT_MS; ; wait = Math.min(wait * 2, LONGEST_WAIT_MS)) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || enough.aborted) throw error;
    }
    await clock.sleep(wait, enough);
  }
}

export class Reports {
  readonly #store: ExploreStore;
  readonly #clock: ExploreClock;
  readonly #runId: string;
  readonly #runner: string;
  readonly #enough: AbortSignal;
  readonly #onNoted: (run: Run) => void;
  #step = 0;
  #text = '';
  /** Characters of the text that the store has. */
  #told = 0;
  #telling: Promise<void> | undefined;
  #ending = new AbortController();

  /** `enough`: from then on a store that is away is not waited for. */
  constructor(
    parts: {
      readonly store: ExploreStore;
      readonly clock: ExploreClock;
      readonly runId: string;
      readonly runner: string;
      /** Told what the store has of the run after each report. */
      readonly onNoted: (run: Run) => void;
    },
    enough: AbortSignal,
  ) {
    this.#store = parts.store;
    this.#clock = parts.clock;
    this.#runId = parts.runId;
    this.#runner = parts.runner;
    this.#onNoted = parts.onNoted;
    this.#enough = enough;
  }

  /** Characters that arrived of the step under way. */
  get length(): number {
    return this.#text.length;
  }

  begin(step: number): void {
    this.#step = step;
    this.#text = '';
    this.#told = 0;
    this.#ending = new AbortController();
  }

  /** More of the answer; told within a second or so. */
  add(text: string): void {
    this.#text += text;
    this.#telling ??= this.#tellLater().finally(() => {
      this.#telling = undefined;
    });
  }

  /** Tells something else, after all text. @throws what `noteRun` throws but for a store away */
  async tell(changes: Omit<RunChanges, 'runner' | 'step'>): Promise<Run> {
    this.#ending.abort();
    await this.#telling;
    const isEnd = changes.state !== undefined && changes.state !== 'running';
    const rest = this.#text.slice(this.#told);
    const text = isEnd && rest !== '' ? { at: this.#told, text: rest } : undefined;
    return persistently(
      () => this.#note({ ...changes, ...(text && { text }) }),
      this.#clock,
      this.#enough,
    );
  }

  async #note(changes: Omit<RunChanges, 'runner' | 'step'>): Promise<Run> {
    const run = await this.#store.noteRun(this.#runId, {
      ...changes,
      runner: this.#runner,
      step: this.#step,
    });
    this.#onNoted(run);
    return run;
  }

  async #tellLater(): Promise<void> {
    const ending = this.#ending.signal;
    while (this.#told < this.#text.length && !isStopped(ending)) {
      await this.#clock.sleep(TEXT_MS, ending);
      if (isStopped(ending)) return;
      const at = this.#told;
      const text = this.#text.slice(at);
      try {
        await this.#note({ text: { at, text } });
        this.#told = at + text.length;
      } catch (error) {
        // A store that came back from an older copy has less than it said: all is told again.
        if (MultipathError.is(error, 'bad-request')) this.#told = 0;
        // Another window has the run, or its fork is gone: the answer itself will say so.
        else if (!isAway(error)) return;
      }
    }
  }
}
