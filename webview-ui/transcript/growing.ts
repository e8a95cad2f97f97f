/**
 * What a run is at, as the last rows of the list: what was asked, and the answer that is coming,
 * until their messages take their place. The host tells of a run and of messages in any order: each
 * is shown by one of the two always, and by both never.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { Message } from '../../src/core/message.ts';
import type { RunView } from '../../src/protocol/panels.ts';
import { t } from '../shared/strings.ts';
import './item.ts';

/** What one step asked, or what has arrived of its answer. */
export interface Growing {
  /** Tells the rows of a session apart. */
  readonly key: string;
  readonly role: 'user' | 'assistant';
  readonly runId: string;
  readonly step: number;
  readonly text: string;
  /** Of an answer. */
  readonly model?: string;
  /** True while more may come. */
  readonly live: boolean;
}

/** What is coming when the host told of the run; `null` when the run is done. */
export function growingOf(before: readonly Growing[], run: RunView | null): readonly Growing[] {
  // What is whole stays until their messages are there.
  if (run === null) return before.map((one) => ({ ...one, live: false }));
  const finished = before
    .filter(({ runId, step }) => runId === run.id && step < run.step)
    .map((one) => ({ ...one, live: false }));
  const { id: runId, step, prompt, text, modelName: model, state } = run;
  const key = `${runId} ${step}`;
  const asked = { key: `${key} asked`, role: 'user', text: prompt ?? '', live: false } as const;
  const answer = { key, role: 'assistant', text, model, live: state === 'running' } as const;
  const coming = [asked, answer].filter((one) => one.text !== '');
  return [...finished, ...coming.map((one) => ({ ...one, runId, step }))];
}

/** Which of these rows have become messages, once and for all. */
export class Answered {
  /** Index of the message, by key. */
  readonly #at = new Map<string, number>();

  /** Those that are not among the messages, as far as these are in the page. */
  without(growing: readonly Growing[], messages: Iterable<Message | undefined>): Growing[] {
    const open = growing.filter(({ key }) => !this.#at.has(key));
    if (open.length === 0) return open;
    for (const message of messages) {
      const found = message && open.find((one) => isMessageOf(message, one));
      if (found) this.#at.set(found.key, message.index);
    }
    return open.filter(({ key }) => !this.#at.has(key));
  }

  indexOf(key: string): number | undefined {
    return this.#at.get(key);
  }
}

/** The runner notes at its messages which step of which run they are (src/explore/runner.ts). */
function isMessageOf({ role, metadata }: Message, { role: wanted, runId, step }: Growing): boolean {
  const { explore } = metadata;
  if (role !== wanted || typeof explore !== 'object' || explore === null) return false;
  return 'run' in explore && explore.run === runId && 'index' in explore && explore.index === step;
}

export function renderGrowing(
  { key, role, text, model, live }: Growing,
  place: { readonly index: number; readonly count: number; readonly folds: Set<string> },
): TemplateResult {
  const { index, count, folds } = place;
  const message: Message = {
    id: key,
    sessionId: '',
    index,
    anchor: { logId: 'run', seq: 0 },
    role,
    content: [{ type: 'text', text }],
    ...(model !== undefined && { model }),
    inherited: false,
    metadata: {},
  };
  return html`<mp-item
    role="article"
    tabindex="-1"
    ?asked=${role === 'user'}
    growing=${role === 'user' ? nothing : key}
    .growing=${key}
    aria-busy=${String(live)}
    aria-posinset=${index + 1}
    aria-setsize=${count}
    aria-label=${role === 'user' ? t('What was asked') : t('What has arrived')}
    .message=${message}
    .folds=${folds}
    .bare=${true}
  ></mp-item>`;
}
