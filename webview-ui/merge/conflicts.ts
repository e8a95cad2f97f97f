/** What both sides did since they parted, one line each, with the person's decision about it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { FileConflict, FileSide } from '../../src/core/merge.ts';
import type { MergeState } from '../../src/protocol/mergePanel.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';
import { fileConflicts, WENT_ON, type Choices, type Decision } from './choices.ts';

export interface ConflictActions {
  decide(key: string, decision: Decision | undefined): void;
  compare(): void;
  openFile(path: string): void;
}

export function renderConflicts(
  { plan, target }: MergeState,
  choices: Choices,
  actions: ConflictActions,
): TemplateResult | typeof nothing {
  const files = fileConflicts(choices, plan);
  const { targetMessages } = plan.conflicts;
  // Where everything is there already, nothing is left to decide.
  if (plan.messages.length === 0 || (files.length === 0 && targetMessages === 0)) return nothing;
  return html`<section class="mp-conflicts" aria-labelledby="mp-conflicts-title">
    <h2 id="mp-conflicts-title">${t('Both sides went on')}</h2>
    <ul>
      ${targetMessages === 0 ? nothing : renderWentOn(target.title, targetMessages, choices, actions)}
      ${files.map((file) => renderFile(file, choices, actions))}
    </ul>
  </section>`;
}

function renderWentOn(
  title: string,
  count: number,
  { decisions }: Choices,
  actions: ConflictActions,
): TemplateResult {
  const name = visible(title);
  const words =
    count === 1
      ? t('“{0}” has 1 message of its own since they parted.', name)
      : t('“{0}” has {1} messages of its own since they parted.', name, formatCount(count));
  return html`<li>
    ${icon('git-branch')}<span class="mp-what">${words}</span>
    <button type="button" class="mp-link-button" @click=${() => actions.compare()}>
      ${t('Compare')}
    </button>
    <label class="mp-decision"
      ><input
        type="checkbox"
        .checked=${decisions[WENT_ON] === 'take'}
        @change=${(event: Event) => actions.decide(WENT_ON, isChecked(event) ? 'take' : undefined)}
      />${t('Add behind them')}</label
    >
  </li>`;
}

function renderFile(
  { path, source, target }: FileConflict,
  { decisions }: Choices,
  actions: ConflictActions,
): TemplateResult {
  const name = visible(path);
  const decision = decisions[path];
  const count = source.messages.length;
  const choice = (value: Decision, label: string): TemplateResult =>
    html`<label class="mp-decision"
      ><input
        type="radio"
        name="mp-file-${path}"
        .checked=${decision === value}
        @change=${() => actions.decide(path, value)}
      />${label}</label
    >`;
  return html`<li>
    ${icon('file')}
    <span class="mp-what"
      ><code title=${name}>${name}</code>
      <span class="mp-dim">${t('in the target')}</span> ${renderLines(target)}
      <span class="mp-dim">${t('in the branch')}</span> ${renderLines(source)}</span
    >
    <button
      type="button"
      class="mp-link-button"
      aria-label=${t('Compare {0}', name)}
      @click=${() => actions.openFile(path)}
    >
      ${t('Compare')}
    </button>
    <span role="radiogroup" aria-label=${name}>
      ${choice('take', t('Merge all the same'))}
      ${choice('leave', count === 1 ? t('Leave its message out') : t('Leave its {0} messages out', formatCount(count)))}
    </span>
  </li>`;
}

function renderLines({ added, removed }: FileSide): TemplateResult {
  return html`<span class="mp-line-counts"
    ><span class="mp-added">+${formatCount(added)}</span>
    <span class="mp-removed">−${formatCount(removed)}</span></span
  >`;
}

function isChecked({ currentTarget }: Event): boolean {
  return currentTarget instanceof HTMLInputElement && currentTarget.checked;
}
