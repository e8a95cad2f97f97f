/** How a text that is exported names a merge. */
import type { Provenance } from '../core/merge.ts';

type Known = Pick<Provenance, 'mode' | 'summaryBy'>;

/** `merged`, `merged summary by gpt-5.2`; nothing is said of an author that is not known. */
export function mergedFact({ mode, summaryBy }: Known): string {
  if (mode !== 'summary') return 'merged';
  if (!summaryBy) return 'merged summary';
  const { model, edited } = summaryBy;
  if (model === undefined) {
    return edited ? 'merged summary, edited by hand' : 'merged summary, made without a model';
  }
  return edited ? `merged summary by ${model}, edited` : `merged summary by ${model}`;
}
