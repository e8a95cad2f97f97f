/** Looks of what stands below the rows: files, commands, keys. */
import { css } from 'lit';

export const touchedStyles = css`
  .mp-touched {
    display: grid;
    flex: none;
    grid-template-columns: repeat(var(--mp-columns), minmax(0, 1fr));
    gap: 4px 24px;
    padding: 10px 16px 14px;
    border-top: 1px solid var(--mp-line);
  }
  .mp-many > .mp-touched {
    position: sticky;
    box-sizing: border-box;
    inset-inline-start: 0;
    grid-template-columns: repeat(auto-fit, minmax(260px, 1fr));
    width: 100cqi;
  }
  .mp-touched h2 {
    display: flex;
    gap: 7px;
    align-items: center;
    margin: 0 0 4px;
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
    font-weight: 600;
  }
  .mp-touched-title {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .mp-touched section + section {
    margin-top: 10px;
  }
  .mp-touched ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .mp-touched li {
    display: flex;
    gap: 8px;
    align-items: center;
    min-height: 20px;
  }
  .mp-touched p {
    margin: 0;
  }
  .mp-path,
  .mp-command {
    flex: 1 1 0;
    min-width: 0;
    padding: 0;
    border: 0;
    overflow: hidden;
    color: inherit;
    background: none;
    font: inherit;
    text-align: left;
    text-overflow: ellipsis;
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-path {
    /* The end of a path tells more than its beginning. */
    direction: rtl;
  }
  .mp-command {
    font: var(--mp-small) / 1.5 var(--mp-mono);
  }
  .mp-path:hover,
  .mp-command:hover {
    color: var(--mp-link);
    text-decoration: underline;
  }
  .mp-path:focus-visible,
  .mp-command:focus-visible {
    outline: 1px solid var(--mp-focus);
    outline-offset: -1px;
  }
  .mp-runs {
    display: inline-flex;
    flex: none;
    gap: 6px;
    align-items: center;
  }
  .mp-runs > .mp-chip {
    padding: 0 8px;
    border: 1px solid var(--mp-contrast);
    border-radius: 9px;
    background: var(--mp-chip);
    font-size: var(--mp-tiny);
  }
  .mp-touched .mp-keys {
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

  @container (width < 620px) {
    .mp-touched {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
