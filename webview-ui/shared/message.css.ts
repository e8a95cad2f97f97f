/** Looks of a message: header, Markdown, code; its other parts come last. Tokens come from theme.css.ts. */
import { css } from 'lit';
import { blockStyles } from './blocks.css.ts';

export const messageStyles = css`
  mp-message {
    display: block;
    min-width: 0;
  }

  .mp-header {
    display: flex;
    gap: 8px;
    align-items: baseline;
    min-height: 20px;
    margin-bottom: 2px;
    font-size: var(--mp-small);
    white-space: nowrap;
  }
  .mp-role {
    margin: 0;
    font-size: inherit;
    font-weight: 600;
  }
  .mp-about,
  .mp-figures {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  /* A price that is cut looks like another one: the model's name gives way first. */
  .mp-header > .mp-figures {
    flex: 0 1 auto;
    min-width: 0;
  }
  .mp-header > .mp-about {
    flex: 0 1000 auto;
    min-width: 0;
  }

  /* The words stand on the line of their neighbours; the icon has a line of its own. */
  .mp-merged {
    display: inline-flex;
    flex: none;
    align-items: baseline;
    gap: 3px;
  }
  .mp-merged > .mp-icon {
    align-self: center;
  }

  .mp-blocks {
    overflow-wrap: anywhere;
  }
  .mp-blocks > * + * {
    margin-top: 6px;
  }

  /* No weight of its own: the distances below win. */
  .mp-markdown :where(p, ul, ol, pre, blockquote, hr, table) {
    margin-block: 0;
  }
  .mp-markdown > * + *,
  .mp-markdown blockquote > * + *,
  .mp-markdown li > p + * {
    margin-block-start: 8px;
  }
  .mp-markdown ul,
  .mp-markdown ol {
    padding-inline-start: 22px;
  }
  .mp-markdown li > ul,
  .mp-markdown li > ol {
    margin-block: 0;
  }
  .mp-markdown > * + ul,
  .mp-markdown > * + ol {
    margin-block-start: 4px;
  }
  .mp-markdown li {
    margin-block: 2px;
  }
  .mp-markdown li:has(> .mp-task) {
    list-style: none;
    margin-inline-start: -18px;
  }
  .mp-heading {
    font-weight: 600;
  }
  .mp-markdown > .mp-heading:not(:first-child) {
    margin-block-start: 14px;
  }
  .mp-heading-1 {
    font-size: 1.25em;
  }
  .mp-heading-2 {
    font-size: 1.12em;
  }
  .mp-markdown a {
    color: var(--mp-link);
    cursor: pointer;
    border-radius: 2px;
  }
  .mp-markdown a:hover {
    color: var(--vscode-textLink-activeForeground, var(--mp-link));
    text-decoration: underline;
  }
  .mp-markdown p a,
  .mp-markdown li a,
  .mp-markdown td a {
    text-decoration: underline;
    text-decoration-color: color-mix(in srgb, currentColor 45%, transparent);
    text-underline-offset: 2px;
  }
  .mp-markdown hr {
    height: 0;
    border: 0;
    border-top: 1px solid var(--mp-line);
  }
  .mp-markdown blockquote {
    padding: 1px 0 1px 12px;
    border-inline-start: 3px solid var(--vscode-textBlockQuote-border, var(--mp-line));
  }
  .mp-markdown code {
    padding: 0 3px;
    border: 1px solid var(--mp-contrast);
    border-radius: 3px;
    color: var(--vscode-textPreformat-foreground, inherit);
    background: var(--vscode-textPreformat-background, var(--mp-code));
    font: var(--mp-small) / 1.4 var(--mp-mono);
  }
  .mp-table {
    overflow-x: auto;
  }
  .mp-markdown table {
    border-collapse: collapse;
  }
  .mp-markdown th,
  .mp-markdown td {
    padding: 3px 10px;
    border: 1px solid var(--mp-line);
    text-align: start;
    vertical-align: top;
  }
  .mp-markdown th {
    font-weight: 600;
    background: var(--mp-card);
  }
  .mp-raw {
    white-space: pre-wrap;
  }
  .mp-target,
  .mp-image {
    color: var(--mp-dim);
    font-size: var(--mp-small);
  }
  .mp-image {
    display: inline-block;
    padding: 1px 8px;
    border: 1px dashed var(--mp-line);
    border-radius: var(--mp-radius);
  }
  .mp-thinking {
    color: var(--mp-dim);
  }

  .mp-code {
    position: relative;
    border: 1px solid var(--mp-contrast);
    border-radius: var(--mp-radius);
    /* Whatever lies under it, such as a row that is pointed at, does not shine through. */
    background: linear-gradient(var(--mp-code), var(--mp-code)) var(--mp-background);
  }
  .mp-code pre {
    margin: 0;
    padding: 6px 10px;
    overflow: auto;
    border-radius: inherit;
    font: var(--mp-small) / 1.5 var(--mp-mono);
    tab-size: 4;
  }
  .mp-code code {
    padding: 0;
    border: 0;
    color: var(--mp-text);
    background: none;
    font: inherit;
    overflow-wrap: normal;
  }
  .mp-copy-code {
    position: absolute;
    top: 3px;
    inset-inline-end: 3px;
    opacity: 0;
    background: var(--mp-card);
    border-color: var(--mp-line);
  }
  .mp-code:hover .mp-copy-code,
  .mp-copy-code:focus-visible {
    opacity: 1;
  }

  .mp-blocks ins,
  .mp-blocks del {
    border-radius: 2px;
    text-decoration: none;
    box-decoration-break: clone;
    -webkit-box-decoration-break: clone;
  }
  .mp-blocks ins {
    background: var(--mp-added-background);
    outline: 1px dashed var(--vscode-diffEditor-insertedTextBorder, transparent);
  }
  .mp-blocks del {
    background: var(--mp-removed-background);
    outline: 1px dashed var(--vscode-diffEditor-removedTextBorder, transparent);
  }
  .mp-lines {
    display: block;
    min-width: max-content;
  }
  .mp-line {
    position: relative;
    display: block;
    margin-inline: -10px;
    padding-inline: 22px 10px;
  }
  /* Part of the editor's own: the language's colours must be read on it. */
  .mp-line-added {
    background: color-mix(
      in srgb,
      var(--vscode-diffEditor-insertedLineBackground, var(--mp-added-background)) 35%,
      transparent
    );
  }
  .mp-line-removed {
    background: color-mix(
      in srgb,
      var(--vscode-diffEditor-removedLineBackground, var(--mp-removed-background)) 35%,
      transparent
    );
  }
  .mp-line-whole ins,
  .mp-line-whole del {
    /* The colour of the language, nearer to that of text. */
    color: color-mix(in srgb, currentColor 70%, var(--mp-text));
  }
  .mp-line:not(.mp-line-whole) ins,
  .mp-line:not(.mp-line-whole) del {
    color: var(--mp-text);
  }
  .mp-line-added::before,
  .mp-line-removed::before {
    position: absolute;
    inset-inline-start: 9px;
  }
  .mp-line-added::before {
    content: '+' / '';
    color: var(--mp-added);
  }
  .mp-line-removed::before {
    content: '−' / '';
    color: var(--mp-removed);
  }
  .mp-blocks .mp-line-whole ins,
  .mp-blocks .mp-line-whole del {
    background: none;
    outline: 0;
  }

  ${blockStyles}
`;
