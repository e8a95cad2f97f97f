/**
 * What went wrong on the way to an answer, as a `ModelError` that says what to do. Nothing of a key
 * or of what was sent may stand in it: only the endpoint's name and its own words, on one line.
 */
import { APICallError, RetryError, StreamProviderError } from 'ai';
import { ModelError, type ModelFailure } from '../core/models.ts';
import type { Endpoint } from './endpoint.ts';

const TOO_LONG =
  /context[ _-]?(length|window|size)|maximum context|prompt is too long|too many (input )?tokens|input token count|exceeds? the (maximum|context|limit)|request[ _]too[ _]large/i;
const FILTERED = /content[ _-]?(filter|policy|management)|safety|moderation|prohibited_content/i;
const RATE = /rate[ _-]?limit|too many requests|overloaded|quota|resource[ _]exhausted/i;
const BUSY = /overloaded|unavailable|internal|server[ _]error|api[ _]error|timeout/i;
const NO_MODEL = /model[ _]not[ _]found|no such model|model .{0,80}(not found|does not exist)/i;
const LONGEST = 300;

export function toModelError(error: unknown, endpoint: Endpoint): ModelError {
  if (error instanceof ModelError) return error;
  if (RetryError.isInstance(error)) return toModelError(error.lastError, endpoint);
  if (APICallError.isInstance(error)) {
    const { statusCode, responseBody = '', responseHeaders = {} } = error;
    if (statusCode === undefined || statusCode < 400) return unreachable(error, endpoint);
    const words = `${error.message} ${responseBody}`;
    return failed(
      { status: statusCode, words, said: error.message, headers: responseHeaders },
      endpoint,
      error,
    );
  }
  if (StreamProviderError.isInstance(error)) {
    const said = error.message;
    const words = `${said} ${error.type ?? ''} ${String(error.code ?? '')}`;
    return failed(
      { status: error.statusCode ?? statusOf(words), words, said, headers: {} },
      endpoint,
      error,
    );
  }
  if (
    isNamed(error, 'AI_InvalidResponseDataError') ||
    isNamed(error, 'AI_NoOutputGeneratedError')
  ) {
    return cutOff(endpoint, error);
  }
  if (isNamed(error, 'TimeoutError')) {
    return new ModelError(
      'unavailable',
      `“${endpoint.name}” said nothing for too long. Try again, or choose another model.`,
      { cause: error },
    );
  }
  return unreachable(error, endpoint);
}

/** An answer to a plain request that is no success. */
export function failed(
  response: {
    readonly status: number;
    /** All that may tell what it is. */
    readonly words: string;
    /** What the person may read. */
    readonly said: string;
    readonly headers: Readonly<Record<string, string>>;
  },
  endpoint: Endpoint,
  cause?: unknown,
): ModelError {
  const { status, words, said, headers } = response;
  const failure = failureOf(status, words);
  const wait = failure === 'rate-limited' || status === 503 ? retryAfter(headers) : undefined;
  return new ModelError(failure, advice(failure, status, endpoint, shortly(said, endpoint)), {
    cause,
    ...(wait !== undefined && { retryAfterMs: wait }),
    // A key that is not accepted; what is forbidden (403) may be one model alone.
    ...(status === 401 && { endpoint: endpoint.name }),
  });
}

export function cutOff(endpoint: Endpoint, cause?: unknown): ModelError {
  return new ModelError(
    'cut-off',
    `The answer of “${endpoint.name}” ended before it was whole. Try again.`,
    { cause },
  );
}

function failureOf(status: number, words: string): ModelFailure {
  if (status === 401 || status === 403) return 'unauthorized';
  if (status === 429) return 'rate-limited';
  if (status === 413 || (status < 500 && TOO_LONG.test(words))) return 'too-long';
  if (status === 404) return 'not-found';
  if (status === 529) return 'unavailable';
  if (status < 500 && NO_MODEL.test(words)) return 'not-found';
  if (status < 500 && FILTERED.test(words)) return 'blocked';
  return 'unavailable';
}

/** Errors within a stream come without a status. */
function statusOf(words: string): number {
  if (/authentication|permission|invalid.{0,10}key/i.test(words)) return 401;
  if (TOO_LONG.test(words) || FILTERED.test(words)) return 400;
  if (RATE.test(words) && !/overloaded/i.test(words)) return 429;
  return BUSY.test(words) ? 503 : 500;
}

function advice(failure: ModelFailure, status: number, { name }: Endpoint, said: string): string {
  const words = said === '' ? '' : ` It said: ${said}`;
  switch (failure) {
    case 'unauthorized':
      return `“${name}” did not accept the key (${status}). Set it with “Multipath: Set Model Key…”.${words}`;
    case 'rate-limited':
      return `“${name}” asks to wait: too many requests, or the quota is used up.${words}`;
    case 'too-long':
      return `The question does not fit the window of this model. Explore from an earlier message, or choose another model.${words}`;
    case 'not-found':
      return `“${name}” has no such model, or its address is wrong (${status}). See the setting multipath.models.endpoints.${words}`;
    case 'blocked':
      return `“${name}” refused the question. Ask it in other words, or choose another model.${words}`;
    default:
      return `“${name}” could not answer (${status}). Try again, or choose another model.${words}`;
  }
}

function unreachable(error: unknown, { name, baseUrl }: Endpoint): ModelError {
  return new ModelError(
    'unavailable',
    `“${name}” does not answer at ${originOf(baseUrl)}. Is it running, and is the network there?`,
    { cause: error },
  );
}

/** Milliseconds, from `retry-after-ms`, or `retry-after` in seconds or as a date. */
function retryAfter(headers: Readonly<Record<string, string>>): number | undefined {
  const milliseconds = Number(headers['retry-after-ms'] ?? Number.NaN);
  if (Number.isFinite(milliseconds)) return Math.max(0, milliseconds);
  const after = headers['retry-after'];
  if (after === undefined) return undefined;
  const seconds = Number(after);
  if (Number.isFinite(seconds)) return Math.max(0, seconds * 1000);
  const date = Date.parse(after);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

/** Some services repeat the key they did not accept. */
function shortly(text: string, { key }: Endpoint): string {
  const clean = key === undefined || key === '' ? text : text.replaceAll(key, '…');
  const line = clean.replace(/\s+/g, ' ').trim();
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function originOf(url: string): string {
  return URL.canParse(url) ? new URL(url).origin : url;
}

function isNamed(error: unknown, name: string): boolean {
  return error instanceof Error && error.name === name;
}
