/** Turns the records of one message into blocks that can be shown. Nothing here throws. */
import type { AttachmentBlock, ContentBlock, NoticeBlock } from '../../core/message.ts';
import type { MessageRenderer, RenderedMessage, TextLimits } from '../../core/reader.ts';
import { asArray, asObject, asString, decodeRecord, type JsonObject } from '../json.ts';
import { bounded, indented } from '../text.ts';
import { imagesOf } from './item.ts';
import { promptOf } from './prompt.ts';
import {
  contentOf,
  itemType,
  partsOf,
  reasoningText,
  recordOf,
  STARTS_RECORD,
  type CodexRecord,
} from './record.ts';
import { lineOf } from './document.ts';
import { argumentsOf, editOf, failed, nameOf, resultOf, summaryOf } from './tools.ts';

export const renderer: MessageRenderer = {
  render(entry, bytes, limits): RenderedMessage {
    const records = bytes.flatMap((one) => {
      const object = asObject(decodeRecord(lineOf(one), STARTS_RECORD).value);
      return (object && recordOf(object)) ?? [];
    });
    if (entry.role === 'user') return shown(userBlocks(records, limits));
    if (entry.role === 'system') return shown(notices(records, limits));
    return shown(answerBlocks(records, limits));
  },
};

function shown(content: readonly ContentBlock[]): RenderedMessage {
  return { content, metadata: {} };
}

function textBlock(text: string, limits: TextLimits): ContentBlock[] {
  return text.trim() === '' ? [] : [{ type: 'text', ...bounded(text.trim(), limits.text) }];
}

function thinking(text: string, limits: TextLimits): ContentBlock[] {
  return text === '' ? [] : [{ type: 'thinking', ...bounded(text, limits.text) }];
}

/** The event has the words as they were typed, the item its images. */
function userBlocks(records: readonly CodexRecord[], limits: TextLimits): ContentBlock[] {
  const event = records.find(({ type }) => type === 'event_msg')?.payload;
  const item = records.find(({ type }) => type === 'response_item')?.payload;
  const parts = partsOf(item && contentOf(item));
  const text = (event && promptOf(event)) ?? parts.texts.join('\n');
  const images = parts.others.map((part) => imageBlock(asString(part['image_url']), part));
  const named = item ? [] : imagesOf(event ?? {}).map((image) => imageBlock(image, {}));
  return [...images, ...named, ...textBlock(text, limits)];
}

function imageBlock(url: string | undefined, part: JsonObject): AttachmentBlock {
  const data = /^data:([^;,]+)(;base64)?,/.exec(url ?? '');
  if (url !== undefined && data) {
    const body = url.slice(data[0].length);
    const bytes = Buffer.byteLength(body, data[2] === undefined ? 'utf8' : 'base64');
    return { type: 'attachment', mediaType: data[1] ?? 'image', bytes };
  }
  const mediaType = asString(part['type'])?.replace(/^input_/, '') ?? 'image';
  return { type: 'attachment', mediaType, bytes: 0, ...(url !== undefined && { name: url }) };
}

function answerBlocks(records: readonly CodexRecord[], limits: TextLimits): ContentBlock[] {
  const payloads = records.map(({ payload }) => payload);
  const results = new Map<string, JsonObject>();
  const unnamed: JsonObject[] = [];
  const calls = new Set(payloads.filter(isCall).map((payload) => payload['call_id']));
  for (const payload of payloads.filter(isResult)) {
    const id = asString(payload['call_id']);
    if (id === undefined) unnamed.push(payload);
    else results.set(id, payload);
  }
  return records.flatMap(({ type, payload }): ContentBlock[] => {
    if (type === 'event_msg') {
      if (payload['type'] === 'agent_message') {
        return textBlock(asString(payload['message']) ?? '', limits);
      }
      return thinking(asString(payload['text']) ?? '', limits);
    }
    if (isCall(payload)) {
      const id = asString(payload['call_id']);
      return [toolBlock(payload, id === undefined ? unnamed.shift() : results.get(id), limits)];
    }
    if (isResult(payload)) {
      const id = asString(payload['call_id']);
      return id !== undefined && !calls.has(id) ? [unclaimed(payload, limits)] : [];
    }
    if (itemType(payload) === 'reasoning') return thinking(reasoningText(payload), limits);
    const { texts, others } = partsOf(contentOf(payload));
    return [
      ...textBlock(texts.join('\n'), limits),
      ...others.map((part) => imageBlock(asString(part['image_url']), part)),
    ];
  });
}

