/** Looks of the figures above the rows: the table, the scores and what they are made of. */
import { css } from 'lit';

export const metricStyles = css`
  .mp-metrics {
    position: relative;
    padding-bottom: 4px;
    overflow-x: auto;
  }
  .mp-metrics table {
    width: 100%;
    border-collapse: collapse;
  }
  .mp-metrics th,
  .mp-metrics td {
    padding: 2px 9px;
    font-weight: 400;
    text-align: end;
    white-space: nowrap;
  }
  .mp-metrics thead th {
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
  }
  .mp-metrics th:first-child {
    width: 36%;
    min-width: 190px;
    max-width: 0;
    padding-inline-start: 16px;
    text-align: start;
  }
  .mp-metrics th:last-child,
  .mp-metrics td:last-child {
    padding-inline-end: 16px;
  }
  .mp-branch {
    display: flex;
    gap: 7px;
    align-items: center;
  }
  .mp-branch-name {
    min-width: 0;
    padding: 0;
    border: 0;
    overflow: hidden;
    color: inherit;
    background: none;
    font: inherit;
    text-overflow: ellipsis;
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-branch-name:hover {
    color: var(--mp-link);
    text-decoration: underline;
  }
  .mp-branch > .mp-dim {
    flex: 0 1000 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .mp-metrics .mp-models {
    max-width: 220px;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .mp-metrics .mp-best {
    color: var(--mp-ok);
    font-weight: 600;
  }
  .mp-metrics:focus-visible {
    outline: 1px solid var(--mp-focus);
    outline-offset: -1px;
  }
  .mp-tests-failed .mp-failed {
    color: var(--mp-error);
  }
  .mp-tests:not(.mp-tests-failed) .mp-failed {
    color: var(--mp-dim);
  }
  .mp-tests-passed .mp-passed {
    color: var(--mp-ok);
  }

  .mp-stars {
    display: inline-flex;
    vertical-align: middle;
    border-radius: var(--mp-radius);
    color: var(--mp-text);
    cursor: pointer;
  }
  .mp-stars.mp-unrated {
    color: var(--mp-dim);
  }
  .mp-stars:focus-visible {
    outline: 1px solid var(--mp-focus);
    outline-offset: 1px;
  }
  .mp-star {
    display: inline-flex;
    padding: 0 1px;
  }
  .mp-star > .mp-icon {
    font-size: 13px;
  }

  .mp-metrics .mp-score-cell {
    width: 150px;
  }
  .mp-score {
    display: inline-flex;
    vertical-align: middle;
    gap: 8px;
    align-items: center;
    padding: 0 4px;
    border: 0;
    border-radius: var(--mp-radius);
    color: inherit;
    background: none;
    font: inherit;
    cursor: pointer;
  }
  .mp-score:hover {
    background: var(--mp-hover);
  }
  .mp-score-bar {
    display: inline-flex;
    width: 84px;
    height: 6px;
    border: 1px solid var(--mp-contrast);
    border-radius: 3px;
    background: var(--mp-chip);
    overflow: hidden;
  }
  .mp-score-outcome {
    background: currentColor;
  }
  .mp-score-effort {
    background: color-mix(in srgb, currentColor 45%, var(--mp-background));
  }
  .mp-score-total {
    min-width: 20px;
    text-align: end;
  }
  .mp-score-best {
    width: 14px;
    color: var(--mp-ok);
  }
  .mp-score-best > .mp-icon {
    font-size: 13px;
  }

  .mp-judge {
    margin-inline: -4px;
    padding: 0 4px;
    border: 0;
    border-radius: var(--mp-radius);
    color: inherit;
    background: none;
    font: inherit;
    cursor: pointer;
  }
  .mp-judge:hover {
    color: var(--mp-link);
    text-decoration: underline;
  }
  .mp-judge-won {
    color: var(--mp-ok);
    font-weight: 600;
  }

  .mp-explanation {
    max-height: 40vh;
    padding: 6px 16px 8px;
    border-top: 1px solid var(--mp-line);
    overflow: auto;
  }
  .mp-explanation table {
    border-collapse: collapse;
  }
  .mp-explanation th,
  .mp-explanation td {
    padding: 1px 16px 1px 0;
    font-weight: 400;
    text-align: end;
    white-space: nowrap;
  }
  .mp-explanation thead th {
    max-width: 220px;
    overflow: hidden;
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
    text-overflow: ellipsis;
  }
  .mp-explanation th:first-child {
    text-align: start;
  }
  .mp-explanation td b {
    display: inline-block;
    min-width: 44px;
    font-weight: 600;
  }
  .mp-explanation .mp-sum > * {
    padding-top: 3px;
    border-top: 1px solid var(--mp-line);
    font-weight: 600;
  }
  .mp-explanation p {
    margin: 4px 0 0;
  }

  /* The messages name their models too. */
  @container (width < 1150px) {
    .mp-metrics .mp-models,
    .mp-metrics th:nth-child(2) {
      display: none;
    }
  }
`;
