/** Turns the records of one message into blocks that can be shown. Nothing here throws. */
import type { AttachmentBlock, ContentBlock, NoticeBlock, ToolResult } from '../../core/message.ts';
import type {
  MessageRenderer,
  OutlineEntry,
  RenderedMessage,
  TextLimits,
} from '../../core/reader.ts';
import { asObject, asString, decodeRecord, objectsIn, type JsonObject } from '../json.ts';
import { blocksOf, contentOf, partsOf } from './content.ts';
import { isServerCall } from './entry.ts';
import { actionText, kindOfText, printed, ranLine, withoutWrappers } from './prompt.ts';
import { STARTS_RECORD } from './startsRecord.ts';
import { editOf, summaryOf, withLocalPaths } from './tools.ts';
import { bounded, indented } from '../text.ts';

export const renderer: MessageRenderer = {
  render(entry, records, limits): RenderedMessage {
    const values = objectsIn(records.map((record) => decodeRecord(record, STARTS_RECORD).value));
    const content: ContentBlock[] = [];
    if (entry.notice) content.push(breakNotice(entry.notice));
    if (entry.role === 'system') content.push(...notices(values, limits));
    else if (entry.role === 'user') content.push(...saidBlocks(values, limits));
    else content.push(...answerBlocks(values, limits));
    return { content, metadata: metadataOf(values) };
  },
};

function breakNotice(kind: NonNullable<OutlineEntry['notice']>): NoticeBlock {
  return kind === 'gap'
    ? { type: 'notice', kind, text: 'Records are missing from the file here.' }
    : { type: 'notice', kind, text: 'The conversation went on with an empty context.' };
}

/** What a person said or ran. */
function saidBlocks(records: readonly JsonObject[], limits: TextLimits): ContentBlock[] {
  const [first, ...others] = records;
  const words = first ? wordsOf(first) : '';
  const kind = kindOfText(words);
  // What a command printed whose own record is lost.
  if (kind === 'output') return [{ type: 'text', ...bounded(printed(words), limits.text) }];
  if (kind !== 'ran') return records.flatMap((record) => userBlocks(record, limits));
  const command = ranLine(words);
  const output = others.map((other) => printed(wordsOf(other))).join('\n');
  return [
    {
      type: 'tool',
      callId: '',
      name: 'Bash',
      summary: summaryOf('Bash', { command }),
      input: bounded(command, limits.toolResult),
      ...(others.length > 0 && {
        result: { ...bounded(output, limits.toolResult), isError: false },
      }),
    },
  ];
}

function userBlocks(record: JsonObject, limits: TextLimits): ContentBlock[] {
  const isQueue = record['type'] === 'queue-operation';
  const queued = isQueue ? record['content'] : asObject(record['attachment'])?.['prompt'];
  const parts = partsOf(queued ?? contentOf(record));
  const text = withoutWrappers(parts.texts.join('\n'));
  return [
    ...parts.results.map((result) => unclaimed(result, record, limits)),
    ...parts.attachments.map(attachmentOf),
    ...(text === '' ? [] : [{ type: 'text' as const, ...bounded(text, limits.text) }]),
  ];
}

interface Answer {
  readonly block: JsonObject;
  readonly record: JsonObject;
}

interface Part {
  readonly record: JsonObject;
  readonly blocks: readonly JsonObject[];
}

/** The results in some records by the ids of their calls, and the ids of the calls there. */
interface Results {
  readonly answers: ReadonlyMap<string, Answer>;
  readonly calls: ReadonlySet<unknown>;
}

/** Most messages are text: two collections for each would be half of all that is made for it. */
const NO_RESULTS: Results = { answers: new Map(), calls: new Set() };

function answersIn(parts: readonly Part[]): Results {
  const answers = new Map<string, Answer>();
  const calls = new Set<unknown>();
  for (const { record, blocks } of parts) {
    for (const block of blocks) {
      if (record['type'] === 'assistant') calls.add(block['id']);
      const id = asString(block['tool_use_id']);
      if (id !== undefined && isResult(block)) answers.set(id, { block, record });
    }
  }
  return { answers, calls };
}

function answerBlocks(records: readonly JsonObject[], limits: TextLimits): ContentBlock[] {
  const parts = records.map((record) => ({ record, blocks: blocksOf(contentOf(record)) }));
  const hasResults = parts.some(({ blocks }) => blocks.some(isResult));
  const { answers, calls } = hasResults ? answersIn(parts) : NO_RESULTS;
  const content: ContentBlock[] = [];
  for (const { record, blocks } of parts) {
    if (record['type'] === 'assistant') {
      const cwd = asString(record['cwd']);
      for (const block of blocks) content.push(...answerBlock(block, cwd, answers, calls, limits));
      continue;
    }
    for (const block of blocks) {
      if (!isResult(block) || calls.has(block['tool_use_id'])) continue;
      content.push(unclaimed(block, record, limits));
    }
  }
  return content;
}

function isResult(block: JsonObject): boolean {
  return asString(block['type'])?.endsWith('tool_result') === true;
}

function answerBlock(
  block: JsonObject,
  cwd: string | undefined,
  answers: ReadonlyMap<string, Answer>,
  calls: ReadonlySet<unknown>,
  limits: TextLimits,
): ContentBlock[] {
  const type = block['type'];
  if (type === 'text') {
    const text = typeof block['text'] === 'string' ? block['text'] : '';
    return text.trim() === '' ? [] : [{ type, ...bounded(text, limits.text) }];
  }
  if (type === 'thinking') {
    const text = asString(block['thinking']);
    return text === undefined ? [] : [{ type, ...bounded(text, limits.text) }];
  }
  if (type === 'redacted_thinking') {
    return [{ type: 'thinking', text: 'This reasoning was redacted by the provider.' }];
  }
  if (type === 'tool_use' || isServerCall(block)) return [toolBlock(block, cwd, answers, limits)];
  if (isResult(block) && calls.has(block['tool_use_id'])) return [];
  return asString(type) === undefined ? [] : [attachmentOf(block)];
}

