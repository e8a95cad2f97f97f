/** The branches' figures as a table; the best of each column stands out by weight, not only colour. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchSummary } from '../../src/core/comparison.ts';
import { totalTokens } from '../../src/core/message.ts';
import type { Session } from '../../src/core/session.ts';
import {
  aboutCost,
  formatCostSum,
  formatCount,
  formatDuration,
  formatTokens,
  UNKNOWN,
} from '../shared/format.ts';
import { t } from '../shared/strings.ts';
import { renderLineCounts } from './lineCounts.ts';

/** The columns that have a best, and where their figures come from. Unknown: `undefined`. */
const COLUMNS = {
  messages: (branch: BranchSummary) => branch.messages,
  tokens: (branch: BranchSummary) => totalTokens(branch.tokens) || undefined,
  cost: (branch: BranchSummary) => branch.cost,
  time: (branch: BranchSummary) => branch.durationMs,
  errors: (branch: BranchSummary) => branch.errors,
  files: (branch: BranchSummary) => branch.files.length,
} as const;

type Column = keyof typeof COLUMNS;

/**
 * Branches with the lowest figure of a column. None where all are equal, where one is unknown, or
 * where a branch has not begun: nothing was won there.
 */
function bestOf(branches: readonly BranchSummary[], column: Column): ReadonlySet<string> {
  const figures = branches.map((branch) => COLUMNS[column](branch));
  const known = figures.filter((figure) => figure !== undefined);
  const lowest = Math.min(...known);
  const comparable =
    known.length === branches.length &&
    known.some((figure) => figure !== lowest) &&
    branches.every((branch) => branch.messages > 0);
  if (!comparable) return new Set();
  return new Set(
    branches.filter((_, at) => figures[at] === lowest).map((branch) => branch.sessionId),
  );
}

/** Lines a branch added and removed over all its files. */
function linesOf(branch: BranchSummary): { added: number; removed: number } {
  return branch.files.reduce(
    (sum, file) => ({ added: sum.added + file.added, removed: sum.removed + file.removed }),
    { added: 0, removed: 0 },
  );
}

/** Where a branch comes from, in a word or two. */
function originOf(branch: BranchSummary, session: Session | undefined): string {
  const agent = branch.agent
    ?.split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join(' ');
  const kind =
    session?.kind === 'fork' || session?.kind === 'copied-fork'
      ? t('fork')
      : session?.kind === 'abandoned'
        ? t('abandoned branch')
        : undefined;
  return [agent, kind].filter((part) => part !== undefined).join(', ');
}

export function renderMetrics(
  branches: readonly BranchSummary[],
  sessions: readonly Session[],
  open: (sessionId: string) => void,
): TemplateResult {
  const best = (column: Column): ReadonlySet<string> => bestOf(branches, column);
  const [messages, tokens, cost] = [best('messages'), best('tokens'), best('cost')];
  const [time, errors, files] = [best('time'), best('errors'), best('files')];
  return html`<div class="mp-metrics">
    <table>
      <thead>
        <tr>
          ${[
            ...[t('Branch'), t('Model'), t('Messages'), t('Tokens'), t('Cost'), t('Time')],
            ...[t('Errors'), t('Files'), t('Lines')],
          ].map((name) => html`<th scope="col">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${branches.map((branch, at) => {
          const session = sessions.find(({ id }) => id === branch.sessionId);
          const origin = originOf(branch, session);
          const { added, removed } = linesOf(branch);
          const cell = (winners: ReadonlySet<string>, text: string, bad = false, title = '') =>
            renderFigure(winners.has(branch.sessionId), text, bad, title);
          return html`<tr>
            <th scope="row">
              <span class="mp-branch">
                <span class="mp-dot mp-branch-${at + 1}"></span>
                <button
                  type="button"
                  class="mp-branch-name"
                  title=${t('Open {0}', branch.title)}
                  @click=${() => open(branch.sessionId)}
                >
                  ${branch.title}
                </button>
                ${origin === '' ? nothing : html`<span class="mp-dim">· ${origin}</span>`}
              </span>
            </th>
            <td class="mp-models" title=${branch.models.join(', ')}>
              ${branch.models.length === 0 ? UNKNOWN : branch.models.join(', ')}
            </td>
            ${cell(messages, formatCount(branch.messages))}
            ${cell(tokens, formatTokens(totalTokens(branch.tokens) || undefined))}
            ${cell(cost, formatCostSum(branch.cost, branch.knownCost), false, aboutCost(branch.unpriced))}
            ${cell(time, formatDuration(branch.durationMs))}
            ${cell(errors, formatCount(branch.errors), branch.errors > 0)}
            ${cell(files, formatCount(branch.files.length))}
            <td>${renderLineCounts(added, removed)}</td>
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function renderFigure(
  isBest: boolean,
  text: string,
  isBad: boolean,
  about: string,
): TemplateResult {
  if (isBest) {
    return html`<td
      class="mp-best"
      title=${about === '' ? t('Lowest') : `${t('Lowest')} · ${about}`}
    >
      ${text}<span class="mp-hidden"> ${t('Lowest')}</span>
    </td>`;
  }
  return html`<td title=${about === '' ? nothing : about}>
    ${isBad ? html`<span class="mp-error">${text}</span>` : text}
  </td>`;
}
