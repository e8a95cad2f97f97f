/** Looks of the aligned rows, their cells and the changes in them. */
import { css } from 'lit';

export const rowStyles = css`
  mp-compare-chunk {
    display: block;
  }
  .mp-row {
    position: relative;
    display: grid;
    grid-template-columns: 28px repeat(var(--mp-columns), minmax(0, 1fr));
    column-gap: 12px;
    padding: 6px 0;
    content-visibility: auto;
    contain-intrinsic-size: auto 120px;
  }
  .mp-columns-3 {
    --mp-columns: 3;
  }
  .mp-columns-4 {
    --mp-columns: 4;
  }
  .mp-columns-5 {
    --mp-columns: 5;
  }
  .mp-columns-6 {
    --mp-columns: 6;
  }
  .mp-columns-7 {
    --mp-columns: 7;
  }
  .mp-columns-8 {
    --mp-columns: 8;
  }
  .mp-row:focus-visible {
    outline: none;
  }
  .mp-row:focus-visible > .mp-cell {
    outline: 1px solid var(--mp-focus);
    outline-offset: -1px;
  }
  .mp-row:focus-visible > .mp-lane > span {
    color: var(--mp-text);
    font-weight: 600;
  }
  .mp-lane {
    text-align: center;
  }
  .mp-lane > span {
    display: inline-block;
    padding: 5px 1px;
    color: var(--mp-dim);
    background: var(--mp-background);
    font-size: var(--mp-tiny);
  }

  .mp-cell {
    min-width: 0;
    border: 1px solid var(--mp-line);
    border-radius: 6px;
    background: var(--mp-card);
    overflow: hidden;
    /* The editor's own code background is the card's in some themes. */
    --mp-code: color-mix(in srgb, var(--mp-text) 5%, var(--mp-card));
  }
  .mp-side-1 {
    border-inline-start: 3px solid var(--mp-branch-1);
  }
  .mp-side-2 {
    border-inline-start: 3px solid var(--mp-branch-2);
  }
  .mp-side-3 {
    border-inline-start: 3px solid var(--mp-branch-3);
  }
  .mp-side-4 {
    border-inline-start: 3px solid var(--mp-branch-4);
  }
  .mp-side-5 {
    border-inline-start: 3px solid var(--mp-branch-5);
  }
  .mp-side-6 {
    border-inline-start: 3px solid var(--mp-branch-6);
  }
  .mp-side-7 {
    border-inline-start: 3px solid var(--mp-branch-7);
  }
  .mp-side-8 {
    border-inline-start: 3px solid var(--mp-branch-8);
  }
  .mp-cell-head {
    display: flex;
    gap: 8px;
    align-items: center;
    min-height: 26px;
    position: relative;
    padding: 0 12px;
    border-bottom: 1px solid var(--mp-line);
    font-size: var(--mp-tiny);
  }
  .mp-cell-head > .mp-header {
    flex: 1 1 0;
    min-width: 0;
    /* As high as its words, so that they stand in the middle as their neighbours do. */
    min-height: 0;
    overflow: hidden;
    margin: 0;
    font-size: inherit;
  }
  .mp-cell-open {
    position: absolute;
    inset-inline-end: 4px;
    width: 22px;
    height: 22px;
    background: var(--mp-card);
    opacity: 0;
  }
  .mp-cell-diff {
    inset-inline-end: 28px;
  }
  .mp-cell-open > .mp-icon {
    font-size: 14px;
  }
  .mp-cell:hover .mp-cell-open,
  .mp-row:focus-within .mp-cell-open {
    opacity: 1;
  }
  .mp-cell:hover > .mp-cell-head,
  .mp-row:focus-within .mp-cell-head {
    padding-inline-end: 30px;
  }
  .mp-many .mp-cell:hover > .mp-cell-head,
  .mp-many .mp-row:focus-within .mp-cell-head {
    padding-inline-end: 54px;
  }
  .mp-cell > .mp-blocks {
    padding: 8px 12px 10px;
  }
  .mp-cell-note {
    flex: none;
  }
  .mp-cell-none {
    display: flex;
    gap: 12px;
    align-items: center;
    justify-content: center;
    min-height: 44px;
    padding: 8px 12px;
    border-style: dashed;
    color: var(--mp-dim);
    background: var(--mp-background);
  }
  .mp-cell-failed {
    grid-column: 2 / -1;
    color: var(--mp-error);
  }
  .mp-cell-loading {
    min-height: 80px;
  }

  /* Tool calls run along the foot of a card as lines of fact. */
  .mp-cell .mp-tool {
    position: relative;
    margin-inline: -12px;
  }
  .mp-cell .mp-tool .mp-fold {
    border-width: 1px 0 0;
    border-radius: 0;
    background: none;
  }
  .mp-cell .mp-tool .mp-fold > summary {
    min-height: 26px;
    padding-inline: 8px 12px;
  }
  .mp-cell .mp-blocks > .mp-tool + .mp-tool {
    margin-top: 0;
  }
  .mp-cell .mp-blocks > .mp-tool:first-child {
    margin-top: -8px;
  }
  .mp-cell .mp-blocks > .mp-tool:first-child .mp-fold {
    border-top: 0;
  }
  .mp-cell .mp-blocks > .mp-tool:last-child {
    margin-bottom: -10px;
  }
  /* Calls that the other branch did not make. */
  .mp-cell-base .mp-tool-only {
    --mp-only-border: var(--vscode-diffEditor-removedTextBorder, transparent);
    --mp-only: var(--vscode-diffEditor-removedLineBackground, var(--mp-removed-background));
  }
  .mp-tool-only {
    --mp-only-border: var(--vscode-diffEditor-insertedTextBorder, transparent);
    --mp-only: var(--vscode-diffEditor-insertedLineBackground, var(--mp-added-background));
  }
  .mp-tool-only > .mp-fold > summary:not(:focus-visible) {
    outline: 1px dashed var(--mp-only-border);
    outline-offset: -3px;
  }
  .mp-tool-only > .mp-fold > summary {
    /* Gone before the figures at the end: they have colours of their own. */
    background: linear-gradient(
      to right,
      color-mix(in srgb, var(--mp-only, transparent) 60%, transparent) 20%,
      transparent 70%
    );
  }
  .mp-edit-preview {
    padding: 0 12px 8px;
  }
  .mp-tool-note {
    display: block;
    padding: 0 12px 4px 30px;
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
  }

  .mp-gap {
    position: relative;
    padding: 2px 0 2px 40px;
  }
  .mp-gap-button {
    display: flex;
    gap: 6px;
    align-items: center;
    justify-content: center;
    width: 100%;
    height: 24px;
    border: 0;
    border-radius: var(--mp-radius);
    color: var(--mp-dim);
    background: var(--vscode-diffEditor-unchangedRegionBackground, var(--mp-card));
    font: inherit;
    font-size: var(--mp-small);
    cursor: pointer;
  }
  .mp-gap-button:hover {
    color: var(--mp-text);
  }
  .mp-gap-button > .mp-icon {
    font-size: 14px;
  }

  /* More than a pair: columns that scroll sideways under their names, beside the ruler. */
  .mp-many > main {
    min-width: calc(60px + var(--mp-columns) * 292px);
    padding-top: 0;
    padding-inline-start: 0;
  }
  .mp-many > main::before {
    display: none;
  }
  .mp-heads {
    grid-template-columns: 28px repeat(var(--mp-columns), minmax(0, 1fr));
  }
  .mp-many .mp-row,
  .mp-many .mp-heads {
    grid-template-columns: 48px repeat(var(--mp-columns), minmax(280px, 1fr));
  }
  .mp-many .mp-row {
    /* Containment of paint would cut off what sticks. */
    content-visibility: visible;
  }
  .mp-many .mp-lane {
    position: sticky;
    z-index: 1;
    inset-inline-start: 0;
    padding-inline-start: 8px;
    background: var(--mp-background);
  }
  .mp-heads {
    position: sticky;
    z-index: 2;
    top: 0;
    display: grid;
    column-gap: 12px;
    background: var(--mp-background);
    border-bottom: 1px solid var(--mp-line);
  }
  .mp-heads > .mp-lane {
    padding-block: 4px;
    color: var(--mp-dim);
    font-size: var(--mp-tiny);
  }
  .mp-head {
    display: flex;
    gap: 6px;
    align-items: center;
    min-width: 0;
    padding: 4px 8px;
    font-weight: 600;
  }
  .mp-head-title {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .mp-reference {
    display: inline-flex;
    flex: none;
    align-items: center;
    height: 20px;
    margin-inline-start: auto;
    padding: 0 6px;
    border: 1px solid transparent;
    border-radius: 4px;
    color: var(--mp-dim);
    background: transparent;
    font: inherit;
    font-size: var(--mp-tiny);
    font-weight: 400;
    cursor: pointer;
  }
  .mp-reference > .mp-icon {
    font-size: 14px;
  }
  .mp-reference:hover {
    color: var(--mp-text);
    background: var(--vscode-toolbar-hoverBackground, var(--mp-hover));
  }
  .mp-reference.mp-on {
    border-color: var(--vscode-inputOption-activeBorder, var(--mp-focus));
    color: var(--vscode-inputOption-activeForeground, var(--mp-text));
    background: var(--vscode-inputOption-activeBackground, transparent);
    cursor: default;
  }
  .mp-head > .mp-icon {
    color: var(--mp-ok);
    font-size: 13px;
  }
  .mp-many .mp-span,
  .mp-many .mp-gap {
    position: sticky;
    box-sizing: border-box;
    inset-inline-start: 0;
    width: 100cqi;
    padding-inline: 48px 16px;
  }

  @container (width < 620px) {
    .mp-pair .mp-row {
      grid-template-columns: 28px minmax(0, 1fr);
      row-gap: 6px;
    }
    .mp-pair .mp-heads {
      grid-template-columns: 28px minmax(0, 1fr);
    }
    .mp-pair .mp-row > .mp-cell,
    .mp-pair .mp-head {
      grid-column: 2;
    }
  }
`;
