/**
 * <mp-storage>: the storage panel. Owns what is shown of the state the host sends (the list in
 * front, what is chosen in it); everything it draws is a function of these. Whatever changes
 * something is the host's to do: the next state says what came of it.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { messageOf } from '../../src/core/errors.ts';
import type { MigrationEntry } from '../../src/core/sessionStore.ts';
import type { StoreTask } from '../../src/core/storage.ts';
import type { Channel } from '../../src/protocol/channel.ts';
import {
  storageViewSchemas,
  type StorageAction,
  type StorageHost,
  type StorageList,
  type StorageState,
  type StorageView,
} from '../../src/protocol/panels.ts';
import { connect, type Connection } from '../shared/connect.ts';
import { define, LightElement } from '../shared/element.ts';
import { formatCount } from '../shared/format.ts';
import { renderNotices } from '../shared/notices.ts';
import { setStrings, t } from '../shared/strings.ts';
import { buttonStyles } from '../shared/buttons.css.ts';
import '../shared/table.ts';
import { theme } from '../shared/theme.css.ts';
import { renderWaiting } from '../shared/waiting.ts';
import { movesView, plannedView, trashView, type Choice, type ListView } from './lists.ts';
import { renderOverview } from './overview.ts';
import { rowStyles } from './rows.css.ts';
import { savedView, type ChoosableList, type SavedView } from './savedView.ts';
import { storageStyles } from './storage.css.ts';
import { renderTabs } from './tabs.ts';
import { renderHints, renderTasks, renderToolbar } from './top.ts';

/** Moves that are asked for at once, and at most. */
const FEW_MOVES = 500;
const MOST_MOVES = 10_000;

export class StoragePanel extends LightElement {
  static override styles = [theme, buttonStyles, storageStyles, rowStyles];

