/**
 * <mp-composer>: adds a message to the end of a session. It keeps the draft until the host has
 * taken it. Tells `mp-draft {text, role}` on every change and asks by `mp-add {text, role}`.
 */
import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import '@vscode-elements/elements/dist/vscode-button/index.js';
import '@vscode-elements/elements/dist/vscode-option/index.js';
import '@vscode-elements/elements/dist/vscode-single-select/index.js';
import { define, LightElement } from '../shared/element.ts';
import { tell } from '../shared/events.ts';
import { t } from '../shared/strings.ts';

export type ComposerRole = 'user' | 'assistant';

export interface Draft {
  readonly text: string;
  readonly role: ComposerRole;
}

export const EMPTY_DRAFT: Draft = { text: '', role: 'user' };

class ComposerElement extends LightElement {
  static override properties = {
    draft: { attribute: false },
    busy: { attribute: false },
  };

  declare draft: Draft;
  /** True while a message is on its way. */
  declare busy: boolean;

  constructor() {
    super();
    this.draft = EMPTY_DRAFT;
    this.busy = false;
    this.addEventListener('keydown', (event) => {
      // In a text these keys select; beyond it they go to other branches.
      if (event.shiftKey && event.altKey && event.key.startsWith('Arrow')) event.stopPropagation();
      if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
      event.preventDefault();
      this.#add();
    });
  }

  get #canAdd(): boolean {
    return !this.busy && this.draft.text.trim() !== '';
  }

  #add(): void {
    if (this.#canAdd) tell(this, 'mp-add', this.draft);
  }

  #change(change: Partial<Draft>): void {
    this.draft = { ...this.draft, ...change };
    tell(this, 'mp-draft', this.draft);
  }

  override render(): TemplateResult {
    const { text, role } = this.draft;
    return html`<textarea
        class="mp-composer-text"
        rows="1"
        aria-label=${t('Message text')}
        placeholder=${t('Add a message…')}
        .value=${live(text)}
        ?disabled=${this.busy}
        @input=${(event: Event) => this.#change({ text: valueOf(event) })}
      ></textarea>
      <vscode-single-select
        class="mp-composer-role"
        label=${t('Written by')}
        position="above"
        .value=${role}
        @change=${(event: Event) =>
          this.#change({ role: valueOf(event) === 'assistant' ? 'assistant' : 'user' })}
      >
        <vscode-option value="user" ?selected=${role === 'user'}>${t('You')}</vscode-option>
        <vscode-option value="assistant" ?selected=${role === 'assistant'}
          >${t('Assistant')}</vscode-option
        >
      </vscode-single-select>
      <vscode-button
        title=${t('Add Message (Ctrl+Enter)')}
        ?disabled=${!this.#canAdd}
        @click=${() => this.#add()}
        >${t('Add Message')}</vscode-button
      >`;
  }
}
define('mp-composer', ComposerElement);

function valueOf(event: Event): string {
  const { currentTarget } = event;
  if (currentTarget !== null && 'value' in currentTarget) return String(currentTarget.value);
  return '';
}
