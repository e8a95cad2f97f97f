/** Models over HTTP as they are: streaming, failing, asking to wait, cut off and silent, on each wire. */
import { afterEach, describe, expect, it } from 'vitest';
import { ModelError, type ModelPart } from '../../../src/core/models.ts';
import type { Endpoint, EndpointKind } from '../../../src/models/endpoint.ts';
import { createHttpModels } from '../../../src/models/httpModels.lazy.ts';
import { startModelServer, type ModelServer, type Script } from '../support/modelServer.ts';

const KINDS: readonly EndpointKind[] = ['openai-compatible', 'openai', 'anthropic', 'google'];
const KEY = 'key-of-the-test-0123456789';
const ASKED = { system: 'Be short.', messages: [{ role: 'user', text: 'Why so?' }] } as const;

let server: ModelServer | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

async function start(
  kind: EndpointKind,
  script?: Script,
  more: Partial<Endpoint> = {},
): Promise<{
  server: ModelServer;
  models: ReturnType<typeof createHttpModels>;
  problems: string[];
}> {
  server = await startModelServer(script && (() => script));
  const problems: string[] = [];
  const endpoint: Endpoint = { name: 'local', kind, baseUrl: server.url, key: KEY, ...more };
  const models = createHttpModels({
    endpoints: () => Promise.resolve([endpoint]),
    onProblem: (_, error) => problems.push(error.message),
    silence: { first: 300, next: 300 },
  });
  return { server, models, problems };
}

async function collect(
  parts: AsyncIterable<ModelPart>,
  onPart?: (part: ModelPart) => void,
): Promise<{ parts: ModelPart[]; text: string; error: ModelError | undefined }> {
  const got: ModelPart[] = [];
  let error: ModelError | undefined;
  try {
    for await (const part of parts) {
      got.push(part);
      onPart?.(part);
    }
  } catch (failure) {
    if (!(failure instanceof ModelError)) throw failure;
    error = failure;
  }
  const text = got.map((part) => (part.type === 'text' ? part.text : '')).join('');
  return { parts: got, text, error };
}

const signal = (): AbortSignal => new AbortController().signal;

