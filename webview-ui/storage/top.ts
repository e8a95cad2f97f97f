/** The panel's first lines: what can be done, what is going on, what is advised. */
import { html, nothing, type TemplateResult } from 'lit';
import type { StorageHint, StoreTask, TaskKind } from '../../src/core/storage.ts';
import type { StorageAction, StorageState } from '../../src/protocol/panels.ts';
import { formatCount, formatSize } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { iconButton } from '../shared/iconButton.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';
import { bytesOnDisk, TIERS } from './overview.ts';

type Act = (action: StorageAction) => void;

export function renderToolbar(
  { statistics, canWrite, canUndo }: StorageState,
  tasks: readonly StoreTask[],
  act: Act,
): TemplateResult {
  const sessions = TIERS.reduce((sum, tier) => sum + statistics.tiers[tier].sessions, 0);
  const isRunning = (kind: TaskKind): boolean => tasks.some((task) => task.kind === kind);
  const button = (
    action: StorageAction,
    label: string,
    options: { readonly title?: string; readonly busy?: boolean; readonly primary?: boolean } = {},
  ): TemplateResult =>
    html`<button
      type="button"
      class="mp-button ${options.primary === true ? 'mp-primary' : ''}"
      title=${options.title ?? nothing}
      ?disabled=${!canWrite || options.busy === true}
      @click=${() => act(action)}
    >
      ${label}
    </button>`;
  return html`<header class="mp-bar">
    <h1>${t('Storage')}</h1>
    <span class="mp-dim mp-subtitle">
      ${sessions === 1 ? t('1 session') : t('{0} sessions', formatCount(sessions))} ·
      ${t('{0} on disk', formatSize(bytesOnDisk(statistics)))}
    </span>
    <span class="mp-space"></span>
    ${
      canUndo
        ? iconButton('discard', t('Undo the last change'), () => act('undo'), {
            disabled: !canWrite,
          })
        : nothing
    }
    ${button('archiveOlderThan', t('Archive Older Than…'), { busy: isRunning('archive'), primary: true })}
    ${button('deleteTemporary', t('Delete Temporary'), {
      title: t('Puts temporary sessions whose time is over into the trash'),
      busy: isRunning('archive'),
    })}
    ${button('compact', t('Compact'), {
      title: t('Gives back the space of what the archive no longer uses'),
      busy: isRunning('compact'),
    })}
    <button
      type="button"
      class="mp-button"
      title=${t('Checks that everything can be read, and mends what can be mended')}
      ?disabled=${!canWrite || isRunning('doctor')}
      @click=${() => act('doctor')}
    >
      ${t('Run Store Doctor…')}
    </button>
    ${iconButton('settings-gear', t('Settings'), () => act('settings'))}
  </header>`;
}

export function renderTasks(
  tasks: readonly StoreTask[],
  cancel: (kind: TaskKind) => void,
): TemplateResult {
  // How far they are changes all the time: what is read aloud is that they run.
  return html`<p class="mp-hidden" role="status">
      ${tasks.map(({ kind }) => taskName(kind)).join(', ')}
    </p>
    ${tasks.map(
      ({ kind, done, total, message }) =>
        html`<div class="mp-task">
          <progress
            aria-label=${taskName(kind)}
            max=${total === 0 ? 1 : total}
            value=${total === 0 ? nothing : done}
          ></progress>
          <span>${taskName(kind)}</span>
          <span class="mp-dim mp-task-detail">
            ${[total === 0 ? '' : t('{0} of {1}', formatCount(done), formatCount(total)), visible(message)].filter((part) => part !== '').join(' · ')}
          </span>
          <button type="button" class="mp-link-button" @click=${() => cancel(kind)}>
            ${t('Cancel')}
          </button>
        </div>`,
    )}`;
}

function taskName(kind: TaskKind): string {
  switch (kind) {
    case 'archive':
      return t('Moving sessions');
    case 'compact':
      return t('Compacting the archive');
    case 'doctor':
      return t('Checking the store');
    case 'rebuild':
      return t('Rebuilding the store');
    case 'purge':
      return t('Deleting permanently');
    case 'snapshot':
      return t('Taking a snapshot');
    case 'load':
      return t('Loading a session');
  }
}

export function renderHints(
  hints: readonly StorageHint[],
  canWrite: boolean,
  act: Act,
  showTrash: () => void,
): TemplateResult | typeof nothing {
  if (hints.length === 0) return nothing;
  return html`<ul class="mp-hints" aria-label=${t('Advice')}>
    ${hints.map(({ id, message }) => {
      const [label, run] = followUp(id, act, showTrash);
      return html`<li>
        ${icon('lightbulb')}<span>${visible(message)}</span>
        <button type="button" class="mp-link-button" ?disabled=${!canWrite} @click=${run}>
          ${label}
        </button>
      </li>`;
    })}
  </ul>`;
}

/** What follows a piece of advice. */
function followUp(id: StorageHint['id'], act: Act, showTrash: () => void): [string, () => void] {
  switch (id) {
    case 'compact':
      return [t('Compact'), () => act('compact')];
    case 'trash':
      return [t('Show Trash'), showTrash];
    case 'warm-full':
      return [t('Archive Older Than…'), () => act('archiveOlderThan')];
    case 'unused-temporary':
      return [t('Delete Temporary'), () => act('deleteTemporary')];
    case 'doctor':
    case 'snapshot-mode':
      return [t('Run Store Doctor…'), () => act('doctor')];
  }
}
