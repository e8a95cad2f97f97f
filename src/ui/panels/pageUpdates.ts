/**
 * What the page of a panel is told of its own accord: its state when that changed, and that the
 * session server is away. A hidden webview is gone and asks again when it comes back, so it is told
 * nothing then; what it knows already is not told twice; changes that come together are gathered,
 * and one state is asked for at a time. What was asked for earlier is never told after what was asked
 * for later: the page may have chosen something else meanwhile. What changes while the page waits for
 * an answer is asked for right after it, for the answer may have been read before.
 */
import { l10n, type LogOutputChannel, type WebviewPanel } from 'vscode';
import { messageOf } from '../../core/errors.ts';
import { disposeAll, type Disposable } from '../disposable.ts';
import type { SessionServer } from '../sessionServer.ts';

export interface PageParts<State> {
  /** Names the panel in the log. */
  readonly name: string;
  readonly panel: Pick<WebviewPanel, 'visible' | 'onDidChangeViewState'>;
  readonly server: Pick<SessionServer, 'onDidRestart' | 'onDidChangeState'>;
  readonly log: Pick<LogOutputChannel, 'debug'>;
  /** Changes are gathered for so many milliseconds. */
  readonly gatherMs: number;
  /** Asking for the state may take this part of the time at most. */
  readonly share: number;
  readonly readState: () => Promise<State>;
  readonly changed: (state: State) => Promise<unknown>;
  readonly setNotice: (text: string | null) => Promise<unknown>;
}

/** A state, and the how manyth question it answers. */
interface Read<State> {
  readonly state: State;
  readonly nth: number;
}

export class PageUpdates<State> implements Disposable {
  readonly #parts: PageParts<State>;
  readonly #subscriptions: readonly Disposable[];
  #loaded = false;
  /** Counts the pages that were there: what one asked for says nothing about the next. */
  #page = 0;
  /** Numbers the questions for the state; `#newest` is that whose answer the page has. */
  #reads = 0;
  #newest = 0;
  /** Answers that the page waits for, and whether something changed since it does. */
  #awaited = 0;
  #isChangedMeanwhile = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking = false;
  #isAskedAgain = false;
  /** The state as the page knows it, and how many milliseconds it took to ask for. */
  #told = '';
  #took = 0;
  #hasNotice = false;

  constructor(parts: PageParts<State>) {
    this.#parts = parts;
    const { panel, server } = parts;
    this.#subscriptions = [
      panel.onDidChangeViewState(() => {
        if (!panel.visible) this.#leave();
      }),
      server.onDidRestart(() => this.refreshSoon()),
      server.onDidChangeState((state) => {
        if (state === 'away') void this.#tellNotice(serverAway());
        else if (state === 'running') void this.#back();
      }),
    ];
  }

  /** True from when the page was given its first state until it is hidden. */
  get isLoaded(): boolean {
    return this.#loaded;
  }

  /** For an answer to the page, which is there then and told of what changes from it on. */
  async state(): Promise<State> {
    const page = this.#page;
    this.#awaited++;
    try {
      const { state, nth } = await this.#read();
      // Hidden or closed meanwhile: there is nobody to be told of what changes.
      if (page !== this.#page) return state;
      this.#told = JSON.stringify(state);
      this.#newest = Math.max(this.#newest, nth);
      this.#loaded = true;
      return state;
    } finally {
      if (page === this.#page) this.#answered();
    }
  }

  refreshSoon(): void {
    const { gatherMs, share } = this.#parts;
    this.#timer ??= setTimeout(
      () => {
        this.#timer = undefined;
        void this.#refresh();
      },
      Math.max(gatherMs, this.#took / share),
    );
  }

  /** Sends a page that is there something; one that is being torn down does not answer. */
  async tell(request: () => Promise<unknown>): Promise<void> {
    if (!this.#loaded) return;
    try {
      await request();
    } catch (error) {
      this.#parts.log.debug(`${this.#parts.name} panel: ${messageOf(error)}`);
    }
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#leave();
    disposeAll(this.#subscriptions);
  }

  #leave(): void {
    this.#loaded = false;
    this.#page++;
    this.#awaited = 0;
    this.#isChangedMeanwhile = false;
  }

  #answered(): void {
    this.#awaited--;
    if (this.#awaited > 0 || !this.#isChangedMeanwhile) return;
    this.#isChangedMeanwhile = false;
    this.refreshSoon();
  }

  async #read(): Promise<Read<State>> {
    const nth = ++this.#reads;
    const began = performance.now();
    try {
      return { state: await this.#parts.readState(), nth };
    } finally {
      this.#took = performance.now() - began;
    }
  }

  /** What changes meanwhile is asked for when the answer has come. */
  async #refresh(): Promise<void> {
    if (this.#awaited > 0) {
      this.#isChangedMeanwhile = true;
      return;
    }
    if (!this.#loaded) return;
    if (this.#asking) {
      this.#isAskedAgain = true;
      return;
    }
    this.#asking = true;
    try {
      await this.#tellState();
    } finally {
      this.#asking = false;
      if (this.#isAskedAgain) this.refreshSoon();
      this.#isAskedAgain = false;
    }
  }

  async #back(): Promise<void> {
    if (this.#hasNotice) await this.#tellNotice(null);
    this.refreshSoon();
  }

  async #tellState(): Promise<void> {
    const before = this.#newest;
    let read: Read<State>;
    try {
      read = await this.#read();
    } catch (error) {
      if (this.#newest === before) await this.#tellNotice(messageOf(error));
      return;
    }
    if (this.#hasNotice) await this.#tellNotice(null);
    const { state, nth } = read;
    const told = JSON.stringify(state);
    if (nth < this.#newest || told === this.#told) return;
    this.#newest = nth;
    this.#told = told;
    await this.tell(() => this.#parts.changed(state));
  }

  async #tellNotice(text: string | null): Promise<void> {
    this.#hasNotice = text !== null;
    // The next state is told also when nothing else has changed: it may have a notice of its own.
    this.#told = '';
    await this.tell(() => this.#parts.setNotice(text));
  }
}

/** What is said while there is no session server. */
export function serverAway(): string {
  return l10n.t('The session server went away and is being restarted.');
}
