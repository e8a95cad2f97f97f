/** Looks of the comparison panel; tokens come from theme.css.ts. */
import { css } from 'lit';

export const compareStyles = css`
  mp-compare[data-mp-panel] {
    --mp-columns: 2;
    display: flex;
    flex-direction: column;
    container-type: inline-size;
  }
  mp-compare > header {
    flex: none;
    border-bottom: 1px solid var(--mp-line);
  }

  .mp-bar {
    display: flex;
    gap: 8px;
    align-items: center;
    min-height: 40px;
    padding: 6px 16px 4px;
  }
  .mp-bar h1 {
    flex: 0 1 auto;
    min-width: 80px;
    margin: 0;
    overflow: hidden;
    font-size: inherit;
    font-weight: 600;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .mp-subtitle {
    flex: 0 1000 auto;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .mp-button,
  .mp-select > select {
    display: inline-flex;
    flex: none;
    gap: 6px;
    align-items: center;
    height: 26px;
    padding: 2px 8px;
    border: 1px solid var(--vscode-button-border, var(--mp-line));
    border-radius: var(--mp-radius);
    color: var(--mp-text);
    background: transparent;
    font: inherit;
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-button > .mp-icon {
    font-size: 14px;
  }
  .mp-button:hover,
  .mp-select > select:hover {
    background: var(--vscode-toolbar-hoverBackground, var(--mp-hover));
  }
  .mp-button.mp-on {
    border-color: var(--vscode-inputOption-activeBorder, var(--mp-focus));
    color: var(--vscode-inputOption-activeForeground, var(--mp-text));
    background: var(--vscode-inputOption-activeBackground, transparent);
    /* High contrast has no backgrounds to tell on from off. */
    outline: 1px solid var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -4px;
  }
  .mp-button[disabled] {
    opacity: 0.5;
    cursor: default;
  }
  .mp-button[disabled]:hover {
    background: transparent;
  }
  .mp-select {
    position: relative;
    display: inline-flex;
    flex: none;
  }
  .mp-select > select {
    padding-inline-end: 26px;
    appearance: none;
  }
  .mp-select option {
    color: var(--vscode-dropdown-foreground, var(--mp-text));
    background: var(--vscode-dropdown-background, var(--mp-background));
  }
  .mp-select > .mp-icon {
    position: absolute;
    inset-inline-end: 8px;
    top: 6px;
    font-size: 14px;
    pointer-events: none;
  }
  .mp-steps {
    display: inline-flex;
    flex: none;
    gap: 4px;
    align-items: center;
  }
  .mp-position {
    min-width: 52px;
    text-align: center;
    white-space: nowrap;
  }

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
    padding: 2px 12px;
    font-weight: 400;
    text-align: end;
    white-space: nowrap;
  }
  .mp-metrics thead th {
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
  }
  .mp-metrics th:first-child {
    width: 40%;
    min-width: 170px;
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

  .mp-scroll {
    flex: 1 1 0;
    min-height: 0;
    overflow: hidden auto;
    display: flex;
    flex-direction: column;
  }
  .mp-scroll > main {
    position: relative;
    flex: none;
    padding: 6px 16px 24px;
  }
  /* The line that the messages hang on. */
  .mp-scroll > main::before {
    content: '';
    position: absolute;
    top: 0;
    bottom: 24px;
    inset-inline-start: 29px;
    border-inline-start: 2px solid var(--mp-line);
  }
  .mp-span {
    padding-inline-start: 40px;
  }
  .mp-shared {
    display: flex;
    gap: 8px;
    align-items: center;
    width: 100%;
    min-height: 34px;
    margin: 6px 0;
    padding: 5px 12px 5px 8px;
    border: 1px dashed var(--mp-line);
    border-radius: 6px;
    color: var(--mp-dim);
    background: var(--mp-background);
    font: inherit;
    text-align: start;
  }
  button.mp-shared {
    cursor: pointer;
  }
  button.mp-shared:hover {
    background: var(--mp-hover);
  }
  .mp-shared b {
    flex: none;
    font-weight: 600;
  }
  .mp-shared-excerpt {
    flex: 1 1 0;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .mp-shared-cost {
    flex: none;
  }
  .mp-shared > .mp-icon {
    font-size: 14px;
  }
  .mp-fork-line {
    display: flex;
    gap: 10px;
    align-items: center;
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
  }
  .mp-fork-line::before,
  .mp-fork-line::after {
    content: '';
    flex: 1;
    border-top: 1px solid var(--mp-line);
  }

  .mp-none {
    margin: 24px 0;
    text-align: center;
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

  .mp-files {
    display: grid;
    flex: none;
    grid-template-columns: repeat(var(--mp-columns), minmax(0, 1fr));
    gap: 4px 24px;
    padding: 10px 16px 14px;
    border-top: 1px solid var(--mp-line);
  }
  .mp-files h2 {
    display: flex;
    gap: 7px;
    align-items: center;
    margin: 0 0 4px;
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
    font-weight: 600;
  }
  .mp-files ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .mp-files li {
    display: flex;
    gap: 8px;
  }
  .mp-files p {
    margin: 0;
  }
  .mp-path {
    flex: 1 1 0;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    /* The end of a path tells more than its beginning. */
    direction: rtl;
    text-align: left;
  }
  .mp-files .mp-keys {
    grid-column: 1 / -1;
    margin-top: 8px;
  }
  kbd:not(:first-child) {
    margin-inline-start: 10px;
  }
  kbd {
    margin-inline-end: 2px;
    padding: 0 4px;
    border: 1px solid var(--vscode-keybindingLabel-border, var(--mp-line));
    border-bottom-color: var(--vscode-keybindingLabel-bottomBorder, var(--mp-line));
    border-radius: 3px;
    color: var(--vscode-keybindingLabel-foreground, var(--mp-dim));
    background: var(--vscode-keybindingLabel-background, transparent);
    font: var(--mp-tiny) / 1.4 var(--mp-font);
  }

  @container (width < 1100px) {
    .mp-wide {
      display: none;
    }
  }
  @container (width < 620px) {
    .mp-bar {
      flex-wrap: wrap;
    }
    .mp-bar > h1 {
      flex: 1 0 100%;
    }
    .mp-subtitle {
      display: none;
    }
    .mp-files {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
