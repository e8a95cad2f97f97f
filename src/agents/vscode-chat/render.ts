/** Turns one message of a chat session into blocks that can be shown. Nothing here throws. */
import type { AttachmentBlock, ContentBlock, ToolBlock, ToolResult } from '../../core/message.ts';
import type { MessageRenderer, RenderedMessage, TextLimits } from '../../core/reader.ts';
import { membersOf, readFragment } from '../fragment.ts';
import { asArray, asObject, asString, objectsIn, type JsonObject } from '../json.ts';
import { bounded, indented, snippet } from '../text.ts';
import { apply, operationOf, type Holder } from './operations.ts';
import {
  errorOf,
  isShownTool,
  isToolError,
  isToolOpen,
  metadataIn,
  modelCalls,
  promptOf,
  responseOf,
  shownTools,
  textIn,
  type ToolCall,
} from './request.ts';
import { STARTS_RECORD } from './rule.ts';
import { textOfResult } from './toolResult.ts';

const SUMMARY_LENGTH = 200;
/** Parts of an answer that only steer the display. */
const SILENT: ReadonlySet<unknown> = new Set([
  'codeblockUri',
  'mcpServersStarting',
  'prepareToolInvocation',
  'progressMessage',
  'progressTaskSerialized',
  'undoStop',
]);

export const renderer: MessageRenderer = {
  render(entry, records, limits): RenderedMessage {
    const request = requestIn(records);
    const content = entry.role === 'user' ? asked(request, limits) : answered(request, limits);
    return { content, metadata: metadataOf(request) };
  },
};

/** As much of the request as the records say. */
function requestIn(records: readonly Uint8Array[]): JsonObject {
  const state: Holder = { value: {} };
  for (const record of records) {
    const fragment = readFragment(record, STARTS_RECORD);
    const members = membersOf(fragment);
    if (!members) continue;
    const operation = typeof members['kind'] === 'number' ? operationOf(members) : undefined;
    if (!operation) state.value = { ...asObject(state.value), ...members };
    else if (operation.path.length <= 2) {
      state.value = { ...asObject(state.value), ...asObject(operation.value) };
    } else apply(state, { ...operation, path: operation.path.slice(2) });
  }
  return asObject(state.value) ?? {};
}

function asked(request: JsonObject, limits: TextLimits): ContentBlock[] {
  const variables = objectsIn(asArray(asObject(request['variableData'])?.['variables']));
  const text = promptOf(request);
  return [
    ...variables.flatMap((variable) => attachmentOf(variable) ?? []),
    ...(text === '' ? [] : [{ type: 'text' as const, ...bounded(text, limits.text) }]),
  ];
}

function attachmentOf(variable: JsonObject): AttachmentBlock | undefined {
  const name = asString(variable['name']);
  if (name === undefined) return undefined;
  const kind = asString(variable['kind']) ?? 'context';
  return { type: 'attachment', mediaType: asString(variable['mimeType']) ?? kind, bytes: 0, name };
}

function answered(request: JsonObject, limits: TextLimits): ContentBlock[] {
  const content: ContentBlock[] = [];
  const calls = callsByPart(request);
  let text = '';
  const endText = (): void => {
    if (text.trim() !== '') content.push({ type: 'text', ...bounded(text, limits.text) });
    text = '';
  };
  for (const part of responseOf(request)) {
    const words = wordsOf(part);
    if (words !== undefined) {
      text += words;
      continue;
    }
    const block = blockOf(part, request, calls, limits);
    if (!block) continue;
    endText();
    content.push(block);
  }
  endText();
  const error = errorOf(request);
  if (error !== undefined) {
    content.push({ type: 'notice', kind: 'error', ...bounded(error, limits.text) });
  }
  return content;
}

/** Words of the answer; a reference stands for itself in the middle of a sentence. */
function wordsOf(part: JsonObject): string | undefined {
  const { kind } = part;
  if (kind === undefined) return textIn(part);
  if (kind === 'markdownContent' || kind === 'markdownVuln') return textIn(part['content']);
  if (kind !== 'inlineReference') return undefined;
  const reference = asObject(part['inlineReference']);
  const place = asObject(reference?.['location'])?.['uri'] ?? reference?.['uri'] ?? reference;
  const name = asString(part['name']) ?? asString(reference?.['name']) ?? fileName(place);
  return name === undefined ? '' : `\`${name}\``;
}

function blockOf(
  part: JsonObject,
  request: JsonObject,
  calls: ReadonlyMap<JsonObject, ToolCall>,
  limits: TextLimits,
): ContentBlock | undefined {
  const { kind } = part;
  if (kind === 'thinking') {
    const { value } = part;
    const text = Array.isArray(value) ? asArray(value).map(textIn).join('\n') : textIn(value);
    return text === '' ? undefined : { type: 'thinking', ...bounded(text, limits.text) };
  }
  if (isShownTool(part)) return toolBlock(part, calls.get(part), request, limits);
  if (kind === 'textEditGroup' || kind === 'notebookEditGroup') return editBlock(part, limits);
  if (SILENT.has(kind) || kind === 'toolInvocationSerialized') return undefined;
  const text = [part['title'], part['message'], part['content'], part['value']]
    .map(textIn)
    .filter((words) => words !== '')
    .join('\n');
  if (text === '') return undefined;
  const level = kind === 'errorDetails' ? 'error' : 'info';
  return { type: 'notice', kind: level, ...bounded(text, limits.text) };
}

