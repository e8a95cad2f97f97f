/**
 * Tells a transcript's page of the run that fills its session: what has arrived, as it comes. Pieces
 * that come faster than one can read are told together.
 */
import { isLive, type Runs } from '../explore/runs.ts';
import type { Disposable } from '../disposable.ts';
import type { RunView } from '../../protocol/panels.ts';
import { oneLine } from '../text.ts';

const PAUSE_MS = 120;

export class RunTeller implements Disposable {
  readonly #runs: Runs;
  readonly #tell: (run: RunView | null) => Promise<void> | undefined;
  readonly #subscription: Disposable;
  #sessionId = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = '';

  constructor(runs: Runs, tell: (run: RunView | null) => Promise<void> | undefined) {
    this.#runs = runs;
    this.#tell = tell;
    this.#subscription = runs.onDidChange((ids) => {
      if (ids.includes(this.#sessionId)) this.#soon();
    });
  }

  follow(sessionId: string): void {
    this.#sessionId = sessionId;
    this.#told = '';
    this.#runs.want(sessionId);
  }

  /** What the page begins with. */
  get state(): { readonly run?: RunView } {
    const run = this.#view();
    this.#told = JSON.stringify(run);
    return run === null ? {} : { run };
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#subscription.dispose();
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const run = this.#view();
      const text = JSON.stringify(run);
      if (text === this.#told) return;
      this.#told = text;
      // The next piece waits until the page took this one.
      void this.#tell(run)?.then(() => {
        if (JSON.stringify(this.#view()) !== this.#told) this.#soon();
      });
    }, PAUSE_MS);
  }

  #view(): RunView | null {
    const run = this.#runs.of(this.#sessionId);
    if (!run || run.state === 'done') return null;
    const waitsUntil = isLive(run) ? this.#runs.waitsUntil(run.id) : undefined;
    return {
      id: run.id,
      state: run.state,
      strategyName: oneLine(run.strategyName, 60),
      modelName: oneLine(run.model.name, 60),
      step: run.step,
      steps: run.steps,
      text: run.partial,
      ...(run.stepName !== undefined && { stepName: oneLine(run.stepName, 60) }),
      ...(run.error !== undefined && !isLive(run) && { error: oneLine(run.error, 600) }),
      ...(waitsUntil !== undefined && { waitsUntil }),
    };
  }
}
