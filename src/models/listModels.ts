/**
 * The models that an endpoint says it has, from `GET <base>/models`: OpenAI's list, which the
 * compatible ones extend in their own ways (OpenRouter `context_length`, vLLM `max_model_len`,
 * LM Studio `max_context_length`), Anthropic's `data` and Google's `models`.
 */
import * as v from 'valibot';
import type { ModelInfo } from '../core/models.ts';
import { keyHeaders, type Endpoint } from './endpoint.ts';
import { failed, toModelError } from './failures.ts';

const optionalCount = v.optional(v.nullable(v.number()));
const listSchema = v.object({
  data: v.array(
    v.object({
      id: v.string(),
      name: v.optional(v.nullable(v.string())),
      display_name: v.optional(v.nullable(v.string())),
      context_length: optionalCount,
      max_model_len: optionalCount,
      max_context_length: optionalCount,
      max_input_tokens: optionalCount,
      max_tokens: optionalCount,
    }),
  ),
});
const googleSchema = v.object({
  models: v.array(
    v.object({
      name: v.string(),
      displayName: v.optional(v.string()),
      inputTokenLimit: v.optional(v.number()),
      outputTokenLimit: v.optional(v.number()),
      supportedGenerationMethods: v.optional(v.array(v.string())),
    }),
  ),
});

/** Models of OpenAI's list that answer no chat. */
const NO_CHAT =
  /embed|whisper|tts|dall-e|image|audio|realtime|transcribe|moderation|babbage|davinci|sora|computer-use|deep-research|-instruct/i;
const LIST_MS = 10_000;

/** @throws ModelError where the endpoint does not answer with a list */
export async function listModels(endpoint: Endpoint, signal?: AbortSignal): Promise<ModelInfo[]> {
  if (endpoint.models !== undefined && endpoint.models.length > 0) {
    return endpoint.models.map((id) => modelInfo(endpoint, id));
  }
  const answer = await ask(endpoint, signal);
  return endpoint.kind === 'google' ? fromGoogle(endpoint, answer) : fromList(endpoint, answer);
}

function fromList(endpoint: Endpoint, answer: unknown): ModelInfo[] {
  const { output, success } = v.safeParse(listSchema, answer);
  if (!success) throw noList(endpoint);
  return output.data
    .filter(({ id }) => endpoint.kind !== 'openai' || !NO_CHAT.test(id))
    .map((model) =>
      modelInfo(endpoint, model.id, {
        name: model.display_name ?? model.name,
        input:
          model.max_input_tokens ??
          model.context_length ??
          model.max_model_len ??
          model.max_context_length,
        output: model.max_tokens,
      }),
    );
}

function fromGoogle(endpoint: Endpoint, answer: unknown): ModelInfo[] {
  const { output, success } = v.safeParse(googleSchema, answer);
  if (!success) throw noList(endpoint);
  return output.models
    .filter(
      ({ supportedGenerationMethods: methods }) => methods?.includes('generateContent') ?? true,
    )
    .map((model) =>
      modelInfo(endpoint, model.name.replace(/^models\//, ''), {
        name: model.displayName,
        input: model.inputTokenLimit,
        output: model.outputTokenLimit,
      }),
    );
}

function modelInfo(
  endpoint: Endpoint,
  id: string,
  said: {
    readonly name?: string | null | undefined;
    readonly input?: number | null | undefined;
    readonly output?: number | null | undefined;
  } = {},
): ModelInfo {
  const input = said.input ?? endpoint.maxInputTokens;
  return {
    id: `${endpoint.name}/${id}`,
    name: said.name ?? id,
    provider: endpoint.kind === 'openai-compatible' ? endpoint.name : endpoint.kind,
    ...(isCount(input) && { maxInputTokens: input }),
    ...(isCount(said.output) && { maxOutputTokens: said.output }),
  };
}

function isCount(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0;
}

async function ask(endpoint: Endpoint, signal: AbortSignal | undefined): Promise<unknown> {
  const limit = AbortSignal.timeout(LIST_MS);
  const size = endpoint.kind === 'google' ? '?pageSize=1000' : '';
  try {
    const response = await fetch(`${endpoint.baseUrl}/models${size}`, {
      headers: keyHeaders(endpoint),
      // A key goes to the address that the person gave, and to no other.
      redirect: 'error',
      signal: signal ? AbortSignal.any([signal, limit]) : limit,
    });
    const body = await response.text();
    if (response.ok) return parsed(body);
    const headers = Object.fromEntries(response.headers);
    throw failed({ status: response.status, words: body, said: body, headers }, endpoint);
  } catch (error) {
    throw toModelError(error, endpoint);
  }
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined; // no list: whoever asked says so
  }
}

function noList(endpoint: Endpoint): Error {
  const said = 'its answer is no list of models';
  return failed({ status: 404, words: '', said, headers: {} }, endpoint);
}
