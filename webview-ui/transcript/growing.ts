/**
 * Answers that are coming, as the last rows of the list, until their messages take their place. The
 * host tells of a run and of messages in any order: an answer is shown by one of the two always,
 * and by both never.
 */
import { html, type TemplateResult } from 'lit';
import type { Message } from '../../src/core/message.ts';
import type { RunView } from '../../src/protocol/panels.ts';
import { t } from '../shared/strings.ts';
import './item.ts';

/** What has arrived of one step's answer. */
export interface Growing {
  /** Tells the answers of a session apart. */
  readonly key: string;
  readonly runId: string;
  readonly step: number;
  readonly text: string;
  readonly model: string;
  /** True while more may come. */
  readonly live: boolean;
}

/** What is coming when the host told of the run; `null` when the run is done. */
export function growingOf(before: readonly Growing[], run: RunView | null): readonly Growing[] {
  // Whole answers stay until their messages are there.
  if (run === null) return before.map((one) => ({ ...one, live: false }));
  const finished = before
    .filter(({ runId, step }) => runId === run.id && step < run.step)
    .map((one) => ({ ...one, live: false }));
  if (run.text === '') return finished;
  const { id: runId, step, text, modelName: model, state } = run;
  return [
    ...finished,
    { key: `${runId} ${step}`, runId, step, text, model, live: state === 'running' },
  ];
}

/** Which growing answers have become messages, once and for all. */
export class Answered {
  /** Index of the message, by key. */
  readonly #at = new Map<string, number>();

  /** Those that are not among the messages, as far as these are in the page. */
  without(growing: readonly Growing[], messages: Iterable<Message | undefined>): Growing[] {
    const open = growing.filter(({ key }) => !this.#at.has(key));
    if (open.length === 0) return open;
    for (const message of messages) {
      const found = message && open.find((one) => isAnswer(message, one));
      if (found) this.#at.set(found.key, message.index);
    }
    return open.filter(({ key }) => !this.#at.has(key));
  }

  indexOf(key: string): number | undefined {
    return this.#at.get(key);
  }
}

/** The runner notes at its messages which step of which run they are (src/explore/runner.ts). */
function isAnswer({ role, metadata }: Message, { runId, step }: Growing): boolean {
  const { explore } = metadata;
  if (role !== 'assistant' || typeof explore !== 'object' || explore === null) return false;
  return 'run' in explore && explore.run === runId && 'index' in explore && explore.index === step;
}

export function renderGrowing(
  { key, text, model, live }: Growing,
  place: { readonly index: number; readonly count: number; readonly folds: Set<string> },
): TemplateResult {
  const { index, count, folds } = place;
  const message: Message = {
    id: key,
    sessionId: '',
    index,
    anchor: { logId: 'run', seq: 0 },
    role: 'assistant',
    content: [{ type: 'text', text }],
    model,
    inherited: false,
    metadata: {},
  };
  return html`<mp-item
    role="article"
    tabindex="-1"
    growing=${key}
    aria-busy=${String(live)}
    aria-posinset=${index + 1}
    aria-setsize=${count}
    aria-label=${t('What has arrived')}
    .message=${message}
    .folds=${folds}
    .bare=${true}
  ></mp-item>`;
}
