/** One branch's message in a row: header, text with its changes, tool calls as lines of fact. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ComparisonCell } from '../../src/core/comparison.ts';
import { textOf, type ContentBlock, type Message, type ToolBlock } from '../../src/core/message.ts';
import { foldKey, renderBlocks } from '../shared/blocks.ts';
import { editLinesOf } from '../shared/editDiff.ts';
import { showAll, type BlockActions } from '../shared/fold.ts';
import { formatCount } from '../shared/format.ts';
import { iconButton } from '../shared/iconButton.ts';
import { renderHeader } from '../shared/message.ts';
import { t } from '../shared/strings.ts';
import { renderEdits } from '../shared/tool.ts';
import { visible } from '../shared/visible.ts';
import { markedText } from './markedText.ts';
import { sliceRuns } from './marks.ts';

/** Lines of an edit that is shown without being unfolded. */
const PREVIEWED = 16;

export interface CellContext {
  /** The branch's name and place (from 1), for its colour. */
  readonly title: string;
  readonly branch: number;
  /** The others are compared with this one. */
  readonly isBase: boolean;
  /** The message it is compared with; absent where it has no counterpart. */
  readonly counterpart?: Message;
  /** Number shown beside the row; the cell shows its own where it is another. */
  readonly rowNumber: number;
  isOpen(key: string): boolean;
  toggle(key: string, open: boolean): void;
  openFull(): void;
  openTranscript(index: number): void;
  /** Opens the message beside the one it is compared with, where there is more than one pair. */
  readonly openPair?: () => void;
}

export function renderCell(cell: ComparisonCell, context: CellContext): TemplateResult {
  const { message } = cell;
  const number = message.index + 1;
  return html`<div
    class="mp-cell mp-side-${context.branch} ${context.isBase ? 'mp-cell-base' : ''}"
  >
    <div class="mp-cell-head">
      ${renderHeader(message)}${rewrittenNote(cell, context)}
      ${
        number === context.rowNumber
          ? nothing
          : html`<span class="mp-dim" title=${t('Message {0}', number)}
              >#${formatCount(number)}</span
            >`
      }
      ${
        context.openPair
          ? iconButton('diff', t('Open Pair in Diff Editor'), context.openPair, {
              more: 'mp-cell-open mp-cell-diff',
              untabbed: true,
            })
          : nothing
      }
      ${iconButton(
        'go-to-file',
        t('Show in the transcript of {0}', context.title),
        () => context.openTranscript(message.index),
        { more: 'mp-cell-open', untabbed: true },
      )}
    </div>
    <div class="mp-blocks">${renderContent(cell, context)}</div>
  </div>`;
}

function rewrittenNote(
  { message, replaced, gaveUp = false }: ComparisonCell,
  { counterpart }: CellContext,
): TemplateResult | typeof nothing {
  const both = counterpart !== undefined && textOf(message) !== '' && textOf(counterpart) !== '';
  if (both && gaveUp) {
    const told = replaced
      ? t('Too long to compare word by word in the time allowed')
      : t('Some passages were too long to compare word by word in the time allowed');
    return html`<span class="mp-cell-note mp-dim" title=${told}>${t('compared in part')}</span>`;
  }
  if (!replaced || !both) return nothing;
  return html`<span class="mp-cell-note mp-dim" title=${t('Too different to compare word by word')}
    >${t('rewritten')}</span
  >`;
}

function renderContent(cell: ComparisonCell, context: CellContext): TemplateResult[] {
  const { message } = cell;
  const runs = cell.runs?.map(({ kind, text }) => ({ kind, text: visible(text) }));
  const actions: BlockActions = {
    isOpen: (key) => context.isOpen(key),
    toggle: (key, open) => context.toggle(key, open),
    openFull: () => context.openFull(),
  };
  // Where the next text block begins in the text that the changes were found in (see textOf).
  let offset = 0;
  return message.content.map((block, position) => {
    if (block.type === 'text') {
      const start = offset;
      offset += block.text.length + 2;
      if (runs) {
        const own = sliceRuns(runs, start, start + block.text.length);
        return html`<div
            class="mp-markdown"
            ${markedText(visible(block.text), message.role === 'user', own)}
          ></div>
          ${showAll(block, actions)}`;
      }
    }
    const part = alone(message, block, position);
    const rendered = renderBlocks(part, actions);
    const onlyHere = block.type === 'tool' && isOnlyHere(block, context);
    return block.type === 'tool'
      ? html`<div class="mp-tool ${onlyHere ? 'mp-tool-only' : ''}">
          ${onlyHere ? html`<span class="mp-hidden">${t('only in this branch')}</span>` : nothing}
          ${rendered}${toolNote(block, context)}${preview(block, foldKey(part, 0), actions)}
        </div>`
      : html`<div>${rendered}</div>`;
  });
}

/** Short edits stand below their line without being asked for. */
function preview(
  tool: ToolBlock,
  key: string,
  actions: BlockActions,
): TemplateResult | typeof nothing {
  if (actions.isOpen(key)) return nothing;
  const edits = editLinesOf(tool);
  const lines = edits.reduce((sum, edit) => sum + edit.lines.length, 0);
  return lines === 0 || lines > PREVIEWED
    ? nothing
    : html`<div class="mp-edit-preview">${renderEdits(edits)}</div>`;
}

/** The message with one of its blocks, under an id of its own so that folds stay apart. */
function alone(message: Message, block: ContentBlock, position: number): Message {
  return { ...message, id: `${message.id}.${String(position)}`, content: [block] };
}

function twinOf(tool: ToolBlock, counterpart: Message | undefined): ToolBlock | undefined {
  return counterpart?.content.find(
    (block): block is ToolBlock =>
      block.type === 'tool' && block.name === tool.name && block.input.text === tool.input.text,
  );
}

function isOnlyHere(tool: ToolBlock, { counterpart }: CellContext): boolean {
  return counterpart !== undefined && !twinOf(tool, counterpart);
}

/** The same call may have been answered differently; its line alone would not show that. */
function toolNote(tool: ToolBlock, { counterpart }: CellContext): TemplateResult | typeof nothing {
  const twin = twinOf(tool, counterpart);
  // One that failed and one that did not are told apart by their lines.
  if (!twin || twin.result?.isError !== tool.result?.isError) return nothing;
  const same =
    twin.result?.text === tool.result?.text && twin.result?.fullLength === tool.result?.fullLength;
  return same ? nothing : html`<span class="mp-tool-note">${t('different result')}</span>`;
}
