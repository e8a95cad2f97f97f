/** Parts of a message that hold back: a line that unfolds, a text that opens elsewhere in full. */
import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import type { BoundedText } from '../../src/core/message.ts';
import { formatSize } from './format.ts';
import { icon } from './icons.ts';
import { t } from './strings.ts';
import { visible } from './visible.ts';

/** What happens when a part of a message is used. */
export interface BlockActions {
  isOpen(key: string): boolean;
  toggle(key: string, open: boolean): void;
  openFull(): void;
}

/** More than this is never drawn, even if the host should send it. In characters. */
const DRAWN = 200_000;

/** A text as it is drawn: cut to what does not hold up the panel, with nothing unseen in it. */
export function bounded({ text, fullLength }: BoundedText): BoundedText {
  const length = fullLength ?? (text.length > DRAWN ? text.length : undefined);
  return {
    text: visible(text.slice(0, DRAWN)),
    ...(length !== undefined && { fullLength: length }),
  };
}

/** The button that opens the whole text, where a page carries only its beginning. */
export function showAll(text: BoundedText, actions: BlockActions): TemplateResult | typeof nothing {
  if (text.fullLength === undefined || text.fullLength <= text.text.length) return nothing;
  return html`<vscode-button class="mp-show-all" secondary @click=${() => actions.openFull()}
    >${t('Show all ({0})', formatSize(text.fullLength))}</vscode-button
  >`;
}

/** A line that unfolds. `body` is made only while it is open. */
export function renderFold(
  key: string,
  actions: BlockActions,
  line: TemplateResult,
  body: () => TemplateResult,
): TemplateResult {
  const open = actions.isOpen(key);
  const onToggle = (event: Event): void => {
    const { currentTarget } = event;
    if (!(currentTarget instanceof HTMLDetailsElement)) return;
    if (currentTarget.open !== actions.isOpen(key)) actions.toggle(key, currentTarget.open);
  };
  return html`${keyed(
    key,
    html`<details class="mp-fold" .open=${open} @toggle=${onToggle}>
      <summary>${icon('chevron-right')}${line}</summary>
      ${open ? html`<div class="mp-fold-body">${body()}</div>` : nothing}
    </details>`,
  )}`;
}
