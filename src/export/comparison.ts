/** A comparison as Markdown, to be pasted into an issue or a review. */
import type { BranchSummary, Comparison, ComparisonRow } from '../core/comparison.ts';
import { totalTokens, type FileLines } from '../core/message.ts';
import type { BranchScore } from '../core/score.ts';
import { escapeInline, messageToMarkdown, oneLine } from './markdown.ts';

const UNKNOWN = '–';

/** What is thought of the branches; left out where nothing is. */
export interface ComparisonViews {
  /** In the order of the branches. */
  readonly scores?: readonly BranchScore[];
  /** What a model said of them, as Markdown whose headings begin at the second level. */
  readonly judgement?: string;
}

/**
 * Figures, the shared prefix, what a judge said, what each branch touched and ran, and the given rows,
 * ending in a line break.
 */
export function comparisonToMarkdown(
  comparison: Comparison,
  rows: Iterable<ComparisonRow>,
  { scores = [], judgement }: ComparisonViews = {},
): string {
  const { branches } = comparison;
  const names = branches.map((branch) => escapeInline(oneLine(branch.title)));
  const parts = [
    `# ${names.join(' / ')}`,
    tableOf(branches, names, scores),
    comparison.sharedCount === 0
      ? 'No shared messages.'
      : `${String(comparison.sharedCount)} shared messages, ${String(totalTokens(comparison.sharedTokens))} tokens, ${dollars(comparison.sharedCost)}.`,
    ...(judgement === undefined ? [] : [judgement.trim()]),
  ];
  for (const [at, branch] of branches.entries()) {
    parts.push(...listsOf(branch, names[at] ?? ''));
  }
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

/** Files with their lines, commands with how their last run ended. */
function listsOf(branch: BranchSummary, name: string): string[] {
  const { files, commands, moreCommands = 0 } = branch;
  const fileLines = files.map(
    ({ path, added, removed }) => `- ${code(path)} +${String(added)} −${String(removed)}`,
  );
  const commandLines = commands.map(({ text, last = 'no result' }) => `- ${code(text)} ${last}`);
  if (moreCommands > 0) commandLines.push(`- and ${String(moreCommands)} more`);
  return [
    ...(fileLines.length > 0 ? [`## Files touched · ${name}`, fileLines.join('\n')] : []),
    ...(commandLines.length > 0 ? [`## Commands run · ${name}`, commandLines.join('\n')] : []),
  ];
}

/** Code on one line, in as many backticks as it takes. */
function code(text: string): string {
  const line = oneLine(text);
  const marks = '`'.repeat(
    Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length)) + 1,
  );
  return marks.length > 1 ? `${marks} ${line} ${marks}` : `${marks}${line}${marks}`;
}

function tableOf(
  branches: readonly BranchSummary[],
  names: readonly string[],
  scores: readonly BranchScore[],
): string {
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
    row('Retries', ({ actions }) => String(actions.retries)),
    row('Tests', ({ actions: { tests, lastTest } }) =>
      lastTest === undefined
        ? UNKNOWN
        : `${String(tests.passed)} passed, ${String(tests.failed)} failed, last ${lastTest}`,
    ),
    row('Files', ({ files }) => String(files.length)),
    row('Lines', ({ files }) =>
      files.length === 0
        ? UNKNOWN
        : `+${String(sum(files, 'added'))} −${String(sum(files, 'removed'))}`,
    ),
    ...(scores.length === 0
      ? []
      : [
          row('Score of 100', ({ sessionId }) => {
            const score = scores.find((one) => one.sessionId === sessionId);
            return score ? String(Math.round(score.total)) : UNKNOWN;
          }),
        ]),
  ].join('\n');
}

function sum(files: readonly FileLines[], side: 'added' | 'removed'): number {
  return files.reduce((total, file) => total + file[side], 0);
}

function dollars(cost: number | undefined): string {
  return cost === undefined ? UNKNOWN : `$${cost.toFixed(4)}`;
}
