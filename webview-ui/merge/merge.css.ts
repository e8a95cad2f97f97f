/** Looks of the merge panel; lists, buttons and messages come with theirs. */
import { css } from 'lit';

export const mergeStyles = css`
  mp-merge[data-mp-panel] {
    position: relative;
    display: flex;
    flex-direction: column;
    /* Nothing that takes the focus moves the head out of sight. */
    overflow: clip;
    container-type: inline-size;
  }
  mp-merge .mp-bar {
    flex-wrap: wrap;
    gap: 6px 10px;
    padding: 6px 20px;
  }
  mp-merge .mp-bar h1 {
    display: flex;
    flex: 0 1 auto;
    gap: 6px;
    align-items: center;
    min-width: 80px;
  }
  mp-merge .mp-bar h1 .mp-link-button {
    overflow: hidden;
    font-weight: inherit;
    text-overflow: ellipsis;
  }
  .mp-field {
    display: inline-flex;
    gap: 8px;
    align-items: center;
    min-width: 0;
    white-space: nowrap;
  }
  .mp-select {
    min-width: 0;
    max-width: 320px;
    height: 26px;
    padding: 2px 4px;
    border: 1px solid var(--vscode-dropdown-border, var(--mp-line));
    border-radius: var(--mp-radius);
    color: var(--vscode-dropdown-foreground, var(--mp-text));
    background: var(--vscode-dropdown-background, var(--mp-background));
    font: inherit;
    text-overflow: ellipsis;
  }
  .mp-where,
  .mp-done {
    display: flex;
    flex: none;
    gap: 8px;
    align-items: center;
    margin: 0;
    padding: 4px 20px;
    border-bottom: 1px solid var(--mp-line);
    font-size: var(--mp-small);
  }
  .mp-done {
    gap: 12px;
    font-size: inherit;
  }
  .mp-done > .mp-icon {
    margin-inline-end: -4px;
    color: var(--mp-ok);
  }
  .mp-modes {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 4px 20px;
    min-width: 0;
    margin: 0;
    padding: 7px 20px;
    border: 0;
    border-bottom: 1px solid var(--mp-line);
  }
  .mp-decision {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-decision > input {
    margin: 0;
    accent-color: var(--mp-link);
  }
  .mp-decision > input:focus-visible {
    outline: 1px solid var(--mp-focus);
    outline-offset: 2px;
  }

  .mp-conflicts {
    flex: none;
    max-height: 30vh;
    padding: 6px 20px 7px;
    border-bottom: 1px solid var(--mp-line);
    overflow: hidden auto;
  }
  .mp-conflicts h2,
  .mp-column > h2 {
    margin: 0;
    font-size: var(--mp-small);
    font-weight: 600;
  }
  .mp-conflicts ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .mp-conflicts li {
    display: flex;
    flex-wrap: wrap;
    gap: 2px 12px;
    align-items: center;
    min-height: 26px;
  }
  .mp-conflicts li > .mp-icon {
    margin-inline-end: -4px;
    color: var(--mp-warning);
  }
  .mp-what {
    flex: 0 1 auto;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .mp-what code {
    font: var(--mp-small) / 1.4 var(--mp-mono);
  }
  .mp-conflicts [role='radiogroup'] {
    display: inline-flex;
    flex-wrap: wrap;
    gap: 2px 14px;
  }

  .mp-columns {
    display: grid;
    flex: 1 1 0;
    grid-template-columns: minmax(300px, 2fr) minmax(0, 3fr);
    min-height: 0;
  }
  .mp-column {
    display: flex;
    flex-direction: column;
    min-width: 0;
    min-height: 0;
  }
  .mp-column + .mp-column {
    border-inline-start: 1px solid var(--mp-line);
  }
  .mp-column > h2 {
    flex: none;
    padding: 7px 20px 6px;
    overflow: hidden;
    border-bottom: 1px solid var(--mp-line);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .mp-column > h2 > .mp-dim {
    font-weight: 400;
  }

  mp-merge mp-table-rows .mp-choose {
    width: 44px;
  }
  mp-merge mp-table-rows .mp-choose > input[aria-disabled='true'] {
    opacity: 0.4;
    cursor: default;
  }
  mp-merge mp-table-rows .mp-nth {
    width: 58px;
    padding-inline-end: 12px;
    text-align: end;
  }
  mp-merge mp-table-rows .mp-by {
    width: 84px;
    padding-inline-end: 8px;
  }
  mp-merge mp-table-rows .mp-state {
    width: 138px;
  }
  /* Of the cells alone: heads are all of one size. */
  mp-merge mp-table-rows td:is(.mp-nth, .mp-state) {
    font-size: var(--mp-small);
  }

  .mp-summary {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 6px;
    min-height: 0;
    padding: 8px 20px 12px;
  }
  .mp-summary-tools {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 8px;
    align-items: center;
  }
  .mp-summary-status {
    font-size: var(--mp-small);
  }
  .mp-summary-status .mp-icon {
    font-size: 14px;
    vertical-align: -2px;
  }
  .mp-text {
    flex: 1;
    min-height: 80px;
    padding: 6px 8px;
    border: 1px solid var(--vscode-input-border, var(--mp-line));
    border-radius: var(--mp-radius);
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    font: inherit;
    resize: none;
  }
  .mp-text:focus {
    outline: 1px solid var(--mp-focus);
    outline-offset: -1px;
  }

  @container (max-width: 760px) {
    .mp-columns {
      grid-template-rows: minmax(120px, 2fr) minmax(0, 3fr);
      grid-template-columns: minmax(0, 1fr);
    }
    .mp-column + .mp-column {
      border-block-start: 1px solid var(--mp-line);
      border-inline-start: 0;
    }
  }
`;
