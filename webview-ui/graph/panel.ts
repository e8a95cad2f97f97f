/**
 * <mp-graph>: the graph of a family. Owns what is shown of it (the place, the focus, what is chosen,
 * the ledger); everything it draws is a function of these and of the state the host sends.
 *
 * The drawing is hidden from screen readers, which have a tree of the same branches (twin.ts); the
 * element around both has the focus, and says by `aria-activedescendant` where in it one is.
 */
import { html, nothing, svg, type TemplateResult } from 'lit';
import { messageOf } from '../../src/core/errors.ts';
import type { FamilyLedger } from '../../src/core/family.ts';
import { familyLedger } from '../../src/core/familyLedger.ts';
import {
  graphViewSchemas,
  type GraphHost,
  type GraphState,
  type GraphView,
} from '../../src/protocol/panels.ts';
import { connect, type Connection } from '../shared/connect.ts';
import { define, LightElement } from '../shared/element.ts';
import { renderNotices } from '../shared/notices.ts';
import { setStrings, t } from '../shared/strings.ts';
import { theme } from '../shared/theme.css.ts';
import { renderWaiting } from '../shared/waiting.ts';
import { hit, renderDrawing } from './drawing.ts';
import { graphStyles } from './graph.css.ts';
import { actionOf } from './keys.ts';
import { layOut, type Laid, type Layout } from './layout.ts';
import { entriesOf, ledgerMarkdown, renderLedger } from './ledger.ts';
import { ledgerStyles } from './ledger.css.ts';
import { savedView, type LedgerColumn, type SavedView } from './savedView.ts';
import { MOST_COMPARED, renderToolbar } from './toolbar.ts';
import { itemId, renderTwin } from './twin.ts';
import { Viewport, type Place } from './viewport.ts';
import { titleOf, type BranchContext } from './words.ts';

/** How near to a line a click must be, in pixels of the screen. */
const REACH = 9;
const COPIED_MS = 2000;

interface Shown {
  readonly state: GraphState;
  readonly layout: Layout;
  readonly ledger: FamilyLedger;
}

export class GraphPanel extends LightElement {
  static override styles = [theme, graphStyles, ledgerStyles];

