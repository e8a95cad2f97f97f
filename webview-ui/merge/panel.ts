/**
 * <mp-merge>: a merge before it is made. It holds what the person decided, shows what the target
 * would be with it, and sends just that; whatever changes something is the host's to do.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { createRef, ref } from 'lit/directives/ref.js';
import { messageOf } from '../../src/core/errors.ts';
import type { MergeMode } from '../../src/core/merge.ts';
import {
  mergeViewSchemas,
  type MergeHost,
  type MergeState,
  type MergeSummary,
  type MergeView,
  type SummaryProgress,
} from '../../src/protocol/mergePanel.ts';
import { buttonStyles } from '../shared/buttons.css.ts';
import { connect } from '../shared/connect.ts';
import { define, LightElement } from '../shared/element.ts';
import { hear } from '../shared/events.ts';
import { formatCount } from '../shared/format.ts';
import { messageStyles } from '../shared/message.css.ts';
import { renderNotices } from '../shared/notices.ts';
import { setStrings, t } from '../shared/strings.ts';
import '../shared/table.ts';
import { theme } from '../shared/theme.css.ts';
import { visible } from '../shared/visible.ts';
import type { ListElement } from '../transcript/list.ts';
import '../transcript/list.ts';
import { Pages } from '../transcript/pages.ts';
import { transcriptStyles } from '../transcript/transcript.css.ts';
import { countAfterwards, readAfterwards, type Afterwards } from './afterwards.ts';
import { candidateCells, candidateColumns, candidatesOf, type Candidates } from './candidates.ts';
import {
  effective,
  leftOut,
  NO_CHOICES,
  orderOf,
  toggled,
  toggledAll,
  undecided,
  type Choices,
} from './choices.ts';
import { renderConflicts } from './conflicts.ts';
import { mergeStyles } from './merge.css.ts';
import { savedView } from './savedView.ts';
import { renderSummary } from './summary.ts';
import {
  renderDone,
  renderHead,
  renderModes,
  renderWaiting,
  renderWhere,
  type TopView,
} from './top.ts';

/** Rows of the target that stay in sight above the first merged one, in pixels. */
const ABOVE = 120;

export class MergePanel extends LightElement {
  static override styles = [theme, messageStyles, buttonStyles, transcriptStyles, mergeStyles];

