/** The three lists of the storage panel: what each row says. Titles and reasons are plain text. */
import { html, nothing, type TemplateResult } from 'lit';
import type { MigrationEntry } from '../../src/core/sessionStore.ts';
import type { PlannedMove, TrashEntry } from '../../src/core/storage.ts';
import {
  formatAge,
  formatCount,
  formatDuration,
  formatFullTime,
  formatSize,
  formatTime,
} from '../shared/format.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';
import { tierName } from './overview.ts';
import type { Column, DrawCells } from '../shared/table.ts';

/** How rows of a list are chosen. */
export interface Choice {
  readonly chosen: ReadonlySet<string>;
  toggle(sessionId: string): void;
  toggleAll(): void;
}

type Open = (sessionId: string) => void;

export interface ListView {
  readonly label: string;
  readonly columns: readonly Column[];
  readonly cells: DrawCells;
  readonly keyOf: (index: number) => string;
  readonly count: number;
}

export function plannedView(moves: readonly PlannedMove[], choice: Choice, open: Open): ListView {
  return {
    label: t('What would be moved now'),
    count: moves.length,
    keyOf: (index) => moves[index]?.sessionId ?? '',
    columns: [
      chooseColumn(choice, moves.length),
      { title: t('Session'), name: 'title' },
      { title: t('Move'), name: 'move' },
      { title: t('Why'), name: 'why' },
      { title: t('Rule'), name: 'rule' },
      { title: t('Last used'), name: 'age' },
      { title: t('Size'), name: 'size' },
    ],
    cells: (index, tab) => {
      const move = moves[index];
      if (!move) return html``;
      const { sessionId, title, reason, rule, bytes, lastAccessedAt } = move;
      return html`${chooseCell(choice, sessionId, title, tab)}
        ${titleCell(sessionId, title, tab, open)}
        <td class="mp-move">${moveText(move)}</td>
        ${whyCell(reason)}
        <td class="mp-rule" title=${rule}>${rule}</td>
        <td class="mp-age" title=${formatFullTime(lastAccessedAt)}>${formatAge(lastAccessedAt)}</td>
        <td class="mp-size">${formatSize(bytes)}</td>`;
    },
  };
}

export function trashView(entries: readonly TrashEntry[], choice: Choice): ListView {
  return {
    label: t('Trash'),
    count: entries.length,
    keyOf: (index) => entries[index]?.session.id ?? '',
    columns: [
      chooseColumn(choice, entries.length),
      { title: t('Session'), name: 'title' },
      { title: t('Deleted'), name: 'age' },
      { title: t('Removed for good'), name: 'goes' },
      { title: t('Needed by'), name: 'why' },
      { title: t('Size'), name: 'size' },
    ],
    cells: (index, tab) => {
      const entry = entries[index];
      if (!entry) return html``;
      const { session, deletedAt, removedAt, neededBy } = entry;
      const title = visible(session.title);
      return html`${chooseCell(choice, session.id, session.title, tab)}
        <td class="mp-title" title=${title}>${title}</td>
        <td class="mp-age" title=${formatFullTime(deletedAt)}>${formatAge(deletedAt)}</td>
        <td class="mp-goes" title=${removedAt === undefined ? nothing : formatFullTime(removedAt)}>
          ${removedAt === undefined ? t('only when you ask') : formatAge(removedAt)}
        </td>
        <td
          class="mp-why"
          title=${neededBy === 0 ? nothing : t('What forks share with it stays, hidden, until the last of them goes.')}
        >
          ${
            neededBy === 0
              ? html`<span class="mp-dim">${t('nothing')}</span>`
              : neededBy === 1
                ? t('1 fork')
                : t('{0} forks', formatCount(neededBy))
          }
        </td>
        <td class="mp-size">${formatSize(session.estimatedSizeBytes)}</td>`;
    },
  };
}

export function movesView(moves: readonly MigrationEntry[], open: Open): ListView {
  return {
    label: t('Recent moves'),
    count: moves.length,
    // One session may move twice within a millisecond.
    keyOf: (index) => `${index} ${moves[index]?.at ?? ''} ${moves[index]?.sessionId ?? ''}`,
    columns: [
      { title: t('When'), name: 'when' },
      { title: t('Session'), name: 'title' },
      { title: t('Move'), name: 'move' },
      { title: t('Why'), name: 'why' },
      { title: t('Rule'), name: 'rule' },
      { title: t('Size'), name: 'size' },
      { title: t('Took'), name: 'took' },
    ],
    cells: (index, tab) => {
      const move = moves[index];
      if (!move) return html``;
      const { sessionId, title, reason, rule, bytes, milliseconds, at } = move;
      return html`<td class="mp-when" title=${formatFullTime(at)}>${formatTime(at)}</td>
        ${
          title === undefined
            ? html`<td class="mp-title mp-dim">${t('no longer there')}</td>`
            : titleCell(sessionId, title, tab, open)
        }
        <td class="mp-move">${moveText(move)}</td>
        ${whyCell(reason)}
        <td class="mp-rule" title=${rule ?? nothing}>${rule ?? ''}</td>
        <td class="mp-size">${formatSize(bytes)}</td>
        <td class="mp-took">${milliseconds < 1 ? '<1 ms' : formatDuration(milliseconds)}</td>`;
    },
  };
}

function targetName(to: PlannedMove['to']): string {
  if (to === 'trash') return t('Trash');
  return to === 'removed' ? t('Removed') : tierName(to);
}

function moveText({ from, to }: Pick<PlannedMove, 'from' | 'to'>): TemplateResult {
  return html`<span class="mp-key mp-${from}"></span>${tierName(from)}
    <span class="mp-arrow" aria-label=${t('to')} role="img">→</span>
    <span class="mp-key mp-${to}"></span>${targetName(to)}`;
}

function titleCell(sessionId: string, title: string, tab: 0 | -1, open: Open): TemplateResult {
  const text = visible(title);
  return html`<td class="mp-title">
    <button
      type="button"
      class="mp-row-link"
      tabindex=${tab}
      title=${t('Open {0}', text)}
      @click=${() => open(sessionId)}
    >
      ${text}
    </button>
  </td>`;
}

function whyCell(reason: string): TemplateResult {
  const text = visible(reason);
  return html`<td class="mp-why" title=${text}>${text}</td>`;
}

function chooseCell(choice: Choice, sessionId: string, title: string, tab: 0 | -1): TemplateResult {
  return html`<td class="mp-choose">
    <input
      type="checkbox"
      tabindex=${tab}
      aria-label=${t('Choose {0}', visible(title))}
      .checked=${choice.chosen.has(sessionId)}
      @change=${() => choice.toggle(sessionId)}
    />
  </td>`;
}

function chooseColumn(choice: Choice, count: number): Column {
  const { size } = choice.chosen;
  return {
    title: '',
    name: 'choose',
    head: html`<input
      type="checkbox"
      aria-label=${t('Choose all')}
      ?disabled=${count === 0}
      .checked=${size > 0 && size === count}
      .indeterminate=${size > 0 && size < count}
      @change=${() => choice.toggleAll()}
    />`,
  };
}
