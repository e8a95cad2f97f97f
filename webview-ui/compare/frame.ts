/** What stands above the rows: the shared prefix and the fork line. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Comparison } from '../../src/core/comparison.ts';
import { totalTokens } from '../../src/core/message.ts';
import {
  formatCostSum,
  formatCount,
  formatTime,
  formatTokens,
  formatFullTime,
} from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';

/** The shared prefix as one line; where there is none, a line that says so. */
export function renderShared(
  comparison: Comparison,
  open: (target: { sessionId: string; reveal: number }) => void,
): TemplateResult {
  const { ancestorId, sharedCount, sharedExcerpt } = comparison;
  if (ancestorId === undefined) {
    return html`<div class="mp-span">
      <div class="mp-shared">
        ${icon('info')}
        <span
          >${t('These sessions share no message. They are compared from their beginnings.')}</span
        >
      </div>
    </div>`;
  }
  const count =
    sharedCount === 1 ? t('1 shared message') : t('{0} shared messages', formatCount(sharedCount));
  return html`<div class="mp-span">
      <button
        type="button"
        class="mp-shared"
        title=${t('Show the last shared message in its transcript')}
        @click=${() => open({ sessionId: ancestorId, reveal: sharedCount - 1 })}
      >
        ${icon('fold')}<b>${count}</b>
        <span class="mp-shared-excerpt"
          >${sharedExcerpt === '' ? nothing : t('up to “{0}”', visible(sharedExcerpt))}</span
        >
        <span class="mp-shared-cost">${sharedFigures(comparison)}</span>
        ${icon('go-to-file')}
      </button>
    </div>
    ${
      comparison.forkedAt === undefined
        ? nothing
        : html`<div class="mp-span">
            <div class="mp-fork-line">
              <span title=${formatFullTime(comparison.forkedAt)}
                >${t('forked here · {0}', formatTime(comparison.forkedAt))}</span
              >
            </div>
          </div>`
    }`;
}

function sharedFigures({ sharedTokens, sharedCost, sharedKnownCost }: Comparison): string {
  const tokens = totalTokens(sharedTokens);
  if (tokens === 0) return '';
  const cost = sharedCost ?? sharedKnownCost;
  return cost === undefined
    ? t('counted once: {0} tokens', formatTokens(tokens))
    : t('counted once: {0} tokens, {1}', formatTokens(tokens), formatCostSum(sharedCost, cost));
}
