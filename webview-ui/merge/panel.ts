/**
 * <mp-merge>: a merge before it is made. It puts the parts together: the draft (what is decided), the
 * lists of both sides, the summary and the conflicts. Whatever changes something is the host's to do.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { messageOf } from '../../src/core/errors.ts';
import type { MergeMode } from '../../src/core/merge.ts';
import {
  mergeViewSchemas,
  type MergeHost,
  type MergeState,
  type MergeView,
} from '../../src/protocol/mergePanel.ts';
import { buttonStyles } from '../shared/buttons.css.ts';
import { connect } from '../shared/connect.ts';
import { define, LightElement } from '../shared/element.ts';
import { hear } from '../shared/events.ts';
import { messageStyles } from '../shared/message.css.ts';
import { renderNotices } from '../shared/notices.ts';
import { setStrings, t } from '../shared/strings.ts';
import { theme } from '../shared/theme.css.ts';
import { visible } from '../shared/visible.ts';
import { renderWaiting } from '../shared/waiting.ts';
import { transcriptStyles } from '../transcript/transcript.css.ts';
import { AfterList } from './afterList.ts';
import { CandidateList } from './candidateList.ts';
import { decided, NO_CHOICES, orderOf, switched, type Choices } from './choices.ts';
import { renderConflicts } from './conflicts.ts';
import { Draft } from './draft.ts';
import { mergeStyles } from './merge.css.ts';
import { obstacleOf } from './obstacle.ts';
import { savedView } from './savedView.ts';
import { SummaryDesk } from './summaryDesk.ts';
import { renderDone, renderHead, renderModes, renderWhere, type TopView } from './top.ts';

export class MergePanel extends LightElement {
  static override styles = [theme, messageStyles, buttonStyles, transcriptStyles, mergeStyles];

  readonly #host = connect<MergeView, MergeHost>(
    {
      changed: ({ state }) => {
        this.#take(state);
        return null;
      },
      summary: (progress) => {
        this.#desk.hear(progress);
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
  readonly #draft = new Draft();
  readonly #candidates = new CandidateList(
    (range) => this.#host.channel.request('readSource', range),
    () => this.requestUpdate(),
    (error) => this.#fail(error),
  );
  readonly #after = new AfterList(
    this.#draft,
    (range) => this.#host.channel.request('readBase', range),
    (range) => this.#host.channel.request('readSource', range),
    (error) => this.#fail(error),
  );
  readonly #desk = new SummaryDesk({
    channel: this.#host.channel,
    draft: this.#draft,
    decide: (choices) => this.#decide(choices),
    ask: (request) => this.#ask(request),
    changed: () => this.requestUpdate(),
  });
  #expanded = false;
  #busy = false;
  #notice: string | null = null;
  #failure: string | undefined;
  #problem: string | undefined;

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
      const saved = savedView(this.#host.restore(), source.id, target.id)?.choices;
      this.#take(state, () => this.#draft.take(state, saved));
      await this.#goToMerged();
    } catch (error) {
      this.#failure = messageOf(error);
      this.requestUpdate();
    }
  }

  async #goToMerged(): Promise<void> {
    await this.updateComplete;
    this.#after.goToMerged();
  }

  #take(state: MergeState, take = () => this.#draft.take(state)): void {
    setStrings(state.strings);
    this.#failure = undefined;
    this.#desk.offer(state);
    this.#candidates.refresh(state);
    this.#show(take());
    if (this.#draft.choices.mode === 'summary') void this.#summarise();
  }

  #decide(choices: Choices): void {
    this.#show(this.#draft.decide(choices));
  }

  /** Keeps what was decided, and shows what follows. */
  #show(isOther: boolean): void {
    const { state, choices } = this.#draft;
    if (state === undefined) return;
    this.#host.save({ sourceId: state.source.id, targetId: state.target.id, choices });
    this.requestUpdate();
    if (isOther) void this.updateComplete.then(() => this.#after.refresh());
  }

  async #summarise(): Promise<void> {
    try {
      this.#show(this.#draft.sumUp(await this.#host.channel.request('summarise', null)));
    } catch (error) {
      this.#fail(error);
    }
  }

  #chooseMode(mode: MergeMode): void {
    const { state, choices, summary } = this.#draft;
    if (state === undefined) return;
    this.#decide(switched(choices, state.plan, mode));
    if (mode === 'summary' && summary === undefined) void this.#summarise();
  }

  async #chooseTarget(targetId: string): Promise<void> {
    await this.#during(async () => {
      const { mode } = this.#draft.choices;
      const state = await this.#host.channel.request('setTarget', { targetId });
      this.#startOver(state, mode === 'summary' ? mode : 'append');
      await this.#goToMerged();
    });
  }

  async #merge(): Promise<void> {
    const { state, choices, after, text, author } = this.#draft;
    if (state === undefined || this.#busy || this.#obstacle !== undefined) return;
    await this.#during(async () => {
      const order = orderOf(choices, state.plan);
      const isSummary = order.mode === 'summary';
      const next = await this.#host.channel.request('merge', {
        ...order,
        ...(isSummary && { messages: after.messages, summary: text, summaryBy: author }),
      });
      this.#startOver(next, isSummary ? 'summary' : 'append');
    });
  }

  #startOver(state: MergeState, mode: MergeMode): void {
    this.#take(state, () => this.#draft.restart(state, { ...NO_CHOICES, mode }));
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
    const { state, after } = this.#draft;
    if (state === undefined) return;
    const { baseCount, messages, mode } = after;
    const added = messages[index - baseCount];
    const at =
      index < baseCount
        ? { sessionId: state.base.id, index }
        : added === undefined || mode === 'summary'
          ? undefined
          : { sessionId: state.source.id, index: added };
    if (at) this.#ask(() => this.#host.channel.request('openFull', at));
  }

  #openSession(sessionId: string, reveal?: number): void {
    const to = { sessionId, ...(reveal !== undefined && { reveal }) };
    this.#ask(() => this.#host.channel.request('openSession', to));
  }

  get #obstacle(): string | undefined {
    return obstacleOf(this.#draft, this.#desk.isWriting);
  }

  override render(): TemplateResult {
    const { state } = this.#draft;
    const failed = t('The merge could not be shown');
    if (state === undefined) return renderWaiting(failed, this.#failure, () => void this.#load());
    const { done, canWrite, source } = state;
    const { mode } = this.#draft.choices;
    const view: TopView = {
      mode,
      possible: state.plan.messages.length,
      chosen: mode === 'summary' ? 0 : this.#draft.after.messages.length,
      blocked: this.#obstacle,
      busy: this.#busy,
    };
    const open = (sessionId: string, reveal?: number): void => this.#openSession(sessionId, reveal);
    return html`${renderNotices(this.#notice, this.#problem)}
      ${renderHead(state, view, {
        target: (id) => void this.#chooseTarget(id),
        mode: (chosen) => this.#chooseMode(chosen),
        merge: () => void this.#merge(),
        openSession: open,
      })}
      ${done ? renderDone(done, canWrite && !this.#busy, open, () => this.#undo()) : nothing}
      ${renderWhere(state)} ${renderModes(view, (chosen) => this.#chooseMode(chosen))}
      ${this.#renderConflicts(state)}
      <main class="mp-columns">
        <section class="mp-column" aria-labelledby="mp-from">
          <h2 id="mp-from">${t('From “{0}”', visible(source.title))}</h2>
          ${
            mode === 'summary'
              ? this.#desk.render(state)
              : this.#candidates.render(state, this.#draft, (choices) => this.#decide(choices))
          }
        </section>
        <section class="mp-column" aria-labelledby="mp-after">
          ${this.#after.render(state, this.#expanded)}
        </section>
      </main>`;
  }

  #renderConflicts(state: MergeState): unknown {
    const { channel } = this.#host;
    const { choices } = this.#draft;
    return renderConflicts(state, choices, {
      decide: (key, decision) => this.#decide(decided(choices, key, decision)),
      compare: () => this.#ask(() => channel.request('compare', null)),
      openFile: (path) => this.#ask(() => channel.request('openFile', { path })),
    });
  }
}
define('mp-merge', MergePanel);
