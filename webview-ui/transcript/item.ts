/**
 * <mp-item>: one message in the list, with what can be done to it and the forks that begin after
 * it. Its actions exist only while it is pointed at or focused: a list of hundreds stays light.
 * It asks by `mp-fork {index}`, `mp-explore {index}` and `mp-open-session {sessionId, reveal?}`, beside what <mp-message> asks.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import { textOf, type Message } from '../../src/core/message.ts';
import { define, LightElement } from '../shared/element.ts';
import { tell } from '../shared/events.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { iconButton } from '../shared/iconButton.ts';
import { MessageElement } from '../shared/message.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';
import type { ForkMark, MergeMark } from './pages.ts';

const BRANCH_COLOURS = 4;
/** Forks, or merges, drawn below a message before one asks for the others. */
const DRAWN = 24;
const NO_FORKS: readonly ForkMark[] = [];
const NO_MERGES: readonly MergeMark[] = [];

export class ItemElement extends LightElement {
  static override properties = {
    message: { attribute: false },
    forks: { attribute: false },
    merges: { attribute: false },
    folds: { attribute: false },
    sessionId: { attribute: false },
    isForkPoint: { attribute: false },
    bare: { attribute: false },
    growing: { type: String },
    active: { state: true },
    unfolded: { state: true },
  };

  declare message: Message | undefined;
  declare forks: readonly ForkMark[];
  declare merges: readonly MergeMark[];
  declare folds: Set<string>;
  declare sessionId: string;
  /** True for the last message shared with the parent. */
  declare isForkPoint: boolean;
  /** Nothing can be done to it here. */
  declare bare: boolean;
  /** Set for an answer that is not whole. */
  declare growing: string | undefined;
  declare active: boolean;
  /** All forks and merges are drawn. */
  declare unfolded: boolean;

  constructor() {
    super();
    this.forks = NO_FORKS;
    this.merges = NO_MERGES;
    this.folds = new Set();
    this.sessionId = '';
    this.isForkPoint = false;
    this.bare = false;
    this.active = false;
    this.unfolded = false;
    this.addEventListener('pointerenter', () => (this.active = true));
    this.addEventListener('pointerleave', () => (this.active = this.matches(':focus-within')));
    this.addEventListener('focusin', () => (this.active = true));
    this.addEventListener('focusout', (event) => {
      const inside = event.relatedTarget instanceof Node && this.contains(event.relatedTarget);
      this.active = inside || this.matches(':hover');
    });
  }

  toggleFolds(): void {
    const message = this.querySelector('mp-message');
    if (message instanceof MessageElement) message.toggleFolds();
  }

  copy(): void {
    if (this.message !== undefined) tell(this, 'mp-copy', { text: textOf(this.message) });
  }

  fork(): void {
    if (this.message !== undefined && !this.bare)
      tell(this, 'mp-fork', { index: this.message.index });
  }

  explore(): void {
    if (this.message !== undefined && this.growing === undefined)
      tell(this, 'mp-explore', { index: this.message.index });
  }

  protected override updated(): void {
    // Lets VS Code's own context menu know where it was opened, and styles tell what is shared.
    this.toggleAttribute('inherited', this.message?.inherited === true);
    this.dataset['vscodeContext'] = JSON.stringify({
      ...(!this.bare && { webviewSection: 'message', multipathMessage: this.message?.index }),
      preventDefaultContextMenuItems: true,
    });
  }

  override render(): TemplateResult | typeof nothing {
    const { message } = this;
    if (message === undefined) return nothing;
    const number = this.growing === undefined ? message.index + 1 : '…';
    return html`<div class="mp-number" aria-hidden="true">${number}</div>
      <mp-message .message=${message} .folds=${this.folds}></mp-message>
      ${this.active && !this.bare ? this.#renderActions(message) : nothing} ${this.#renderForks()}
      ${this.#renderMerges()}`;
  }

  #renderActions({ index }: Message): TemplateResult {
    return html`<div class="mp-actions">
      <vscode-button
        class="mp-fork"
        title=${t('Fork at this message (F)')}
        @click=${() => this.fork()}
        >${t('Fork Here')}</vscode-button
      >
      <vscode-button
        secondary
        class="mp-explore"
        title=${t('Try strategies and models from here (E)')}
        @click=${() => this.explore()}
        >${t('Explore…')}</vscode-button
      >
      ${iconButton('copy', t('Copy message (Ctrl+C)'), () => this.copy())}
      ${iconButton('go-to-file', t('Open in an editor, nothing shortened'), () =>
        tell(this, 'mp-open-full', { index }),
      )}
    </div>`;
  }

  #renderForks(): TemplateResult | typeof nothing {
    const others = this.forks.filter((fork) => fork.sessionId !== this.sessionId);
    if (others.length === 0) return nothing;
    return html`<div class="mp-forks">
      <span>${t('forks here')}</span>
      ${
        this.isForkPoint
          ? html`<span class="mp-chip mp-this-branch"
              ><span class="mp-dot mp-branch-1"></span>${t('this branch')}</span
            >`
          : nothing
      }
      ${repeat(
        this.#drawn(others),
        (fork) => fork.sessionId,
        (fork, position) => this.#renderFork(fork, position + (this.isForkPoint ? 1 : 0)),
      )}
      ${this.#renderMore(others.length)}
    </div>`;
  }

  #renderMerges(): TemplateResult | typeof nothing {
    if (this.merges.length === 0) return nothing;
    return html`<div class="mp-forks">
      <span>${t('merged into')}</span>
      ${repeat(
        this.#drawn(this.merges),
        ({ sessionId }) => sessionId,
        ({ sessionId, title, origin }) =>
          html`<button
            type="button"
            class="mp-chip"
            title=${t('Open “{0}” where it was merged to', visible(title))}
            @click=${() => tell(this, 'mp-open-session', { sessionId, message: origin })}
          >
            ${icon('git-merge')}<span class="mp-label">${visible(title)}</span>
          </button>`,
      )}
      ${this.#renderMore(this.merges.length)}
    </div>`;
  }

  /** A message that thousands of branches begin at is still one message to read. */
  #drawn<T>(all: readonly T[]): readonly T[] {
    return this.unfolded ? all : all.slice(0, DRAWN);
  }

  #renderMore(count: number): TemplateResult | typeof nothing {
    if (this.unfolded || count <= DRAWN) return nothing;
    return html`<button type="button" class="mp-link-button" @click=${() => (this.unfolded = true)}>
      ${t('Show all {0}', formatCount(count))}
    </button>`;
  }

  #renderFork({ sessionId, title }: ForkMark, position: number): TemplateResult {
    return html`<button
      type="button"
      class="mp-chip"
      title=${t('Open fork {0}', title)}
      @click=${() => tell(this, 'mp-open-session', { sessionId })}
    >
      <span class="mp-dot mp-branch-${(position % BRANCH_COLOURS) + 1}"></span
      ><span class="mp-label">${title}</span>
    </button>`;
  }
}
define('mp-item', ItemElement);
