/**
 * Where models are asked over HTTP: the three services everybody knows, and any number of endpoints
 * that speak like one of them. Addresses and names come from the machine's settings only.
 */

export type EndpointKind = 'openai' | 'anthropic' | 'google' | 'openai-compatible';

export const ENDPOINT_KINDS = [
  'openai',
  'anthropic',
  'google',
  'openai-compatible',
] as const satisfies readonly EndpointKind[];

export interface Endpoint {
  /** Unique; the first part of the ids of its models. Letters, digits, `.`, `_` and `-`. */
  readonly name: string;
  readonly kind: EndpointKind;
  /** Without a slash at its end. */
  readonly baseUrl: string;
  /** Taken as they are where given; else the endpoint is asked for its models. */
  readonly models?: readonly string[];
  /** Tokens that a question may hold, for models that do not say. */
  readonly maxInputTokens?: number;
  readonly key?: string;
}

/** Addresses of the services themselves, as their own documentation gives them. */
export const SERVICE_URLS: Readonly<Record<Exclude<EndpointKind, 'openai-compatible'>, string>> = {
  openai: 'https://api.openai.com/v1',
  anthropic: 'https://api.anthropic.com/v1',
  google: 'https://generativelanguage.googleapis.com/v1beta',
};

/** What says who asks, as each kind of endpoint wants it. */
export function keyHeaders({ kind, key }: Endpoint): Record<string, string> {
  if (kind === 'anthropic') {
    return { 'anthropic-version': '2023-06-01', ...(key !== undefined && { 'x-api-key': key }) };
  }
  if (key === undefined) return {};
  return kind === 'google' ? { 'x-goog-api-key': key } : { authorization: `Bearer ${key}` };
}