function isCall(payload: JsonObject): boolean {
  return itemType(payload).endsWith('_call');
}

function isResult(payload: JsonObject): boolean {
  return /(?:_output|_result)$/.test(itemType(payload));
}

function toolBlock(
  call: JsonObject,
  result: JsonObject | undefined,
  limits: TextLimits,
): ContentBlock {
  const input = argumentsOf(call);
  const text = typeof input === 'string' ? input : indented(input);
  // A call that was not carried out (the turn was interrupted) has changed nothing.
  const edit = result && !failed(result) ? editOf(call) : undefined;
  return {
    type: 'tool',
    callId: asString(call['call_id']) ?? '',
    name: nameOf(call),
    summary: summaryOf(call),
    input: bounded(text, limits.toolResult),
    ...(result && { result: toolResult(result, limits) }),
    ...(edit && { edit }),
  };
}

/** A result that stands without its call, which is lost. */
function unclaimed(result: JsonObject, limits: TextLimits): ContentBlock {
  return {
    type: 'tool',
    callId: asString(result['call_id']) ?? '',
    name: 'Result',
    summary: 'Result of an earlier tool call',
    input: { text: '' },
    result: toolResult(result, limits),
  };
}

function toolResult(
  payload: JsonObject,
  limits: TextLimits,
): NonNullable<Extract<ContentBlock, { type: 'tool' }>['result']> {
  const { text, others } = resultOf(payload);
  return {
    ...bounded(text, limits.toolResult),
    isError: failed(payload),
    ...(others > 0 && { attachments: others }),
  };
}

function notices(records: readonly CodexRecord[], limits: TextLimits): ContentBlock[] {
  const compacted = records.find(({ type }) => type === 'compacted');
  const first = records[0]?.payload;
  if (compacted || first?.['type'] === 'context_compacted') {
    const summary = asString(compacted?.payload['message'])?.trim() ?? '';
    const text = summary === '' ? 'The conversation was compacted.' : summary;
    return [{ type: 'notice', kind: 'compaction', ...bounded(text, limits.text) }];
  }
  return first ? [{ ...noticeOf(first, limits), type: 'notice' }] : [];
}

function noticeOf(event: JsonObject, limits: TextLimits): Omit<NoticeBlock, 'type'> {
  const info = (text: string): Omit<NoticeBlock, 'type'> => ({
    kind: 'info',
    ...bounded(text, limits.text),
  });
  switch (event['type']) {
    case 'error': {
      const text = asString(event['message']) ?? asString(asObject(event['error'])?.['message']);
      return { kind: 'error', ...bounded(text ?? 'The agent reported an error.', limits.text) };
    }
    case 'turn_aborted':
      return info(
        event['reason'] === 'replaced' ? 'The turn was replaced.' : 'The turn was interrupted.',
      );
    case 'entered_review_mode': {
      const hint = asString(event['user_facing_hint']);
      return info(hint === undefined ? 'A review began.' : `A review began: ${hint}`);
    }
    default:
      return info(reviewText(event));
  }
}

function reviewText(event: JsonObject): string {
  const output = asObject(event['review_output']);
  const findings = asArray(output?.['findings']).flatMap((finding) => {
    const title = asString(asObject(finding)?.['title']);
    return title === undefined ? [] : `- ${title}`;
  });
  const said = asString(output?.['overall_explanation']);
  return ['The review ended.', ...(said === undefined ? [] : [said]), ...findings].join('\n');
}