function toolBlock(
  block: JsonObject,
  cwd: string | undefined,
  answers: ReadonlyMap<string, Answer>,
  limits: TextLimits,
): ContentBlock {
  const callId = asString(block['id']) ?? '';
  const name = asString(block['name']) ?? 'Tool';
  const { input } = block;
  const answer = answers.get(callId);
  const result = answer && resultOf(answer.block, limits);
  const local = withLocalPaths(input, cwd);
  const edit = result?.isError ? undefined : editOf(name, local, answer?.record['toolUseResult']);
  return {
    type: 'tool',
    callId,
    name,
    summary: summaryOf(name, local),
    input: bounded(indented(input), limits.toolResult),
    ...(result && { result }),
    ...(edit && { edit }),
  };
}

/** A result that stands without its call: the call is in another message, or lost. */
function unclaimed(block: JsonObject, record: JsonObject, limits: TextLimits): ContentBlock {
  const path = asString(asObject(record['toolUseResult'])?.['filePath']);
  return {
    type: 'tool',
    callId: asString(block['tool_use_id']) ?? '',
    name: 'Result',
    summary: path ?? 'Result of an earlier tool call',
    input: { text: '' },
    result: resultOf(block, limits),
  };
}

function resultOf(block: JsonObject, limits: TextLimits): ToolResult {
  const content = block['content'];
  const parts = partsOf(content);
  const text = parts.readable
    ? parts.texts.join('\n')
    : content === undefined
      ? ''
      : indented(content);
  return {
    ...bounded(text, limits.toolResult),
    isError: block['is_error'] === true,
    ...(parts.attachments.length > 0 && { attachments: parts.attachments.length }),
  };
}

function attachmentOf(block: JsonObject): AttachmentBlock {
  const source = asObject(block['source']);
  const data = asString(source?.['data']);
  const name = asString(block['title']) ?? asString(source?.['url']);
  const isBase64 = source?.['type'] === 'base64';
  return {
    type: 'attachment',
    mediaType: asString(source?.['media_type']) ?? asString(block['type']) ?? 'unknown',
    bytes: data === undefined ? 0 : Buffer.byteLength(data, isBase64 ? 'base64' : 'utf8'),
    ...(name !== undefined && { name }),
  };
}

function notices(records: readonly JsonObject[], limits: TextLimits): ContentBlock[] {
  const [first] = records;
  if (!first) return [];
  const last = records.at(-1) ?? first;
  const texts = records.map(noticeText);
  if (isCompaction(first)) {
    const summary = texts.slice(first['type'] === 'system' ? 1 : 0).join('\n\n');
    const text = summary === '' ? 'The conversation was compacted.' : summary;
    return [{ type: 'notice', kind: 'compaction', ...bounded(text, limits.text) }];
  }
  const isError = records.some(
    (record) =>
      record['isApiErrorMessage'] === true ||
      record['subtype'] === 'api_error' ||
      record['level'] === 'error',
  );
  const repeats = records.length > 1 ? ` (${records.length} times)` : '';
  const text = `${noticeText(last)}${repeats}`;
  return [{ type: 'notice', kind: isError ? 'error' : 'info', ...bounded(text, limits.text) }];
}

function isCompaction(record: JsonObject): boolean {
  if (record['type'] === 'system') return record['subtype'] === 'compact_boundary';
  if (record['type'] !== 'user') return false;
  return record['isCompactSummary'] === true || kindOfText(wordsOf(record)) === 'summary';
}

function wordsOf(record: JsonObject): string {
  return withoutWrappers(partsOf(contentOf(record)).texts.join('\n'));
}

function noticeText(record: JsonObject): string {
  if (record['type'] === 'system') {
    if (record['subtype'] === 'api_error') return apiError(record);
    return actionText(asString(record['content']) ?? asString(record['subtype']) ?? '');
  }
  const text = wordsOf(record);
  return record['type'] === 'user' && !isCompaction(record) ? actionText(text) : text;
}

function apiError(record: JsonObject): string {
  const error = asObject(record['error']) ?? asObject(record['cause']);
  const nested = asObject(asObject(error?.['error'])?.['error']);
  const detail =
    asString(nested?.['message']) ?? asString(error?.['message']) ?? asString(error?.['code']);
  const status = typeof error?.['status'] === 'number' ? ` ${error['status']}` : '';
  return `API error${status}${detail === undefined ? '' : `: ${detail}`}`;
}

/** What may be worth knowing of the message and has no field of its own. */
function metadataOf(records: readonly JsonObject[]): Readonly<Record<string, unknown>> {
  const metadata: Record<string, unknown> = {};
  for (const record of records) {
    for (const key of ['cwd', 'gitBranch', 'version', 'requestId', 'uuid'] as const) {
      const value = asString(record[key]);
      if (value !== undefined) metadata[key] ??= value;
    }
  }
  const stop = records.findLast((record) => record['type'] === 'assistant');
  const reason = asString(asObject(stop?.['message'])?.['stop_reason']);
  if (reason !== undefined) metadata['stopReason'] = reason;
  return metadata;
}
