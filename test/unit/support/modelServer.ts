/**
 * A server on the loopback that speaks as model services do: OpenAI's chat completions and
 * responses, Anthropic's messages and Google's generateContent, streaming. What a model does is in
 * its name, so that a test needs nothing but an address; a test may also say it itself.
 *
 *   steady  answers with what it was asked        slow     stops after the first piece until `release()`
 *   failing answers 500                           limited  answers 429 once, then answers
 *   cut     ends in the middle, without an end    locked   answers 401
 *   long    says the question is too long         filtered is ended by a filter
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type Wire = 'chat' | 'responses' | 'anthropic' | 'google';

export interface Asked {
  readonly wire: Wire;
  readonly model: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface Script {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Instead of an answer, as the services word it. */
  readonly error?: string;
  readonly thinking?: string;
  readonly pieces?: readonly string[];
  /** Waits for `release()` before the piece with this index; `pieces.length` is before the end. */
  readonly holdAt?: number;
  /** Ends the connection without an end of the answer. */
  readonly cut?: boolean;
  /** An error within the stream, after the pieces. */
  readonly late?: string;
  readonly finish?: 'stop' | 'length' | 'filter';
}

export interface ModelServer {
  readonly url: string;
  readonly asked: Asked[];
  /** Connections that the asker ended before the answer was whole. */
  readonly dropped: () => number;
  release(): void;
  close(): Promise<void>;
}

const MODELS = [
  'steady',
  'slow',
  'failing',
  'limited',
  'cut',
  'locked',
  'long',
  'filtered',
] as const;

const USAGE = { input: 120, cached: 20, output: 7 };

