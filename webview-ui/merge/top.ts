/** The panel's head: what is merged into what and how, and what came of it. */
import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { MERGE_MODES, type MergeMode } from '../../src/core/merge.ts';
import type { MergeDone, MergeState, MergeTarget } from '../../src/protocol/mergePanel.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';

export interface TopView {
  readonly mode: MergeMode;
  /** How many messages could be merged, and how many are. */
  readonly possible: number;
  readonly chosen: number;
  /** Why it cannot be merged as things stand. */
  readonly blocked: string | undefined;
  readonly busy: boolean;
}

export interface TopActions {
  target(targetId: string): void;
  mode(mode: MergeMode): void;
  merge(): void;
  openSession(sessionId: string): void;
}

export function renderHead(state: MergeState, view: TopView, actions: TopActions): TemplateResult {
  const { source, target, targets } = state;
  const title = visible(source.title);
  return html`<header class="mp-bar">
    <h1 title=${title}>
      ${icon('git-merge')}
      <button
        type="button"
        class="mp-link-button"
        title=${t('Open {0}', title)}
        @click=${() => actions.openSession(source.id)}
      >
        ${title}
      </button>
    </h1>
    <label class="mp-field mp-into"
      >${t('into')}
      <select
        class="mp-select"
        .value=${live(target.id)}
        ?disabled=${view.busy}
        @change=${({ currentTarget }: Event) => {
          if (currentTarget instanceof HTMLSelectElement) actions.target(currentTarget.value);
        }}
      >
        ${targets.map(
          (one) =>
            html`<option value=${one.sessionId} ?selected=${one.sessionId === target.id}>
              ${optionOf(one)}
            </option>`,
        )}
      </select></label
    >
    <span class="mp-space"></span>
    <span class="mp-dim" id="mp-blocked">${view.blocked ?? nothing}</span>
    <button
      type="button"
      class="mp-button mp-primary"
      title=${t('Merge (Ctrl+Enter)')}
      aria-describedby="mp-blocked"
      ?disabled=${view.blocked !== undefined || view.busy}
      @click=${() => actions.merge()}
    >
      ${t('Merge')}
    </button>
  </header>`;
}

function optionOf({ title, relation }: MergeTarget): string {
  const name = visible(title);
  if (relation === 'parent') return t('{0} (parent)', name);
  return relation === 'ancestor' ? t('{0} (ancestor)', name) : name;
}

/** What is written, and what is not. */
export function renderWhere({ target, base, plan }: MergeState): TemplateResult | typeof nothing {
  if (target.origin === undefined) return nothing;
  const title = visible(target.title);
  const behind = target.messageCount - base.inheritedCount;
  return html`<p class="mp-where mp-dim">
    ${icon('info')}
    <span
      >${
        plan.into === undefined
          ? t(
              'A branch of yours will be laid over “{0}”: the agent’s own file is not written to.',
              title,
            )
          : t('A branch of yours lies over “{0}”: the agent’s own file is not written to.', title)
      }
      ${
        plan.into === undefined || behind <= 0
          ? nothing
          : behind === 1
            ? t('1 message that the agent added since is not in it.')
            : t('{0} messages that the agent added since are not in it.', formatCount(behind))
      }</span
    >
  </p>`;
}

function allOf(possible: number): string {
  if (possible === 0) return t('All messages');
  return possible === 1 ? t('The 1 message') : t('All {0} messages', formatCount(possible));
}

export function renderModes(view: TopView, choose: (mode: MergeMode) => void): TemplateResult {
  const { possible, chosen } = view;
  const labels: Readonly<Record<MergeMode, string>> = {
    append: allOf(possible),
    'cherry-pick':
      view.mode === 'cherry-pick'
        ? t('Chosen messages ({0} of {1})', formatCount(chosen), formatCount(possible))
        : t('Chosen messages'),
    summary: t('A summary'),
  };
  return html`<fieldset class="mp-modes">
    <legend class="mp-hidden">${t('Merge what?')}</legend>
    ${MERGE_MODES.map(
      (mode) =>
        html`<label class="mp-decision"
          ><input
            type="radio"
            name="mp-mode"
            .checked=${view.mode === mode}
            @change=${() => choose(mode)}
          />${labels[mode]}</label
        >`,
    )}
  </fieldset>`;
}

export function renderDone(
  { sessionId, title, first, merged, stands }: MergeDone,
  canWrite: boolean,
  open: (sessionId: string, reveal: number) => void,
  undo: () => void,
): TemplateResult {
  const name = visible(title);
  const words = stands
    ? merged === 1
      ? t('1 message was merged into “{0}”.', name)
      : t('{0} messages were merged into “{1}”.', formatCount(merged), name)
    : t('The merge into “{0}” was taken back.', name);
  return html`<div class="mp-done" role="status">
    ${icon(stands ? 'check' : 'discard')}<span>${words}</span>
    ${
      stands
        ? html`<button type="button" class="mp-link-button" @click=${() => open(sessionId, first)}>
              ${t('Open')}
            </button>
            <button type="button" class="mp-link-button" ?disabled=${!canWrite} @click=${undo}>
              ${t('Undo')}
            </button>`
        : nothing
    }
  </div>`;
}
