/**
 * What is asked of a language model, whoever serves it: VS Code (`vscode.lm`) or an HTTP endpoint
 * with a key of the person's own. Everything that needs an answer takes a `ModelClient`; tests hand
 * in one of their own.
 */
import type { TokenUsage } from './message.ts';

export interface ModelInfo {
  /** Unique over all clients: `<source>/<the source's id>`, such as `vscode/copilot/gpt-5`. */
  readonly id: string;
  readonly name: string;
  /** As prices know it: `openai`, `anthropic`, `google`, or what the source calls itself. */
  readonly provider: string;
  /** Tokens that a question may hold; absent when the source does not say. */
  readonly maxInputTokens?: number;
  readonly maxOutputTokens?: number;
}

export interface ModelMessage {
  readonly role: 'user' | 'assistant';
  readonly text: string;
}

export interface ModelRequest {
  /** Prepended as a user message where the source knows no system messages. */
  readonly system?: string;
  readonly messages: readonly ModelMessage[];
  readonly maxOutputTokens?: number;
}

/** Parts of an answer as they come. `usage` comes at most once, after all text. */
export type ModelPart =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly text: string }
  | { readonly type: 'usage'; readonly tokens: TokenUsage };

/** Why there is no answer, or no whole one. */
export type ModelFailure =
  | 'rate-limited'
  | 'unauthorized' // no key, a wrong one, or the person did not consent
  | 'blocked' // the model or a filter refused
  | 'not-found' // no such model
  | 'too-long' // the question does not fit the model's window
  | 'cut-off' // the answer ended before it was whole
  | 'unavailable' // the endpoint does not answer, or fails
  | 'cancelled';

/** The message tells the person what to do. */
export class ModelError extends Error {
  readonly failure: ModelFailure;
  /** Milliseconds that the source asks to wait; absent when it does not say. */
  readonly retryAfterMs?: number;
  /** What the ids of all models begin with (up to a `/`) that fail in the same way. */
  readonly endpoint?: string;

  constructor(
    failure: ModelFailure,
    message: string,
    options: {
      readonly cause?: unknown;
      readonly retryAfterMs?: number;
      readonly endpoint?: string;
    } = {},
  ) {
    super(message, options);
    this.name = 'ModelError';
    this.failure = failure;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
    if (options.endpoint !== undefined) this.endpoint = options.endpoint;
  }
}

export interface ModelClient {
  /** Models that can be asked now; empty when there is none. Asks for no consent. */
  listModels(): Promise<readonly ModelInfo[]>;
  /** Tokens of a text for a model; an estimate where the source cannot count. */
  countTokens(modelId: string, text: string, signal?: AbortSignal): Promise<number>;
  /** The answer as it comes. Throws a `ModelError`, also in the middle. */
  ask(modelId: string, request: ModelRequest, signal: AbortSignal): AsyncIterable<ModelPart>;
}
