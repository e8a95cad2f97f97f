/** How the graph panel looks. Colours are the theme's; what has none of its own borrows a chart's. */
import { css } from 'lit';

export const graphStyles = css`
  [data-mp-panel='graph'] {
    --mp-row: 24px;
    --mp-unscored: var(--mp-dim);
    display: flex;
    flex-direction: column;
    container-type: inline-size;
  }
  mp-graph .mp-bar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 6px 8px;
    align-items: center;
    min-height: 40px;
    padding: 7px 20px;
    border-bottom: 1px solid var(--mp-line);
  }
  mp-graph .mp-bar h1,
  mp-graph .mp-ledger-head h2 {
    margin: 0;
    overflow: hidden;
    font-size: inherit;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  mp-graph .mp-bar h1 {
    flex: 0 1 auto;
    max-width: 320px;
  }
  mp-graph .mp-button {
    display: inline-flex;
    flex: none;
    gap: 6px;
    align-items: center;
    height: 26px;
    padding: 2px 10px;
    border: 1px solid
      var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent));
    border-radius: var(--mp-radius);
    color: var(--vscode-button-secondaryForeground, var(--mp-text));
    background: var(--vscode-button-secondaryBackground, transparent);
    font: inherit;
    white-space: nowrap;
    cursor: pointer;
  }
  mp-graph .mp-button:hover {
    background: var(--vscode-button-secondaryHoverBackground, var(--mp-hover));
  }
  mp-graph .mp-button.mp-on {
    border-color: var(--vscode-inputOption-activeBorder, var(--mp-focus));
    color: var(--vscode-inputOption-activeForeground, var(--mp-text));
    background: var(--vscode-inputOption-activeBackground, transparent);
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -4px;
  }
  mp-graph .mp-button[disabled] {
    opacity: 0.5;
    cursor: default;
  }
  mp-graph .mp-segments {
    display: inline-flex;
  }
  mp-graph .mp-segments > :first-child {
    border-start-end-radius: 0;
    border-end-end-radius: 0;
  }
  mp-graph .mp-segments > :last-child {
    border-start-start-radius: 0;
    border-end-start-radius: 0;
  }
  mp-graph .mp-legend,
  mp-graph .mp-zoom {
    display: inline-flex;
    gap: 5px;
    align-items: center;
    color: var(--mp-dim);
    font-size: var(--mp-small);
    white-space: nowrap;
  }
  mp-graph .mp-legend > :not(.mp-dot) {
    margin-inline-end: 6px;
  }
  mp-graph .mp-legend,
  mp-graph .mp-hint {
    margin-inline-start: 8px;
  }
  mp-graph .mp-zoom {
    gap: 0;
  }
  mp-graph .mp-scale {
    min-width: 46px;
    padding: 2px 0;
    border: 0;
    border-radius: var(--mp-radius);
    color: var(--mp-text);
    background: none;
    font: inherit;
    text-align: center;
    cursor: pointer;
  }
  mp-graph .mp-scale:hover {
    background: var(--vscode-toolbar-hoverBackground, var(--mp-hover));
  }
  @container (max-width: 1240px) {
    mp-graph .mp-bar .mp-wide {
      display: none;
    }
  }

  .mp-graph-page {
    display: flex;
    flex: 1 1 0;
    flex-direction: column;
    min-height: 0;
  }
  .mp-graph {
    position: relative;
    flex: 3 1 0;
    min-height: 0;
  }
  .mp-canvas {
    display: block;
    width: 100%;
    height: 100%;
    cursor: grab;
    touch-action: none;
    user-select: none;
  }
  .mp-canvas:active {
    cursor: grabbing;
  }
  .mp-canvas [data-branch],
  .mp-canvas [data-fork],
  .mp-canvas .mp-line {
    cursor: pointer;
  }
  .mp-branch,
  .mp-merge {
    color: var(--mp-unscored);
  }

  /* Lines keep their width whatever the scale. */
  .mp-line {
    fill: none;
    stroke: currentColor;
    stroke-width: 2;
    vector-effect: non-scaling-stroke;
  }
  .mp-merge > .mp-line {
    stroke-dasharray: 4 4;
    pointer-events: none;
  }
  .mp-ends {
    fill: none;
    stroke: currentColor;
    stroke-linecap: round;
    stroke-width: 5;
    vector-effect: non-scaling-stroke;
  }
  .mp-node {
    fill: var(--mp-background);
    stroke: currentColor;
    stroke-width: 2;
  }
  .mp-fork > .mp-node,
  .mp-merge > .mp-node,
  .mp-current > .mp-node {
    fill: currentColor;
  }
  .mp-halo {
    fill: none;
    stroke: none;
    stroke-width: 1.5;
  }
  [data-branch]:hover > .mp-halo {
    fill: color-mix(in srgb, currentColor 22%, transparent);
  }
  .mp-chosen > .mp-halo {
    fill: color-mix(in srgb, var(--mp-focus) 40%, transparent);
    stroke: var(--vscode-contrastActiveBorder, var(--mp-focus));
  }
  .mp-graph:focus-visible .mp-focused > .mp-halo {
    stroke: var(--mp-focus);
    stroke-dasharray: 3 2;
  }
  .mp-graph:focus-visible .mp-focused.mp-chosen > .mp-halo {
    stroke-dasharray: none;
    stroke-width: 3;
  }
  .mp-running > .mp-node {
    animation: mp-breathe 1.6s ease-in-out infinite alternate;
  }
  @keyframes mp-breathe {
    to {
      fill: currentColor;
    }
  }
  .mp-label {
    fill: var(--mp-text);
    font-size: var(--mp-size);
  }
  .mp-more {
    fill: var(--mp-dim);
    font-size: var(--mp-tiny);
  }
  [data-branch].mp-current > .mp-label,
  [data-branch].mp-chosen > .mp-label {
    font-weight: 600;
  }
  .mp-label,
  .mp-more {
    paint-order: stroke;
    stroke: var(--mp-background);
    stroke-width: 3px;
    stroke-linejoin: round;
  }
  .mp-left.mp-line,
  .mp-left > .mp-line,
  .mp-left > .mp-ends,
  .mp-left > .mp-node {
    opacity: 0.5;
  }
  .mp-left > .mp-label {
    fill: var(--mp-dim);
  }

  .mp-agent-0 {
    color: var(--vscode-charts-blue);
  }
  .mp-agent-1 {
    color: var(--vscode-charts-purple);
  }
  .mp-agent-2 {
    color: var(--vscode-charts-green);
  }
  .mp-agent-3 {
    color: var(--vscode-charts-yellow);
  }
  .mp-agent-4 {
    color: color-mix(in srgb, var(--vscode-charts-blue), var(--vscode-charts-green));
  }
  .mp-agent-5 {
    color: var(--vscode-charts-red);
  }
  .mp-agent-6,
  .mp-unscored {
    color: var(--mp-unscored);
  }
  .mp-score-0 {
    color: var(--vscode-charts-red);
  }
  .mp-score-1 {
    color: color-mix(in srgb, var(--vscode-charts-red), var(--vscode-charts-yellow));
  }
  .mp-score-2 {
    color: var(--vscode-charts-yellow);
  }
  .mp-score-3 {
    color: color-mix(in srgb, var(--vscode-charts-yellow), var(--vscode-charts-green));
  }
  .mp-score-4 {
    color: var(--vscode-charts-green);
  }

  @container (max-width: 760px) {
    mp-graph .mp-legend,
    mp-graph .mp-hint {
      display: none;
    }
  }
  .mp-depth {
    flex: none;
  }
  .mp-depth[data-depth='1'] {
    width: 14px;
  }
  .mp-depth[data-depth='2'] {
    width: 28px;
  }
  .mp-depth[data-depth='3'] {
    width: 42px;
  }
  .mp-depth[data-depth='4'] {
    width: 56px;
  }
  .mp-depth[data-depth='5'] {
    width: 70px;
  }
  .mp-depth[data-depth='6'] {
    width: 84px;
  }
  .mp-depth[data-depth='7'] {
    width: 98px;
  }
  .mp-depth[data-depth='8'] {
    width: 112px;
  }

  mp-graph .mp-empty {
    margin: auto;
    padding: 24px;
    text-align: center;
  }
  mp-graph .mp-empty h1 {
    font-size: 1.1em;
    font-weight: 600;
  }
`;
