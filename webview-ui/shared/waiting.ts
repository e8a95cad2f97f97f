/** What a panel shows before there is anything to show: that it is coming, or why it did not. */
import { html, type TemplateResult } from 'lit';
import { t } from './strings.ts';

/** @param title that it could not be shown */
export function renderWaiting(
  title: string,
  failure: string | undefined,
  retry: () => void,
): TemplateResult {
  if (failure === undefined) {
    return html`<main class="mp-empty"><p class="mp-dim" role="status">${t('Loading…')}</p></main>`;
  }
  return html`<main class="mp-empty">
    <div role="alert">
      <h1>${title}</h1>
      <p>${failure}</p>
    </div>
    <button type="button" class="mp-button" @click=${retry}>${t('Retry')}</button>
  </main>`;
}
