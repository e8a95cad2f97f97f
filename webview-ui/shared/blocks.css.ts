/** Looks of what stands in a message beside its words: folds, tool calls, attachments, notices, coloured code. */
import { css } from 'lit';

export const blockStyles = css`
  .mp-fold {
    border: 1px solid var(--mp-line);
    border-radius: var(--mp-radius);
    background: var(--mp-card);
    font-size: var(--mp-small);
  }
  .mp-fold > summary,
  .mp-fold-empty {
    display: flex;
    gap: 6px;
    align-items: center;
    min-height: 22px;
    padding: 1px 10px 1px 6px;
    border-radius: inherit;
    font: var(--mp-small) / 1.5 var(--mp-mono);
    list-style: none;
    white-space: nowrap;
    cursor: pointer;
  }
  .mp-fold-empty {
    padding-inline-start: 10px;
    color: var(--mp-dim);
    cursor: default;
  }
  .mp-fold > summary:hover {
    background: var(--mp-hover);
    outline: 1px dashed var(--vscode-contrastActiveBorder, transparent);
    outline-offset: -1px;
  }
  .mp-fold > summary:focus-visible {
    outline: 1px solid var(--mp-focus);
  }
  .mp-fold > summary > .mp-icon {
    color: var(--mp-dim);
    font-size: 14px;
  }
  .mp-fold[open] > summary > .mp-icon {
    rotate: 90deg;
  }
  .mp-fold + .mp-fold {
    margin-top: 4px;
  }
  .mp-call,
  .mp-excerpt {
    flex: 1 1 0;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .mp-excerpt {
    font-family: var(--mp-font);
  }
  .mp-facts {
    display: inline-flex;
    flex: none;
    gap: 8px;
  }
  .mp-fold-body {
    padding: 4px 10px 10px;
    border-top: 1px solid var(--mp-line);
  }
  .mp-part + .mp-part {
    margin-top: 8px;
  }
  .mp-part-label {
    margin-bottom: 2px;
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
  }
  .mp-output pre {
    max-height: 420px;
    white-space: pre-wrap;
  }
  .mp-output-error .mp-code {
    border-color: var(--vscode-inputValidation-errorBorder, var(--mp-error));
  }
  .mp-show-all {
    margin-top: 6px;
  }

  .mp-attachment {
    display: inline-flex;
    gap: 6px;
    align-items: center;
    padding: 1px 8px;
    border: 1px solid var(--mp-line);
    border-radius: var(--mp-radius);
    background: var(--mp-card);
    font-size: var(--mp-small);
  }
  .mp-event {
    display: flex;
    gap: 8px;
    padding: 4px 0;
    color: var(--mp-dim);
    font-size: var(--mp-small);
  }
  .mp-event b {
    font-weight: 600;
  }
  .mp-event-error .mp-icon {
    color: var(--mp-error);
  }
  .mp-event-gap .mp-icon {
    color: var(--mp-warning);
  }

  /* Code in the colours of the theme's own tokens. */
  .hljs-comment,
  .hljs-quote,
  .hljs-meta {
    color: var(--mp-dim);
  }
  .hljs-keyword,
  .hljs-literal,
  .hljs-selector-tag,
  .hljs-built_in,
  .hljs-name,
  .hljs-tag {
    color: var(--vscode-debugTokenExpression-name);
  }
  .hljs-string,
  .hljs-regexp,
  .hljs-symbol,
  .hljs-char {
    color: var(--vscode-debugTokenExpression-string);
  }
  .hljs-number,
  .hljs-bullet {
    /* The token's own green is too light on a grey ground in some themes. */
    color: color-mix(in srgb, var(--vscode-debugTokenExpression-number) 75%, var(--mp-text));
  }
  .hljs-title,
  .hljs-attr,
  .hljs-attribute,
  .hljs-property,
  .hljs-section,
  .hljs-selector-class,
  .hljs-selector-id {
    color: var(--mp-link);
  }
  .hljs-type,
  .hljs-params .hljs-type {
    color: var(--vscode-symbolIcon-functionForeground);
  }
  .hljs-addition {
    color: var(--mp-added);
  }
  .hljs-deletion {
    color: var(--mp-removed);
  }
  .hljs-emphasis {
    font-style: italic;
  }
  .hljs-strong {
    font-weight: 600;
  }
`;
