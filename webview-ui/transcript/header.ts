/** The transcript's header: what the session is, where it forks from, what it holds and cost. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Session } from '../../src/core/session.ts';
import {
  formatAge,
  aboutCost,
  formatCostSum,
  formatCount,
  formatFullTime,
  formatTokens,
} from '../shared/format.ts';
import { icon, type IconName } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';

export interface HeaderActions {
  openParent(): void;
  goToStart(): void;
  goToEnd(): void;
}

export function renderSessionHeader(
  session: Session,
  parentTitle: string | undefined,
  actions: HeaderActions,
): TemplateResult {
  return html`<header class="mp-bar">
    <h1 title=${session.title}>${session.title}</h1>
    <div class="mp-bar-about">
      ${renderLineage(session, parentTitle, actions)} ${renderModels(session)}
    </div>
    <span class="mp-space"></span>
    <div class="mp-bar-figures">${renderFigures(session)}</div>
    ${button('arrow-up', t('Go to the first message'), () => actions.goToStart())}
    ${button('arrow-down', t('Go to the last message'), () => actions.goToEnd())}
  </header>`;
}

function renderLineage(
  session: Session,
  parentTitle: string | undefined,
  actions: HeaderActions,
): TemplateResult | typeof nothing {
  if (session.parentId === undefined) return nothing;
  const at = formatCount(session.inheritedCount);
  if (parentTitle === undefined) return html`<span>${t('fork at message {0}', at)}</span>`;
  return html`<button
    type="button"
    class="mp-link-button"
    title=${t('Open {0}', parentTitle)}
    @click=${() => actions.openParent()}
  >
    ${t('fork of {0} at message {1}', parentTitle, at)}
  </button>`;
}

function renderModels({ models, parentId }: Session): TemplateResult | typeof nothing {
  const [first, ...others] = models;
  if (first === undefined) return nothing;
  const more = others.length === 0 ? '' : ` +${others.length}`;
  return html`<span title=${models.join(', ')}
    >${parentId === undefined ? '' : ' · '}${first}${more}</span
  >`;
}

function renderFigures(session: Session): TemplateResult {
  const { messageCount, totalTokens, estimatedCost, knownCost, unpricedMessages = 0 } = session;
  const { problemCount, updatedAt } = session;
  const figures = [
    messageCount === 1 ? t('1 message') : t('{0} messages', formatCount(messageCount)),
    ...(totalTokens > 0 ? [t('{0} tokens', formatTokens(totalTokens))] : []),
  ];
  const cost = formatCostSum(estimatedCost, knownCost);
  const isCounted = estimatedCost !== undefined || unpricedMessages > 0;
  return html`${
      problemCount === 0
        ? nothing
        : html`<span class="mp-problems"
            >${icon('warning')}${
              problemCount === 1
                ? t('1 line could not be read')
                : t('{0} lines could not be read', formatCount(problemCount))
            }</span
          >`
    }<span title=${`${formatAge(updatedAt)} · ${formatFullTime(updatedAt)}`}
      >${figures.join(' · ')}</span
    >${isCounted ? html`<span title=${aboutCost(unpricedMessages)}> · ${cost}</span>` : nothing}`;
}

function button(name: IconName, label: string, run: () => void): TemplateResult {
  return html`<button
    type="button"
    class="mp-icon-button"
    title=${label}
    aria-label=${label}
    @click=${run}
  >
    ${icon(name)}
  </button>`;
}
