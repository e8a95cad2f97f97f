/** The score of a branch: a bar of what it is made of, and every part of it in a table. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BranchSummary } from '../../src/core/comparison.ts';
import type { BranchScore, PartScore, ScorePart } from '../../src/core/score.ts';
import { formatCost, formatCount, formatDuration, UNKNOWN } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';
import { pointsOf, sharesOf } from './figures.ts';
import { share } from './share.ts';

/** The cell's content: bar, figure, a star at the best. Pressing it explains all scores. */
export function renderScore(
  score: BranchScore,
  place: number,
  isBest: boolean,
  isOpen: boolean,
  toggle: () => void,
): TemplateResult {
  const { outcome, effort } = sharesOf(score);
  return html`<button
    type="button"
    class="mp-score"
    aria-expanded=${isOpen}
    title=${tooltipOf(score)}
    @click=${toggle}
  >
    <span class="mp-score-bar mp-branch-${place + 1}" aria-hidden="true">
      <span class="mp-score-outcome" ${share(outcome)}></span
      ><span class="mp-score-effort" ${share(effort)}></span>
    </span>
    <span class="mp-score-total">${formatCount(Math.round(score.total))}</span>
    ${
      isBest
        ? html`<span class="mp-score-best">${icon('star-full')}</span
            ><span class="mp-hidden">${t('Best')}</span>`
        : html`<span class="mp-score-best"></span>`
    }
  </button>`;
}

/** All parts, one a line: `Tests: passed (24 of 30)`. */
function tooltipOf(score: BranchScore): string {
  const whole = score.parts.reduce((sum, { weight }) => sum + weight, 0);
  const lines = score.parts.map((part) => {
    const most = Math.round((100 * part.weight) / whole);
    const points = Math.round(pointsOf(score, part.part) ?? 0);
    return t('{0}: {1} ({2} of {3} points)', partName(part.part), figureOf(part), points, most);
  });
  return [t('Score {0} of 100', Math.round(score.total)), ...lines].join('\n');
}

/** Parts by branches: the figure, and what it adds to the score. */
export function renderExplanation(
  branches: readonly BranchSummary[],
  scores: readonly BranchScore[],
  openWeights: () => void,
): TemplateResult {
  const [first] = scores;
  const parts = (first?.parts ?? []).toSorted((a, b) => b.weight - a.weight);
  const whole = parts.reduce((sum, { weight }) => sum + weight, 0);
  return html`<section class="mp-explanation" aria-label=${t('How the score comes about')}>
    <table>
      <thead>
        <tr>
          <th scope="col">${t('How the score comes about')}</th>
          <th scope="col">${t('Weight')}</th>
          ${branches.map(
            ({ title }, at) =>
              html`<th scope="col"><span class="mp-dot mp-branch-${at + 1}"></span> ${title}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${parts.map(
          ({ part, weight }) =>
            html`<tr>
              <th scope="row">${partName(part)}</th>
              <td>${formatCount(Math.round((100 * weight) / whole))} %</td>
              ${scores.map((score) => renderPart(score, part))}
            </tr>`,
        )}
        <tr class="mp-sum">
          <th scope="row">${t('Score')}</th>
          <td></td>
          ${scores.map(({ total }) => html`<td>${formatCount(Math.round(total))}</td>`)}
        </tr>
      </tbody>
    </table>
    <p class="mp-dim">
      ${t('No model was asked. What a transcript does not tell counts half.')}
      <button type="button" class="mp-link-button" @click=${openWeights}>
        ${t('Change the weights')}
      </button>
    </p>
  </section>`;
}

function renderPart(score: BranchScore, part: ScorePart): TemplateResult {
  const found = score.parts.find((one) => one.part === part);
  const points = pointsOf(score, part);
  if (!found || points === undefined) return html`<td>${UNKNOWN}</td>`;
  return html`<td>
    <span class="mp-dim">${figureOf(found)}</span>
    ${found.points === undefined ? nothing : ' '}<b>+${points.toFixed(1)}</b>
  </td>`;
}

function partName(part: ScorePart): string {
  const names: Readonly<Record<ScorePart, () => string>> = {
    tests: () => t('Tests'),
    commands: () => t('Commands'),
    errors: () => t('Errors'),
    retries: () => t('Retries'),
    diff: () => t('Lines changed'),
    length: () => t('Messages'),
    cost: () => t('Cost'),
    time: () => t('Time'),
    rating: () => t('Your rating'),
  };
  return names[part]();
}

function figureOf({ part, figure }: PartScore): string {
  if (figure === undefined) return t('not known');
  switch (part) {
    case 'tests':
      return figure === 1 ? t('passed') : t('failed');
    case 'commands':
      return t('{0} % passed', Math.round(figure * 100));
    case 'cost':
      return formatCost(figure);
    case 'time':
      return formatDuration(figure);
    case 'rating':
      return t('{0} of {1}', figure, 5);
    default:
      return formatCount(Math.round(figure));
  }
}
