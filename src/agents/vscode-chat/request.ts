/** What a request of a chat session says. Every field may be missing or of a wrong type. */
import { isTime, type TokenUsage } from '../../core/message.ts';
import { asArray, asCount, asObject, asString, objectsIn, type JsonObject } from '../json.ts';

export interface ToolCall {
  readonly id?: string;
  readonly name?: string;
  /** JSON, as the model wrote it. */
  readonly arguments?: unknown;
}

/** The text of a string or of an object that holds one. */
export function textIn(value: unknown): string {
  if (typeof value === 'string') return value;
  const object = asObject(value);
  const text = object?.['value'] ?? object?.['text'];
  return typeof text === 'string' ? text : '';
}

export function promptOf(request: JsonObject): string {
  const { message } = request;
  const text = textIn(message);
  if (text !== '') return text;
  return objectsIn(asArray(asObject(message)?.['parts']))
    .map(textIn)
    .join('');
}

export function responseOf(request: JsonObject): readonly JsonObject[] {
  const response = asArray(request['response']);
  return objectsIn(response.map((part) => (typeof part === 'string' ? { value: part } : part)));
}

export function errorOf(request: JsonObject): string | undefined {
  const details = asObject(asObject(request['result'])?.['errorDetails']);
  return details && (asString(details['message']) ?? 'The request failed.');
}

export function metadataIn(request: JsonObject): JsonObject | undefined {
  return asObject(asObject(request['result'])?.['metadata']);
}

/** False while the answer is still being written. */
function isEnded(request: JsonObject): boolean {
  const state = asObject(request['modelState'])?.['value'];
  return (
    state === 1 ||
    state === 2 ||
    state === 3 ||
    request['isCanceled'] === true ||
    asObject(request['result']) !== undefined
  );
}

/** Tool calls as they are shown; VS Code hides some of its own. */
export function shownTools(request: JsonObject): readonly JsonObject[] {
  return responseOf(request).filter(isShownTool);
}

export function isShownTool(part: JsonObject): boolean {
  const { kind } = part;
  const isTool = kind === 'toolInvocationSerialized' || kind === 'toolInvocation';
  return isTool && part['presentation'] !== 'hidden';
}

export function isToolOpen(part: JsonObject, request: JsonObject): boolean {
  return part['isComplete'] !== true && !isDenied(part) && !isEnded(request);
}

export function isToolError(part: JsonObject): boolean {
  return isDenied(part) || asObject(part['resultDetails'])?.['isError'] === true;
}

/** A person said no; 0 is how newer versions write it. */
function isDenied(part: JsonObject): boolean {
  const confirmed = part['isConfirmed'];
  return confirmed === false || asObject(confirmed)?.['type'] === 0;
}

/** The model's own calls, in order; the display's parts have other ids. */
export function modelCalls(request: JsonObject): readonly ToolCall[] {
  return objectsIn(asArray(metadataIn(request)?.['toolCallRounds']))
    .flatMap((round) => objectsIn(asArray(round['toolCalls'])))
    .map((call) => {
      const id = asString(call['id']);
      const name = asString(call['name']);
      return {
        ...(id !== undefined && { id }),
        ...(name !== undefined && { name }),
        arguments: call['arguments'],
      };
    });
}

export function tokensOf(request: JsonObject): TokenUsage | undefined {
  const metadata = metadataIn(request);
  const input = asCount(metadata?.['promptTokens']);
  const output = asCount(metadata?.['outputTokens']);
  return input + output === 0 ? undefined : { input, output, cacheRead: 0, cacheWrite: 0 };
}

/** `copilot/claude-sonnet-4` is the model that the provider calls `claude-sonnet-4`. */
export function modelOf(request: JsonObject): string | undefined {
  const resolved = asString(metadataIn(request)?.['resolvedModel']);
  return resolved ?? asString(request['modelId'])?.split('/').at(-1);
}

export function providerOf(model: string | undefined): string | undefined {
  if (model === undefined) return undefined;
  if (model.includes('claude')) return 'anthropic';
  if (model.includes('gemini')) return 'google';
  return /^(?:gpt|o\d|codex)/.test(model) ? 'openai' : undefined;
}

export function timeOf(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 && isTime(value) ? value : undefined;
}
