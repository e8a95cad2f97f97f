/**
 * <mp-run>: the run that fills this branch, below its messages: what has arrived of the answer as a message
 * that grows, why it ended where it did, and what can be done. It is gone when the answer is whole:
 * then it stands among the messages. Asks by `mp-change-run {action}`.
 */
import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import type { Message } from '../../src/core/message.ts';
import type { RunView } from '../../src/protocol/panels.ts';
import { define, LightElement } from '../shared/element.ts';
import { tell } from '../shared/events.ts';
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

/** So many pixels from the end still count as reading at the end. */
const END_MARGIN = 40;

class RunElement extends LightElement {
  static override properties = { run: { attribute: false } };

  declare run: RunView | undefined;

  /** Whether the end of what has arrived stays in sight. */
  #follows = true;

  get #text(): Element | null {
    return this.querySelector('.mp-run-text');
  }

  /** What has just come is what is read, unless the person scrolled back in it. */
  protected override willUpdate(): void {
    const text = this.#text;
    this.#follows =
      text === null || text.scrollHeight - text.scrollTop - text.clientHeight < END_MARGIN;
  }

  protected override updated(): void {
    const text = this.#text;
    if (text === null || !this.#follows) return;
    // The message inside draws itself after this element.
    requestAnimationFrame(() => (text.scrollTop = text.scrollHeight));
  }

  override render(): TemplateResult | typeof nothing {
    const { run } = this;
    if (run === undefined) return nothing;
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
        ${this.#renderAction(run)}
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

  #renderAction({ state }: RunView): TemplateResult {
    const isLive = state === 'queued' || state === 'running';
    const action = isLive ? 'cancel' : 'retry';
    return html`<vscode-button secondary @click=${() => tell(this, 'mp-change-run', { action })}
      >${isLive ? t('Cancel Run') : t('Retry')}</vscode-button
    >`;
  }
}
define('mp-run', RunElement);

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
