/**
 * Tokens and small parts all panels share. Every colour comes from the editor's theme; the high
 * contrast themes draw with borders, so each surface has one that is transparent elsewhere.
 */
import { css } from 'lit';

export const theme = css`
  :root {
    --mp-text: var(--vscode-editor-foreground);
    --mp-background: var(--vscode-editor-background);
    /* The themes' own description colour is no quieter than text in some, so it is mixed. */
    --mp-dim: color-mix(in srgb, var(--mp-text) 76%, var(--mp-background));
    --mp-card: var(--vscode-sideBar-background, var(--mp-background));
    --mp-code: var(--vscode-textCodeBlock-background);
    --mp-hover: var(--vscode-list-hoverBackground);
    --mp-contrast: var(--vscode-contrastBorder, transparent);
    --mp-line: var(--vscode-contrastBorder, var(--vscode-panel-border, var(--mp-chip)));
    --mp-chip: color-mix(in srgb, var(--mp-text) 10%, var(--mp-background));
    --mp-chip-hover: color-mix(in srgb, var(--mp-text) 16%, var(--mp-background));
    --mp-link: var(--vscode-textLink-foreground);
    --mp-focus: var(--vscode-focusBorder);
    --mp-ok: var(--vscode-gitDecoration-addedResourceForeground);
    --mp-error: var(--vscode-list-errorForeground, var(--vscode-errorForeground));
    --mp-warning: var(--vscode-list-warningForeground, var(--vscode-editorWarning-foreground));
    --mp-added: var(--mp-ok);
    --mp-removed: var(--mp-error);
    --mp-added-background: var(--vscode-diffEditor-insertedTextBackground);
    --mp-removed-background: var(--vscode-diffEditor-removedTextBackground);
    /* One colour per branch, in order. */
    --mp-branch-1: var(--vscode-charts-blue);
    --mp-branch-2: var(--vscode-charts-purple);
    --mp-branch-3: var(--vscode-charts-yellow);
    --mp-branch-4: var(--vscode-charts-green);
    /* The theme's own orange is see-through, for marks over text. */
    --mp-branch-5: color-mix(in srgb, var(--vscode-charts-red), var(--vscode-charts-yellow));
    --mp-branch-6: var(--vscode-charts-red);
    --mp-branch-7: color-mix(in srgb, var(--vscode-charts-blue) 50%, var(--vscode-charts-green));
    --mp-branch-8: color-mix(in srgb, var(--vscode-charts-foreground) 70%, var(--mp-background));
    --mp-font: var(--vscode-font-family, system-ui, sans-serif);
    --mp-size: var(--vscode-font-size, 13px);
    --mp-small: calc(var(--mp-size) - 1px);
    --mp-tiny: calc(var(--mp-size) - 2px);
    --mp-mono: var(--vscode-editor-font-family, monospace);
    --mp-radius: 4px;
  }

  /* VS Code puts a padding on the page and a default size on what is in it. */
  body:has(> [data-mp-panel]) {
    margin: 0;
    padding: 0;
    height: 100vh;
    overflow: hidden;
    background: var(--mp-background);
    color: var(--mp-text);
  }

  [data-mp-panel] {
    display: block;
    box-sizing: border-box;
    height: 100vh;
    color: var(--mp-text);
    background: var(--mp-background);
    font: var(--mp-size) / 1.5 var(--mp-font);
    font-variant-numeric: tabular-nums;
  }

  [data-mp-panel] *,
  [data-mp-panel] *::before,
  [data-mp-panel] *::after {
    box-sizing: border-box;
  }

  .mp-dim {
    color: var(--mp-dim);
  }
  .mp-ok {
    color: var(--mp-ok);
  }
  .mp-error {
    color: var(--mp-error);
  }
  .mp-added {
    color: var(--mp-added);
  }
  .mp-removed {
    color: var(--mp-removed);
  }
  .mp-space {
    flex: 1 1 0;
    min-width: 8px;
  }
  .mp-dot {
    flex: none;
    width: 8px;
    height: 8px;
    border-radius: 50%;
    background: currentColor;
  }
  .mp-icon {
    display: inline-block;
    flex: none;
    font: normal 16px/1 codicon;
    text-align: center;
    -webkit-font-smoothing: antialiased;
    user-select: none;
  }

  /* Read by screen readers, not seen. */
  .mp-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }

  .mp-icon-button {
    display: inline-flex;
    flex: none;
    align-items: center;
    justify-content: center;
    width: 24px;
    height: 24px;
    padding: 0;
    border: 1px solid transparent;
    border-radius: var(--mp-radius);
    color: var(--vscode-icon-foreground, var(--mp-text));
    background: transparent;
    cursor: pointer;
  }
  .mp-icon-button:hover {
    background: var(--vscode-toolbar-hoverBackground, var(--mp-hover));
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .mp-icon-button[disabled] {
    opacity: 0.4;
    pointer-events: none;
  }

  .mp-link-button {
    padding: 0;
    border: 0;
    color: var(--mp-link);
    background: none;
    font: inherit;
    text-align: start;
    cursor: pointer;
  }
  .mp-link-button:hover {
    color: var(--vscode-textLink-activeForeground, var(--mp-link));
    text-decoration: underline;
  }

  .mp-chip {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    max-width: 260px;
    height: 20px;
    padding: 0 8px;
    border: 1px solid var(--mp-contrast);
    border-radius: 10px;
    color: var(--mp-text);
    background: var(--mp-chip);
    font: inherit;
    font-size: var(--mp-small);
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-chip > .mp-label {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .mp-chip:hover {
    background: var(--mp-chip-hover);
  }
  .mp-branch-1 {
    color: var(--mp-branch-1);
  }
  .mp-branch-2 {
    color: var(--mp-branch-2);
  }
  .mp-branch-3 {
    color: var(--mp-branch-3);
  }
  .mp-branch-4 {
    color: var(--mp-branch-4);
  }
  .mp-branch-5 {
    color: var(--mp-branch-5);
  }
  .mp-branch-6 {
    color: var(--mp-branch-6);
  }
  .mp-branch-7 {
    color: var(--mp-branch-7);
  }
  .mp-branch-8 {
    color: var(--mp-branch-8);
  }

  .mp-notice {
    display: flex;
    gap: 8px;
    align-items: center;
    padding: 5px 20px;
    border-bottom: 1px solid var(--vscode-inputValidation-warningBorder, var(--mp-line));
    color: var(--vscode-inputValidation-warningForeground, var(--mp-text));
    background: var(--vscode-inputValidation-warningBackground, var(--mp-card));
    font-size: var(--mp-small);
  }

  :focus-visible {
    outline: 1px solid var(--mp-focus);
    outline-offset: -1px;
  }

  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      transition: none !important;
      scroll-behavior: auto !important;
    }
  }
`;
