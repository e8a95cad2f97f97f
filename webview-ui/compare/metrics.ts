/** The branches' figures as a table; the best of each column stands out by weight, not only colour. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchSummary } from '../../src/core/comparison.ts';
import { totalTokens } from '../../src/core/message.ts';
import type { Session } from '../../src/core/session.ts';
import type { CompareState } from '../../src/protocol/panels.ts';
import {
  aboutCost,
  formatCostSum,
  formatCount,
  formatDuration,
  formatTokens,
  UNKNOWN,
} from '../shared/format.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';
import { bestOf, linesOf, type Column } from './figures.ts';
import { renderJudged, renderJudgeHead } from './judge.ts';
import { renderLineCounts } from './lineCounts.ts';
import { renderScore } from './score.ts';
import { renderStars } from './stars.ts';

/** What can be done from the table; branches by their place. */
export interface MetricActions {
  open(sessionId: string): void;
  rate(branch: number, rating: number | null): void;
  explain(): void;
  readJudgement(): void;
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
  { comparison: { branches }, sessions, scores, bestFork, judgement, canWrite }: CompareState,
  isExplained: boolean,
  actions: MetricActions,
): TemplateResult {
  const best = (column: Column): ReadonlySet<string> => bestOf(branches, column);
  const winners = {
    ...{ messages: best('messages'), tokens: best('tokens'), cost: best('cost') },
    ...{ time: best('time'), errors: best('errors'), retries: best('retries') },
    ...{ tests: best('tests'), files: best('files'), diff: best('diff') },
  };
  return html`<div class="mp-metrics" tabindex="0" role="region" aria-label=${t('Figures')}>
    <table>
      <thead>
        <tr>
          ${[
            ...[t('Branch'), t('Model'), t('Messages'), t('Tokens'), t('Cost'), t('Time')],
            ...[t('Errors'), t('Retries'), t('Tests'), t('Files'), t('Lines'), t('Rating')],
            t('Score'),
          ].map((name) => html`<th scope="col">${name}</th>`)}
          ${renderJudgeHead(judgement)}
        </tr>
      </thead>
      <tbody>
        ${branches.map((branch, at) => {
          const session = sessions.find(({ id }) => id === branch.sessionId);
          const score = scores[at];
          return html`<tr>
            ${renderName(branch, session, at, actions)} ${renderFigures(branch, winners)}
            <td>${renderRating(branch, session, at, canWrite, actions)}</td>
            <td class="mp-score-cell">
              ${
                score
                  ? renderScore(score, at, branch.sessionId === bestFork, isExplained, () =>
                      actions.explain(),
                    )
                  : UNKNOWN
              }
            </td>
            ${renderJudged(judgement, branch.sessionId, () => actions.readJudgement())}
          </tr>`;
        })}
      </tbody>
    </table>
  </div>`;
}

function renderName(
  branch: BranchSummary,
  session: Session | undefined,
  at: number,
  actions: MetricActions,
): TemplateResult {
  const origin = originOf(branch, session);
  const models = branch.models.map(visible);
  return html`<th scope="row">
      <span class="mp-branch">
        <span class="mp-dot mp-branch-${at + 1}"></span>
        <button
          type="button"
          class="mp-branch-name"
          title=${[t('Open {0}', branch.title), ...models].join(' · ')}
          @click=${() => actions.open(branch.sessionId)}
        >
          ${branch.title}
        </button>
        ${origin === '' ? nothing : html`<span class="mp-dim">· ${origin}</span>`}
      </span>
    </th>
    <td class="mp-models" title=${models.join(', ')}>
      ${models.length === 0 ? UNKNOWN : models.join(', ')}
    </td>`;
}

function renderFigures(
  branch: BranchSummary,
  winners: Readonly<Record<Column, ReadonlySet<string>>>,
): TemplateResult {
  const { actions } = branch;
  const { added, removed } = linesOf(branch);
  const cell = (column: Column, content: Shown, bad = false, title = '') =>
    renderFigure(winners[column].has(branch.sessionId), content, bad, title);
  return html`${cell('messages', formatCount(branch.messages))}
  ${cell('tokens', formatTokens(totalTokens(branch.tokens) || undefined))}
  ${cell('cost', formatCostSum(branch.cost, branch.knownCost), false, aboutCost(branch.unpriced))}
  ${cell('time', formatDuration(branch.durationMs))}
  ${cell('errors', formatCount(branch.errors), branch.errors > 0)}
  ${cell('retries', formatCount(actions.retries))}
  ${cell('tests', renderTests(branch), false, testsTold(branch))}
  ${cell('files', formatCount(branch.files.length))}
  ${cell('diff', renderLineCounts(added, removed))}`;
}

/** Runs that passed and that failed, the last one's outcome first to be seen. */
function renderTests({ actions: { tests, lastTest } }: BranchSummary): Shown {
  if (lastTest === undefined) return UNKNOWN;
  return html`<span class="mp-tests mp-tests-${lastTest}"
    >${tests.passed > 0 ? html`<span class="mp-passed">${formatCount(tests.passed)} ✓</span>` : nothing}
    ${tests.failed > 0 ? html`<span class="mp-failed">${formatCount(tests.failed)} ✗</span>` : nothing}</span
  >`;
}

function testsTold({ actions: { tests, lastTest } }: BranchSummary): string {
  if (lastTest === undefined) return t('No tests were run.');
  const runs = t('Test runs that passed: {0}, that failed: {1}', tests.passed, tests.failed);
  return `${runs} · ${lastTest === 'passed' ? t('the last one passed') : t('the last one failed')}`;
}

function renderRating(
  branch: BranchSummary,
  session: Session | undefined,
  at: number,
  canWrite: boolean,
  actions: MetricActions,
): TemplateResult {
  const given = session?.metadata['rating'];
  const rating = typeof given === 'number' ? given : undefined;
  if (!canWrite) return html`${rating === undefined ? UNKNOWN : t('{0} of {1}', rating, 5)}`;
  return renderStars(branch.title, rating, (wanted) => actions.rate(at, wanted));
}

type Shown = TemplateResult | string;

function renderFigure(
  isBest: boolean,
  content: Shown,
  isBad: boolean,
  about: string,
): TemplateResult {
  if (isBest) {
    return html`<td class="mp-best" title=${about === '' ? t('Best') : `${t('Best')} · ${about}`}>
      ${content}<span class="mp-hidden"> ${t('Best')}</span>
    </td>`;
  }
  return html`<td title=${about === '' ? nothing : about}>
    ${isBad ? html`<span class="mp-error">${content}</span>` : content}
  </td>`;
}
