/** What each branch left behind: the files it touched and the commands it ran, and the panel's keys. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchCommand, BranchSummary } from '../../src/core/comparison.ts';
import { formatCount } from '../shared/format.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';
import { renderLineCounts } from './lineCounts.ts';

/** What can be done from the lists; branches by their place. */
export interface TouchedActions {
  openFile(branch: number, path: string): void;
  openSession(target: { sessionId: string; reveal: number }): void;
  /** Shows all of a list. */
  unfold(list: string): void;
}

/** Entries of a list that are drawn before one asks for the others. */
const DRAWN = 12;

/** @param unfolded lists that are shown whole, as `files 0` */
export function renderTouched(
  branches: readonly BranchSummary[],
  unfolded: ReadonlySet<string>,
  actions: TouchedActions,
): TemplateResult {
  return html`<footer class="mp-touched">
    ${branches.map(
      (branch, at) =>
        html`<div class="mp-touched-branch">
          ${renderFiles(branch, at, unfolded, actions)}
          ${renderCommands(branch, at, unfolded, actions)}
        </div>`,
    )}
    ${renderKeys()}
  </footer>`;
}

function renderFiles(
  { title, files }: BranchSummary,
  at: number,
  unfolded: ReadonlySet<string>,
  actions: TouchedActions,
): TemplateResult {
  const list = `files ${String(at)}`;
  return html`<section aria-label=${t('Files touched · {0}', title)}>
    <h2>
      <span class="mp-dot mp-branch-${at + 1}"></span
      ><span class="mp-touched-title">${t('Files touched · {0}', title)}</span>
    </h2>
    ${
      files.length === 0
        ? html`<p class="mp-dim">${t('No file was changed.')}</p>`
        : html`<ul>
            ${firstOf(files, unfolded.has(list)).map(
              ({ path, added, removed }) =>
                html`<li>
                  <button
                    type="button"
                    class="mp-path"
                    title=${t('Show what this branch did to {0}', visible(path))}
                    @click=${() => actions.openFile(at, path)}
                  >
                    <bdi>${visible(path)}</bdi>
                  </button>
                  ${renderLineCounts(added, removed)}
                </li>`,
            )}
          </ul>`
    }
    ${renderMore(list, files.length, unfolded, actions)}
  </section>`;
}

function renderCommands(
  { title, sessionId, commands, moreCommands = 0 }: BranchSummary,
  at: number,
  unfolded: ReadonlySet<string>,
  actions: TouchedActions,
): TemplateResult | typeof nothing {
  if (commands.length === 0) return nothing;
  const list = `commands ${String(at)}`;
  const whole = unfolded.has(list);
  return html`<section aria-label=${t('Commands run · {0}', title)}>
    <h2>
      <span class="mp-dot mp-branch-${at + 1}"></span
      ><span class="mp-touched-title">${t('Commands run · {0}', title)}</span>
    </h2>
    <ul>
      ${firstOf(commands, whole).map(
        (command) =>
          html`<li>
            <button
              type="button"
              class="mp-command"
              title=${visible(command.text)}
              @click=${() => actions.openSession({ sessionId, reveal: command.index })}
            >
              <span class="mp-dim">$</span> ${visible(command.text)}
            </button>
            ${renderRuns(command)}
          </li>`,
      )}
    </ul>
    ${renderMore(list, commands.length, unfolded, actions)}
    ${
      whole && moreCommands > 0
        ? html`<p class="mp-dim">${t('and {0} more', formatCount(moreCommands))}</p>`
        : nothing
    }
  </section>`;
}

/** How the last run ended, and how many there were. */
function renderRuns({ passed, failed, last }: BranchCommand): TemplateResult {
  const runs = passed + failed;
  const told = t('Runs that passed: {0}, that failed: {1}', passed, failed);
  return html`<span class="mp-runs" title=${told}>
    ${runs > 1 ? html`<span class="mp-dim">${formatCount(runs)}×</span>` : nothing}
    ${
      last === undefined
        ? html`<span class="mp-dim">${t('no answer recorded')}</span>`
        : html`<span class="mp-chip ${last === 'passed' ? 'mp-ok' : 'mp-error'}"
            >${last === 'passed' ? t('passed') : t('failed')}</span
          >`
    }
  </span>`;
}

function firstOf<T>(list: readonly T[], whole: boolean): readonly T[] {
  return whole ? list : list.slice(0, DRAWN);
}

function renderMore(
  list: string,
  length: number,
  unfolded: ReadonlySet<string>,
  actions: TouchedActions,
): TemplateResult | typeof nothing {
  if (length <= DRAWN || unfolded.has(list)) return nothing;
  return html`<button type="button" class="mp-link-button" @click=${() => actions.unfold(list)}>
    ${t('Show all {0}', formatCount(length))}
  </button>`;
}

function renderKeys(): TemplateResult {
  return html`<p class="mp-keys mp-dim">
    <kbd>F7</kbd> ${t('next difference')} <kbd>Shift+F7</kbd> ${t('previous difference')}
    <kbd>Enter</kbd> ${t('open pair in diff editor')} <kbd>R</kbd> ${t('next reference')}
    <kbd>M</kbd>
    ${t('merge')}
  </p>`;
}
