/**
 * Base of the panels' elements: they render into the page itself, not into shadow roots, so that
 * text can be selected across messages, the editor's find sees it, and VS Code's context menus
 * find `data-vscode-context`. Styles go into the root the element stands in, once.
 */
import { LitElement, type CSSResultGroup, type CSSResultOrNative } from 'lit';

export class LightElement extends LitElement {
  static override styles: CSSResultGroup = [];

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    const root = this.getRootNode();
    if (root instanceof Document || root instanceof ShadowRoot) {
      // The constructor of an element is its class, whose styles Lit has flattened by now.
      adopt(root, (this.constructor as typeof LightElement).elementStyles);
    }
    super.connectedCallback();
  }
}

function adopt(root: DocumentOrShadowRoot, styles: readonly CSSResultOrNative[]): void {
  for (const style of styles) {
    const sheet = style instanceof CSSStyleSheet ? style : style.styleSheet;
    if (sheet !== undefined && !root.adoptedStyleSheets.includes(sheet)) {
      root.adoptedStyleSheets.push(sheet);
    }
  }
}

/** Registers an element unless the page has it already. */
export function define(name: string, element: CustomElementConstructor): void {
  if (customElements.get(name) === undefined) customElements.define(name, element);
}

/** Tells whoever listens above this element. */
export function emit(from: EventTarget, name: string, detail: unknown): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}
