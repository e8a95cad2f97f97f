/** Lit directive that fills its element with a block of code or output, coloured when seen. */
import { noChange } from 'lit';
import { directive, Directive, type ElementPart } from 'lit/directive.js';
import { codeBlock } from './decorate.ts';

class CodeDirective extends Directive {
  #shown: string | undefined;
  #block: HTMLElement | undefined;

  override render(text: string, language: string): typeof noChange {
    if (this.#shown === text) return noChange;
    this.#shown = text;
    this.#block = codeBlock(text, language);
    return noChange;
  }

  override update(part: ElementPart, [text, language]: [string, string]): typeof noChange {
    this.render(text, language);
    if (this.#block !== undefined) part.element.replaceChildren(this.#block);
    this.#block = undefined;
    return noChange;
  }
}

/** `<div ${codeText(text, language)}></div>`; an empty language stays uncoloured. */
export const codeText = directive(CodeDirective);
