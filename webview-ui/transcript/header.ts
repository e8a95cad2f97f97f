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
import { icon } from '../shared/icons.ts';
import { iconButton } from '../shared/iconButton.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';

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
    ${iconButton('arrow-up', t('Go to the first message'), () => actions.goToStart())}
    ${iconButton('arrow-down', t('Go to the last message'), () => actions.goToEnd())}
  </header>`;
}

function renderLineage(
  session: Session,
  parentTitle: string | undefined,
  actions: HeaderActions,
): TemplateResult | typeof nothing {
  if (session.parentId === undefined) {
    return isOfSubagent(session) ? renderCaller(parentTitle) : nothing;
  }
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

/** Of a subagent: what it worked for, and the way to the call that started it. */
function renderCaller(parentTitle: string | undefined): TemplateResult {
  if (parentTitle === undefined) return html`<span>${t('subagent')}</span>`;
  return html`<button
    type="button"
    class="mp-link-button"
    title=${t('Go to where it was started (Shift+Alt+Home)')}
    @click=${go('forkPoint')}
  >
    ${t('subagent of {0}', parentTitle)}
  </button>`;
}

function isOfSubagent({ subagentOf, subagentOfNative }: Session): boolean {
  return subagentOf !== undefined || subagentOfNative !== undefined;
}

type Way = PanelEvents['mp-navigate']['to'];

/** Asks by an event, as the messages do. */
function go(to: Way): (event: Event) => void {
  return ({ currentTarget }) => {
    if (currentTarget) tell(currentTarget, 'mp-navigate', { to });
  };
}

/** The way to siblings and forks. */
function renderBranches(
  { forkCount }: Session,
  siblings: TranscriptState['siblings'],
): TemplateResult | typeof nothing {
  if (!siblings && forkCount === 0) return nothing;
  const link = (text: string, title: string, to: Way) =>
    html`<button type="button" class="mp-link-button" title=${title} @click=${go(to)}>
      ${text}
    </button>`;
  return html`<nav class="mp-branches" aria-label=${t('Branches')}>
    ${
      siblings
        ? html`${iconButton('chevron-left', t('Previous sibling (Shift+Alt+Left)'), go('previous'))}
          ${link(
            t('{0} of {1}', formatCount(siblings.position), formatCount(siblings.count)),
            t('Go to a sibling'),
            'siblings',
          )}
          ${iconButton('chevron-right', t('Next sibling (Shift+Alt+Right)'), go('next'))}`
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

function renderModels(session: Session): TemplateResult | typeof nothing {
  const { parentId } = session;
  const models = session.models.map(visible);
  const [first, ...others] = models;
  if (first === undefined) return nothing;
  const more = others.length === 0 ? '' : ` +${others.length}`;
  return html`<span title=${models.join(', ')}
    >${parentId === undefined && !isOfSubagent(session) ? '' : '· '}${first}${more}</span
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