  readonly #connection: Connection<GraphView, GraphHost> = connect<GraphView, GraphHost>(
    {
      changed: ({ state }) => {
        this.#take(state);
        return null;
      },
      setNotice: ({ text }) => {
        this.#notice = text;
        this.requestUpdate();
        return null;
      },
      showLedger: () => {
        this.#save({ ledger: true });
        return null;
      },
    },
    graphViewSchemas,
  );
  #view: SavedView = savedView(this.#connection.restore());
  #shown: Shown | undefined;
  #viewport: Viewport | undefined;
  #place: Place = { x: 0, y: 0, k: 1 };
  #notice: string | null = null;
  #failure: string | undefined;
  #problem: string | undefined;
  #copied = false;
  readonly #resized = new ResizeObserver(() => this.requestUpdate());

  constructor() {
    super();
    this.dataset['mpPanel'] = 'graph';
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  async #load(): Promise<void> {
    this.#failure = undefined;
    this.requestUpdate();
    try {
      this.#take(await this.#connection.channel.request('ready', null));
    } catch (error) {
      this.#failure = messageOf(error);
      this.requestUpdate();
    }
  }

  #take(state: GraphState): void {
    setStrings(state.strings);
    this.#failure = undefined;
    this.#notice = state.notice;
    const { graph } = state;
    const layout = layOut(graph);
    this.#shown = {
      state,
      layout,
      ledger: state.ledger ?? familyLedger(graph.rootId, graph.branches),
    };
    const isKnown = (id: string): boolean => layout.byId.has(id);
    const { focus } = this.#view;
    this.#viewport?.setDrawing(layout);
    this.#save({
      sessionId: state.sessionId,
      ...(state.showLedger === true && { ledger: true }),
      chosen: this.#view.chosen.filter(isKnown),
      focus: focus !== undefined && isKnown(focus) ? focus : state.sessionId,
    });
  }

  #save(change: Partial<SavedView>): void {
    this.#view = { ...this.#view, ...change };
    this.#connection.save(this.#view);
    this.requestUpdate();
  }

  override render(): TemplateResult {
    const shown = this.#shown;
    const failed = t('The graph could not be shown');
    if (!shown) return renderWaiting(failed, this.#failure, () => void this.#load());
    const { state, layout } = shown;
    const { colouring, chosen, ledger } = this.#view;
    const context = this.#context(shown);
    const root = state.graph.branches[0];
    const title = root ? titleOf(root) : t('Family Graph');
    const focus = this.#focused(layout)?.branch.id ?? state.sessionId;
    const { x, y, k } = this.#place;
    return html`${renderToolbar(
        {
          title,
          graph: state.graph,
          colouring,
          agents: state.agents,
          chosen: chosen.length,
          scale: k,
          ledger,
        },
        {
          colour: (by) => this.#save({ colouring: by }),
          compare: () => this.#judge('compare'),
          chooseBest: () => this.#judge('chooseBest'),
          zoom: (by) => this.#viewport?.zoomBy(by),
          showAll: () => this.#viewport?.showAll(),
          fullSize: () => this.#viewport?.zoomTo(1),
          toggleLedger: () => this.#save({ ledger: !ledger }),
        },
      )}
      ${renderNotices(this.#notice, this.#problem)}
      <main class="mp-graph-page">
        <div
          class="mp-graph"
          role="tree"
          tabindex="0"
          aria-label=${t('Branches of {0}', title)}
          aria-multiselectable="true"
          aria-activedescendant=${itemId(focus)}
          aria-describedby="mp-graph-help"
          @keydown=${(event: KeyboardEvent) => this.#onKey(event)}
          @contextmenu=${(event: MouseEvent) => this.#onMenu(event)}
        >
          <svg
            class="mp-canvas"
            aria-hidden="true"
            @click=${(event: MouseEvent) => this.#onClick(event)}
          >
            <g transform="translate(${x},${y}) scale(${k})">
              ${
                this.#viewport
                  ? renderDrawing({
                      layout,
                      place: this.#place,
                      size: this.#viewport.size,
                      colouring,
                      context,
                      focus,
                    })
                  : svg``
              }
            </g>
          </svg>
          ${renderTwin(layout, context, focus, (id) => this.#open(id))}
        </div>
        ${ledger ? this.#renderLedger(shown, context) : nothing}
      </main>
      <p class="mp-hidden" id="mp-graph-help">
        ${t('Arrow keys go along the branches, Enter opens, Space chooses, C compares, plus and minus zoom.')}
      </p>`;
  }

  override updated(): void {
    const canvas = this.querySelector<SVGSVGElement>('svg.mp-canvas');
    if (!canvas || !this.#shown || this.#viewport) return;
    // Once there is something to draw on: what is seen of the drawing depends on its size.
    const viewport = new Viewport(canvas, (place) => {
      this.#place = place;
      this.#view = { ...this.#view, place };
      this.#connection.save(this.#view);
      this.requestUpdate();
    });
    this.#viewport = viewport;
    this.#resized.observe(canvas);
    viewport.setDrawing(this.#shown.layout);
    if (this.#view.place) viewport.moveTo(this.#view.place);
    else this.#begin(viewport, this.#shown);
    this.requestUpdate();
  }

  /** Everything where it can be read, else the session that the graph was opened for. */
  #begin(viewport: Viewport, { layout }: Shown): void {
    viewport.showAll();
    if (this.#place.k >= 0.6) return;
    viewport.zoomTo(1);
    const focus = this.#focused(layout);
    if (focus) viewport.reveal(focus.x, focus.bottom, this.#place);
  }

  #context({ state, layout }: Shown): BranchContext {
    const merged = new Map(layout.merges.map(({ merge, to }) => [merge.sourceId, to]));
    return {
      current: state.sessionId,
      running: new Set(state.running),
      chosen: new Set(this.#view.chosen),
      agents: state.agents,
      mergedInto: (id) => {
        const into = merged.get(id);
        return into && titleOf(into.branch);
      },
    };
  }

  #focused(layout: Layout): Laid | undefined {
    return layout.byId.get(this.#view.focus ?? '') ?? layout.branches[0];
  }

  #renderLedger({ state, ledger }: Shown, context: BranchContext): TemplateResult {
    const { branches } = state.graph;
    const entries = entriesOf(ledger, branches, context, this.#view.sort);
    const [root] = branches;
    return renderLedger(ledger, entries, this.#view, this.#copied, {
      sortBy: (column) => this.#sortBy(column),
      open: (id) => this.#open(id),
      copy: () => {
        const text = ledgerMarkdown(ledger, entries, root ? titleOf(root) : '');
        void this.#ask('copyText', { text }).then((isDone) => this.#showCopied(isDone));
      },
      close: () => {
        this.#save({ ledger: false });
        this.querySelector<HTMLElement>('.mp-graph')?.focus();
      },
    });
  }

  #showCopied(isCopied: boolean): void {
    this.#copied = isCopied;
    this.requestUpdate();
    if (isCopied) setTimeout(() => this.#showCopied(false), COPIED_MS);
  }

  /** The largest first, then the smallest, then as the family stands. */
  #sortBy(by: LedgerColumn): void {
    const { sort } = this.#view;
    if (sort?.by !== by) this.#save({ sort: { by, falls: by !== 'branch' && by !== 'state' } });
    else {
      const first = by !== 'branch' && by !== 'state';
      this.#save({ sort: sort.falls === first ? { by, falls: !first } : undefined });
    }
  }

  /** Tells VS Code, which looks at the element after us, whose menu it is to show. */
  #onMenu(event: MouseEvent): void {
    const element = event.currentTarget;
    if (!this.#shown || !(element instanceof HTMLElement)) return;
    // The key for menus is pressed where the focus is.
    const isByKey = event.target === element;
    const { layout } = this.#shown;
    const branch = isByKey ? this.#focused(layout)?.branch : this.#hit(event, layout)?.branch;
    const isOpen = branch !== undefined && branch.deleted !== true;
    if (isOpen) this.#save({ focus: branch.id });
    element.dataset['vscodeContext'] = JSON.stringify({
      preventDefaultContextMenuItems: true,
      ...(isOpen && { multipathBranch: true, sessionId: branch.id }),
    });
  }

  #hit(event: MouseEvent, layout: Layout): ReturnType<typeof hit> {
    const canvas = this.querySelector('svg.mp-canvas');
    if (!canvas) return undefined;
    const { x, y, k } = this.#place;
    const box = canvas.getBoundingClientRect();
    return (
      this.#labelled(event.target, layout) ??
      hit(layout, (event.clientX - box.x - x) / k, (event.clientY - box.y - y) / k, REACH / k)
    );
  }

  #onClick(event: MouseEvent): void {
    if (!this.#shown) return;
    const found = this.#hit(event, this.#shown.layout);
    if (!found) return;
    this.#save({ focus: found.branch.id });
    if (event.ctrlKey || event.metaKey || event.shiftKey) this.#toggle(found.branch.id);
    else this.#open(found.branch.id, found.at);
  }

  /** What the clicked label or node belongs to. */
  #labelled(target: EventTarget | null, { byId }: Layout): ReturnType<typeof hit> {
    const element = target instanceof Element ? target.closest('[data-branch], [data-fork]') : null;
    if (!(element instanceof SVGElement)) return undefined;
    const { branch, fork, at } = element.dataset;
    const laid = byId.get(branch ?? fork ?? '');
    return laid && { branch: laid.branch, ...(at !== undefined && { at: Number(at) }) };
  }

  #onKey(event: KeyboardEvent): void {
    const shown = this.#shown;
    const focus = shown && this.#focused(shown.layout);
    const action = focus && actionOf(event, shown.layout, focus);
    if (!action) return;
    event.preventDefault();
    switch (action.type) {
      case 'go':
        this.#save({ focus: action.to.branch.id });
        this.#viewport?.reveal(action.to.x, action.to.bottom, this.#place);
        return;
      case 'open':
        this.#open(focus.branch.id, action.atFork ? focus.branch.at : undefined);
        return;
      case 'choose':
        this.#toggle(focus.branch.id);
        return;
      case 'compare':
        this.#judge('compare');
        return;
      case 'zoom-in':
      case 'zoom-out':
        this.#viewport?.zoomBy(action.type === 'zoom-in' ? 1 : -1);
        return;
      case 'show-all':
        this.#viewport?.showAll();
        return;
      case 'clear':
        this.#save({ chosen: [] });
    }
  }

  #toggle(id: string): void {
    const { chosen } = this.#view;
    const isChosen = chosen.includes(id);
    this.#save({ chosen: isChosen ? chosen.filter((one) => one !== id) : [...chosen, id] });
  }

  #judge(name: 'compare' | 'chooseBest'): void {
    const sessionIds = this.#view.chosen;
    if (sessionIds.length < 2 || sessionIds.length > MOST_COMPARED) return;
    void this.#ask(name, { sessionIds });
  }

  /** `at`: messages up to a fork point, which is shown first. */
  #open(sessionId: string, at?: number): void {
    if (this.#shown?.layout.byId.get(sessionId)?.branch.deleted === true) return;
    void this.#ask('openSession', {
      sessionId,
      ...(at !== undefined && at > 0 && { reveal: at - 1 }),
    });
  }

  /** Asks the host for something; a failure is shown, and false. */
  #ask(...[name, argument]: Question): Promise<boolean> {
    this.#problem = undefined;
    this.requestUpdate();
    return this.#connection.channel.request(name, argument).then(
      () => true,
      (error: unknown) => {
        this.#problem = messageOf(error);
        this.requestUpdate();
        return false;
      },
    );
  }
}
define('mp-graph', GraphPanel);

type Question = {
  [K in keyof GraphHost]: readonly [K, Parameters<GraphHost[K]>[0]];
}[keyof GraphHost];
