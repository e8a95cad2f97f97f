/**
 * <mp-transcript>: the transcript panel. It holds what is known of the session, hands requests of
 * its parts to the host, answers the host's, and remembers over a reload where the person was.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { ref, createRef } from 'lit/directives/ref.js';
import { messageOf } from '../../src/core/errors.ts';
import {
  transcriptViewSchemas,
  type RunView,
  type TranscriptHost,
  type TranscriptState,
  type TranscriptView,
} from '../../src/protocol/panels.ts';
import type { Session } from '../../src/core/session.ts';
import { connect } from '../shared/connect.ts';
import { LightElement } from '../shared/element.ts';
import { hear } from '../shared/events.ts';
import { messageStyles } from '../shared/message.css.ts';
import { setStrings, t } from '../shared/strings.ts';
import { theme } from '../shared/theme.css.ts';
import { EMPTY_DRAFT, type Draft } from './composer.ts';
import './composer.ts';
import { growingOf, type Growing } from './growing.ts';
import { renderSessionHeader } from './header.ts';
import type { ListElement } from './list.ts';
import './list.ts';
import { Pages } from './pages.ts';
import { isInView } from './place.ts';
import { readPersisted, type Persisted } from './persisted.ts';
import { saidOf } from './run.ts';
import {
  renderEmpty,
  renderFailure,
  renderLoading,
  renderNotices,
  renderUnseen,
} from './states.ts';
import { transcriptStyles } from './transcript.css.ts';

/** Rows above a revealed message stay in sight by so many pixels. */
const REVEAL_MARGIN = 60;
/** Milliseconds a change of the view may go unsaved. */
const SAVE_AFTER = 150;

export class TranscriptElement extends LightElement {
  static override styles = [theme, messageStyles, transcriptStyles];
  static override properties = {
    state: { state: true },
    failure: { state: true },
    notice: { state: true },
    pageFailure: { state: true },
    actionFailure: { state: true },
    announcement: { state: true },
    draft: { state: true },
    adding: { state: true },
    expanded: { state: true },
    away: { state: true },
    unseen: { state: true },
    run: { state: true },
    growing: { state: true },
  };

  /** What the host said the session is; absent while it has not. */
  declare state: TranscriptState | undefined;
  declare failure: string | undefined;
  declare notice: string | undefined;
  declare pageFailure: string | undefined;
  declare actionFailure: string | undefined;
  declare announcement: string;
  declare draft: Draft;
  declare adding: boolean;
  declare expanded: boolean;
  /** True while the end of the transcript is out of view. */
  declare away: boolean;
  /** True when messages came while it was. */
  declare unseen: boolean;
  /** What fills this session, while that is not done. */
  declare run: RunView | undefined;
  /** What is coming, and what has come whose messages are not there yet. */
  declare growing: readonly Growing[];

