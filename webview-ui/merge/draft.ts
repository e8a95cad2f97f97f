/**
 * A merge as it stands so far: what the host says of it, what the person decided, and what follows
 * from both. It asks nobody and draws nothing.
 *
 * Invariant: `after` always follows from the state and the choices; it changes with them or not at
 * all.
 */
import type { SummaryAuthor } from '../../src/core/merge.ts';
import type { MergeState, MergeSummary } from '../../src/protocol/mergePanel.ts';
import type { Afterwards } from './afterwards.ts';
import { effective, NO_CHOICES, type Choices } from './choices.ts';

const NOTHING: Afterwards = {
  targetId: '',
  sourceId: '',
  baseCount: 0,
  sharedCount: 0,
  mode: 'append',
  messages: [],
  summary: '',
};

export class Draft {
  #state: MergeState | undefined;
  #choices: Choices = NO_CHOICES;
  #summary: MergeSummary | undefined;
  #after: Afterwards = NOTHING;

  get state(): MergeState | undefined {
    return this.#state;
  }

  get choices(): Choices {
    return this.#choices;
  }

  /** The summary without a model; absent until it was asked for. */
  get summary(): MergeSummary | undefined {
    return this.#summary;
  }

  /** The target as it would be. */
  get after(): Afterwards {
    return this.#after;
  }

  /** The summary as it would be merged. */
  get text(): string {
    return this.#choices.summary ?? this.#summary?.text ?? '';
  }

  /** Who wrote it; the one without a model while nobody did. */
  get author(): SummaryAuthor {
    return this.#choices.summaryBy ?? { edited: false };
  }

  /** @returns true when what would stand afterwards is another than before */
  take(state: MergeState, choices: Choices = this.#choices): boolean {
    this.#state = state;
    return this.decide(choices);
  }

  /** As `take`, of another merge: what was summed up for the last one goes. */
  restart(state: MergeState, choices: Choices): boolean {
    this.#summary = undefined;
    return this.take(state, choices);
  }

  /** @returns true when what would stand afterwards is another than before */
  decide(choices: Choices): boolean {
    this.#choices = choices;
    return this.#follow();
  }

  /** @returns true when what would stand afterwards is another than before */
  sumUp(summary: MergeSummary): boolean {
    this.#summary = summary;
    return this.#follow();
  }

  /** How many messages came since the summary was written. */
  get unsummed(): number {
    return (this.#summary?.messages.length ?? 0) - this.#summedUp().length;
  }

  /** What the summary stands for: of what can be merged, what it was written of. */
  #summedUp(): readonly number[] {
    const messages = this.#summary?.messages ?? [];
    const { summaryOf } = this.#choices;
    if (summaryOf === undefined) return messages;
    const written = new Set(summaryOf);
    return messages.filter((index) => written.has(index));
  }

  #follow(): boolean {
    const state = this.#state;
    if (state === undefined) return false;
    const before = this.#after;
    const isSummary = this.#choices.mode === 'summary';
    this.#after = {
      targetId: state.target.id,
      sourceId: state.source.id,
      baseCount: state.base.messageCount,
      sharedCount: state.plan.sharedCount,
      mode: this.#choices.mode,
      messages: isSummary ? this.#summedUp() : effective(this.#choices, state.plan),
      summary: this.text,
      ...(isSummary && { summaryBy: this.author }),
    };
    return !isSame(before, this.#after);
  }
}

function isSame(a: Afterwards, b: Afterwards): boolean {
  return (
    a.targetId === b.targetId &&
    a.baseCount === b.baseCount &&
    a.sharedCount === b.sharedCount &&
    a.mode === b.mode &&
    a.summary === b.summary &&
    a.summaryBy?.model === b.summaryBy?.model &&
    a.summaryBy?.edited === b.summaryBy?.edited &&
    a.messages.length === b.messages.length &&
    a.messages.every((index, position) => index === b.messages[position])
  );
}
