/** Looks of buttons with words on them; the panel's main action is .mp-primary. */
import { css } from 'lit';

export const buttonStyles = css`
  .mp-button {
    display: inline-flex;
    flex: none;
    gap: 6px;
    align-items: center;
    height: 26px;
    padding: 2px 11px;
    border: 1px solid
      var(--vscode-button-secondaryBorder, var(--vscode-contrastBorder, transparent));
    border-radius: var(--mp-radius);
    color: var(--vscode-button-secondaryForeground, var(--mp-text));
    background: var(--vscode-button-secondaryBackground, transparent);
    font: inherit;
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-button:hover {
    background: var(--vscode-button-secondaryHoverBackground, var(--mp-hover));
  }
  .mp-primary {
    border-color: var(--vscode-button-border, transparent);
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
  }
  .mp-primary:hover {
    background: var(--vscode-button-hoverBackground);
  }
  .mp-button:focus-visible {
    outline-offset: 2px;
  }
  .mp-button[disabled],
  .mp-link-button[disabled] {
    opacity: 0.5;
    cursor: default;
  }
`;
