/**
 * <mp-run>: the run that fills this branch, in a bar below its messages: how far it is, why it ended
 * where it did, and what can be done. It is gone when the answer is whole. What has arrived of the
 * answer stands in the list (`growing.ts`). Asks by `mp-change-run {action}`.
 */
import { html, nothing, type TemplateResult } from 'lit';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-progress-ring/index.js';
import type { RunView } from '../../src/protocol/panels.ts';
import { define, LightElement } from '../shared/element.ts';
import { tell } from '../shared/events.ts';
import { formatCount } from '../shared/format.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';

const ICONS: Readonly<Record<Exclude<RunView['state'], 'running' | 'done'>, IconName>> = {
  queued: 'history',
  failed: 'error',
  cancelled: 'circle-slash',
  interrupted: 'debug-pause',
};

class RunElement extends LightElement {
  static override properties = { run: { attribute: false } };

  declare run: RunView | undefined;

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

/** What is said aloud of a change, once a step and never for a piece of an answer. */
export function saidOf(before: RunView | undefined, now: RunView | null): string | undefined {
  if (now === null) return before && t('The answer is whole');
  if (now.state !== 'running' || now.text === '') return undefined;
  const isNew = before?.id !== now.id || before.step !== now.step || before.text === '';
  return isNew ? t('An answer is coming: {0}', placeOf(now)) : undefined;
}

function renderState(run: RunView): TemplateResult {
  const { state } = run;
  if (state !== 'running' && state !== 'done') {
    return html`<span class="mp-run-state">${icon(ICONS[state])}<b>${t(state)}</b></span>`;
  }
  return html`<span class="mp-run-state"
    ><vscode-progress-ring aria-hidden="true"></vscode-progress-ring><b>${placeOf(run)}</b></span
  >`;
}

function placeOf({ step, steps, stepName }: RunView): string {
  const name = stepName === undefined ? t('running') : visible(stepName);
  return steps < 2 ? name : t('{0} ({1} of {2})', name, formatCount(step + 1), formatCount(steps));
}

function renderWait({ waitsUntil }: RunView): string {
  if (waitsUntil === undefined) return '';
  const seconds = Math.max(1, Math.ceil((waitsUntil - Date.now()) / 1000));
  return ` · ${t('asked again in {0} s', formatCount(seconds))}`;
}
