/** Looks of the storage panel; tokens come from theme.css.ts. */
import { css } from 'lit';

export const storageStyles = css`
  mp-storage[data-mp-panel] {
    --mp-hot: var(--vscode-charts-red);
    --mp-warm: var(--vscode-charts-blue);
    --mp-cold: var(--vscode-charts-purple);
    display: flex;
    flex-direction: column;
    container-type: inline-size;
  }
  .mp-bar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 6px 8px;
    align-items: center;
    min-height: 40px;
    padding: 7px 20px;
    border-bottom: 1px solid var(--mp-line);
  }
  .mp-bar h1 {
    margin: 0;
    font-size: inherit;
    font-weight: 600;
  }
  .mp-subtitle {
    white-space: nowrap;
  }
  .mp-task,
  .mp-hints > li {
    display: flex;
    gap: 8px;
    align-items: center;
    min-height: 30px;
    padding: 3px 20px;
    border-bottom: 1px solid var(--mp-line);
  }
  .mp-task > progress {
    flex: none;
    width: 120px;
    height: 4px;
    accent-color: var(--vscode-progressBar-background, var(--mp-link));
  }
  .mp-task-detail {
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .mp-hints {
    flex: none;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .mp-hints .mp-icon {
    color: var(--vscode-editorLightBulb-foreground, var(--mp-warning));
  }

  .mp-page {
    display: flex;
    flex: 1 1 0;
    flex-direction: column;
    min-height: 0;
    overflow: hidden auto;
  }
  .mp-overview {
    display: grid;
    flex: none;
    grid-template-columns: minmax(0, 3fr) minmax(0, 2fr);
    gap: 16px 48px;
    padding: 14px 20px 16px;
  }
  .mp-overview h2 {
    display: flex;
    justify-content: space-between;
    margin: 0 0 8px;
    font-size: inherit;
    font-weight: 600;
  }
  .mp-overview h2 > span {
    font-weight: 400;
  }
  .mp-share-bar {
    display: block;
    width: 100%;
    height: 8px;
    margin-bottom: 6px;
    border: 1px solid var(--mp-contrast);
    border-radius: 2px;
    background: var(--mp-chip);
  }
  .mp-share-bar > rect {
    stroke: var(--mp-background);
    stroke-width: 1px;
    vector-effect: non-scaling-stroke;
  }
  .mp-key {
    display: inline-block;
    width: 8px;
    height: 8px;
    margin-inline-end: 8px;
    border-radius: 2px;
    background: currentColor;
  }
  .mp-hot {
    fill: var(--mp-hot);
    color: var(--mp-hot);
  }
  .mp-warm,
  .mp-database {
    fill: var(--mp-warm);
    color: var(--mp-warm);
  }
  .mp-cold,
  .mp-archive {
    fill: var(--mp-cold);
    color: var(--mp-cold);
  }
  .mp-garbage,
  .mp-trash,
  .mp-removed {
    --mp-gone: color-mix(in srgb, var(--mp-text) 40%, var(--mp-background));
    fill: var(--mp-gone);
    color: var(--mp-gone);
  }
  .mp-blobs {
    fill: var(--vscode-charts-green);
    color: var(--vscode-charts-green);
  }
  .mp-index {
    fill: var(--vscode-charts-yellow);
    color: var(--vscode-charts-yellow);
  }
  .mp-copies {
    --mp-copy: color-mix(in srgb, var(--mp-text) 70%, var(--mp-background));
    fill: var(--mp-copy);
    color: var(--mp-copy);
  }
  .mp-figures-table {
    position: relative;
    width: 100%;
    border-collapse: collapse;
  }
  .mp-figures-table th,
  .mp-figures-table td {
    height: 22px;
    padding: 0 0 0 16px;
    font-weight: 400;
    text-align: end;
    white-space: nowrap;
  }
  .mp-figures-table th[scope='row'],
  .mp-figures-table thead th:first-child {
    width: 50%;
    padding: 0;
    text-align: start;
  }
  .mp-figures-table thead:not(.mp-hidden) th {
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
  }
  .mp-figures-table .mp-dim {
    margin-inline-start: 4px;
  }
  .mp-line {
    display: flex;
    gap: 8px;
    align-items: start;
    margin: 5px 0 0;
  }
  .mp-line > .mp-icon {
    margin: 2px 0 0 -4px;
    color: var(--vscode-icon-foreground, var(--mp-text));
  }

  .mp-tabs {
    display: flex;
    flex: none;
    gap: 20px;
    padding: 0 20px;
    border-bottom: 1px solid var(--mp-line);
  }
  .mp-tabs > button {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    height: 34px;
    padding: 0;
    border: 0;
    border-bottom: 1px solid transparent;
    color: var(--mp-dim);
    background: none;
    font: inherit;
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-tabs > button:hover,
  .mp-tabs > button[aria-selected='true'] {
    color: var(--vscode-panelTitle-activeForeground, var(--mp-text));
  }
  .mp-tabs > button[aria-selected='true'] {
    border-bottom-color: var(--vscode-panelTitle-activeBorder, var(--mp-focus));
  }
  .mp-badge {
    min-width: 18px;
    padding: 0 5px;
    border: 1px solid var(--mp-contrast);
    border-radius: 9px;
    color: var(--vscode-badge-foreground);
    background: var(--vscode-badge-background);
    font-size: var(--mp-tiny);
    line-height: 16px;
    text-align: center;
  }

  .mp-list {
    display: flex;
    flex: 1 0 240px;
    flex-direction: column;
    min-height: 0;
  }
  .mp-list-actions {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
    align-items: center;
    padding: 8px 20px;
  }
  .mp-nothing {
    margin: 0;
    padding: 20px;
  }

  .mp-empty {
    margin: auto;
    padding: 24px;
    text-align: center;
  }
  .mp-empty h1 {
    font-size: 1.1em;
    font-weight: 600;
  }
  .mp-empty .mp-button {
    display: inline-flex;
  }

  @container (max-width: 640px) {
    .mp-overview {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
