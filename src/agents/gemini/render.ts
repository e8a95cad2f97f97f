/** Turns a message of Gemini CLI into blocks that can be shown. Nothing here throws. */
import type { AttachmentBlock, ContentBlock, ToolBlock, ToolResult } from '../../core/message.ts';
import type { MessageRenderer, RenderedMessage, TextLimits } from '../../core/reader.ts';
import { readFragment } from '../fragment.ts';
import { asArray, asObject, asString, objectsIn, type JsonObject } from '../json.ts';
import { changedLines, diffLines } from '../lineCounts.ts';
import { bounded, indented, snippet } from '../text.ts';
import { todosDone } from '../todos.ts';
import { isOpen, messageOf, partsOf, promptOf, textOf } from './message.ts';
import { STARTS_RECORD } from './rule.ts';

const SUMMARY_LENGTH = 200;
const EDITS: ReadonlySet<string> = new Set(['write_file', 'replace', 'edit']);

export const renderer: MessageRenderer = {
  render(entry, records, limits): RenderedMessage {
    // Every record is the message as it was at a time; the last one that can be read counts.
    const message = records
      .map((record) => readFragment(record, STARTS_RECORD).value)
      .findLast((value) => value && messageOf(value));
    if (!message) return { content: [], metadata: {} };
    return { content: blocksOf(entry.role, message, limits), metadata: metadataOf(message) };
  },
};

function blocksOf(role: string, message: JsonObject, limits: TextLimits): ContentBlock[] {
  const content: ContentBlock[] = [];
  const text = role === 'user' ? promptOf(message) : textOf(message['content']);
  if (role === 'system') {
    const kind = message['type'] === 'error' ? 'error' : 'info';
    const said = text === '' ? (asString(message['type']) ?? '') : text;
    return [{ type: 'notice', kind, ...bounded(said, limits.text) }];
  }
  for (const thought of objectsIn(asArray(message['thoughts']))) {
    const said = [asString(thought['subject']), asString(thought['description'])];
    const words = said.filter((part) => part !== undefined).join('\n\n');
    if (words !== '') content.push({ type: 'thinking', ...bounded(words, limits.text) });
  }
  content.push(...partsOf(message['content']).flatMap((part) => attachmentOf(part) ?? []));
  if (text.trim() !== '') content.push({ type: 'text', ...bounded(text, limits.text) });
  for (const call of objectsIn(asArray(message['toolCalls']))) {
    content.push(toolBlock(call, limits));
  }
  return content;
}

function attachmentOf(part: JsonObject): AttachmentBlock | undefined {
  const inline = asObject(part['inlineData']);
  const file = asObject(part['fileData']);
  const source = inline ?? file;
  if (!source) return undefined;
  const name = asString(source['displayName']) ?? asString(file?.['fileUri']);
  const data = asString(inline?.['data']);
  return {
    type: 'attachment',
    mediaType: asString(source['mimeType']) ?? 'unknown',
    bytes: data === undefined ? 0 : Buffer.byteLength(data, 'base64'),
    ...(name !== undefined && { name }),
  };
}

function toolBlock(call: JsonObject, limits: TextLimits): ToolBlock {
  const name = asString(call['name']) ?? 'Tool';
  const args = asObject(call['args']);
  const result = isOpen(call) ? undefined : resultOf(call, limits);
  const edit = call['status'] === 'success' ? editOf(name, args, call['resultDisplay']) : undefined;
  return {
    type: 'tool',
    callId: asString(call['id']) ?? '',
    name,
    summary: summaryOf(args),
    input: bounded(indented(call['args']), limits.toolResult),
    ...(result && { result }),
    ...(edit && { edit }),
  };
}

const SAID_BY = ['file_path', 'absolute_path', 'command', 'pattern', 'query', 'dir_path', 'path'];

function summaryOf(args: JsonObject | undefined): string {
  if (!args) return '';
  const named = SAID_BY.map((name) => asString(args[name])).find((value) => value !== undefined);
  const todos = asArray(args['todos']);
  if (named === undefined && todos.length > 0) return todosDone(todos);
  const said = named ?? Object.values(args).find((value) => typeof value === 'string');
  return typeof said === 'string' ? snippet(said, SUMMARY_LENGTH) : '';
}

/** What the model was told; where that was not recorded, what the person was shown. */
function resultOf(call: JsonObject, limits: TextLimits): ToolResult {
  const texts: string[] = [];
  let attachments = 0;
  for (const part of partsOf(call['result'])) {
    const response = asObject(asObject(part['functionResponse'])?.['response']);
    const said = response?.['output'] ?? response?.['error'] ?? response ?? part['text'];
    if (said !== undefined) texts.push(typeof said === 'string' ? said : indented(said));
    else if (attachmentOf(part)) attachments++;
  }
  const shown = call['resultDisplay'];
  if (texts.length === 0 && shown !== undefined && shown !== null) {
    texts.push(typeof shown === 'string' ? shown : (diffOf(shown) ?? indented(shown)));
  }
  return {
    ...bounded(texts.join('\n'), limits.toolResult),
    isError: call['status'] === 'error' || call['status'] === 'cancelled',
    ...(attachments > 0 && { attachments }),
  };
}

function diffOf(shown: unknown): string | undefined {
  return asString(asObject(shown)?.['fileDiff']);
}

function editOf(name: string, args: JsonObject | undefined, shown: unknown): ToolBlock['edit'] {
  const path = asString(args?.['file_path']);
  if (path === undefined || !EDITS.has(name)) return undefined;
  const diff = diffOf(shown);
  if (diff !== undefined) return { path, ...diffLines(diff) };
  return { path, ...changedLines(args?.['old_string'], args?.['new_string'] ?? args?.['content']) };
}

function metadataOf(message: JsonObject): Readonly<Record<string, unknown>> {
  const id = asString(message['id']);
  const type = asString(message['type']);
  return { ...(id !== undefined && { id }), ...(type !== undefined && { type }) };
}
