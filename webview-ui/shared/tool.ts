/** A tool call as one line of fact (what it did, how it went), its input and result inside. */
import { html, nothing, type TemplateResult } from 'lit';
import type { BoundedText, ToolBlock, ToolResult } from '../../src/core/message.ts';
import { codeText } from './codeDirective.ts';
import { editDiff, editLinesOf, type EditLines } from './editDiff.ts';
import { bounded, renderFold, showAll, type BlockActions } from './fold.ts';
import { formatCount } from './format.ts';
import { t } from './strings.ts';
import { visible } from './visible.ts';

const SHELLS =
  /^(bash|shell|exec|exec_command|run_shell_command|local_shell|terminal|powershell)$/i;
/** How agents put a failed command's status into its output. */
const EXIT_STATUS = /^(?:exit|process exited with) (?:code|status):? (\d{1,5})\b/i;

/** True for calls that run a command line; they show as at a prompt. */
function isShell(tool: Pick<ToolBlock, 'name'>): boolean {
  return SHELLS.test(tool.name);
}

export function renderTool(tool: ToolBlock, key: string, actions: BlockActions): TemplateResult {
  const line = html`<span class="mp-call"
      >${
        isShell(tool)
          ? html`<span class="mp-dim">$</span>`
          : html`<span class="mp-tool-name">${visible(tool.name)}</span>`
      }
      ${visible(tool.summary)}</span
    ><span class="mp-facts">${facts(tool)}</span>`;
  return renderFold(key, actions, line, () => renderInside(tool, actions));
}

/** What can be said of a call in a word or two. */
function facts(tool: ToolBlock): TemplateResult {
  const { result, edit } = tool;
  if (result === undefined) return html`<span class="mp-dim">${t('no answer recorded')}</span>`;
  if (result.isError) return html`<span class="mp-error">${failure(result)}</span>`;
  if (edit !== undefined) {
    return html`<span class="mp-added">+${formatCount(edit.added)}</span>
      <span class="mp-removed">−${formatCount(edit.removed)}</span>`;
  }
  return html`<span class="mp-dim">${extent(result)}</span>
    ${isShell(tool) ? html`<span class="mp-ok">${t('ok')}</span>` : nothing}`;
}

function failure(result: ToolResult): string {
  const status = EXIT_STATUS.exec(result.text.trimStart())?.[1];
  return status === undefined ? t('error') : t('exit {0}', status);
}

/** Lines of a result, where the whole of it is here to be counted. */
function extent(result: ToolResult): string {
  const attachments = result.attachments ?? 0;
  const text = result.text.trimEnd();
  if (attachments > 0 && text === '') return attachmentsText(attachments);
  if (text === '' || result.fullLength !== undefined) return '';
  const lines = text.split('\n').length;
  return lines === 1 ? t('1 line') : t('{0} lines', formatCount(lines));
}

function renderInside(tool: ToolBlock, actions: BlockActions): TemplateResult {
  const { result } = tool;
  const edits = editLinesOf(tool);
  return html`
    ${edits.length > 0 ? renderEdits(edits) : tool.input.text === '' ? nothing : part(t('Input'), tool.input, 'json', actions)}
    ${
      result === undefined || result.text === ''
        ? nothing
        : part(t('Result'), result, '', actions, result.isError)
    }
    ${
      result?.attachments === undefined || result.attachments === 0
        ? nothing
        : html`<div class="mp-attachment">${attachmentsText(result.attachments)}</div>`
    }
  `;
}

/** Lines that went and came, file by file; the path where there are several. */
export function renderEdits(edits: readonly EditLines[]): TemplateResult {
  return html`${edits.map(
    (edit) =>
      html`<div class="mp-part">
        ${edits.length > 1 ? html`<div class="mp-part-label">${visible(edit.path)}</div>` : nothing}
        <div class="mp-code mp-edit" ${editDiff(edit)}></div>
      </div>`,
  )}`;
}

function part(
  label: string,
  whole: BoundedText,
  language: string,
  actions: BlockActions,
  isError = false,
): TemplateResult {
  const text = bounded(whole);
  return html`<div class="mp-part">
    <div class="mp-part-label">${label}</div>
    <div
      class="mp-output ${isError ? 'mp-output-error' : ''}"
      ${codeText(text.text, language)}
    ></div>
    ${showAll(text, actions)}
  </div>`;
}

/** "1 attachment", "3 attachments". */
function attachmentsText(count: number): string {
  return count === 1 ? t('1 attachment') : t('{0} attachments', formatCount(count));
}
