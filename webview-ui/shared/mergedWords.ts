/** What is said of a merge where its messages stand: that it is one, and who wrote its summary. */
import type { Provenance } from '../../src/core/merge.ts';
import { t } from './strings.ts';
import { visible } from './visible.ts';

/** Nothing is said of an author that is not known. */
export function mergedWords({ mode, summaryBy }: Pick<Provenance, 'mode' | 'summaryBy'>): string {
  if (mode !== 'summary') return t('Merged');
  if (!summaryBy) return t('Merged summary');
  const { model, edited } = summaryBy;
  if (model === undefined) {
    return edited ? t('Merged summary, edited by hand') : t('Merged summary, made without a model');
  }
  const name = visible(model);
  return edited ? t('Merged summary by {0}, edited', name) : t('Merged summary by {0}', name);
}
