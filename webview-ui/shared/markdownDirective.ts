/** Lit directive that fills its element with rendered Markdown, again only when the text changed. */
import { noChange } from 'lit';
import { directive, Directive, type ElementPart } from 'lit/directive.js';
import { renderMarkdown } from './markdown.ts';

class MarkdownDirective extends Directive {
  #shown: readonly [string, boolean] | undefined;
  #fragment: DocumentFragment | undefined;

  override render(text: string, breaks: boolean): typeof noChange {
    if (this.#shown?.[0] === text && this.#shown[1] === breaks) return noChange;
    this.#shown = [text, breaks];
    this.#fragment = renderMarkdown(text, breaks);
    return noChange;
  }

  override update(part: ElementPart, [text, breaks]: [string, boolean]): typeof noChange {
    this.render(text, breaks);
    if (this.#fragment !== undefined) part.element.replaceChildren(this.#fragment);
    this.#fragment = undefined;
    return noChange;
  }
}

/** `<div ${markdown(text, breaks)}></div>`: the element must have no children of its own. */
export const markdown = directive(MarkdownDirective);
