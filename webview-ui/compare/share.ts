/** Lit directive that makes an element as wide as a share of its line. */
import { noChange } from 'lit';
import { directive, Directive, type ElementPart } from 'lit/directive.js';

class ShareDirective extends Directive {
  override render(...percent: [number]): typeof noChange;
  override render(): typeof noChange {
    return noChange;
  }

  override update({ element }: ElementPart, [percent]: [number]): typeof noChange {
    // Through the style object: the page's policy forbids style attributes.
    if (element instanceof HTMLElement) element.style.inlineSize = `${percent.toFixed(1)}%`;
    return noChange;
  }
}

/** `<span ${share(42)}></span>`, in percent. */
export const share = directive(ShareDirective);
