/** The ledger: what each branch of the family took, sorted as the person likes, and as Markdown. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchUse, FamilyBranch, FamilyLedger } from '../../src/core/family.ts';
import { useOf } from '../../src/core/familyLedger.ts';
import { aboutCost, formatCostSum, formatCount, formatTokens } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { iconButton } from '../shared/iconButton.ts';
import { t } from '../shared/strings.ts';
import '../shared/table.ts';
import type { Column } from '../shared/table.ts';
import { colourOf } from './colours.ts';
import { LEDGER_COLUMNS, type LedgerColumn, type SavedView } from './savedView.ts';
import { scoreOf, statesOf, titleOf, type BranchContext } from './words.ts';

interface Entry {
  readonly branch: FamilyBranch;
  readonly depth: number;
  readonly use: BranchUse;
  readonly state: string;
}

export interface LedgerActions {
  sortBy(column: LedgerColumn): void;
  open(branchId: string): void;
  copy(): void;
  close(): void;
}

/** The lines in the order that is asked for; in the family's where none is. */
export function entriesOf(
  { lines }: FamilyLedger,
  branches: readonly FamilyBranch[],
  context: BranchContext,
  sort: SavedView['sort'],
): readonly Entry[] {
  const byId = new Map(branches.map((branch) => [branch.id, branch]));
  const entries = lines.flatMap(({ sessionId, depth }): Entry[] => {
    const branch = byId.get(sessionId);
    if (!branch) return [];
    const state = [scoreOf(branch), ...statesOf({ ...branch, own: withoutCost(branch) }, context)];
    return [{ branch, depth, use: useOf(branch), state: state.filter(Boolean).join(' · ') }];
  });
  if (!sort) return entries;
  const turn = sort.falls ? -1 : 1;
  return entries.toSorted((a, b) => turn * compare(a, b, sort.by));
}

/** The cost stands in a column of its own. */
function withoutCost({ own: { messages, tokens } }: FamilyBranch): BranchUse {
  return { messages, tokens };
}

function compare(a: Entry, b: Entry, by: LedgerColumn): number {
  switch (by) {
    case 'branch':
      return titleOf(a.branch).localeCompare(titleOf(b.branch));
    case 'messages':
      return a.use.messages - b.use.messages;
    case 'tokens':
      return a.use.tokens - b.use.tokens;
    case 'cost':
      return leastOf(a.use) - leastOf(b.use);
    case 'state':
      return a.state.localeCompare(b.state);
  }
}

/** What is not known at all stands below what cost nothing. */
function leastOf({ cost, knownCost }: BranchUse): number {
  return cost ?? knownCost ?? -1;
}

function columnName(column: LedgerColumn): string {
  switch (column) {
    case 'branch':
      return t('Branch');
    case 'messages':
      return t('Own messages');
    case 'tokens':
      return t('Tokens');
    case 'cost':
      return t('Cost');
    case 'state':
      return t('State');
  }
}

