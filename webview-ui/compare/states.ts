/** What the panel shows beside a comparison, or instead of one. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';

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

/** Before there is a comparison: that it is coming, or why it did not. */
export function renderWaiting(failure: string | undefined, retry: () => void): TemplateResult {
  if (failure === undefined) {
    return html`<main class="mp-empty"><p class="mp-dim" role="status">${t('Loading…')}</p></main>`;
  }
  return html`<main class="mp-empty">
    <h1>${t('The comparison could not be shown')}</h1>
    <p>${failure}</p>
    <button type="button" class="mp-button" @click=${retry}>${t('Retry')}</button>
  </main>`;
}
