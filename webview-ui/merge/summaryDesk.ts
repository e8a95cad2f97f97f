/**
 * Where the summary comes about: which model would be asked, how far it is, and what the person makes
 * of it. What stands in the end is a choice like the others and is handed to `decide`.
 */
import type { TemplateResult } from 'lit';
import type { Channel } from '../../src/protocol/channel.ts';
import type {
  MergeHost,
  MergeState,
  MergeView,
  SummaryProgress,
} from '../../src/protocol/mergePanel.ts';
import type { Choices } from './choices.ts';
import type { Draft } from './draft.ts';
import { renderSummary } from './summary.ts';

/** What the desk has done for it by the panel. */
export interface DeskParts {
  readonly channel: Channel<MergeView, MergeHost>;
  readonly draft: Draft;
  readonly decide: (choices: Choices) => void;
  /** Asks the host; a failure is shown. */
  readonly ask: (request: () => Promise<unknown>) => void;
  /** Something that is drawn changed. */
  readonly changed: () => void;
}

export class SummaryDesk {
  readonly #parts: DeskParts;
  #progress: SummaryProgress | undefined;
  #model = '';
  /** Name of the model that was asked last. */
  #asked = '';
  /** What it was asked to sum up. */
  #askedOf: readonly number[] | undefined;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  get isWriting(): boolean {
    return this.#progress?.state === 'running';
  }

  /** Models come and go: one that went is not asked. */
  offer({ models }: MergeState): void {
    if (!models.some(({ id }) => id === this.#model)) this.#model = models[0]?.id ?? '';
  }

  hear(progress: SummaryProgress): void {
    const { draft, decide, changed } = this.#parts;
    this.#progress = progress;
    if (progress.state === 'done') {
      const summaryBy = { ...(this.#asked !== '' && { model: this.#asked }), edited: false };
      // A panel that was opened since has asked for nothing.
      const summaryOf = this.#askedOf ?? draft.after.messages;
      decide({ ...draft.choices, summary: progress.text, summaryBy, summaryOf });
    } else changed();
  }

  render(state: MergeState): TemplateResult {
    const { draft, decide, changed, ask, channel } = this.#parts;
    return renderSummary(
      state,
      {
        text: draft.summary === undefined ? undefined : draft.text,
        count: draft.after.messages.length,
        unsummed: draft.unsummed,
        progress: this.#progress,
        model: this.#model,
      },
      {
        edit: (summary) =>
          decide({
            ...draft.choices,
            summary,
            summaryBy: { ...draft.author, edited: true },
            summaryOf: draft.choices.summaryOf ?? draft.after.messages,
          }),
        reset: () => {
          const { mode, picked, decisions } = draft.choices;
          this.#progress = undefined;
          decide({ mode, picked, decisions });
        },
        choose: (model) => {
          this.#model = model;
          changed();
        },
        ask: () => this.#askModel(),
        stop: () => ask(() => channel.request('stopModel', null)),
      },
    );
  }

  #askModel(): void {
    const { draft, ask, channel } = this.#parts;
    // All of it, also what came since an earlier summary was written.
    const { messages = [] } = draft.summary ?? {};
    this.#askedOf = messages;
    this.#asked = draft.state?.models.find(({ id }) => id === this.#model)?.name ?? '';
    this.#progress = { text: '', state: 'running' };
    ask(async () => {
      try {
        await channel.request('askModel', { model: this.#model, messages });
      } catch (error) {
        this.#progress = undefined;
        throw error;
      }
    });
  }
}
