/**
 * Gathers changes until it has been quiet for a moment, or for so long that they are waited for, and
 * hands them on in one batch; while a batch is being handled the next one gathers. What is gathered
 * is bounded: beyond that only the fact is kept that much has changed.
 */

/** All in milliseconds. */
const QUIET = 250;
const LATEST = 2_000;
const MAX_CHANGES = 2_000;

export interface GathererOptions<T> {
  /** `changes` is `undefined` where there were too many to keep apart. Its failures are reported. */
  readonly onBatch: (changes: ReadonlyMap<string, T> | undefined) => Promise<void>;
  readonly report: (error: unknown) => void;
  readonly quietMs?: number;
  readonly latestMs?: number;
  readonly maxChanges?: number;
}

export class Gatherer<T> {
  readonly #options: GathererOptions<T>;
  #changes = new Map<string, T>();
  #isTooMany = false;
  #since: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #handling: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: GathererOptions<T>) {
    this.#options = options;
  }

  add(key: string, change: T): void {
    const { maxChanges = MAX_CHANGES } = this.#options;
    if (this.#isTooMany || this.#isClosed) return;
    this.#changes.set(key, change);
    if (this.#changes.size > maxChanges) this.#overflow();
    this.#wait();
  }

  /** Anything may have changed. */
  addAll(): void {
    if (this.#isClosed) return;
    this.#overflow();
    this.#wait();
  }

  /** Forgets what was gathered; resolves when nothing is being handled any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#changes.clear();
    await this.#handling;
  }

  #overflow(): void {
    this.#isTooMany = true;
    this.#changes.clear();
  }

  #wait(): void {
    if (this.#handling) return;
    const { quietMs = QUIET, latestMs = LATEST } = this.#options;
    const now = performance.now();
    this.#since ??= now;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#hand(),
      Math.max(0, Math.min(quietMs, this.#since + latestMs - now)),
    );
    this.#timer.unref();
  }

  #hand(): void {
    const changes = this.#isTooMany ? undefined : this.#changes;
    this.#changes = new Map();
    this.#isTooMany = false;
    this.#since = undefined;
    this.#handling = this.#options
      .onBatch(changes)
      .catch((error: unknown) => this.#options.report(error))
      .finally(() => {
        this.#handling = undefined;
        if (!this.#isClosed && (this.#changes.size > 0 || this.#isTooMany)) this.#wait();
      });
  }
}
