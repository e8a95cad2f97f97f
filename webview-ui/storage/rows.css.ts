/** Looks of the storage panel's lists: dense rows of one height, wide columns go first. */
import { css } from 'lit';

export const rowStyles = css`
  mp-storage-rows {
    position: relative;
    display: block;
    flex: 1 1 0;
    min-height: 0;
    overflow: hidden auto;
  }
  mp-storage-rows > table {
    width: 100%;
    border-collapse: separate;
    border-spacing: 0;
    table-layout: fixed;
  }
  mp-storage-rows th,
  mp-storage-rows td {
    height: var(--mp-row);
    padding: 0 16px 0 0;
    overflow: hidden;
    font-weight: 400;
    text-align: start;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  mp-storage-rows thead th {
    position: sticky;
    z-index: 1;
    top: 0;
    border-bottom: 1px solid var(--mp-line);
    color: var(--mp-dim);
    background: var(--mp-background);
    font-size: var(--mp-tiny);
  }
  mp-storage-rows th:first-child,
  mp-storage-rows td:first-child {
    padding-inline-start: 20px;
  }
  mp-storage-rows th:last-child,
  mp-storage-rows td:last-child {
    padding-inline-end: 20px;
  }
  mp-storage-rows .mp-spacer > td {
    height: auto;
    padding: 0;
  }
  mp-storage-rows tbody > tr:hover {
    background: var(--mp-hover);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  mp-storage-rows tbody > tr.mp-spacer:hover {
    background: none;
    outline: none;
  }
  mp-storage-rows .mp-choose {
    width: 50px;
    overflow: visible;
  }
  mp-storage-rows .mp-choose > input {
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
  mp-storage-rows .mp-choose > input::before {
    font: 14px/1 codicon;
  }
  mp-storage-rows .mp-choose > input:checked::before {
    content: '\\eab2';
  }
  mp-storage-rows .mp-choose > input:indeterminate::before {
    content: '\\eb3b';
  }
  mp-storage-rows .mp-choose > input:focus-visible {
    outline: 1px solid var(--mp-focus);
  }
  mp-storage-rows .mp-title {
    width: 24%;
  }
  mp-storage-rows .mp-move {
    width: 146px;
  }
  mp-storage-rows .mp-rule {
    width: 126px;
    color: var(--mp-dim);
    font-size: var(--mp-small);
  }
  mp-storage-rows thead .mp-rule {
    font-size: var(--mp-tiny);
  }
  mp-storage-rows .mp-when {
    width: 124px;
  }
  mp-storage-rows .mp-age {
    width: 118px;
  }
  mp-storage-rows .mp-goes {
    width: 130px;
  }
  mp-storage-rows .mp-size,
  mp-storage-rows .mp-took {
    width: 80px;
    text-align: end;
  }
  mp-storage-rows td .mp-key {
    margin-inline-end: 5px;
  }
  .mp-arrow {
    margin: 0 4px;
    color: var(--mp-dim);
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

  @container (max-width: 900px) {
    mp-storage-rows .mp-rule,
    mp-storage-rows .mp-took {
      display: none;
    }
  }
  @container (max-width: 640px) {
    mp-storage-rows .mp-age,
    mp-storage-rows .mp-why {
      display: none;
    }
    mp-storage-rows .mp-title {
      width: auto;
    }
  }
  @media (max-height: 560px) {
    mp-storage-rows {
      flex: none;
      height: 240px;
    }
  }
`;
