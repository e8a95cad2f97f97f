/** What the panel shows above a transcript, over an empty one, and instead of one. */
import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import { icon } from '../shared/icons.ts';
import { iconButton } from '../shared/iconButton.ts';
import { t } from '../shared/strings.ts';

export interface Notices {
  /** What the host has to say. */
  readonly notice: string | undefined;
  /** Why messages in view could not be read. */
  readonly pageFailure: string | undefined;
  /** What the last action failed with. */
  readonly actionFailure: string | undefined;
}

export interface NoticeActions {
  retryPages(): void;
  dismiss(): void;
}

/** The lines at the top that say what is wrong. */
export function renderNotices(
  { notice, pageFailure, actionFailure }: Notices,
  actions: NoticeActions,
): TemplateResult {
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
              <vscode-button secondary @click=${() => actions.retryPages()}
                >${t('Retry')}</vscode-button
              >
            </div>`
      }
      ${
        actionFailure === undefined
          ? nothing
          : html`<div class="mp-notice mp-notice-error">
              ${icon('error')}<span>${actionFailure}</span>
              <span class="mp-space"></span>
              ${iconButton('close', t('Dismiss'), () => actions.dismiss())}
            </div>`
      }
    </div>`;
}

/** Before the host has said what the session is. */
export function renderLoading(): TemplateResult {
  return html`<main class="mp-middle">
    <vscode-progress-ring aria-label=${t('Loading…')}></vscode-progress-ring>
  </main>`;
}

/** When the host could not say what the session is. */
export function renderFailure(failure: string, retry: () => void): TemplateResult {
  return html`<main class="mp-middle">
    <div class="mp-middle" role="alert">
      <span class="mp-big mp-error">${icon('error')}</span>
      <h1>${t('The transcript could not be shown')}</h1>
      <span class="mp-dim">${failure}</span>
      <vscode-button @click=${retry}>${t('Retry')}</vscode-button>
    </div>
  </main>`;
}

/** Over the place where messages would be. */
export function renderEmpty(canWrite: boolean): TemplateResult {
  return html`<div class="mp-middle mp-over">
    <span class="mp-big">${icon('comment-discussion')}</span>
    <b>${t('No messages yet')}</b>
    <span class="mp-dim"
      >${canWrite ? t('Write the first one below.') : t('This session holds no messages.')}</span
    >
  </div>`;
}

/** Over the last rows in view, while messages that came stand below them. */
export function renderUnseen(goToEnd: () => void): TemplateResult {
  return html`<button type="button" class="mp-pill" @click=${goToEnd}>
    ${icon('arrow-down')}${t('New messages')}
  </button>`;
}
