/**
 * <mp-message>: one message, header and blocks. It asks for everything that leaves it by events
 * that bubble: `mp-open-link {url}`, `mp-open-full {index}`, `mp-copy {text}`. Which folds are
 * open is kept in `folds`; `mp-fold {key, open}` tells when one changed.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { mergedOf } from '../../src/core/merge.ts';
import { totalTokens, type Message } from '../../src/core/message.ts';
import { icon } from './icons.ts';
import { foldKey, isFoldable, renderBlocks } from './blocks.ts';
import { define, LightElement } from './element.ts';
import { tell } from './events.ts';
import type { BlockActions } from './fold.ts';
import { formatCost, formatCount, formatFullTime, formatTime, formatTokens } from './format.ts';
import { messageStyles } from './message.css.ts';
import { mergedWords } from './mergedWords.ts';
import { t } from './strings.ts';
import { visible } from './visible.ts';
import { theme } from './theme.css.ts';

export class MessageElement extends LightElement {
  static override styles = [theme, messageStyles];
  static override properties = {
    message: { attribute: false },
    folds: { attribute: false },
    headless: { type: Boolean },
  };

  declare message: Message | undefined;
  /** Keys of the open folds. The element adds and removes its own; share one set to keep them. */
  declare folds: Set<string>;
  /** Leaves the header out, for panels that draw their own. */
  declare headless: boolean;

  constructor() {
    super();
    this.folds = new Set();
    this.headless = false;
    this.addEventListener('click', (event) => this.#onClick(event));
    this.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#onClick(event);
    });
  }

  /** Opens every fold of the message, or closes them where all are open. */
  toggleFolds(): void {
    const { message } = this;
    if (message === undefined) return;
    const keys = message.content.flatMap((block, position) =>
      isFoldable(block) ? [foldKey(message, position)] : [],
    );
    const open = !keys.every((key) => this.folds.has(key));
    for (const key of keys) this.#fold(key, open);
  }

  override render(): TemplateResult | typeof nothing {
    const { message } = this;
    if (message === undefined) return nothing;
    const actions: BlockActions = {
      isOpen: (key) => this.folds.has(key),
      toggle: (key, open) => this.#fold(key, open),
      openFull: () => tell(this, 'mp-open-full', { index: message.index }),
    };
    return html`${this.headless ? nothing : renderHeader(message)}
      <div class="mp-blocks">${renderBlocks(message, actions)}</div>`;
  }

  #fold(key: string, open: boolean): void {
    if (open) this.folds.add(key);
    else this.folds.delete(key);
    this.requestUpdate();
    tell(this, 'mp-fold', { key, open });
  }

  #onClick(event: Event): void {
    const { target } = event;
    if (!(target instanceof Element)) return;
    const url = target.closest<HTMLElement>('a[data-href]')?.dataset['href'];
    if (url !== undefined) {
      event.preventDefault();
      tell(this, 'mp-open-link', { url });
      return;
    }
    const copied = target.closest('.mp-copy-code');
    if (copied === null || event.type !== 'click') return;
    tell(this, 'mp-copy', { text: copied.parentElement?.querySelector('pre')?.textContent ?? '' });
  }
}
define('mp-message', MessageElement);

/** Who speaks, as a name. */
export function roleName(role: Message['role']): string {
  if (role === 'user') return t('You');
  return role === 'assistant' ? t('Assistant') : t('System');
}

/** The header line: role, model and time at the start, tokens and cost at the end. */
export function renderHeader(message: Message): TemplateResult {
  return html`<div class="mp-header">
    <h2 class="mp-role">${roleName(message.role)}</h2>
    <span class="mp-about mp-dim">${renderOrigin(message)}</span>${renderMerged(message)}
    <span class="mp-space"></span>
    <span class="mp-figures mp-dim">${renderFigures(message)}</span>
  </div>`;
}

function renderOrigin({ model, timestamp }: Message): TemplateResult {
  return html`${model === undefined ? nothing : visible(model)}${model !== undefined && timestamp !== undefined ? ' · ' : nothing}
  ${
    timestamp === undefined
      ? nothing
      : html`<time datetime=${new Date(timestamp).toISOString()} title=${formatFullTime(timestamp)}
          >${formatTime(timestamp)}</time
        >`
  }`;
}

/** Where a merged message came from, one click away. */
function renderMerged(message: Message): TemplateResult | typeof nothing {
  const merged = mergedOf(message);
  if (!merged) return nothing;
  const { sessionId, origins } = merged;
  const [first] = origins;
  return html`<button
    class="mp-link-button mp-merged"
    title=${t('Open where it was merged from')}
    @click=${({ currentTarget }: Event) => {
      if (currentTarget === null) return;
      tell(currentTarget, 'mp-open-session', {
        sessionId,
        ...(first !== undefined && { message: first }),
      });
    }}
  >
    ${icon('git-merge')}${mergedWords(merged)}
  </button>`;
}

function renderFigures({ tokens, cost }: Message): TemplateResult | typeof nothing {
  if (tokens === undefined) return nothing;
  const detail = t(
    'Input {0}, output {1}, read from cache {2}, written to cache {3}',
    ...[tokens.input, tokens.output, tokens.cacheRead, tokens.cacheWrite].map(formatCount),
  );
  return html`<span title=${detail}
    >${t('{0} tokens', formatTokens(totalTokens(tokens)))}${
      cost === undefined ? nothing : ` · ${formatCost(cost)}`
    }</span
  >`;
}
