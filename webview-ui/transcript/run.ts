/**
 * The run that fills this branch, below its messages: what has arrived of the answer as a message
 * that grows, why it ended where it did, and what can be done. It is gone when the answer is whole:
 * then it stands among the messages.
 */
import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import type { Message } from '../../src/core/message.ts';
import type { RunView } from '../../src/protocol/panels.ts';
import { formatCount } from '../shared/format.ts';
import { icon, type IconName } from '../shared/icons.ts';
import '../shared/message.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';

const ICONS: Readonly<Record<Exclude<RunView['state'], 'running' | 'done'>, IconName>> = {
  queued: 'history',
  failed: 'error',
  cancelled: 'circle-slash',
  interrupted: 'debug-pause',
};

export function renderRun(
  run: RunView,
  change: (action: 'cancel' | 'retry') => void,
): TemplateResult {
  const isLive = run.state === 'queued' || run.state === 'running';
  return html`<section
    class="mp-run ${run.state === 'failed' ? 'mp-run-failed' : ''}"
    aria-label=${t('Run of this branch')}
  >
    <div class="mp-run-bar">
      ${renderState(run)}
      <span class="mp-dim mp-run-about"
        >${visible(run.strategyName)} · ${visible(run.modelName)}${renderWait(run)}</span
      >
      <span class="mp-space"></span>
      <vscode-button secondary @click=${() => change(isLive ? 'cancel' : 'retry')}
        >${isLive ? t('Cancel Run') : t('Retry')}</vscode-button
      >
    </div>
    ${
      run.error === undefined
        ? nothing
        : html`<div class="mp-run-error" role="alert">${visible(run.error)}</div>`
    }
    ${
      run.text === ''
        ? nothing
        : html`<div class="mp-run-text" tabindex="0" aria-label=${t('What has arrived')}>
            <mp-message headless .message=${messageOf(run)}></mp-message>
          </div>`
    }
  </section>`;
}

function renderState(run: RunView): TemplateResult {
  const { state, step, steps, stepName } = run;
  if (state !== 'running' && state !== 'done') {
    return html`<span class="mp-run-state">${icon(ICONS[state])}<b>${t(state)}</b></span>`;
  }
  const name = stepName === undefined ? t('running') : visible(stepName);
  const place =
    steps < 2 ? name : t('{0} ({1} of {2})', name, formatCount(step + 1), formatCount(steps));
  return html`<span class="mp-run-state"
    ><vscode-progress-ring aria-hidden="true"></vscode-progress-ring><b>${place}</b></span
  >`;
}

function renderWait({ waitsUntil }: RunView): string {
  if (waitsUntil === undefined) return '';
  const seconds = Math.max(1, Math.ceil((waitsUntil - Date.now()) / 1000));
  return ` · ${t('asked again in {0} s', formatCount(seconds))}`;
}

function messageOf({ text, modelName }: RunView): Message {
  return {
    id: 'run',
    sessionId: '',
    index: 0,
    anchor: { logId: 'run', seq: 0 },
    role: 'assistant',
    content: [{ type: 'text', text }],
    model: modelName,
    inherited: false,
    metadata: {},
  };
}
