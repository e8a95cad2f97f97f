/** The branches' names above their columns, where there are more than a pair: they stay in view. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchSummary } from '../../src/core/comparison.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';

export function renderColumnHeads(
  branches: readonly BranchSummary[],
  bestFork: string,
): TemplateResult | typeof nothing {
  if (branches.length < 3) return nothing;
  return html`<div class="mp-heads" aria-hidden="true">
    <div class="mp-lane" title=${t('Number of the message')}>#</div>
    ${branches.map(
      ({ sessionId, title }, at) =>
        html`<div class="mp-head mp-side-${at + 1}" title=${title}>
          <span class="mp-head-title">${title}</span>
          ${sessionId === bestFork ? icon('star-full') : nothing}
        </div>`,
    )}
  </div>`;
}
