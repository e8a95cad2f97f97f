/**
 * A strategy: how a question is put to a model, as data. Those that come with Multipath
 * (strategies.ts) and those that a person writes (`*.multipath.yaml`, docs/strategies.md) are the
 * same thing.
 *
 * Invariant: a step only speaks of what stands before it, so steps can be done one after the other.
 */

/** What a step's model is shown before the step's own prompt. */
export type StepContext =
  | 'steps' // the conversation up to the fork point, and the steps so far as if they had been said
  | 'conversation' // the conversation only; answers of earlier steps where placeholders name them
  | 'none'; // nothing but the prompt

/** What of a step becomes messages of the fork. Every answer was paid for, so every answer is kept. */
export type StepKept =
  | 'exchange' // the prompt as a message of the person, and the answer
  | 'answer';

export interface StrategyStep {
  /** Lower-case letters, digits and hyphens, once in a strategy: `{{steps.NAME}}` is its answer. */
  readonly name: string;
  /** What a person reads while it is under way; the name when absent. */
  readonly title?: string;
  /**
   * Text with `{{question}}`, `{{previous}}` (the answer of the step before) and `{{steps.NAME}}`;
   * `\{{` is two braces.
   */
  readonly prompt: string;
  /** Sent as a system message, with the same placeholders. */
  readonly system?: string;
  /** Id of the model that this step asks, in the place of the one that was chosen for the run. */
  readonly model?: string;
  /** `steps` when absent. */
  readonly context?: StepContext;
  /** `exchange` when absent. */
  readonly keep?: StepKept;
}

export interface Strategy {
  /** Of the built-in ones a word; of a person's own the name of its file without the ending. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** At least one. */
  readonly steps: readonly StrategyStep[];
}
