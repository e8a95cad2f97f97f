/** The lines at the top of a panel that say what is wrong. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from './icons.ts';
import { t } from './strings.ts';

/** What the host has to say, and what the last action failed with. */
export function renderNotices(notice: string | null, problem: string | undefined): TemplateResult {
  return html`<div role="status">
    ${
      notice === null
        ? nothing
        : html`<div class="mp-notice">${icon('warning')}<span>${notice}</span></div>`
    }
    ${
      problem === undefined
        ? nothing
        : html`<div class="mp-notice">
            ${icon('error')}<span>${t('That failed: {0}', problem)}</span>
          </div>`
    }
  </div>`;
}