describe.each(KINDS)('%s', (kind) => {
  it('streams an answer with what it took, and sends the system text and the key', async () => {
    const { server, models } = await start(kind, { pieces: ['Because ', 'of ', 'this.'] });
    const { parts, text, error } = await collect(models.ask('local/steady', ASKED, signal()));
    expect(error).toBeUndefined();
    expect(text).toBe('Because of this.');
    expect(parts.filter(({ type }) => type === 'text')).toHaveLength(3);
    expect(parts.at(-1)).toEqual({
      type: 'usage',
      tokens: { input: 100, cacheRead: 20, cacheWrite: 0, output: 7 },
    });
    const [asked] = server.asked;
    expect(asked?.model).toBe('steady');
    expect(asked?.body).toContain('Be short.');
    expect(asked?.body).toContain('Why so?');
    expect(JSON.stringify(asked?.headers)).toContain(KEY);
  });

  it.each([
    ['unauthorized', { status: 401, error: `Wrong key ${KEY}` }],
    ['unauthorized', { status: 403, error: 'Not allowed' }],
    ['not-found', { status: 404, error: 'The model `x` does not exist' }],
    ['rate-limited', { status: 429, error: 'Slow down', headers: { 'retry-after': '7' } }],
    ['unavailable', { status: 500, error: 'Broken' }],
    ['unavailable', { status: 503, error: 'Busy' }],
    ['too-long', { status: 400, error: "This model's maximum context length is 10 tokens" }],
    ['too-long', { status: 413, error: 'Request too large' }],
    ['blocked', { status: 400, error: 'Blocked by the content filter' }],
  ] as const)('tells %s from %o', async (failure, script) => {
    const { server, models } = await start(kind, script);
    const { error, text } = await collect(models.ask('local/steady', ASKED, signal()));
    expect(error?.failure).toBe(failure);
    expect(text).toBe('');
    expect(error?.message).not.toContain(KEY);
    if (failure === 'rate-limited') expect(error?.retryAfterMs).toBe(7000);
    const refused = 'status' in script && script.status === 401 ? 'local' : undefined;
    expect(error?.endpoint).toBe(refused);
    expect(server.asked, 'nothing is repeated').toHaveLength(1);
  });

  it('tells an answer that ended before it was whole, and keeps what came', async () => {
    const { models } = await start(kind, { pieces: ['Half ', 'of it'], cut: true });
    const { error, text } = await collect(models.ask('local/steady', ASKED, signal()));
    expect(text).toBe('Half of it');
    expect(error?.failure).toBe('cut-off');
  });

  it.each([
    ['length', 'cut-off'],
    ['filter', 'blocked'],
  ] as const)('takes an end by %s for %s', async (finish, failure) => {
    const { models } = await start(kind, { pieces: ['Some'], finish });
    const { error, text } = await collect(models.ask('local/steady', ASKED, signal()));
    expect(text).toBe('Some');
    expect(error?.failure).toBe(failure);
  });

  it('tells a failure within the answer', async () => {
    const { models } = await start(kind, { pieces: ['Some'], late: 'Overloaded' });
    const { error, text } = await collect(models.ask('local/steady', ASKED, signal()));
    expect(text).toBe('Some');
    expect(error?.failure).toMatch(/unavailable|rate-limited|cut-off/);
  });

  it('ends at once when it is cancelled, and hangs up', async () => {
    const { server, models } = await start(kind, { pieces: ['One', 'two'], holdAt: 1 });
    const stop = new AbortController();
    const { error, text } = await collect(models.ask('local/slow', ASKED, stop.signal), (part) => {
      if (part.type === 'text') stop.abort();
    });
    expect(text).toBe('One');
    expect(error?.failure).toBe('cancelled');
    await expect.poll(() => server.dropped()).toBe(1);
  });

  it('does not wait for ever for a model that says nothing', async () => {
    const { models } = await start(kind, { pieces: ['One', 'two'], holdAt: 1 });
    const { error, text } = await collect(models.ask('local/slow', ASKED, signal()));
    expect(text).toBe('One');
    expect(error?.failure).toBe('unavailable');
    expect(error?.message).toContain('said nothing for too long');
  });

  it('lists the models that the endpoint names', async () => {
    const { models, problems } = await start(kind);
    const list = await models.listModels();
    expect(problems).toEqual([]);
    expect(list.map(({ id }) => id)).toContain('local/steady');
    expect(list.map(({ id }) => id)).not.toContain('local/embedder');
    expect(list[0]?.maxInputTokens).toBe(32_000);
  });

  it('says that an endpoint does not answer', async () => {
    const { server, models, problems } = await start(kind);
    await server.close();
    const { error } = await collect(models.ask('local/steady', ASKED, signal()));
    expect(error?.failure).toBe('unavailable');
    expect(error?.message).toContain('127.0.0.1');
    expect(await models.listModels()).toEqual([]);
    expect(problems).toHaveLength(1);
  });
});

it('passes on what a model thought', async () => {
  const { models } = await start('openai-compatible', { thinking: 'Hm.', pieces: ['So.'] });
  const { parts } = await collect(models.ask('local/steady', ASKED, signal()));
  expect(parts.slice(0, 2)).toEqual([
    { type: 'thinking', text: 'Hm.' },
    { type: 'text', text: 'So.' },
  ]);
});

it('takes models that are given without asking, and needs no key', async () => {
  const { server, models } = await start('openai-compatible', undefined, {
    models: ['org/steady'],
    maxInputTokens: 9_000,
  });
  expect(await models.listModels()).toEqual([
    { id: 'local/org/steady', name: 'org/steady', provider: 'local', maxInputTokens: 9_000 },
  ]);
  await collect(models.ask('local/org/steady', ASKED, signal()));
  expect(server.asked[0]?.model).toBe('org/steady');
});

it('estimates tokens, and knows which model has no endpoint', async () => {
  const { models } = await start('openai-compatible');
  expect(await models.countTokens('local/steady', 'Hello, world!')).toBeGreaterThan(1);
  const { error } = await collect(models.ask('elsewhere/steady', ASKED, signal()));
  expect(error?.failure).toBe('not-found');
});
