/** The panel's first line: what is compared, what is shown of it, and where one is in it. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Role } from '../../src/core/message.ts';
import type { CompareState } from '../../src/protocol/panels.ts';
import { formatCount } from '../shared/format.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { iconButton } from '../shared/iconButton.ts';
import { roleName } from '../shared/message.ts';
import { t } from '../shared/strings.ts';

export interface ToolbarView {
  readonly title: string;
  readonly subtitle: string;
  readonly onlyDifferences: boolean;
  readonly role: Role | undefined;
  readonly differences: number;
  /** Place of the active row among the differences, from 1; `undefined` when it is none. */
  readonly position: number | undefined;
  readonly canOpenPair: boolean;
  /** Percent done while copying. */
  readonly copying: number | undefined;
  readonly copied: boolean;
  /** False where no branch touched a file. */
  readonly hasFiles: boolean;
  readonly canWrite: boolean;
}

export interface ToolbarActions {
  setOnlyDifferences(on: boolean): void;
  setRole(role: Role | undefined): void;
  step(by: 1 | -1): void;
  openPair(): void;
  openFiles(): void;
  copy(): void;
  exportFile(): void;
  merge(): void;
}

/** What is compared, in a title and a few words. */
export function headingOf(state: CompareState): Pick<ToolbarView, 'title' | 'subtitle'> {
  const { sharedCount, branches, ancestorId } = state.comparison;
  const ancestor = state.sessions.find(({ id }) => id === ancestorId);
  return {
    title: state.ancestorTitle ?? ancestor?.title ?? t('Comparison'),
    subtitle:
      sharedCount === 0
        ? t('{0} unrelated sessions', branches.length)
        : t('{0} branches from message {1}', branches.length, formatCount(sharedCount)),
  };
}

const ROLES: readonly Role[] = ['user', 'assistant', 'system'];

export function renderToolbar(view: ToolbarView, actions: ToolbarActions): TemplateResult {
  const onRole = (event: Event): void => {
    const { currentTarget } = event;
    if (!(currentTarget instanceof HTMLSelectElement)) return;
    actions.setRole(ROLES.find((role) => role === currentTarget.value));
  };
  return html`<div class="mp-bar">
    <h1 title=${view.title}>${view.title}</h1>
    <span class="mp-dim mp-subtitle">${view.subtitle}</span>
    <span class="mp-space"></span>
    <button
      type="button"
      class="mp-button ${view.onlyDifferences ? 'mp-on' : ''}"
      aria-pressed=${view.onlyDifferences}
      @click=${() => actions.setOnlyDifferences(!view.onlyDifferences)}
    >
      ${t('Only differences')}
    </button>
    <span class="mp-select">
      <select aria-label=${t('Role')} @change=${onRole}>
        <option value="" ?selected=${view.role === undefined}>${t('All roles')}</option>
        ${ROLES.map(
          (role) =>
            html`<option value=${role} ?selected=${view.role === role}>${roleName(role)}</option>`,
        )}
      </select>
      ${icon('chevron-down')}
    </span>
    <span class="mp-steps">
      ${step('arrow-up', t('Previous difference (Shift+F7)'), view, () => actions.step(-1))}
      <span class="mp-position mp-dim" role="status">${positionText(view)}</span>
      ${step('arrow-down', t('Next difference (F7)'), view, () => actions.step(1))}
    </span>
    ${renderActions(view, actions)}
  </div>`;
}

function renderActions(view: ToolbarView, actions: ToolbarActions): TemplateResult {
  return html`<button
      type="button"
      class="mp-button"
      title=${t('Open Pair in Diff Editor (Enter)')}
      aria-label=${t('Open Pair in Diff Editor')}
      ?disabled=${!view.canOpenPair}
      @click=${() => actions.openPair()}
    >
      ${icon('diff')}
    </button>
    <button
      type="button"
      class="mp-button"
      title=${t('Open Files in Diff Editor')}
      aria-label=${t('Open Files in Diff Editor')}
      ?disabled=${!view.hasFiles}
      @click=${() => actions.openFiles()}
    >
      ${icon('diff-multiple')}<span class="mp-wide">${t('Open Files in Diff Editor')}</span>
    </button>
    <button
      type="button"
      class="mp-button"
      title=${t('Copy as Markdown')}
      aria-label=${copyText(view)}
      ?disabled=${view.copying !== undefined}
      @click=${() => actions.copy()}
    >
      ${icon(view.copied ? 'check' : 'copy')}<span class="mp-widest">${copyText(view)}</span>
    </button>
    <button
      type="button"
      class="mp-button"
      title=${t('Export as Markdown…')}
      aria-label=${t('Export as Markdown…')}
      ?disabled=${view.copying !== undefined}
      @click=${() => actions.exportFile()}
    >
      ${icon('export')}
    </button>
    ${
      view.canWrite
        ? html`<button
            type="button"
            class="mp-button mp-primary"
            title=${t('Merge a branch into another (M)')}
            @click=${() => actions.merge()}
          >
            ${t('Merge…')}
          </button>`
        : nothing
    }`;
}

function step(name: IconName, label: string, view: ToolbarView, run: () => void): TemplateResult {
  return iconButton(name, label, run, { disabled: view.differences === 0 });
}

function positionText({ differences, position }: ToolbarView): string {
  if (differences === 0) return t('No differences');
  if (position !== undefined)
    return t('{0} of {1}', formatCount(position), formatCount(differences));
  return differences === 1 ? t('1 difference') : t('{0} differences', formatCount(differences));
}

function copyText({ copying, copied }: ToolbarView): string {
  if (copying !== undefined) return t('Copying… {0} %', copying);
  return copied ? t('Copied') : t('Copy as Markdown');
}
