/** Collects the rows on show for copying. They are read again: most were never on the page. */
import type { ComparisonRow } from '../../src/core/comparison.ts';
import { comparisonToMarkdown } from '../../src/export/comparison.ts';
import type { CompareState } from '../../src/protocol/panels.ts';
import { BLOCK, withoutNulls, type ReadRows } from './rowLoader.ts';

/** @param onProgress is told the percentage that is done, from 0 */
export async function rowsAsMarkdown(
  { comparison, scores, judgement }: Pick<CompareState, 'comparison' | 'scores' | 'judgement'>,
  shown: ReadonlySet<number>,
  read: ReadRows,
  onProgress: (percent: number) => void,
): Promise<string> {
  const total = comparison.rows.length;
  const rows: ComparisonRow[] = [];
  for (let start = 0; start < total; start += BLOCK) {
    onProgress(Math.round((100 * start) / total));
    const end = Math.min(start + BLOCK, total);
    const wanted = Array.from({ length: end - start }, (_, at) => start + at);
    if (!wanted.some((row) => shown.has(row))) continue;
    const block = await read({ start, end });
    rows.push(...block.rows.map(withoutNulls).filter((_, at) => shown.has(start + at)));
  }
  return comparisonToMarkdown(comparison, rows, {
    scores,
    ...(judgement && { judgement: judgement.text }),
  });
}
