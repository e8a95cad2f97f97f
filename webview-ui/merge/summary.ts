/** The summary that would stand for the branch: made without a model, by one, or by the person. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { MergeState, SummaryProgress } from '../../src/protocol/mergePanel.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';

export interface SummaryView {
  /** Absent until it has come from the host. */
  readonly text: string | undefined;
  /** How many messages it stands for. */
  readonly count: number;
  /** How many came since it was written: they are not in it, and stay to be merged. */
  readonly unsummed: number;
  readonly progress: SummaryProgress | undefined;
  readonly model: string;
}

export interface SummaryActions {
  edit(text: string): void;
  /** Goes back to the one without a model. */
  reset(): void;
  choose(model: string): void;
  ask(): void;
  stop(): void;
}

export function renderSummary(
  { models, canWrite }: MergeState,
  { text, count, unsummed, progress, model }: SummaryView,
  actions: SummaryActions,
): TemplateResult {
  const isRunning = progress?.state === 'running';
  return html`<div class="mp-summary">
    <div class="mp-summary-tools">
      ${
        models.length === 0
          ? html`<span class="mp-dim"
              >${t('No language model is there to be asked. The summary below was made without one.')}</span
            >`
          : html`<label class="mp-field"
                >${t('Model')}
                <select
                  class="mp-select"
                  ?disabled=${isRunning}
                  @change=${(event: Event) => actions.choose(valueOf(event))}
                >
                  ${models.map(
                    ({ id, name }) =>
                      html`<option value=${id} ?selected=${id === model}>${visible(name)}</option>`,
                  )}
                </select></label
              >
              <button
                type="button"
                class="mp-button"
                ?disabled=${!canWrite || count + unsummed === 0}
                @click=${() => (isRunning ? actions.stop() : actions.ask())}
              >
                ${isRunning ? t('Stop') : t('Write with the Model')}
              </button>`
      }
      <span class="mp-space"></span>
      <button
        type="button"
        class="mp-link-button"
        ?disabled=${isRunning}
        @click=${() => actions.reset()}
      >
        ${t('Without a Model')}
      </button>
    </div>
    <div role="status" class="mp-summary-status mp-dim">
      ${renderStatus(count, unsummed, progress)}
    </div>
    <textarea
      class="mp-text"
      aria-label=${t('Summary')}
      ?readonly=${isRunning || text === undefined}
      .value=${live(isRunning ? progress.text : (text ?? ''))}
      @input=${(event: Event) => actions.edit(valueOf(event))}
    ></textarea>
  </div>`;
}

function renderStatus(
  count: number,
  unsummed: number,
  progress: SummaryProgress | undefined,
): unknown {
  if (progress?.state === 'running') return t('The model is writing…');
  if (progress?.state === 'failed') {
    return html`<span class="mp-error"
      >${icon('error')}
      ${t('The model did not write it: {0}', visible(progress.problem ?? ''))}</span
    >`;
  }
  const stands =
    count === 1
      ? t('Stands for 1 message. Edit it as you like.')
      : t('Stands for {0} messages. Edit it as you like.', formatCount(count));
  const since =
    unsummed === 1
      ? t('1 message that came since is not in it.')
      : t('{0} messages that came since are not in it.', formatCount(unsummed));
  return html`${stands} ${unsummed > 0 ? since : nothing}
  ${progress?.remarks?.map((remark) => visible(remark)).join(' ') ?? nothing}`;
}

function valueOf({ currentTarget }: Event): string {
  return currentTarget instanceof HTMLTextAreaElement || currentTarget instanceof HTMLSelectElement
    ? currentTarget.value
    : '';
}