  readonly #host = connect<MergeView, MergeHost>(
    {
      changed: ({ state }) => {
        this.#take(state);
        return null;
      },
      summary: (progress) => {
        this.#takeProgress(progress);
        return null;
      },
      setNotice: ({ text }) => {
        this.#notice = text;
        this.requestUpdate();
        return null;
      },
    },
    mergeViewSchemas,
  );
  readonly #list = createRef<ListElement>();
  readonly #folds = new Set<string>();
  /** The branch's messages, for the list of what can be chosen. */
  readonly #source = new Pages(
    (range) => this.#host.channel.request('readSource', range),
    () => this.requestUpdate(),
    (error) => this.#fail(error),
  );
  /** The target as it would be. */
  readonly #pages = new Pages(
    (range) =>
      readAfterwards(
        this.#after,
        range,
        (wanted) => this.#host.channel.request('readBase', wanted),
        (wanted) => this.#host.channel.request('readSource', wanted),
      ),
    () => this.#list.value?.setTotal(countAfterwards(this.#after)),
    (error) => this.#fail(error),
  );
  #state: MergeState | undefined;
  #choices: Choices = NO_CHOICES;
  #summary: MergeSummary | undefined;
  #progress: SummaryProgress | undefined;
  #model = '';
  #expanded = false;
  #busy = false;
  #notice: string | null = null;
  #failure: string | undefined;
  #problem: string | undefined;
  #after: Afterwards = {
    targetId: '',
    sourceId: '',
    baseCount: 0,
    sharedCount: 0,
    mode: 'append',
    messages: [],
    summary: '',
  };

  constructor() {
    super();
    this.dataset['mpPanel'] = 'merge';
    const { channel } = this.#host;
    hear(this, 'mp-open-link', (link) => this.#ask(() => channel.request('openLink', link)));
    hear(this, 'mp-copy', (copy) => this.#ask(() => channel.request('copyText', copy)));
    hear(this, 'mp-open-session', (to) => this.#ask(() => channel.request('openSession', to)));
    hear(this, 'mp-open-full', ({ index }) => this.#openFull(index));
    hear(this, 'mp-expand', ({ open }) => {
      this.#expanded = open;
      this.requestUpdate();
    });
    addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      void this.#merge();
    });
  }

  override connectedCallback(): void {
    super.connectedCallback();
    void this.#load();
  }

  async #load(): Promise<void> {
    this.#failure = undefined;
    this.requestUpdate();
    try {
      const state = await this.#host.channel.request('ready', null);
      const { source, target } = state;
      this.#choices =
        savedView(this.#host.restore(), source.id, target.id)?.choices ?? this.#choices;
      this.#take(state);
      await this.#goToMerged();
    } catch (error) {
      this.#failure = messageOf(error);
      this.requestUpdate();
    }
  }

  /** Shows the place where what is there ends and what would be merged begins. */
  async #goToMerged(): Promise<void> {
    await this.updateComplete;
    this.#list.value?.goTo(this.#after.baseCount, { offset: ABOVE });
  }

  #take(state: MergeState): void {
    setStrings(state.strings);
    this.#failure = undefined;
    this.#state = state;
    if (!state.models.some(({ id }) => id === this.#model)) this.#model = state.models[0]?.id ?? '';
    const [first = 0] = state.plan.messages;
    this.#source.refresh(first, first + 1);
    this.#decide(this.#choices);
    if (this.#choices.mode === 'summary') void this.#summarise();
  }

  #takeProgress(progress: SummaryProgress): void {
    this.#progress = progress;
    if (progress.state === 'done') this.#decide({ ...this.#choices, summary: progress.text });
    else this.requestUpdate();
  }

  /** Takes decisions over, keeps them, and shows what follows. */
  #decide(choices: Choices): void {
    const state = this.#state;
    this.#choices = choices;
    if (state === undefined) return;
    this.#host.save({ sourceId: state.source.id, targetId: state.target.id, choices });
    const before = this.#after;
    this.#after = {
      targetId: state.target.id,
      sourceId: state.source.id,
      baseCount: state.base.messageCount,
      sharedCount: state.plan.sharedCount,
      mode: choices.mode,
      messages:
        choices.mode === 'summary'
          ? (this.#summary?.messages ?? [])
          : effective(choices, state.plan),
      summary: this.#summaryText,
    };
    this.requestUpdate();
    if (isSame(before, this.#after)) return;
    void this.updateComplete.then(() => {
      const list = this.#list.value;
      if (list === undefined) return;
      this.#pages.refresh(list.shown.start, list.shown.end + 1);
      list.setTotal(countAfterwards(this.#after));
    });
  }

  get #summaryText(): string {
    return this.#choices.summary ?? this.#summary?.text ?? '';
  }

  async #summarise(): Promise<void> {
    try {
      this.#summary = await this.#host.channel.request('summarise', null);
      this.#decide(this.#choices);
    } catch (error) {
      this.#fail(error);
    }
  }

  #chooseMode(mode: MergeMode): void {
    const { plan } = this.#state ?? {};
    const picked =
      mode === 'cherry-pick' && this.#choices.mode !== 'cherry-pick' && plan
        ? this.#choices.picked.length > 0
          ? this.#choices.picked
          : plan.messages
        : this.#choices.picked;
    this.#decide({ ...this.#choices, mode, picked });
    if (mode === 'summary' && this.#summary === undefined) void this.#summarise();
  }

  async #chooseTarget(targetId: string): Promise<void> {
    await this.#during(async () => {
      const { mode } = this.#choices;
      const state = await this.#host.channel.request('setTarget', { targetId });
      this.#summary = undefined;
      this.#choices = { ...NO_CHOICES, mode: mode === 'summary' ? mode : 'append' };
      this.#take(state);
      await this.#goToMerged();
    });
  }

  async #merge(): Promise<void> {
    const state = this.#state;
    if (state === undefined || this.#busy || this.#blocked(state) !== undefined) return;
    await this.#during(async () => {
      const order = orderOf(this.#choices, state.plan);
      const isSummary = order.mode === 'summary';
      const next = await this.#host.channel.request('merge', {
        ...order,
        ...(isSummary && { messages: this.#after.messages, summary: this.#summaryText }),
      });
      this.#summary = undefined;
      this.#choices = { ...NO_CHOICES, mode: isSummary ? 'summary' : 'append' };
      this.#take(next);
    });
  }

  #undo(): void {
    void this.#during(async () => this.#take(await this.#host.channel.request('undo', null)));
  }

  /** One thing at a time; a failure is shown. */
  async #during(work: () => Promise<void>): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    this.#problem = undefined;
    this.requestUpdate();
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    } finally {
      this.#busy = false;
      this.requestUpdate();
    }
  }

  #ask(request: () => Promise<unknown>): void {
    this.#problem = undefined;
    this.requestUpdate();
    request().catch((error: unknown) => this.#fail(error));
  }

  #fail(error: unknown): void {
    this.#problem = messageOf(error);
    this.requestUpdate();
  }

  #openFull(index: number): void {
    const { base, source } = this.#state ?? {};
    const { baseCount, messages, mode } = this.#after;
    if (!base || !source) return;
    const added = messages[index - baseCount];
    const at =
      index < baseCount
        ? { sessionId: base.id, index }
        : added === undefined || mode === 'summary'
          ? undefined
          : { sessionId: source.id, index: added };
    if (at) this.#ask(() => this.#host.channel.request('openFull', at));
  }

  /** Why it cannot be merged as things stand; `undefined` when it can. */
  #blocked(state: MergeState): string | undefined {
    const { plan, canWrite } = state;
    if (!canWrite) return t('The store can only be read now.');
    if (this.#progress?.state === 'running') return t('The model is writing…');
    if (this.#after.messages.length === 0) {
      if (candidatesOf(plan).length === 0) return t('The branch has no messages of its own yet.');
      const isThere = plan.messages.length === 0 || this.#choices.mode === 'summary';
      return isThere ? t('Everything is there already.') : t('No message is chosen.');
    }
    if (this.#choices.mode === 'summary' && this.#summaryText.trim() === '') {
      return t('The summary is empty.');
    }
    const open = undecided(this.#choices, plan);
    if (open === 0) return undefined;
    return open === 1 ? t('1 decision is open.') : t('{0} decisions are open.', formatCount(open));
  }

  override render(): TemplateResult {
    const state = this.#state;
    if (state === undefined) return renderWaiting(this.#failure, () => void this.#load());
    const { channel } = this.#host;
    const { done, plan, canWrite } = state;
    const view: TopView = {
      mode: this.#choices.mode,
      possible: plan.messages.length,
      chosen: this.#choices.mode === 'summary' ? 0 : this.#after.messages.length,
      blocked: this.#blocked(state),
      busy: this.#busy,
    };
    const open = (sessionId: string, reveal?: number): void =>
      this.#ask(() =>
        channel.request('openSession', { sessionId, ...(reveal !== undefined && { reveal }) }),
      );
    return html`${renderNotices(this.#notice, this.#problem)}
      ${renderHead(state, view, {
        target: (id) => void this.#chooseTarget(id),
        mode: (mode) => this.#chooseMode(mode),
        merge: () => void this.#merge(),
        openSession: open,
      })}
      ${done ? renderDone(done, canWrite && !this.#busy, open, () => this.#undo()) : nothing}
      ${renderWhere(state)} ${renderModes(view, (mode) => this.#chooseMode(mode))}
      ${renderConflicts(state, this.#choices, {
        decide: (key, decision) => {
          const others = Object.entries(this.#choices.decisions).filter(([one]) => one !== key);
          const made = decision === undefined ? [] : [[key, decision] as const];
          const decisions = Object.fromEntries([...others, ...made]);
          this.#decide({ ...this.#choices, decisions });
        },
        compare: () => this.#ask(() => channel.request('compare', null)),
        openFile: (path) => this.#ask(() => channel.request('openFile', { path })),
      })}
      <main class="mp-columns">
        <section class="mp-column" aria-labelledby="mp-from">
          <h2 id="mp-from">${t('From “{0}”', visible(state.source.title))}</h2>
          ${this.#choices.mode === 'summary' ? this.#renderSummary(state) : this.#renderCandidates(state)}
        </section>
        <section class="mp-column" aria-labelledby="mp-after">
          <h2 id="mp-after">${this.#renderAfterTitle(state)}</h2>
          <div class="mp-main">
            <mp-list
              ${ref(this.#list)}
              .bare=${true}
              .pages=${this.#pages}
              .label=${state.base.title}
              .folds=${this.#folds}
              .sessionId=${state.base.id}
              .inherited=${plan.sharedCount}
              .parentTitle=${t('the branch')}
              .expanded=${this.#expanded}
            ></mp-list>
          </div>
        </section>
      </main>`;
  }

  #renderAfterTitle({ target }: MergeState): TemplateResult {
    const count = countAfterwards(this.#after);
    const added = count - this.#after.baseCount;
    const words = count === 1 ? t('1 message') : t('{0} messages', formatCount(count));
    return html`${t('“{0}” afterwards', visible(target.title))}
      <span class="mp-dim" role="status"
        >${words}${added === 0 ? nothing : ` · ${t('{0} of them new', formatCount(added))}`}</span
      >`;
  }

  #renderCandidates({ plan, source }: MergeState): TemplateResult {
    const indexes = candidatesOf(plan);
    if (indexes.length === 0) {
      return html`<p class="mp-empty mp-dim">
        ${t('The branch has no messages of its own yet.')}
      </p>`;
    }
    const candidates: Candidates = {
      indexes,
      chosen: new Set(this.#after.messages),
      merged: new Set(plan.alreadyMerged),
      unanswered: new Set(plan.unanswered),
      leftOut: leftOut(this.#choices, plan),
      message: (index) => {
        this.#wantSource(index);
        return this.#source.message(index);
      },
      toggle: (index) => this.#decide(toggled(this.#choices, plan, index)),
      toggleAll: () => this.#decide(toggledAll(this.#choices, plan)),
    };
    return html`<mp-table-rows
      .count=${indexes.length}
      .columns=${candidateColumns(candidates)}
      .label=${t('Messages of {0}', source.title)}
      .cells=${candidateCells(candidates)}
      .keyOf=${(row: number) => String(indexes[row])}
    ></mp-table-rows>`;
  }

  #wanted: { start: number; end: number } | undefined;

  /** Rows are drawn one by one: what they lack is asked for together. */
  #wantSource(index: number): void {
    if (this.#wanted === undefined) {
      queueMicrotask(() => {
        if (this.#wanted) this.#source.want(this.#wanted.start, this.#wanted.end);
        this.#wanted = undefined;
      });
    }
    const { start = index, end = index + 1 } = this.#wanted ?? {};
    this.#wanted = { start: Math.min(start, index), end: Math.max(end, index + 1) };
  }

  #renderSummary(state: MergeState): TemplateResult {
    const { channel } = this.#host;
    return renderSummary(
      state,
      {
        text: this.#summary === undefined ? undefined : this.#summaryText,
        count: this.#after.messages.length,
        progress: this.#progress,
        model: this.#model,
      },
      {
        edit: (summary) => this.#decide({ ...this.#choices, summary }),
        reset: () => {
          const { mode, picked, decisions } = this.#choices;
          this.#progress = undefined;
          this.#decide({ mode, picked, decisions });
        },
        choose: (model) => {
          this.#model = model;
          this.requestUpdate();
        },
        ask: () => {
          const { messages } = this.#after;
          this.#progress = { text: '', state: 'running' };
          this.#ask(async () => {
            try {
              await channel.request('askModel', { model: this.#model, messages });
            } catch (error) {
              this.#progress = undefined;
              throw error;
            }
          });
        },
        stop: () => this.#ask(() => channel.request('stopModel', null)),
      },
    );
  }
}
define('mp-merge', MergePanel);

function isSame(a: Afterwards, b: Afterwards): boolean {
  return (
    a.targetId === b.targetId &&
    a.baseCount === b.baseCount &&
    a.sharedCount === b.sharedCount &&
    a.mode === b.mode &&
    a.summary === b.summary &&
    a.messages.length === b.messages.length &&
    a.messages.every((index, position) => index === b.messages[position])
  );
}
