/** What a model said of the branches, beside the score that it never changes. */
import { html, nothing, type TemplateResult } from 'lit';
import type { JudgedBranch } from '../../src/core/judge.ts';
import type { JudgementView } from '../../src/protocol/panels.ts';
import { formatCount, UNKNOWN } from '../shared/format.ts';
import { t } from '../shared/strings.ts';

/** The column's head; nothing where no model was asked. */
export function renderJudgeHead(judgement: JudgementView | undefined): unknown {
  if (!judgement) return nothing;
  return html`<th scope="col" title=${t('Judged by {0}', judgement.model)}>${t('Judge')}</th>`;
}

/** A branch's cell: pressing it opens the model's reasons. */
export function renderJudged(
  judgement: JudgementView | undefined,
  sessionId: string,
  open: () => void,
): TemplateResult | typeof nothing {
  if (!judgement) return nothing;
  const judged = judgement.branches.find((branch) => branch.sessionId === sessionId);
  if (!judged) return html`<td>${UNKNOWN}</td>`;
  const { wins, ties, losses } = judged;
  return html`<td class="mp-judge-cell">
    <button
      type="button"
      class="mp-judge ${wins > ties + losses ? 'mp-judge-won' : ''}"
      title=${t('{0}: {1} won, {2} even, {3} lost. Read its reasons', judgement.model, wins, ties, losses)}
      @click=${open}
    >
      ${verdictOf(judged)}
    </button>
  </td>`;
}

/** `2 of 2 won`, `even`. */
function verdictOf({ wins, ties, losses }: JudgedBranch): string {
  const pairs = wins + ties + losses;
  if (pairs === 0) return t('not judged');
  if (ties === pairs) return t('even');
  return t('{0} of {1} won', formatCount(wins), formatCount(pairs));
}
