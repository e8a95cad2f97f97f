/**
 * <mp-compare>: the comparison panel. Owns what is shown (filters, active row) and the rows that
 * were read; everything it draws is a function of these. Only the active row is in the tab order.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { messageOf } from '../../src/core/errors.ts';
import type { Role } from '../../src/core/message.ts';
import type { Channel } from '../../src/protocol/channel.ts';
import {
  compareViewSchemas,
  type CompareHost,
  type CompareState,
  type CompareView,
} from '../../src/protocol/panels.ts';
import { connect, type Connection } from '../shared/connect.ts';
import { define, LightElement } from '../shared/element.ts';
import { hear } from '../shared/events.ts';
import { messageStyles } from '../shared/message.css.ts';
import { renderNotices } from '../shared/notices.ts';
import { setStrings, t } from '../shared/strings.ts';
import { theme } from '../shared/theme.css.ts';
import { renderWaiting } from '../shared/waiting.ts';
import type { ChunkContext } from './chunk.ts';
import { renderColumnHeads } from './columnHeads.ts';
import { compareStyles } from './compare.css.ts';
import { renderShared } from './frame.ts';
import { intentOf } from './keys.ts';
import { MarkdownCopy } from './markdownCopy.ts';
import { metricStyles } from './metrics.css.ts';
import { renderMetrics } from './metrics.ts';
import { Nearness } from './nearness.ts';
import { Revealing } from './revealing.ts';
import { differencesOf, itemsOf, nextDifference, rowsOf, type Item } from './rowItems.ts';
import { renderRowList } from './rowList.ts';
import { outlineWithoutNulls, RowLoader, type ReadRows, type RowRange } from './rowLoader.ts';
import { rowStyles } from './rows.css.ts';
import { savedView, type SavedView } from './savedView.ts';
import { renderExplanation } from './score.ts';
import { headingOf, renderToolbar } from './toolbar.ts';
import { touchedStyles } from './touched.css.ts';
import { renderTouched } from './touched.ts';

export class ComparePanel extends LightElement {
  static override styles = [
    theme,
    messageStyles,
    compareStyles,
    metricStyles,
    rowStyles,
    touchedStyles,
  ];

  readonly #connection: Connection<CompareView, CompareHost> = connect<CompareView, CompareHost>(
    {
      changed: ({ state }) => {
        this.#show(state);
        return null;
      },
      setNotice: ({ text }) => {
        this.#notice = text;
        this.requestUpdate();
        return null;
      },
    },
    compareViewSchemas,
  );
  readonly #loader = new RowLoader(
    (range) => this.#readRows(range),
    () => this.#rowsArrived(),
  );
  #view: SavedView = savedView(this.#connection.restore());
  #state: CompareState | undefined;
  #context: ChunkContext | undefined;
  #failure: string | undefined;
  #notice: string | null = null;
  /** What an action failed with; goes with the next action. */
  #problem: string | undefined;
  #unfolded = new Set<number>();
  #version = 0;
  readonly #markdown = new MarkdownCopy(
    (range) => this.#readRows(range),
    () => this.requestUpdate(),
  );
  readonly #revealing = new Revealing(this, (row) => this.#loader.get(row).kind === 'loaded');
  #unfoldedLists = new Set<string>();
  #items: readonly Item[] = [];
  readonly #nearness = new Nearness();

  constructor() {
    super();
    this.dataset['mpPanel'] = 'compare';
    this.addEventListener('focusin', (event) => this.#onFocus(event));
    this.addEventListener('click', (event) => this.#onClick(event));
    hear(this, 'mp-unfold', ({ rows }) => this.#unfold(rows));
    hear(this, 'mp-open-pair', (pair) =>
      this.#ask('openDiff', { ...pair, reference: this.#reference }),
    );
    hear(this, 'mp-open-session', (target) => this.#ask('openSession', target));
  }

  get #channel(): Channel<CompareView, CompareHost> {
    return this.#connection.channel;
  }

  /** Place of the branch that the others are compared with. */
  get #reference(): number {
    const { reference } = this.#view;
    const ids = this.#state?.sessions.map(({ id }) => id) ?? [];
    return Math.max(0, reference === undefined ? 0 : ids.indexOf(reference));
  }

  #readRows(range: RowRange): ReturnType<ReadRows> {
    return this.#channel.request('readRows', { ...range, reference: this.#reference });
  }

  /** On the window: the keys must work before anything in the panel has the focus. */
  readonly #onWindowKey = (event: KeyboardEvent): void => this.#onKey(event);

  /** Back from a picker or another editor, the person is at the row that they left. */
  readonly #onWindowFocus = (): void => this.#revealing.back(this.#view.active);

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener('keydown', this.#onWindowKey);
    window.addEventListener('focus', this.#onWindowFocus);
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener('keydown', this.#onWindowKey);
    window.removeEventListener('focus', this.#onWindowFocus);
    this.#nearness.stop();
  }

  async #load(): Promise<void> {
    this.#failure = undefined;
    this.requestUpdate();
    try {
      this.#show(await this.#channel.request('ready', null));
    } catch (error) {
      this.#failure = messageOf(error);
      this.requestUpdate();
    }
  }

  #show(state: CompareState): void {
    setStrings(state.strings);
    const rows = state.comparison.rows.map(outlineWithoutNulls);
    this.#state = state;
    this.#failure = undefined;
    this.#loader.reset();
    this.#context = {
      rows,
      branches: state.comparison.branches,
      loader: this.#loader,
      reference: this.#reference,
      folds: this.#context?.folds ?? new Set(),
    };
    const { active } = this.#view;
    this.#setView({
      sessionIds: state.sessions.map(({ id }) => id),
      active: active !== undefined && active < rows.length ? active : undefined,
    });
    if (active !== undefined) void this.#revealing.show(active, false);
  }

  /** Rows and what to draw of them are worked out anew. */
  #refresh(): void {
    const { onlyDifferences, role } = this.#view;
    this.#items = itemsOf(this.#context?.rows ?? [], {
      onlyDifferences,
      ...(role && { role }),
      unfolded: this.#unfolded,
    });
    this.requestUpdate();
  }

  #setView(change: Partial<SavedView>): void {
    this.#view = { ...this.#view, ...change };
    this.#connection.save(this.#view);
    this.#refresh();
  }

  /** Compares the others with another branch: the same rows, with other changes in them. */
  #refer(at: number): void {
    const { sessions = [] } = this.#state ?? {};
    const { id } = sessions[at] ?? {};
    if (id === undefined || !this.#context || at === this.#reference) return;
    this.#setView({ reference: id });
    this.#loader.reset();
    this.#context = { ...this.#context, reference: at };
  }

  #rowsArrived(): void {
    this.#version++;
    this.requestUpdate();
    void this.#revealing.settle();
  }

  override render(): TemplateResult {
    const state = this.#state;
    const context = this.#context;
    return html`${renderNotices(this.#notice, this.#problem)}
    ${state && context ? this.#renderComparison(state, context) : renderWaiting(t('The comparison could not be shown'), this.#failure, () => void this.#load())}`;
  }

  #renderComparison(state: CompareState, context: ChunkContext): TemplateResult {
    const { comparison, scores, bestFork } = state;
    const { branches } = comparison;
    const { explained } = this.#view;
    const count = branches.length;
    return html`<header>
        ${this.#renderBar(state, context)}
        ${renderMetrics(state, explained, {
          open: (sessionId) => this.#ask('openSession', { sessionId }),
          rate: (branch, rating) => this.#ask('rate', { branch, rating }),
          explain: () => this.#setView({ explained: !explained }),
          readJudgement: () => this.#ask('openJudgement', null),
        })}
        ${
          explained
            ? renderExplanation(branches, scores, () => this.#ask('openWeights', null))
            : nothing
        }
      </header>
      <div class="mp-scroll mp-columns-${count} ${count > 2 ? 'mp-many' : 'mp-pair'}">
        <main>
          ${renderShared(comparison, (target) => this.#ask('openSession', target))}
          ${renderColumnHeads(branches, bestFork, this.#reference, (at) => this.#refer(at))}
          ${renderRowList(this.#items, context, this.#view.active, this.#version)}
        </main>
        ${renderTouched(branches, this.#unfoldedLists, {
          openFile: (branch, path) => this.#ask('openFile', { branch, path }),
          openSession: (target) => this.#ask('openSession', target),
          unfold: (list) => {
            this.#unfoldedLists = new Set([...this.#unfoldedLists, list]);
            this.requestUpdate();
          },
        })}
      </div>`;
  }

  #renderBar(state: CompareState, context: ChunkContext): TemplateResult {
    const { onlyDifferences, role, active } = this.#view;
    const differences = differencesOf(context.rows, role);
    const place = active === undefined ? -1 : differences.indexOf(active);
    return renderToolbar(
      {
        ...headingOf(state),
        onlyDifferences,
        role,
        differences: differences.length,
        position: place < 0 ? undefined : place + 1,
        canOpenPair: active !== undefined,
        copying: this.#markdown.percent,
        copied: this.#markdown.copied,
        hasFiles: state.comparison.branches.some(({ files }) => files.length > 0),
        canWrite: state.canWrite,
      },
      {
        setOnlyDifferences: (on) => this.#setView({ onlyDifferences: on }),
        setRole: (chosen: Role | undefined) => this.#setView({ role: chosen }),
        step: (by) => this.#step(by),
        openPair: () => this.#openPair(),
        openFiles: () => this.#ask('openFiles', null),
        copy: () => void this.#copy(),
        exportFile: () => void this.#handOn('exportText'),
        merge: () => this.#ask('merge', null),
      },
    );
  }

  override updated(): void {
    const scroller = this.querySelector('.mp-scroll');
    if (scroller) this.#nearness.watch(scroller);
  }

  #goTo(row: number): void {
    this.#problem = undefined;
    this.#setView({ active: row });
    void this.#revealing.show(row, true);
  }

  #step(by: 1 | -1): void {
    const differences = differencesOf(this.#context?.rows ?? [], this.#view.role);
    const row = nextDifference(differences, this.#view.active, by);
    if (row !== undefined) this.#goTo(row);
  }

  #unfold(rows: readonly number[]): void {
    this.#unfolded = new Set([...this.#unfolded, ...rows]);
    const [first] = rows;
    this.#refresh();
    if (first !== undefined) this.#goTo(first);
  }

  #openPair(): void {
    const { active } = this.#view;
    if (active === undefined) return;
    this.#ask('openDiff', { row: active, reference: this.#reference });
  }

  #onFocus({ target }: FocusEvent): void {
    if (!(target instanceof Element)) return;
    const row = target.closest<HTMLElement>('[data-row]')?.dataset['row'];
    if (row !== undefined && Number(row) !== this.#view.active) {
      this.#setView({ active: Number(row) });
    }
  }

  #onKey(event: KeyboardEvent): void {
    const intent = intentOf(event, rowsOf(this.#items));
    if (!intent) return;
    event.preventDefault();
    switch (intent.kind) {
      case 'step':
        this.#step(intent.by);
        return;
      case 'go':
        this.#goTo(intent.row);
        return;
      case 'open-pair':
        this.#openPair();
        return;
      case 'merge':
        if (this.#state?.canWrite === true) this.#ask('merge', null);
        return;
      case 'next-reference':
        this.#refer((this.#reference + 1) % (this.#state?.sessions.length ?? 1));
        return;
      case 'follow':
        this.#follow(intent.link);
        return;
      case 'leave':
        intent.row.focus();
        return;
    }
  }

  #onClick(event: Event): void {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const link = target.closest<HTMLElement>('a[data-href]');
    if (link !== null) {
      event.preventDefault();
      this.#follow(link);
      return;
    }
    const code = target.closest('.mp-copy-code')?.parentElement?.querySelector('pre');
    if (code) this.#ask('copyText', { text: code.textContent });
  }

  #follow(link: HTMLElement): void {
    this.#ask('openLink', { url: link.dataset['href'] ?? '' });
  }

  /** Asks the host for something that happens elsewhere; a failure is shown. */
  #ask(...[name, argument]: Question): void {
    this.#problem = undefined;
    void this.#asked(this.#channel.request(name, argument));
  }

  async #asked(answer: Promise<unknown>): Promise<boolean> {
    try {
      await answer;
      return true;
    } catch (error) {
      this.#problem = messageOf(error);
      return false;
    } finally {
      this.requestUpdate();
    }
  }

  /** Copies what is on show as Markdown. */
  async #copy(): Promise<void> {
    if (await this.#handOn('copyText')) this.#markdown.tell();
  }

  async #handOn(name: 'copyText' | 'exportText'): Promise<boolean> {
    const state = this.#state;
    if (!state) return false;
    this.#problem = undefined;
    const shown = new Set(rowsOf(this.#items));
    return this.#markdown.collect(state, shown, (text) =>
      this.#asked(text.then((markdown) => this.#channel.request(name, { text: markdown }))),
    );
  }
}
define('mp-compare', ComparePanel);

type Question = {
  [K in keyof CompareHost]: readonly [K, Parameters<CompareHost[K]>[0]];
}[keyof CompareHost];
