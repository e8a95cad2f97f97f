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
  .mp-button.mp-primary {
    border-color: var(--vscode-button-border, transparent);
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
  }
  .mp-button.mp-primary:hover {
    background: var(--vscode-button-hoverBackground);
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

  .mp-scroll {
    flex: 1 1 0;
    min-height: 0;
    overflow: auto;
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

  @container (width < 1400px) {
    .mp-widest {
      display: none;
    }
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
  }
`;
