/** The figures of one branch, gathered message by message so that none has to be kept. */
import type { BranchSummary } from '../comparison.ts';
import { sumFigures, type MessageFigures } from '../cost.ts';
import type { ContentBlock, Message, TokenUsage } from '../message.ts';
import type { Session } from '../session.ts';

export class BranchTally {
  readonly #figures: MessageFigures[] = [];
  readonly #models = new Set<string>();
  readonly #files = new Map<string, { added: number; removed: number }>();
  #errors = 0;
  #firstAt: number | undefined;
  #lastAt: number | undefined;

  add(message: Message): void {
    this.#figures.push(figuresOf(message));
    if (message.model !== undefined) this.#models.add(message.model);
    if (message.timestamp !== undefined) {
      this.#firstAt ??= message.timestamp;
      this.#lastAt = message.timestamp;
    }
    for (const block of message.content) this.#addBlock(block);
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
      errors: this.#errors,
      files: [...this.#files].map(([path, lines]) => ({ path, ...lines })),
    };
  }

  #addBlock(block: ContentBlock): void {
    if (block.type === 'notice' && block.kind === 'error') this.#errors++;
    if (block.type !== 'tool') return;
    if (block.result?.isError === true) {
      // An edit that failed has touched no file.
      this.#errors++;
      return;
    }
    if (!block.edit) return;
    const file = this.#files.get(block.edit.path);
    if (file) {
      file.added += block.edit.added;
      file.removed += block.edit.removed;
    } else {
      this.#files.set(block.edit.path, { added: block.edit.added, removed: block.edit.removed });
    }
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
