/** Looks of the transcript panel; what messages look like is message.css.ts. */
import { css } from 'lit';

export const transcriptStyles = css`
  mp-transcript {
    display: flex !important;
    flex-direction: column;
  }

  .mp-bar {
    display: flex;
    flex: none;
    gap: 8px;
    align-items: center;
    min-height: 38px;
    padding: 6px 14px 6px 20px;
    border-bottom: 1px solid var(--mp-line);
    white-space: nowrap;
  }
  .mp-bar h1 {
    /* The title gives way last. */
    flex: 0 0.1 auto;
    min-width: 60px;
    margin: 0;
    overflow: hidden;
    font-size: inherit;
    font-weight: 600;
    text-overflow: ellipsis;
  }
  .mp-bar-about,
  .mp-branches {
    display: flex;
    flex: none;
    gap: 4px;
    align-items: center;
  }
  /* In a narrow panel what a session comes from goes first, then its figures; nothing lies on top. */
  .mp-bar-about {
    flex: 0 20 auto;
    min-width: 0;
  }
  .mp-bar-figures {
    flex: 0 4 auto;
    min-width: 0;
    color: var(--mp-dim);
    font-size: var(--mp-small);
  }
  .mp-bar-about > *,
  .mp-bar-figures {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .mp-bar .mp-link-button {
    color: inherit;
  }
  .mp-bar .mp-link-button:hover {
    color: var(--mp-link);
  }
  .mp-bar .mp-icon-button + .mp-icon-button {
    margin-inline-start: -6px;
  }
  .mp-problems {
    margin-inline-end: 12px;
    color: var(--mp-warning);
  }
  .mp-problems .mp-icon {
    margin-inline-end: 4px;
    font-size: 14px;
    vertical-align: -2px;
  }
  .mp-notice-error {
    border-color: var(--vscode-inputValidation-errorBorder, var(--mp-line));
    color: var(--vscode-inputValidation-errorForeground, var(--mp-text));
    background: var(--vscode-inputValidation-errorBackground, var(--mp-card));
  }

  .mp-main {
    position: relative;
    flex: 1 1 0;
    min-height: 0;
  }
  .mp-middle {
    display: flex;
    flex: 1;
    flex-direction: column;
    gap: 8px;
    align-items: center;
    justify-content: center;
    padding: 20px;
    text-align: center;
  }
  .mp-middle h1 {
    margin: 0;
    font-size: inherit;
    font-weight: 600;
  }
  .mp-over {
    position: absolute;
    inset: 0;
  }
  .mp-big .mp-icon {
    font-size: 32px;
  }
  .mp-middle > .mp-big:not(.mp-error) {
    color: var(--mp-dim);
  }

  mp-list {
    position: absolute;
    inset: 0;
    display: block;
    overflow: hidden auto;
    overscroll-behavior: contain;
  }
  mp-list:focus-visible {
    outline: none;
  }
  /* What stands for rows is nothing to hold the scroll position by. */
  .mp-spacer,
  .mp-loading {
    overflow-anchor: none;
  }
  .mp-loading {
    position: sticky;
    bottom: 45%;
    display: grid;
    justify-items: center;
  }
  .mp-earlier {
    display: flex;
    gap: 6px;
    align-items: center;
    width: 100%;
    min-height: 29px;
    padding: 4px 20px 4px 32px;
    border: 0;
    border-bottom: 1px solid var(--mp-line);
    color: var(--mp-dim);
    background: none;
    font: inherit;
    font-size: var(--mp-small);
    text-align: start;
    cursor: pointer;
  }
  .mp-earlier:hover {
    background: var(--mp-hover);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .mp-earlier .mp-icon {
    font-size: 14px;
  }

  mp-item {
    --mp-hovered: color-mix(in srgb, var(--mp-hover) 60%, transparent);
    position: relative;
    display: block;
    padding: 9px 20px 12px 52px;
    border-bottom: 1px solid var(--mp-line);
  }
  mp-item:hover,
  mp-item:focus-within {
    background: linear-gradient(var(--mp-hovered), var(--mp-hovered)) var(--mp-background);
  }
  mp-item:focus-visible {
    outline: 1px solid var(--mp-focus);
    outline-offset: -1px;
  }
  .mp-number {
    position: absolute;
    top: 10px;
    inset-inline-start: 0;
    width: 44px;
    padding-inline-end: 10px;
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
    line-height: 20px;
    text-align: end;
    user-select: none;
  }
  .mp-actions {
    position: absolute;
    top: 6px;
    inset-inline-end: 20px;
    display: flex;
    gap: 2px;
    align-items: center;
    padding-inline-start: 10px;
    background: linear-gradient(var(--mp-hovered), var(--mp-hovered)) var(--mp-background);
  }
  mp-item:has(> .mp-actions) > mp-message > .mp-header > .mp-figures {
    visibility: hidden;
  }
  .mp-fork {
    height: 24px;
    margin-inline-end: 4px;
  }

  .mp-forks {
    display: flex;
    flex-wrap: wrap;
    gap: 6px 8px;
    align-items: center;
    margin: 12px -20px -12px -52px;
    padding: 5px 20px 5px 52px;
    border-top: 1px solid var(--mp-line);
    color: var(--mp-dim);
    background: var(--mp-background);
    font-size: var(--mp-small);
  }
  .mp-this-branch {
    cursor: default;
  }

  .mp-pill {
    position: absolute;
    bottom: 12px;
    left: 50%;
    display: inline-flex;
    gap: 6px;
    align-items: center;
    height: 26px;
    padding: 0 12px;
    border: 1px solid var(--vscode-button-border, var(--mp-contrast));
    border-radius: 13px;
    color: var(--vscode-button-foreground);
    background: var(--vscode-button-background);
    box-shadow: 0 2px 8px var(--vscode-widget-shadow, transparent);
    font: inherit;
    translate: -50%;
    cursor: pointer;
  }
  .mp-pill:hover {
    background: var(--vscode-button-hoverBackground);
  }

  mp-run {
    display: contents;
  }
  .mp-run {
    display: flex;
    flex: none;
    flex-direction: column;
    border-top: 1px solid var(--mp-line);
    background: var(--mp-card);
  }
  .mp-run-bar {
    display: flex;
    flex: none;
    gap: 10px;
    align-items: center;
    padding: 6px 20px;
    white-space: nowrap;
  }
  .mp-run-state {
    display: inline-flex;
    flex: none;
    gap: 6px;
    align-items: center;
  }
  .mp-run-state vscode-progress-ring {
    width: 16px;
    height: 16px;
  }
  .mp-run-failed .mp-run-state .mp-icon {
    color: var(--vscode-errorForeground);
  }
  .mp-run-about {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .mp-run-error {
    flex: none;
    padding: 0 20px 8px;
    overflow-wrap: anywhere;
  }
  mp-composer {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    gap: 8px;
    align-items: end;
    justify-content: end;
    padding: 8px 20px;
    border-top: 1px solid var(--mp-line);
  }
  .mp-composer-text {
    flex: 1 1 220px;
    field-sizing: content;
    min-width: 80px;
    min-height: 26px;
    max-height: 40vh;
    padding: 2px 6px;
    border: 1px solid var(--vscode-input-border, var(--mp-line));
    border-radius: var(--mp-radius);
    color: var(--vscode-input-foreground);
    background: var(--vscode-input-background);
    font: inherit;
    resize: none;
  }
  .mp-composer-text::placeholder {
    color: var(--vscode-input-placeholderForeground);
  }
  .mp-composer-text:focus {
    outline: 1px solid var(--mp-focus);
    outline-offset: -1px;
  }
  .mp-composer-role {
    width: 104px;
  }
`;
