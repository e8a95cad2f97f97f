/**
 * The branch's messages as a list to choose from. Rows are drawn one by one as they come into view;
 * what they lack is read together.
 */
import { html, type TemplateResult } from 'lit';
import type { MessagePage } from '../../src/core/sessionStore.ts';
import type { MergeState } from '../../src/protocol/mergePanel.ts';
import { t } from '../shared/strings.ts';
import '../shared/table.ts';
import { Pages } from '../transcript/pages.ts';
import { candidateCells, candidateColumns, candidatesOf, type Candidates } from './candidates.ts';
import { leftOut, toggled, toggledAll, type Choices } from './choices.ts';
import type { Draft } from './draft.ts';

export class CandidateList {
  readonly #pages: Pages;
  #wanted: { start: number; end: number } | undefined;

  constructor(
    read: (range: { start: number; end: number }) => Promise<MessagePage>,
    arrived: () => void,
    failed: (error: unknown) => void,
  ) {
    this.#pages = new Pages(read, arrived, failed);
  }

  /** The branch may have changed: what is shown of it is read again. */
  refresh({ plan }: MergeState): void {
    const [first = 0] = plan.messages;
    this.#pages.refresh(first, first + 1);
  }

  render(
    { plan, source }: MergeState,
    draft: Draft,
    decide: (choices: Choices) => void,
  ): TemplateResult {
    const indexes = candidatesOf(plan);
    if (indexes.length === 0) {
      return html`<p class="mp-empty mp-dim">
        ${t('The branch has no messages of its own yet.')}
      </p>`;
    }
    const candidates: Candidates = {
      indexes,
      chosen: new Set(draft.after.messages),
      merged: new Set(plan.alreadyMerged),
      unanswered: new Set(plan.unanswered),
      leftOut: leftOut(draft.choices, plan),
      message: (index) => {
        this.#want(index);
        return this.#pages.message(index);
      },
      toggle: (index) => decide(toggled(draft.choices, plan, index)),
      toggleAll: () => decide(toggledAll(draft.choices, plan)),
    };
    return html`<mp-table-rows
      .count=${indexes.length}
      .columns=${candidateColumns(candidates)}
      .label=${t('Messages of {0}', source.title)}
      .cells=${candidateCells(candidates)}
      .keyOf=${(row: number) => String(indexes[row])}
    ></mp-table-rows>`;
  }

  #want(index: number): void {
    if (this.#wanted === undefined) {
      queueMicrotask(() => {
        if (this.#wanted) this.#pages.want(this.#wanted.start, this.#wanted.end);
        this.#wanted = undefined;
      });
    }
    const { start = index, end = index + 1 } = this.#wanted ?? {};
    this.#wanted = { start: Math.min(start, index), end: Math.max(end, index + 1) };
  }
}