export async function startModelServer(
  scriptOf: (asked: Asked, nth: number) => Script = byName,
): Promise<ModelServer> {
  const asked: Asked[] = [];
  let dropped = 0;
  let waiting: (() => void)[] = [];
  const waitFor = (): Promise<void> => new Promise((resolve) => waiting.push(resolve));
  const release = (): void => {
    for (const go of waiting) go();
    waiting = [];
  };
  const server = createServer((request, response) => {
    response.on('close', () => {
      if (!response.writableFinished) dropped++;
    });
    void bodyOf(request).then(async (body) => {
      const call = callOf(request, body);
      if (!call) {
        sendModels(request, response);
        return;
      }
      asked.push(call);
      const nth = asked.filter(({ model }) => model === call.model).length;
      await answer(call.wire, scriptOf(call, nth), response, () => waitFor());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}/v1`,
    asked,
    dropped: () => dropped,
    release,
    close: () => {
      release();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

/** What the models that every server has do. */
function byName({ model, body }: Asked, nth: number): Script {
  const question = /[\w ]{3,40}\?/g;
  const said = body.match(question)?.at(-1)?.trim() ?? 'nothing';
  const pieces = [`From ${model}: `, `you asked “${said}”. `, `That was answer ${nth}.`];
  switch (model) {
    case 'slow':
      return { pieces, holdAt: 1 };
    case 'failing':
      return { status: 500, error: 'Something broke' };
    case 'limited':
      return nth === 1
        ? { status: 429, error: 'Rate limit reached', headers: { 'retry-after': '0.1' } }
        : { pieces };
    case 'cut':
      return { pieces: pieces.slice(0, 2), cut: true };
    case 'locked':
      return { status: 401, error: 'Incorrect API key provided' };
    case 'long':
      return { status: 400, error: "This model's maximum context length is 10 tokens" };
    case 'filtered':
      return { pieces: pieces.slice(0, 1), finish: 'filter' };
    default:
      return { pieces };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function callOf({ url = '', method, headers }: IncomingMessage, body: string): Asked | undefined {
  if (method !== 'POST') return undefined;
  const google = /\/models\/([^:?]+):streamGenerateContent/.exec(url)?.[1];
  if (google !== undefined) return { wire: 'google', model: google, headers, body };
  const { model } = JSON.parse(body) as { model: string };
  const wire = url.endsWith('/messages')
    ? 'anthropic'
    : url.endsWith('/responses')
      ? 'responses'
      : 'chat';
  return { wire, model, headers, body };
}

function sendModels({ url = '', headers }: IncomingMessage, response: ServerResponse): void {
  const send = (status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(value));
  };
  if (!url.includes('/models')) send(404, { error: { message: 'No such page' } });
  else if (headers['x-goog-api-key'] !== undefined) {
    send(200, {
      models: [
        ...MODELS.map((name) => ({
          name: `models/${name}`,
          displayName: name.toUpperCase(),
          inputTokenLimit: 32_000,
          outputTokenLimit: 8_000,
          supportedGenerationMethods: ['generateContent'],
        })),
        { name: 'models/embedder', supportedGenerationMethods: ['embedContent'] },
      ],
    });
  } else {
    send(200, {
      object: 'list',
      data: MODELS.map((id) => ({ id, object: 'model', context_length: 32_000 })),
    });
  }
}

async function answer(
  wire: Wire,
  script: Script,
  response: ServerResponse,
  held: () => Promise<void>,
): Promise<void> {
  const { status = 200, headers, error, thinking, pieces = [], holdAt, cut, late } = script;
  if (error !== undefined) {
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(JSON.stringify(errorOf(wire, status, error)));
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const events = EVENTS[wire];
  const send = (values: readonly object[]): void => {
    for (const value of values) {
      const type = 'type' in value ? `event: ${String(value.type)}\n` : '';
      response.write(`${type}data: ${JSON.stringify(value)}\n\n`);
    }
  };
  send(events.begin(thinking));
  for (const [index, piece] of pieces.entries()) {
    if (index === holdAt) await held();
    send(events.piece(piece));
  }
  if (holdAt === pieces.length) await held();
  if (late !== undefined) send(events.late(late));
  else if (cut !== true) send(events.end(script.finish ?? 'stop'));
  if (wire === 'chat' && cut !== true) response.write('data: [DONE]\n\n');
  response.end();
}

function errorOf(wire: Wire, code: number, message: string): object {
  if (wire === 'anthropic') return { type: 'error', error: { type: 'api_error', message } };
  if (wire === 'google') return { error: { code, message, status: 'FAILED' } };
  return { error: { message, type: 'error', code: null, param: null } };
}

interface Events {
  begin(thinking: string | undefined): readonly object[];
  piece(text: string): readonly object[];
  late(message: string): readonly object[];
  end(finish: 'stop' | 'length' | 'filter'): readonly object[];
}

const chunk = (delta: object, finish: string | null = null): object => ({
  id: 'c1',
  object: 'chat.completion.chunk',
  created: 1,
  model: 'm',
  choices: [{ index: 0, delta, finish_reason: finish }],
});

const EVENTS: Readonly<Record<Wire, Events>> = {
  chat: {
    begin: (thinking) =>
      thinking === undefined
        ? [chunk({ role: 'assistant', content: '' })]
        : [chunk({ role: 'assistant', reasoning_content: thinking })],
    piece: (content) => [chunk({ content })],
    late: (message) => [{ error: { message, type: 'server_error', code: null } }],
    end: (finish) => [
      chunk({}, finish === 'filter' ? 'content_filter' : finish),
      {
        id: 'c1',
        object: 'chat.completion.chunk',
        created: 1,
        model: 'm',
        choices: [],
        usage: {
          prompt_tokens: USAGE.input,
          completion_tokens: USAGE.output,
          total_tokens: USAGE.input + USAGE.output,
          prompt_tokens_details: { cached_tokens: USAGE.cached },
        },
      },
    ],
  },
  responses: {
    begin: () => [
      { type: 'response.created', response: { id: 'r1', created_at: 1, model: 'm' } },
      {
        type: 'response.output_item.added',
        output_index: 0,
        item: { type: 'message', id: 'm1', role: 'assistant', content: [] },
      },
    ],
    piece: (delta) => [
      {
        type: 'response.output_text.delta',
        item_id: 'm1',
        output_index: 0,
        content_index: 0,
        delta,
      },
    ],
    late: (message) => [
      {
        type: 'error',
        sequence_number: 9,
        error: { type: 'server_error', code: 'server_error', message, param: null },
      },
    ],
    end: (finish) => [
      {
        type: 'response.output_item.done',
        output_index: 0,
        item: { type: 'message', id: 'm1', role: 'assistant', content: [] },
      },
      {
        type: finish === 'stop' ? 'response.completed' : 'response.incomplete',
        response: {
          id: 'r1',
          incomplete_details:
            finish === 'stop'
              ? null
              : { reason: finish === 'length' ? 'max_output_tokens' : 'content_filter' },
          usage: {
            input_tokens: USAGE.input,
            input_tokens_details: { cached_tokens: USAGE.cached },
            output_tokens: USAGE.output,
            output_tokens_details: { reasoning_tokens: 0 },
          },
        },
      },
    ],
  },
  anthropic: {
    begin: (thinking) => [
      {
        type: 'message_start',
        message: {
          id: 'm1',
          type: 'message',
          role: 'assistant',
          model: 'm',
          content: [],
          stop_reason: null,
          stop_sequence: null,
          usage: {
            input_tokens: USAGE.input - USAGE.cached,
            cache_read_input_tokens: USAGE.cached,
            output_tokens: 1,
          },
        },
      },
      ...(thinking === undefined
        ? []
        : [
            {
              type: 'content_block_start',
              index: 0,
              content_block: { type: 'thinking', thinking: '', signature: '' },
            },
            {
              type: 'content_block_delta',
              index: 0,
              delta: { type: 'thinking_delta', thinking },
            },
            { type: 'content_block_stop', index: 0 },
          ]),
      { type: 'content_block_start', index: 1, content_block: { type: 'text', text: '' } },
    ],
    piece: (text) => [
      { type: 'content_block_delta', index: 1, delta: { type: 'text_delta', text } },
    ],
    late: (message) => [{ type: 'error', error: { type: 'overloaded_error', message } }],
    end: (finish) => [
      { type: 'content_block_stop', index: 1 },
      {
        type: 'message_delta',
        delta: {
          stop_reason:
            finish === 'stop' ? 'end_turn' : finish === 'length' ? 'max_tokens' : 'refusal',
          stop_sequence: null,
        },
        usage: { output_tokens: USAGE.output },
      },
      { type: 'message_stop' },
    ],
  },
  google: {
    begin: (thinking) =>
      thinking === undefined
        ? []
        : [{ candidates: [{ content: { parts: [{ text: thinking, thought: true }] } }] }],
    piece: (text) => [{ candidates: [{ content: { role: 'model', parts: [{ text }] } }] }],
    late: (message) => [{ error: { code: 503, message, status: 'UNAVAILABLE' } }],
    end: (finish) => [
      {
        candidates: [
          {
            content: { role: 'model', parts: [] },
            finishReason:
              finish === 'stop' ? 'STOP' : finish === 'length' ? 'MAX_TOKENS' : 'SAFETY',
          },
        ],
        usageMetadata: {
          promptTokenCount: USAGE.input,
          cachedContentTokenCount: USAGE.cached,
          candidatesTokenCount: USAGE.output,
          totalTokenCount: USAGE.input + USAGE.output,
        },
      },
    ],
  },
};
