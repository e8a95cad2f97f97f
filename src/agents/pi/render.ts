/** Turns the records of one message into blocks that can be shown. Nothing here throws. */
import type { AttachmentBlock, ContentBlock, NoticeBlock, ToolResult } from '../../core/message.ts';
import type { MessageRenderer, RenderedMessage, TextLimits } from '../../core/reader.ts';
import { asObject, asString, decodeRecord, objectsIn, type JsonObject } from '../json.ts';
import { bounded, indented } from '../text.ts';
import { blocksOf, exitCodeOf, STARTS_RECORD, textOf } from './entry.ts';
import { editOf, summaryOf } from './tools.ts';

const GAP: NoticeBlock = {
  type: 'notice',
  kind: 'gap',
  text: 'Records are missing from the file here.',
};

export const renderer: MessageRenderer = {
  render(entry, bytes, limits): RenderedMessage {
    const records = objectsIn(bytes.map((one) => decodeRecord(one, STARTS_RECORD).value));
    const messages = objectsIn(records.map((record) => record['message']));
    const content: ContentBlock[] = entry.notice ? [GAP] : [];
    if (entry.role === 'system') content.push(...records.map((record) => note(record, limits)));
    else content.push(...messageBlocks(messages, limits));
    return { content, metadata: metadataOf(messages) };
  },
};

function metadataOf(messages: readonly JsonObject[]): Readonly<Record<string, unknown>> {
  const answer = messages.find((message) => message['role'] === 'assistant');
  const stopReason = asString(answer?.['stopReason']);
  return stopReason === undefined ? {} : { stopReason };
}

function messageBlocks(messages: readonly JsonObject[], limits: TextLimits): ContentBlock[] {
  const results = new Map<string, JsonObject>();
  for (const message of messages) {
    const id = asString(message['toolCallId']);
    if (message['role'] === 'toolResult' && id !== undefined) results.set(id, message);
  }
  const claimed = new Set<string>();
  const blocks = messages.flatMap((message): ContentBlock[] => {
    if (message['role'] === 'toolResult') return [];
    if (message['role'] === 'bashExecution') return [ranBlock(message, limits)];
    const error = asString(message['errorMessage']);
    return [
      ...blocksOf(message['content']).flatMap((block) => {
        const id = asString(block['id']) ?? '';
        if (block['type'] === 'toolCall') claimed.add(id);
        return shownBlock(block, results.get(id), limits);
      }),
      ...(error === undefined
        ? []
        : [{ type: 'notice' as const, kind: 'error' as const, ...bounded(error, limits.text) }]),
    ];
  });
  const lost = messages.filter(
    ({ role, toolCallId }) =>
      role === 'toolResult' && !(typeof toolCallId === 'string' && claimed.has(toolCallId)),
  );
  return [...blocks, ...lost.map((message) => unclaimed(message, limits))];
}

function shownBlock(
  block: JsonObject,
  result: JsonObject | undefined,
  limits: TextLimits,
): ContentBlock[] {
  const type = asString(block['type']);
  if (type === 'text') {
    const text = asString(block['text'])?.trim() ?? '';
    return text === '' ? [] : [{ type, ...bounded(text, limits.text) }];
  }
  if (type === 'thinking') {
    const text = asString(block['thinking'])?.trim() ?? '';
    if (text !== '') return [{ type, ...bounded(text, limits.text) }];
    const redacted = 'This reasoning was redacted by the provider.';
    return block['redacted'] === true ? [{ type, text: redacted }] : [];
  }
  if (type === 'toolCall') return [toolBlock(block, result, limits)];
  return type === undefined ? [] : [attachment(block)];
}

function toolBlock(
  block: JsonObject,
  result: JsonObject | undefined,
  limits: TextLimits,
): ContentBlock {
  const name = asString(block['name']) ?? 'tool';
  const input = block['arguments'];
  // A call that was not carried out (the answer was cut short) has changed nothing.
  const edit = result && result['isError'] !== true ? editOf(name, input, result) : undefined;
  return {
    type: 'tool',
    callId: asString(block['id']) ?? '',
    name,
    summary: summaryOf(input),
    input: bounded(typeof input === 'string' ? input : indented(input), limits.toolResult),
    ...(result && { result: resultOf(result, limits) }),
    ...(edit && { edit }),
  };
}

function resultOf(message: JsonObject, limits: TextLimits): ToolResult {
  const { content } = message;
  const others = blocksOf(content).filter((block) => block['type'] !== 'text').length;
  return {
    ...bounded(textOf(content), limits.toolResult),
    isError: message['isError'] === true,
    ...(others > 0 && { attachments: others }),
  };
}

/** A result that stands without its call, which is lost. */
function unclaimed(message: JsonObject, limits: TextLimits): ContentBlock {
  return {
    type: 'tool',
    callId: asString(message['toolCallId']) ?? '',
    name: asString(message['toolName']) ?? 'Result',
    summary: 'Result of an earlier tool call',
    input: { text: '' },
    result: resultOf(message, limits),
  };
}

/** A command that the person ran from the prompt. */
function ranBlock(message: JsonObject, limits: TextLimits): ContentBlock {
  const command = asString(message['command']) ?? '';
  return {
    type: 'tool',
    callId: '',
    name: 'bash',
    summary: summaryOf({ command }),
    input: bounded(command, limits.toolResult),
    result: {
      ...bounded(asString(message['output']) ?? '', limits.toolResult),
      isError: exitCodeOf(message) !== 0,
    },
  };
}

function attachment(block: JsonObject): AttachmentBlock {
  const data = asString(block['data']);
  return {
    type: 'attachment',
    mediaType: asString(block['mimeType']) ?? asString(block['type']) ?? 'unknown',
    bytes: data === undefined ? 0 : Buffer.byteLength(data, 'base64'),
  };
}

function note(record: JsonObject, limits: TextLimits): ContentBlock {
  const message = asObject(record['message']) ?? record;
  const summary = asString(message['summary']);
  const isCompaction = record['type'] === 'compaction' || message['role'] === 'compactionSummary';
  if (isCompaction) {
    const text = summary ?? 'The conversation was compacted.';
    return { type: 'notice', kind: 'compaction', ...bounded(text, limits.text) };
  }
  const text = summary ?? textOf(message['content']);
  return { type: 'notice', kind: 'info', ...bounded(text, limits.text) };
}
