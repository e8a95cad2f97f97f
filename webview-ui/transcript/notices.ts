/** What is amiss, above the messages: of the store, of reading, of what was asked for. */
import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';

interface Notices {
  readonly notice: string | undefined;
  readonly pageFailure: string | undefined;
  readonly actionFailure: string | undefined;
  readonly retry: () => void;
  readonly dismiss: () => void;
}

export function renderNotices(notices: Notices): TemplateResult {
  const { notice, pageFailure, actionFailure, retry, dismiss } = notices;
  return html`<div role="status">
      ${
        notice === undefined
          ? nothing
          : html`<div class="mp-notice">${icon('warning')}<span>${notice}</span></div>`
      }
    </div>
    <div role="alert">
      ${
        pageFailure === undefined
          ? nothing
          : html`<div class="mp-notice mp-notice-error">
              ${icon('error')}
              <span>${t('These messages could not be read: {0}', pageFailure)}</span>
              <span class="mp-space"></span>
              <vscode-button secondary @click=${retry}>${t('Retry')}</vscode-button>
            </div>`
      }
      ${
        actionFailure === undefined
          ? nothing
          : html`<div class="mp-notice mp-notice-error">
              ${icon('error')}<span>${actionFailure}</span>
              <span class="mp-space"></span>
              <button
                type="button"
                class="mp-icon-button"
                title=${t('Dismiss')}
                aria-label=${t('Dismiss')}
                @click=${dismiss}
              >
                ${icon('close')}
              </button>
            </div>`
      }
    </div>`;
}
