/** A comparison as Markdown, to be pasted into an issue or a review. */
import type { BranchSummary, Comparison, ComparisonRow } from '../core/comparison.ts';
import { totalTokens } from '../core/message.ts';
import { escapeInline, messageToMarkdown, oneLine } from './markdown.ts';

const UNKNOWN = '–';

/** Figures, the shared prefix, and the given rows, ending in a line break. */
export function comparisonToMarkdown(
  comparison: Comparison,
  rows: Iterable<ComparisonRow>,
): string {
  const { branches } = comparison;
  const names = branches.map((branch) => escapeInline(oneLine(branch.title)));
  const parts = [
    `# ${names.join(' / ')}`,
    tableOf(branches, names),
    comparison.sharedCount === 0
      ? 'No shared messages.'
      : `${String(comparison.sharedCount)} shared messages, ${String(totalTokens(comparison.sharedTokens))} tokens, ${dollars(comparison.sharedCost)}.`,
  ];
  for (const { cells } of rows) {
    const number = (cells.find((cell) => cell)?.message.index ?? 0) + 1;
    parts.push(`## Message ${String(number)}`);
    for (const [branch, cell] of cells.entries()) {
      parts.push(`### ${names[branch] ?? ''}`);
      parts.push(
        cell ? messageToMarkdown(cell.message, { level: 4 }).trimEnd() : '*No counterpart*',
      );
    }
  }
  return `${parts.join('\n\n')}\n`;
}

function tableOf(branches: readonly BranchSummary[], names: readonly string[]): string {
  const row = (label: string, figure: (branch: BranchSummary) => string): string =>
    `| ${[label, ...branches.map(figure)].join(' | ')} |`;
  return [
    `| ${['', ...names].join(' | ')} |`,
    `| --- |${' ---: |'.repeat(branches.length)}`,
    row('Model', ({ models }) => escapeInline(oneLine(models.join(', '))) || UNKNOWN),
    row('Messages', ({ messages }) => String(messages)),
    row('Tokens', ({ tokens }) => String(totalTokens(tokens) || UNKNOWN)),
    row('Cost', ({ cost }) => dollars(cost)),
    row('Seconds', ({ durationMs }) =>
      durationMs === undefined ? UNKNOWN : String(Math.round(durationMs / 1000)),
    ),
    row('Errors', ({ errors }) => String(errors)),
    row('Files', ({ files }) => String(files.length)),
  ].join('\n');
}

function dollars(cost: number | undefined): string {
  return cost === undefined ? UNKNOWN : `$${cost.toFixed(4)}`;
}
