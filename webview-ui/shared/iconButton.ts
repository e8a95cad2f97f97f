/** A button that is an icon: its words are its name for screen readers and what is shown for the pointer. */
import { html, nothing, type TemplateResult } from 'lit';
import { icon, type IconName } from './icons.ts';

export interface IconButtonOptions {
  readonly disabled?: boolean;
  /** Class names beside that of all such buttons. */
  readonly more?: string;
  /** Out of the tab order, for what is reached by the keys of the row it stands in. */
  readonly untabbed?: boolean;
}

export function iconButton(
  name: IconName,
  label: string,
  run: (event: Event) => void,
  { disabled = false, more = '', untabbed = false }: IconButtonOptions = {},
): TemplateResult {
  return html`<button
    type="button"
    class="mp-icon-button ${more}"
    title=${label}
    aria-label=${label}
    tabindex=${untabbed ? '-1' : nothing}
    ?disabled=${disabled}
    @click=${run}
  >
    ${icon(name)}
  </button>`;
}
