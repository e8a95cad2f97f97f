/**
 * The branches' names above their columns, which stay in view. One of them is the reference: what the
 * others are compared with.
 */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchSummary } from '../../src/core/comparison.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';

/** @param reference place of the branch that the others are compared with */
export function renderColumnHeads(
  branches: readonly BranchSummary[],
  bestFork: string,
  reference: number,
  refer: (branch: number) => void,
): TemplateResult {
  return html`<div class="mp-heads" role="group" aria-label=${t('Compare with which branch?')}>
    <div class="mp-lane" aria-hidden="true" title=${t('Number of the message')}>#</div>
    ${branches.map(({ sessionId, title }, at) => {
      const isReference = at === reference;
      return html`<div class="mp-head mp-side-${at + 1}" title=${title}>
        <span class="mp-head-title">${title}</span>
        ${sessionId === bestFork ? icon('star-full') : nothing}
        <button
          type="button"
          class="mp-reference ${isReference ? 'mp-on' : ''}"
          aria-pressed=${isReference}
          title=${
            isReference
              ? t('The others are compared with this branch (R for the next one)')
              : t('Compare the others with {0}', title)
          }
          aria-label=${
            isReference ? t('Reference: {0}', title) : t('Compare the others with {0}', title)
          }
          @click=${() => refer(at)}
        >
          ${isReference ? t('Reference') : icon('git-compare')}
        </button>
      </div>`;
    })}
    <span class="mp-hidden" role="status"
      >${t('Compared with {0}', branches[reference]?.title ?? '')}</span
    >
  </div>`;
}
