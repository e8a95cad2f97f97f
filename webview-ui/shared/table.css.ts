/** Looks of <mp-table-rows>: dense rows of one height. How wide columns are is each panel's own. */
import { css } from 'lit';

export const tableStyles = css`
  mp-table-rows {
    --mp-row: 24px;
    position: relative;
    display: block;
    flex: 1 1 0;
    min-height: 0;
    overflow: hidden auto;
  }
  mp-table-rows > table {
    width: 100%;
    border-collapse: separate;
    border-spacing: 0;
    table-layout: fixed;
  }
  mp-table-rows th,
  mp-table-rows td {
    height: var(--mp-row);
    padding: 0 16px 0 0;
    overflow: hidden;
    font-weight: 400;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  mp-table-rows thead th {
    position: sticky;
    z-index: 1;
    top: 0;
    border-bottom: 1px solid var(--mp-line);
    color: var(--mp-dim);
    background: var(--mp-background);
    font-size: var(--mp-tiny);
  }
  mp-table-rows th:first-child,
  mp-table-rows td:first-child {
    padding-inline-start: 20px;
  }
  mp-table-rows th:last-child,
  mp-table-rows td:last-child {
    padding-inline-end: 20px;
  }
  mp-table-rows .mp-spacer > td {
    height: auto;
    padding: 0;
  }
  mp-table-rows tbody > tr:hover {
    background: var(--mp-hover);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  mp-table-rows tbody > tr.mp-spacer:hover {
    background: none;
    outline: none;
  }
  mp-table-rows .mp-choose {
    width: 50px;
    overflow: visible;
  }
  mp-table-rows .mp-choose > input {
    display: inline-grid;
    width: 16px;
    height: 16px;
    margin: 0;
    border: 1px solid var(--vscode-checkbox-border, var(--mp-line));
    border-radius: 3px;
    place-content: center;
    color: var(--vscode-checkbox-foreground, var(--mp-text));
    background: var(--vscode-checkbox-background, transparent);
    appearance: none;
    vertical-align: middle;
    cursor: pointer;
  }
  mp-table-rows .mp-choose > input::before {
    font: 14px/1 codicon;
  }
  mp-table-rows .mp-choose > input:checked::before {
    content: '\\eab2';
  }
  mp-table-rows .mp-choose > input:indeterminate::before {
    content: '\\eb3b';
  }
  mp-table-rows .mp-choose > input:focus-visible {
    outline: 1px solid var(--mp-focus);
  }
  .mp-row-link {
    display: block;
    max-width: 100%;
    padding: 0;
    border: 0;
    overflow: hidden;
    color: inherit;
    background: none;
    font: inherit;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-row-link:hover {
    color: var(--mp-link);
    text-decoration: underline;
  }
`;