export function renderLedger(
  ledger: FamilyLedger,
  entries: readonly Entry[],
  view: Pick<SavedView, 'sort' | 'colouring'>,
  copied: boolean,
  actions: LedgerActions,
): TemplateResult {
  const columns = LEDGER_COLUMNS.map((name): Column => {
    const title = columnName(name);
    const isSorted = view.sort?.by === name;
    const falls = isSorted && view.sort.falls;
    return {
      title,
      name: `ledger-${name}`,
      ...(isSorted && { sort: falls ? 'descending' : 'ascending' }),
      head: html`<button
        type="button"
        class="mp-sort"
        title=${t('Sort by {0}', title)}
        @click=${() => actions.sortBy(name)}
      >
        ${title}${isSorted ? icon(falls ? 'chevron-down' : 'chevron-up') : nothing}
      </button>`,
    };
  });
  const cells = (index: number, tab: 0 | -1): TemplateResult => {
    const entry = entries[index];
    if (!entry) return html``;
    const { branch, use, state, depth } = entry;
    const title = titleOf(branch);
    return html`<td class="mp-ledger-branch" title=${title}>
        <span class="mp-ledger-name">
          <span class="mp-depth" data-depth=${view.sort ? 0 : Math.min(depth, 8)}></span>
          <span class="mp-dot mp-branch ${colourOf(branch, view.colouring)}"></span>
          <button
            type="button"
            class="mp-link-button"
            tabindex=${tab}
            @click=${() => actions.open(branch.id)}
          >
            ${title}
          </button>
        </span>
      </td>
      <td class="mp-ledger-messages">${formatCount(use.messages)}</td>
      <td class="mp-ledger-tokens" title=${formatCount(use.tokens)}>${formatTokens(use.tokens)}</td>
      <td class="mp-ledger-cost" title=${aboutCost(use.unpriced)}>${costOf(use)}</td>
      <td class="mp-ledger-state" title=${state}>${state}</td>`;
  };
  return html`<section class="mp-ledger" aria-label=${t('Ledger')}>
    <header class="mp-ledger-head">
      <h2>${t('Ledger')}</h2>
      <span class="mp-space"></span>
      <button type="button" class="mp-button" @click=${() => actions.copy()}>
        ${icon(copied ? 'check' : 'copy')}${copied ? t('Copied') : t('Copy as Markdown')}
      </button>
      ${iconButton('close', t('Close the ledger'), () => actions.close())}
    </header>
    ${renderSums(ledger)}
    <mp-table-rows
      .count=${entries.length}
      .columns=${columns}
      .label=${t('Ledger')}
      .cells=${cells}
      .keyOf=${(index: number) => entries[index]?.branch.id ?? String(index)}
    ></mp-table-rows>
  </section>`;
}

function renderSums({
  whole,
  abandoned,
  abandonedCount,
  sharedMessages,
}: FamilyLedger): TemplateResult {
  const sum = (name: string, use: BranchUse): TemplateResult =>
    html`<div>
      <dt>${name}</dt>
      <dd title=${aboutCost(use.unpriced)}>${sumText(use)}</dd>
    </div>`;
  return html`<dl class="mp-sums">
      ${sum(t('Whole family'), whole)} ${sum(abandonedName(abandonedCount), abandoned)}
    </dl>
    ${
      sharedMessages === 0
        ? nothing
        : html`<p class="mp-dim mp-shared">
            ${t('Shared messages are counted once: {0} less than branch by branch.', formatCount(sharedMessages))}
          </p>`
    }`;
}

function abandonedName(count: number): string {
  return count === 1
    ? t('Abandoned branches: 1')
    : t('Abandoned branches: {0}', formatCount(count));
}

function sumText(use: BranchUse): string {
  return [
    use.messages === 1 ? t('1 message') : t('{0} messages', formatCount(use.messages)),
    t('{0} tokens', formatTokens(use.tokens)),
    costOf(use),
  ].join(' · ');
}

/** A sum of nothing is nothing; one that is not known is a dash. */
function costOf({ cost, knownCost, unpriced, tokens }: BranchUse): string {
  const isNothing = cost === undefined && tokens === 0 && unpriced === undefined;
  return formatCostSum(isNothing ? 0 : cost, knownCost);
}

export function ledgerMarkdown(
  ledger: FamilyLedger,
  entries: readonly Entry[],
  title: string,
): string {
  const row = (cells: readonly string[]): string => `| ${cells.map(inCell).join(' | ')} |`;
  const numbers = (use: BranchUse): string[] => [
    formatCount(use.messages),
    formatCount(use.tokens),
    costOf(use),
  ];
  return [
    `# ${inCell(`${t('Ledger')}: ${title}`)}`,
    '',
    row(LEDGER_COLUMNS.map(columnName)),
    '| --- | ---: | ---: | ---: | --- |',
    ...entries.map(({ branch, use, state }) => row([titleOf(branch), ...numbers(use), state])),
    row([t('Whole family'), ...numbers(ledger.whole), '']),
    row([abandonedName(ledger.abandonedCount), ...numbers(ledger.abandoned), '']),
    '',
    aboutCost(ledger.whole.unpriced),
    '',
  ].join('\n');
}

/** Text of a transcript that stays text, and in its cell. */
function inCell(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]<>|#!~&]/g, '\\$&');
}
