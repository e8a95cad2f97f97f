/** The panel's first line: whose family it is, how it is coloured, what is chosen, how large it is. */
import { html, type TemplateResult } from 'lit';
import type { FamilyGraph } from '../../src/core/family.ts';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { iconButton } from '../shared/iconButton.ts';
import { t } from '../shared/strings.ts';
import { agentColour } from './colours.ts';
import type { Colouring } from './savedView.ts';

/** As many as can be compared at a time. */
export const MOST_COMPARED = 8;

export interface ToolbarView {
  readonly title: string;
  readonly graph: FamilyGraph;
  readonly colouring: Colouring;
  readonly agents: Readonly<Record<string, string>>;
  readonly chosen: number;
  readonly scale: number;
  readonly ledger: boolean;
}

export interface ToolbarActions {
  colour(by: Colouring): void;
  compare(): void;
  chooseBest(): void;
  zoom(by: 1 | -1): void;
  showAll(): void;
  fullSize(): void;
  toggleLedger(): void;
}

export function renderToolbar(view: ToolbarView, actions: ToolbarActions): TemplateResult {
  const { graph, chosen } = view;
  const canCompare = chosen >= 2 && chosen <= MOST_COMPARED;
  return html`<header class="mp-bar">
    <h1 title=${view.title}>${view.title}</h1>
    <span class="mp-dim mp-subtitle">${countText(graph)}</span>
    ${renderLegend(view)}
    <span class="mp-space"></span>
    <span class="mp-dim" role="status">
      ${chosen === 0 ? '' : chosen === 1 ? t('1 chosen') : t('{0} chosen', formatCount(chosen))}
    </span>
    <button
      type="button"
      class="mp-button"
      aria-label=${t('Compare')}
      title=${t('Compare the chosen branches (C)')}
      ?disabled=${!canCompare}
      @click=${() => actions.compare()}
    >
      ${icon('git-compare')}<span class="mp-wide">${t('Compare')}</span>
    </button>
    <button
      type="button"
      class="mp-button"
      aria-label=${t('Choose Best')}
      title=${t('Judge the chosen branches by what their transcripts show')}
      ?disabled=${!canCompare}
      @click=${() => actions.chooseBest()}
    >
      ${icon('star-full')}<span class="mp-wide">${t('Choose Best')}</span>
    </button>
    <span class="mp-segments" role="group" aria-label=${t('Colour')}>
      ${segment(t('By Agent'), view.colouring === 'agent', () => actions.colour('agent'))}
      ${segment(t('By Score'), view.colouring === 'score', () => actions.colour('score'))}
    </span>
    <button
      type="button"
      class="mp-button ${view.ledger ? 'mp-on' : ''}"
      aria-pressed=${view.ledger}
      aria-label=${t('Ledger')}
      title=${t('Show what the family took')}
      @click=${() => actions.toggleLedger()}
    >
      ${icon('table')}<span class="mp-wide">${t('Ledger')}</span>
    </button>
    <span class="mp-zoom">
      ${iconButton('remove', t('Zoom out (-)'), () => actions.zoom(-1))}
      <button
        type="button"
        class="mp-scale"
        title=${t('Zoom to 100 %')}
        @click=${() => actions.fullSize()}
      >
        ${Math.round(view.scale * 100)} %
      </button>
      ${iconButton('add', t('Zoom in (+)'), () => actions.zoom(1))}
      ${iconButton('screen-full', t('Show everything (0)'), () => actions.showAll())}
    </span>
  </header>`;
}

function countText({ branches, total }: FamilyGraph): string {
  if (branches.length < total) {
    return t(
      'The nearest {0} of {1} branches are shown.',
      formatCount(branches.length),
      formatCount(total),
    );
  }
  return total === 1 ? t('1 branch') : t('{0} branches', formatCount(total));
}

function renderLegend({ graph, colouring, agents }: ToolbarView): TemplateResult {
  if (colouring === 'score') {
    const isJudged = graph.branches.some(({ score }) => score !== undefined);
    if (!isJudged) {
      return html`<span class="mp-dim mp-hint">
        ${t('No branch has been judged yet. Choose two or more and judge them.')}
      </span>`;
    }
    return html`<span class="mp-legend">
      <span class="mp-dim">0</span>
      ${[0, 1, 2, 3, 4].map((step) => html`<span class="mp-dot mp-branch mp-score-${step}"></span>`)}
      <span class="mp-dim">1</span>
      <span class="mp-dot mp-branch mp-unscored"></span><span>${t('not judged')}</span>
    </span>`;
  }
  const present = [...new Set(graph.branches.map(({ agent }) => agent))];
  return html`<span class="mp-legend">
    ${present.map(
      (agent) =>
        html`<span class="mp-dot mp-branch mp-agent-${agentColour(agent)}"></span>
          <span>${agents[agent] ?? agent}</span>`,
    )}
  </span>`;
}

function segment(label: string, isOn: boolean, run: () => void): TemplateResult {
  return html`<button
    type="button"
    class="mp-button ${isOn ? 'mp-on' : ''}"
    aria-pressed=${isOn}
    @click=${run}
  >
    ${label}
  </button>`;
}