/** The model's calls in the order of the shown ones, unless their ids say it. */
function callsByPart(request: JsonObject): ReadonlyMap<JsonObject, ToolCall> {
  const parts = shownTools(request);
  const calls = modelCalls(request);
  const inOrder = parts.length === calls.length;
  const found = new Map<JsonObject, ToolCall>();
  parts.forEach((part, index) => {
    const same = calls.find(({ id }) => id !== undefined && id === part['toolCallId']);
    const call = same ?? (inOrder ? calls[index] : undefined);
    if (call) found.set(part, call);
  });
  return found;
}

function toolBlock(
  part: JsonObject,
  call: ToolCall | undefined,
  request: JsonObject,
  limits: TextLimits,
): ToolBlock {
  const details = asObject(part['resultDetails']);
  const input = inputOf(part, call) ?? details?.['input'];
  const text = typeof input === 'string' ? input : indented(input);
  const result = isToolOpen(part, request)
    ? undefined
    : resultOf(part, call, asObject(metadataIn(request)?.['toolCallResults']), limits);
  return {
    type: 'tool',
    callId: call?.id ?? asString(part['toolCallId']) ?? '',
    name: call?.name ?? asString(part['toolId']) ?? 'Tool',
    summary: summaryOf(part),
    input: bounded(text, limits.toolResult),
    ...(result && { result }),
  };
}

/** The arguments: those the model wrote, else those that were shown. */
function inputOf(part: JsonObject, call: ToolCall | undefined): unknown {
  if (typeof call?.arguments === 'string') {
    try {
      return JSON.parse(call.arguments) as unknown;
    } catch {
      return call.arguments; // The model wrote no JSON; it is shown as it is.
    }
  }
  const data = asObject(part['toolSpecificData']);
  const command = data?.['command'] ?? asObject(data?.['commandLine'])?.['original'];
  return call?.arguments ?? data?.['rawInput'] ?? command;
}

/** What VS Code says of the call, with the names of files in the place of links without words. */
function summaryOf(part: JsonObject): string {
  const data = asObject(part['toolSpecificData']);
  const command = asObject(data?.['commandLine'])?.['original'] ?? data?.['command'];
  if (typeof command === 'string') return snippet(command, SUMMARY_LENGTH);
  const said = textIn(part['pastTenseMessage']) || textIn(part['invocationMessage']);
  const named = said.replace(/\[\]\(([^)]*)\)/g, (_, uri: string) => fileName(uri) ?? uri);
  return snippet(named, SUMMARY_LENGTH);
}

function resultOf(
  part: JsonObject,
  call: ToolCall | undefined,
  results: JsonObject | undefined,
  limits: TextLimits,
): ToolResult {
  const recorded = call?.id === undefined ? undefined : results?.[call.id];
  const text = textOfResult(recorded) ?? textOfResult(part['resultDetails']);
  return {
    ...bounded(text ?? textIn(part['pastTenseMessage']), limits.toolResult),
    isError: isToolError(part),
  };
}

/** An edit of a file: its new texts, and how many lines they have and replace. */
function editBlock(part: JsonObject, limits: TextLimits): ToolBlock {
  const edits = asArray(part['edits']).flatMap((group) => objectsIn(asArray(group)));
  const path = pathOf(part['uri']) ?? '';
  let added = 0;
  let removed = 0;
  for (const edit of edits) {
    const text = textIn(edit);
    const range = asObject(edit['range']);
    const [from, to] = [range?.['startLineNumber'], range?.['endLineNumber']];
    if (text !== '') added += text.replace(/\n$/, '').split('\n').length;
    if (typeof from === 'number' && typeof to === 'number' && to >= from) removed += to - from;
  }
  const input = edits.map(textIn).join('\n');
  return {
    type: 'tool',
    callId: '',
    name: 'Edit',
    summary: fileName(part['uri']) ?? '',
    input: bounded(input, limits.toolResult),
    result: { text: '', isError: false },
    edit: { path, added, removed },
  };
}

function pathOf(uri: unknown): string | undefined {
  if (typeof uri === 'string') return uri;
  const object = asObject(uri);
  return asString(object?.['fsPath']) ?? asString(object?.['path']);
}

function fileName(uri: unknown): string | undefined {
  const name = pathOf(uri)
    ?.replace(/[?#].*$/, '')
    .split(/[\\/]/)
    .at(-1);
  return name === '' ? undefined : name;
}

function metadataOf(request: JsonObject): Readonly<Record<string, unknown>> {
  const metadata: Record<string, unknown> = {};
  for (const key of ['requestId', 'responseId', 'modelId'] as const) {
    const value = asString(request[key]);
    if (value !== undefined) metadata[key] = value;
  }
  const mode = asString(asObject(request['modeInfo'])?.['modeId']);
  if (mode !== undefined) metadata['mode'] = mode;
  return metadata;
}