  readonly #list = createRef<ListElement>();
  #folds = new Set<string>();
  #saveTimer: number | undefined;
  readonly #host = connect<TranscriptView, TranscriptHost>(
    {
      sessionChanged: ({ session }) => {
        this.#take(session);
        return null;
      },
      reveal: ({ index }) => {
        this.#reveal(index);
        return null;
      },
      setNotice: ({ text }) => {
        this.notice = text ?? undefined;
        // The store is back: what could not be read meanwhile can be.
        if (text === null && this.pageFailure !== undefined) this.#retryPages();
        return null;
      },
      setRun: ({ run }) => {
        this.#takeRun(run);
        return null;
      },
    },
    transcriptViewSchemas,
  );
  readonly #pages = new Pages(
    (range) => this.#host.channel.request('readMessages', range),
    (total) => {
      this.pageFailure = undefined;
      this.#list.value?.setTotal(total);
    },
    (error) => (this.pageFailure = messageOf(error)),
  );

  constructor() {
    super();
    this.announcement = '';
    this.draft = EMPTY_DRAFT;
    this.adding = false;
    this.expanded = false;
    this.away = false;
    this.unseen = false;
    this.growing = [];
    this.#listen();
  }

  override connectedCallback(): void {
    this.dataset['mpPanel'] = '';
    super.connectedCallback();
    void this.#begin();
  }

  /** Events of the parts, by name. */
  #listen(): void {
    const { channel } = this.#host;
    hear(this, 'mp-open-link', (link) => void this.#ask(channel.request('openLink', link)));
    hear(this, 'mp-open-full', (at) => void this.#ask(channel.request('openFull', at)));
    hear(this, 'mp-open-session', (to) => void this.#ask(channel.request('openSession', to)));
    hear(this, 'mp-copy', (copy) => void this.#ask(channel.request('copyText', copy), t('Copied')));
    hear(this, 'mp-navigate', (to) => void this.#ask(channel.request('navigate', to)));
    hear(this, 'mp-focus', (at) => void this.#ask(channel.request('setFocus', at)));
    hear(this, 'mp-explore', (at) => void this.#ask(channel.request('exploreAt', at)));
    hear(this, 'mp-change-run', (to) => void this.#ask(channel.request('changeRun', to)));
    hear(this, 'mp-fork', ({ index }) => void this.#fork(index));
    hear(this, 'mp-add', (draft) => void this.#add(draft));
    hear(this, 'mp-draft', (draft) => {
      this.draft = draft;
      this.#saveSoon();
    });
    hear(this, 'mp-expand', ({ open }) => {
      this.expanded = open;
      this.#saveSoon();
    });
    hear(this, 'mp-fold', () => this.#saveSoon());
    hear(this, 'mp-moved', () => {
      this.away = this.#list.value?.atEnd === false;
      if (!this.away) this.unseen = false;
      this.#saveSoon();
    });
    addEventListener('pagehide', () => this.#save());
    addEventListener('focus', () => this.#takeFocus());
  }

  async #begin(): Promise<void> {
    this.failure = undefined;
    try {
      const state = await this.#host.channel.request('ready', null);
      setStrings(state.strings);
      const kept = readPersisted(this.#host.restore(), state.session.id);
      this.#folds = new Set(kept?.folds);
      this.draft = kept?.draft ?? EMPTY_DRAFT;
      this.expanded = kept?.expanded ?? false;
      this.state = state;
      this.run = state.run;
      this.growing = growingOf([], state.run ?? null);
      await this.updateComplete;
      this.#list.value?.setTotal(state.session.messageCount);
      this.#place(state, kept);
      this.#save();
    } catch (error) {
      this.failure = messageOf(error);
    }
  }

  /** Where to begin reading: where the host says, else where the person was, else at the end. */
  #place({ reveal }: TranscriptState, kept: Persisted | undefined): void {
    const list = this.#list.value;
    const focus = this.#hasUnusedFocus;
    if (reveal !== undefined) this.#reveal(reveal);
    else if (kept?.place !== undefined && !kept.atEnd) {
      list?.goTo(kept.place.index, { ...kept.place, focus });
    } else list?.goToEnd(focus);
  }

  /** True while the panel has the focus and nothing in it does: keys would go nowhere. */
  get #hasUnusedFocus(): boolean {
    return document.hasFocus() && document.activeElement === document.body;
  }

  #takeFocus(): void {
    const list = this.#list.value;
    if (list === undefined || !this.#hasUnusedFocus) return;
    // Back from a picker, the person is where they left, while that is in view.
    const left = this.#rowOf(list.focused);
    const row = left && isInView(left, list) ? left : this.#rowOf(list.place?.index);
    row?.focus({ preventScroll: true });
  }

  #rowOf(index: number | undefined): HTMLElement | null {
    return index === undefined
      ? null
      : this.querySelector<HTMLElement>(`mp-item[aria-posinset="${index + 1}"]`);
  }

  #reveal(index: number): void {
    this.#list.value?.goTo(index, { offset: REVEAL_MARGIN, focus: true });
  }

  #take(session: Session): void {
    if (this.state === undefined) return;
    const before = this.state.session.messageCount;
    this.state = { ...this.state, session };
    const list = this.#list.value;
    if (list === undefined) return;
    if (session.messageCount > before && !list.atEnd) this.unseen = true;
    this.#pages.refresh(list.shown.start, list.shown.end + 1);
    list.setTotal(session.messageCount);
  }

  #takeRun(run: RunView | null): void {
    const said = saidOf(this.run, run);
    if (said !== undefined) this.#announce(said);
    if (run !== null && run.text.length > (this.run?.text.length ?? 0) && this.away) {
      this.unseen = true;
    }
    this.run = run ?? undefined;
    this.growing = growingOf(this.growing, run);
  }

  /** Asks the host for something and says what came of it. False when it failed. */
  async #ask(request: Promise<unknown>, done?: string): Promise<boolean> {
    try {
      await request;
      this.actionFailure = undefined;
      if (done !== undefined) this.#announce(done);
      return true;
    } catch (error) {
      this.actionFailure = t('That failed: {0}', messageOf(error));
      return false;
    }
  }

  async #fork(index: number): Promise<void> {
    try {
      await this.#host.channel.request('forkAt', { index });
      this.actionFailure = undefined;
      this.#announce(t('Fork created'));
      const list = this.#list.value;
      if (list !== undefined) this.#pages.refresh(list.shown.start, list.shown.end);
    } catch (error) {
      this.actionFailure = t('Forking failed: {0}', messageOf(error));
    }
  }

  async #add({ text, role }: Draft): Promise<void> {
    this.adding = true;
    try {
      const session = await this.#host.channel.request('append', { text, role });
      this.actionFailure = undefined;
      this.draft = { text: '', role };
      this.#take(session);
      this.#list.value?.goToEnd();
      this.#announce(t('Message added'));
      this.#saveSoon();
    } catch (error) {
      this.actionFailure = t('Adding the message failed: {0}', messageOf(error));
    } finally {
      this.adding = false;
    }
  }

  #announce(text: string): void {
    // The same words twice in a row would not be read again.
    this.announcement = this.announcement === text ? `${text}\u00a0` : text;
  }

  #saveSoon(): void {
    this.#saveTimer ??= setTimeout(() => this.#save(), SAVE_AFTER);
  }

  #save(): void {
    clearTimeout(this.#saveTimer);
    this.#saveTimer = undefined;
    const { state } = this;
    const list = this.#list.value;
    if (state === undefined || list === undefined) return;
    const persisted: Persisted = {
      version: 1,
      sessionId: state.session.id,
      place: list.place,
      atEnd: list.atEnd,
      expanded: this.expanded,
      folds: [...this.#folds],
      draft: this.draft,
    };
    this.#host.save(persisted);
  }

  override render(): TemplateResult {
    return html`${this.#renderState()}
      <div class="mp-hidden" role="status" aria-live="polite">${this.announcement}</div>`;
  }

  #renderState(): TemplateResult {
    const { state, failure } = this;
    if (failure !== undefined) return renderFailure(failure, () => void this.#begin());
    if (state === undefined) return renderLoading();
    const { session, parentTitle, canWrite } = state;
    return html`${renderSessionHeader(state, {
        openParent: () => this.#openParent(session),
        goToStart: () => this.#list.value?.goTo(0),
        goToEnd: () => this.#list.value?.goToEnd(),
      })}
      ${renderNotices(this, {
        retryPages: () => this.#retryPages(),
        dismiss: () => (this.actionFailure = undefined),
      })}
      <main class="mp-main">
        <mp-list
          ${ref(this.#list)}
          .pages=${this.#pages}
          .label=${session.title}
          .folds=${this.#folds}
          .sessionId=${session.id}
          .inherited=${session.inheritedCount}
          .parentTitle=${parentTitle ?? t('the parent session')}
          .expanded=${this.expanded}
          .growing=${this.growing}
        ></mp-list>
        ${session.messageCount === 0 ? renderEmpty(canWrite) : nothing}
        ${this.away && this.unseen ? renderUnseen(() => this.#list.value?.goToEnd()) : nothing}
      </main>
      ${this.run === undefined ? nothing : html`<mp-run .run=${this.run}></mp-run>`}
      ${
        canWrite && this.run === undefined
          ? html`<mp-composer
              role="form"
              aria-label=${t('Add Message')}
              .draft=${this.draft}
              .busy=${this.adding}
            ></mp-composer>`
          : nothing
      }`;
  }

  #retryPages(): void {
    this.pageFailure = undefined;
    this.#pages.retry();
  }

  #openParent({ parentId, inheritedCount }: Session): void {
    if (parentId === undefined) return;
    const reveal = Math.max(0, inheritedCount - 1);
    void this.#ask(this.#host.channel.request('openSession', { sessionId: parentId, reveal }));
  }
}
