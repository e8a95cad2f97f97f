/** The figures of one branch, gathered message by message so that none has to be kept. */
import type { BranchSummary } from '../comparison.ts';
import { sumFigures, type MessageFigures } from '../cost.ts';
import type { ContentBlock, Message, TokenUsage } from '../message.ts';
import type { Session } from '../session.ts';
import { ActionTally } from './tallyActions.ts';

export class BranchTally {
  readonly #figures: MessageFigures[] = [];
  readonly #models = new Set<string>();
  readonly #actions = new ActionTally();
  /** Errors that stand in the transcript by themselves: of the agent, the model or the network. */
  #reported = 0;
  #firstAt: number | undefined;
  #lastAt: number | undefined;

  add(message: Message): void {
    this.#figures.push(figuresOf(message));
    if (message.model !== undefined) this.#models.add(message.model);
    if (message.timestamp !== undefined) {
      this.#firstAt ??= message.timestamp;
      this.#lastAt = message.timestamp;
    }
    for (const block of message.content) this.#addBlock(block, message.index);
  }

  /** Milliseconds since the epoch; absent when no message has a time. */
  get firstAt(): number | undefined {
    return this.#firstAt;
  }

  summary(session: Pick<Session, 'id' | 'title' | 'origin'>): BranchSummary {
    const durationMs = this.#duration();
    return {
      sessionId: session.id,
      title: session.title,
      ...(session.origin && { agent: session.origin.agent }),
      models: [...this.#models],
      messages: this.#figures.length,
      ...sumFigures(this.#figures),
      ...(durationMs !== undefined && { durationMs }),
      errors: this.#reported + this.#actions.errors,
      files: this.#actions.files,
      ...this.#actions.commands,
      actions: this.#actions.actions,
    };
  }

  #addBlock(block: ContentBlock, index: number): void {
    if (block.type === 'notice' && block.kind === 'error') this.#reported++;
    if (block.type === 'tool') this.#actions.add(block, index);
  }

  /** Unknown with fewer than two times, and when clocks ran backwards. */
  #duration(): number | undefined {
    if (this.#figures.length < 2 || this.#firstAt === undefined || this.#lastAt === undefined) {
      return undefined;
    }
    const duration = this.#lastAt - this.#firstAt;
    return duration >= 0 ? duration : undefined;
  }
}

function figuresOf({ tokens, cost }: { tokens?: TokenUsage; cost?: number }): MessageFigures {
  return { ...(tokens && { tokens }), ...(cost !== undefined && { cost }) };
}
