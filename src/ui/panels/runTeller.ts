/**
 * Tells a transcript's page of the run that fills its session: what was asked, and what has arrived,
 * as it comes. Pieces that come faster than one can read are told together.
 */
import type { Run } from '../../core/exploration.ts';
import { isLive, type Runs } from '../explore/runs.ts';
import type { Disposable } from '../disposable.ts';
import type { RunView } from '../../protocol/panels.ts';
import { oneLine } from '../text.ts';

const PAUSE_MS = 120;
/** Characters of a prompt that are told; the message, once it is there, has all of them. */
const LONGEST_PROMPT = 8_000;

/** The prompt of the step that a run is at. */
export type ReadPrompt = (run: Run) => Promise<string | undefined>;

export class RunTeller implements Disposable {
  readonly #runs: Runs;
  readonly #tell: (run: RunView | null) => Promise<void> | undefined;
  readonly #readPrompt: ReadPrompt;
  readonly #subscription: Disposable;
  #sessionId = '';
  #timer: ReturnType<typeof setTimeout> | undefined;
  #told = '';
  /** Of the step that was asked for last; `text` comes when it is known. */
  #prompt: { readonly key: string; text?: string } | undefined;

  constructor(
    runs: Runs,
    tell: (run: RunView | null) => Promise<void> | undefined,
    readPrompt: ReadPrompt,
  ) {
    this.#runs = runs;
    this.#tell = tell;
    this.#readPrompt = readPrompt;
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
    const prompt = this.#promptOf(run);
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
      ...(prompt !== undefined && { prompt }),
      ...(run.error !== undefined && !isLive(run) && { error: oneLine(run.error, 600) }),
      ...(waitsUntil !== undefined && { waitsUntil }),
    };
  }

  /** Asked for once a step; the page is told when it has come. */
  #promptOf(run: Run): string | undefined {
    const key = `${run.id} ${run.step}`;
    if (this.#prompt?.key !== key) {
      const asked: { readonly key: string; text?: string } = { key };
      this.#prompt = asked;
      void this.#readPrompt(run).then((text) => {
        if (text === undefined || this.#prompt !== asked) return;
        asked.text = text.length > LONGEST_PROMPT ? `${text.slice(0, LONGEST_PROMPT)}…` : text;
        this.#soon();
      });
    }
    return this.#prompt.text;
  }
}
