/** What the panel shows instead of a comparison. */
import { html, type TemplateResult } from 'lit';
import { t } from '../shared/strings.ts';

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