  readonly #connection: Connection<StorageView, StorageHost> = connect<StorageView, StorageHost>(
    {
      changed: ({ state }) => {
        this.#take(state);
        return null;
      },
      task: ({ task }) => {
        this.#takeTask(task);
        return null;
      },
      setNotice: ({ text }) => {
        this.#notice = text;
        this.requestUpdate();
        return null;
      },
      show: ({ list }) => {
        this.#save({ list });
        return null;
      },
    },
    storageViewSchemas,
  );
  #view: SavedView = savedView(this.#connection.restore());
  #state: StorageState | undefined;
  #moves: readonly MigrationEntry[] = [];
  #asksForMoves = false;
  #tasks: readonly StoreTask[] = [];
  #notice: string | null = null;
  #failure: string | undefined;
  /** What an action failed with; goes with the next action. */
  #problem: string | undefined;

  constructor() {
    super();
    this.dataset['mpPanel'] = 'storage';
  }

  get #channel(): Channel<StorageView, StorageHost> {
    return this.#connection.channel;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  async #load(): Promise<void> {
    this.#failure = undefined;
    this.requestUpdate();
    try {
      this.#take(await this.#channel.request('ready', null));
    } catch (error) {
      this.#failure = messageOf(error);
      this.requestUpdate();
    }
  }

  #take(state: StorageState): void {
    setStrings(state.strings);
    this.#failure = undefined;
    this.#state = state;
    this.#tasks = state.tasks;
    this.#notice = state.notice;
    const grown = this.#moves.length > state.moves.length;
    this.#moves = state.moves;
    if (grown) void this.#moreMoves();
    const ids = {
      planned: new Set(state.planned.map(({ sessionId }) => sessionId)),
      trash: new Set(state.trash.map(({ session }) => session.id)),
    };
    const { chosen } = this.#view;
    this.#save({
      ...(state.show && { list: state.show }),
      chosen: {
        planned: chosen.planned.filter((id) => ids.planned.has(id)),
        trash: chosen.trash.filter((id) => ids.trash.has(id)),
      },
    });
  }

  #takeTask(task: StoreTask): void {
    const others = this.#tasks.filter(({ kind }) => kind !== task.kind);
    this.#tasks = task.state === 'running' ? [...others, task] : others;
    this.requestUpdate();
  }

  #save(change: Partial<SavedView>): void {
    this.#view = { ...this.#view, ...change };
    this.#connection.save(this.#view);
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const state = this.#state;
    const failed = t('The storage could not be shown');
    if (!state) return renderWaiting(failed, this.#failure, () => void this.#load());
    const { statistics } = state;
    const act = (action: StorageAction): void => this.#ask('run', { action });
    return html`${renderNotices(this.#notice, this.#problem)}
      ${renderToolbar(state, this.#tasks, act)}
      ${renderTasks(this.#tasks, (kind) => this.#ask('cancelTask', { kind }))}
      <main class="mp-page">
        ${renderHints(statistics.hints, state.canWrite, act, () => this.#save({ list: 'trash' }))}
        ${renderOverview(statistics, () => act('settings'))}
        ${renderTabs(
          [
            ['planned', t('Would Be Moved Now'), state.plannedCount],
            ['trash', t('Trash'), Math.max(state.trash.length, statistics.trash.sessions)],
            ['moves', t('Recent Moves'), undefined],
          ],
          this.#view.list,
          (list) => this.#save({ list }),
        )}
        <div
          class="mp-list"
          role="tabpanel"
          id="mp-panel-${this.#view.list}"
          aria-labelledby="mp-tab-${this.#view.list}"
        >
          ${this.#renderList(state, this.#view.list)}
        </div>
      </main>`;
  }

  #renderList(state: StorageState, list: StorageList): TemplateResult {
    const open = (sessionId: string): void => this.#ask('openSession', { sessionId });
    switch (list) {
      case 'planned': {
        const choice = this.#choice('planned', () =>
          state.planned.map(({ sessionId }) => sessionId),
        );
        const sessionIds = this.#view.chosen.planned;
        const chosen = new Set(sessionIds);
        const archives = state.planned.every(
          ({ sessionId, to }) => !chosen.has(sessionId) || to === 'cold',
        );
        const view = plannedView(state.planned, choice, open);
        return html`${this.#renderActions(state, view.count, sessionIds, [
          [archives ? t('Archive Now') : t('Move Now'), () => this.#ask('moveNow', { sessionIds })],
          [
            t('Keep'),
            () => this.#ask('keep', { sessionIds }),
            t('Marks them critical: they are never archived by themselves'),
          ],
        ])}
        ${renderRows(
          view,
          t(
            'Nothing is due to be moved. Sessions you have not used for a while will show up here before they are archived.',
          ),
        )}`;
      }
      case 'trash': {
        const choice = this.#choice('trash', () => state.trash.map(({ session }) => session.id));
        const sessionIds = this.#view.chosen.trash;
        return html`${this.#renderActions(
          state,
          state.trash.length,
          sessionIds,
          [
            [t('Restore'), () => this.#ask('restore', { sessionIds })],
            [t('Delete Permanently'), () => this.#ask('purge', { sessionIds })],
          ],
          [t('Empty Trash'), () => this.#ask('run', { action: 'emptyTrash' })],
        )}
        ${renderRows(trashView(state.trash, choice), t('The trash is empty.'))}`;
      }
      case 'moves':
        return renderRows(
          movesView(this.#moves, open),
          t('No session has been moved yet.'),
          () => void this.#moreMoves(),
        );
    }
  }

  #renderActions(
    state: StorageState,
    count: number,
    sessionIds: readonly string[],
    actions: readonly (readonly [string, () => void, string?])[],
    last?: readonly [string, () => void],
  ): TemplateResult | typeof nothing {
    if (count === 0) return nothing;
    const { canWrite } = state;
    const none = sessionIds.length === 0;
    const all =
      this.#view.list === 'planned' ? state.plannedCount : state.statistics.trash.sessions;
    return html`<div class="mp-list-actions">
      ${actions.map(
        ([label, run, title]) =>
          html`<button
            type="button"
            class="mp-button"
            title=${title ?? nothing}
            ?disabled=${!canWrite || none}
            @click=${run}
          >
            ${label}
          </button>`,
      )}
      <span class="mp-dim" role="status">
        ${none ? '' : sessionIds.length === 1 ? t('1 chosen') : t('{0} chosen', formatCount(sessionIds.length))}
      </span>
      <span class="mp-space"></span>
      ${
        all > count
          ? html`<span class="mp-dim"
              >${t('The first {0} of {1} are shown.', formatCount(count), formatCount(all))}</span
            >`
          : nothing
      }
      ${
        last === undefined
          ? nothing
          : html`<button type="button" class="mp-button" ?disabled=${!canWrite} @click=${last[1]}>
              ${last[0]}
            </button>`
      }
    </div>`;
  }

  #choice(list: ChoosableList, all: () => readonly string[]): Choice {
    const chosen = new Set(this.#view.chosen[list]);
    const choose = (ids: readonly string[]): void =>
      this.#save({ chosen: { ...this.#view.chosen, [list]: ids } });
    return {
      chosen,
      toggle: (id) => {
        if (!chosen.delete(id)) chosen.add(id);
        choose([...chosen]);
      },
      toggleAll: () => {
        const ids = all();
        choose(chosen.size === ids.length ? [] : ids);
      },
    };
  }

  /** The list of moves was scrolled to its end: twice as many are asked for, while there are more. */
  async #moreMoves(): Promise<void> {
    const { length } = this.#moves;
    if (this.#asksForMoves || length < FEW_MOVES || length >= MOST_MOVES) return;
    this.#asksForMoves = true;
    try {
      const limit = Math.min(2 * length, MOST_MOVES);
      const { moves } = await this.#channel.request('readMoves', { limit });
      this.#moves = moves;
    } catch (error) {
      this.#problem = messageOf(error);
    } finally {
      this.#asksForMoves = false;
      this.requestUpdate();
    }
  }

  /** Asks the host for something; a failure is shown. */
  #ask(...[name, argument]: Question): void {
    this.#problem = undefined;
    this.requestUpdate();
    this.#channel.request(name, argument).catch((error: unknown) => {
      this.#problem = messageOf(error);
      this.requestUpdate();
    });
  }
}
define('mp-storage', StoragePanel);

function renderRows(view: ListView, empty: string, onEnd?: () => void): TemplateResult {
  if (view.count === 0) return html`<p class="mp-nothing mp-dim">${empty}</p>`;
  return html`<mp-table-rows
    .count=${view.count}
    .columns=${view.columns}
    .label=${view.label}
    .cells=${view.cells}
    .keyOf=${view.keyOf}
    @mp-at-end=${onEnd}
  ></mp-table-rows>`;
}

type Question = {
  [K in keyof StorageHost]: readonly [K, Parameters<StorageHost[K]>[0]];
}[keyof StorageHost];
