/**
 * Models over HTTP, through the `ai` library: `.lazy.ts` makes this a bundle of its own, loaded when
 * a model is first looked for. The library repeats nothing by itself (who asks does), reports
 * nothing to anybody, and reads no key from the environment.
 */
import { createAnthropic } from '@ai-sdk/anthropic';
import { createGoogle } from '@ai-sdk/google';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { streamText, type LanguageModel, type LanguageModelUsage } from 'ai';
import { estimateTokenCount } from 'tokenx';
import type { TokenUsage } from '../core/message.ts';
import {
  ModelError,
  type ModelClient,
  type ModelInfo,
  type ModelPart,
  type ModelRequest,
} from '../core/models.ts';
import type { Endpoint } from './endpoint.ts';
import { cutOff, toModelError } from './failures.ts';
import { listModels } from './listModels.ts';

export interface HttpModelsOptions {
  /** Those that can be asked now, with their keys. */
  readonly endpoints: () => Promise<readonly Endpoint[]>;
  /** An endpoint that did not say what models it has. */
  readonly onProblem: (endpoint: Endpoint, error: ModelError) => void;
  /** Milliseconds without a word before, and within, an answer. */
  readonly silence?: { readonly first: number; readonly next: number };
}

/** Models that think say nothing for minutes. */
const SILENCE = { first: 280_000, next: 120_000 };

export function createHttpModels(options: HttpModelsOptions): ModelClient {
  return new HttpModels(options);
}

class HttpModels implements ModelClient {
  readonly #options: HttpModelsOptions;

  constructor(options: HttpModelsOptions) {
    this.#options = options;
    // The library writes to the console of the whole extension host.
    globalThis.AI_SDK_LOG_WARNINGS ??= false;
  }

  async listModels(): Promise<readonly ModelInfo[]> {
    const endpoints = await this.#options.endpoints();
    const lists = await Promise.all(
      endpoints.map(async (endpoint) => {
        try {
          return await listModels(endpoint);
        } catch (error) {
          this.#options.onProblem(endpoint, toModelError(error, endpoint));
          return [];
        }
      }),
    );
    return lists.flat();
  }

  /** An estimate: these services count only what is sent to them. */
  countTokens(_modelId: string, text: string): Promise<number> {
    return Promise.resolve(estimateTokenCount(text));
  }

  async *ask(
    modelId: string,
    request: ModelRequest,
    signal: AbortSignal,
  ): AsyncIterable<ModelPart> {
    const { endpoint, name } = await this.#find(modelId);
    const { first, next } = this.#options.silence ?? SILENCE;
    try {
      const { stream } = streamText({
        model: modelOf(endpoint, name),
        messages: request.messages.map(({ role, text }) => ({ role, content: text })),
        maxRetries: 0,
        telemetry: { isEnabled: false },
        abortSignal: signal,
        timeout: { firstChunkMs: first, chunkMs: next },
        // What goes wrong comes as a part of the stream; the default writes it to the console.
        onError: () => undefined,
        ...(request.system !== undefined && { instructions: request.system }),
        ...(request.maxOutputTokens !== undefined && { maxOutputTokens: request.maxOutputTokens }),
      });
      yield* this.#parts(stream, endpoint, signal);
    } catch (error) {
      throw signal.aborted ? cancelled() : toModelError(error, endpoint);
    }
  }

  async *#parts(
    stream: ReturnType<typeof streamText>['stream'],
    endpoint: Endpoint,
    signal: AbortSignal,
  ): AsyncIterable<ModelPart> {
    let isWhole = false;
    for await (const part of stream) {
      switch (part.type) {
        case 'text-delta':
          yield { type: 'text', text: part.text };
          break;
        case 'reasoning-delta':
          yield { type: 'thinking', text: part.text };
          break;
        case 'error':
          throw part.error;
        case 'abort':
          throw signal.aborted
            ? cancelled()
            : toModelError(new DOMException('silence', 'TimeoutError'), endpoint);
        case 'finish': {
          const tokens = usageOf(part.totalUsage);
          if (tokens) yield { type: 'usage', tokens };
          mustBeWhole(part.finishReason, endpoint);
          isWhole = true;
          break;
        }
        default:
      }
    }
    if (!isWhole) throw signal.aborted ? cancelled() : cutOff(endpoint);
  }

  async #find(modelId: string): Promise<{ endpoint: Endpoint; name: string }> {
    const slash = modelId.indexOf('/');
    const source = modelId.slice(0, slash);
    const endpoint = (await this.#options.endpoints()).find((one) => one.name === source);
    if (endpoint && slash > 0) return { endpoint, name: modelId.slice(slash + 1) };
    throw new ModelError(
      'not-found',
      `There is no endpoint for the model “${modelId}”. See the setting multipath.models.endpoints, and “Multipath: Set Model Key…”.`,
    );
  }
}

/** What the library says of how an answer ended. @throws ModelError unless it ended well */
function mustBeWhole(reason: string, endpoint: Endpoint): void {
  if (reason === 'stop' || reason === 'tool-calls') return;
  if (reason === 'content-filter') {
    throw new ModelError(
      'blocked',
      `A filter of “${endpoint.name}” ended the answer. Ask in other words, or choose another model.`,
    );
  }
  if (reason === 'length') {
    throw new ModelError(
      'cut-off',
      'The answer reached the most that the model may say. What had come is kept; try again, or choose another model.',
    );
  }
  throw cutOff(endpoint);
}

function modelOf({ kind, name, baseUrl: baseURL, key }: Endpoint, model: string): LanguageModel {
  // An empty key keeps the libraries from looking for one in the environment.
  const apiKey = key ?? '';
  switch (kind) {
    case 'openai':
      return createOpenAI({ baseURL, apiKey, fetch: directly })(model);
    case 'anthropic':
      return createAnthropic({ baseURL, apiKey, fetch: directly })(model);
    case 'google':
      return createGoogle({ baseURL, apiKey, fetch: directly })(model);
    case 'openai-compatible':
      return createOpenAICompatible({
        name,
        baseURL,
        includeUsage: true,
        fetch: directly,
        ...(key !== undefined && { apiKey: key }),
      }).chatModel(model);
  }
}

/** A key goes to the address that the person gave, and to no other. */
const directly: typeof fetch = (input, init) => fetch(input, { ...init, redirect: 'error' });

/** `undefined` where the endpoint counted nothing. */
function usageOf(usage: LanguageModelUsage): TokenUsage | undefined {
  const { inputTokens, outputTokens, inputTokenDetails: details } = usage;
  if (inputTokens === undefined && outputTokens === undefined) return undefined;
  const cacheRead = details.cacheReadTokens ?? 0;
  const cacheWrite = details.cacheWriteTokens ?? 0;
  const input = details.noCacheTokens ?? Math.max(0, (inputTokens ?? 0) - cacheRead - cacheWrite);
  return { input, output: outputTokens ?? 0, cacheRead, cacheWrite };
}

function cancelled(): ModelError {
  return new ModelError('cancelled', 'Cancelled.');
}
