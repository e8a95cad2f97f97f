/** The transcript's header: what the session is, where it forks from, what it holds and cost. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Session } from '../../src/core/session.ts';
import type { TranscriptState } from '../../src/protocol/panels.ts';
import { tell, type PanelEvents } from '../shared/events.ts';
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
  { session, parentTitle, siblings }: TranscriptState,
  actions: HeaderActions,
): TemplateResult {
  return html`<header class="mp-bar">
    <h1 title=${session.title}>${session.title}</h1>
    <div class="mp-bar-about">
      ${renderLineage(session, parentTitle, actions)} ${renderModels(session)}
    </div>
    ${renderBranches(session, siblings)}
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

/** The way to siblings and forks; asks by an event, as the messages do. */
function renderBranches(
  { forkCount }: Session,
  siblings: TranscriptState['siblings'],
): TemplateResult | typeof nothing {
  if (!siblings && forkCount === 0) return nothing;
  const go = (to: PanelEvents['mp-navigate']['to']) => (event: Event) => {
    if (event.currentTarget) tell(event.currentTarget, 'mp-navigate', { to });
  };
  const link = (text: string, title: string, to: PanelEvents['mp-navigate']['to']) =>
    html`<button type="button" class="mp-link-button" title=${title} @click=${go(to)}>
      ${text}
    </button>`;
  const step = (name: IconName, label: string, to: PanelEvents['mp-navigate']['to']) =>
    html`<button
      type="button"
      class="mp-icon-button"
      title=${label}
      aria-label=${label}
      @click=${go(to)}
    >
      ${icon(name)}
    </button>`;
  return html`<nav class="mp-branches" aria-label=${t('Branches')}>
    ${
      siblings
        ? html`${step('chevron-left', t('Previous sibling (Shift+Alt+Left)'), 'previous')}
          ${link(
            t('{0} of {1}', formatCount(siblings.position), formatCount(siblings.count)),
            t('Go to a sibling'),
            'siblings',
          )}
          ${step('chevron-right', t('Next sibling (Shift+Alt+Right)'), 'next')}`
        : nothing
    }
    ${
      forkCount === 0
        ? nothing
        : link(
            forkCount === 1 ? t('1 fork') : t('{0} forks', formatCount(forkCount)),
            t('Go to a fork (Shift+Alt+Down)'),
            'forks',
          )
    }
  </nav>`;
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
