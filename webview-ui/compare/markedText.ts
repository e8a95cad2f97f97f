/** Lit directive that fills its element with rendered Markdown whose changes are marked. */
import { noChange } from 'lit';
import { directive, Directive, type ElementPart } from 'lit/directive.js';
import type { TextRun } from '../../src/core/comparison.ts';
import { renderMarkdown } from '../shared/markdown.ts';
import { markChanges } from './marks.ts';

class MarkedTextDirective extends Directive {
  #text: string | undefined;
  #runs: readonly TextRun[] | undefined;

  override render(...values: [string, boolean, readonly TextRun[]]): typeof noChange;
  override render(): typeof noChange {
    return noChange;
  }

  override update(
    part: ElementPart,
    [text, breaks, runs]: [string, boolean, readonly TextRun[]],
  ): typeof noChange {
    if (this.#text === text && sameRuns(this.#runs, runs)) return noChange;
    this.#text = text;
    this.#runs = runs;
    const fragment = renderMarkdown(text, breaks);
    markChanges(fragment, runs);
    part.element.replaceChildren(fragment);
    return noChange;
  }
}

function sameRuns(a: readonly TextRun[] | undefined, b: readonly TextRun[]): boolean {
  return (
    a?.length === b.length &&
    a.every((run, at) => run.kind === b[at]?.kind && run.text === b[at].text)
  );
}

/** `<div ${markedText(text, breaks, runs)}></div>`: the element must have no children of its own. */
export const markedText = directive(MarkedTextDirective);
