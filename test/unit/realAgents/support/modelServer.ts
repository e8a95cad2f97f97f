/**
 * A model that never leaves the machine: answers the two wire formats that the agents of these tests
 * speak, by a script, and keeps every request. A prompt that holds the word TOOL is answered by a
 * call of the agent's shell first.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export type Json = Readonly<Record<string, unknown>>;

export interface ModelServer {
  readonly url: string;
  /** Bodies of the requests for answers, in order. */
  readonly requests: Json[];
}

export async function startModel(): Promise<ModelServer> {
  const requests: Json[] = [];
  const server = createServer((request, response) => {
    void answer(request, response, requests);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(
    () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  );
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/v1`, requests };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  requests: Json[],
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const url = request.url ?? '';
  if (request.method !== 'POST' || !/\/(?:responses|completions)$/.test(url)) {
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}');
    return;
  }
  const body = JSON.parse(Buffer.concat(chunks).toString('utf8')) as Json;
  requests.push(body);
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const items = (body['input'] ?? body['messages']) as readonly Json[];
  const last = items.at(-1) ?? {};
  const isTool = last['role'] === 'user' && JSON.stringify(last).includes('TOOL');
  const number = requests.length;
  if (url.endsWith('/responses')) responses(response, number, isTool);
  else completions(response, number, isTool);
}

function responses(response: ServerResponse, number: number, isTool: boolean): void {
  const send = (type: string, more: Json): void => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`);
  };
  const item = isTool
    ? {
        type: 'function_call',
        id: `fc_${number}`,
        call_id: `call_${number}`,
        name: 'exec_command',
        arguments: JSON.stringify({ cmd: `echo out-${number}` }),
      }
    : {
        type: 'message',
        role: 'assistant',
        id: `msg_${number}`,
        content: [{ type: 'output_text', text: `Reply ${number}`, annotations: [] }],
      };
  const id = `resp_${number}`;
  send('response.created', { response: { id } });
  send('response.output_item.added', { output_index: 0, item: { ...item, content: [] } });
  send('response.output_item.done', { output_index: 0, item });
  const usage = {
    input_tokens: 100,
    input_tokens_details: { cached_tokens: 40 },
    output_tokens: 7,
    output_tokens_details: { reasoning_tokens: 2 },
    total_tokens: 107,
  };
  send('response.completed', { response: { id, status: 'completed', output: [item], usage } });
  response.end();
}

function completions(response: ServerResponse, number: number, isTool: boolean): void {
  const send = (delta: Json, finish: string | null, more: Json = {}): void => {
    const chunk = {
      id: `c${number}`,
      object: 'chat.completion.chunk',
      created: 1,
      model: 'mock-model',
      choices: [{ index: 0, delta, finish_reason: finish }],
      ...more,
    };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  if (isTool) {
    const call = { name: 'bash', arguments: JSON.stringify({ command: `echo out-${number}` }) };
    const tool = { index: 0, id: `call_${number}`, type: 'function', function: call };
    send({ role: 'assistant', tool_calls: [tool] }, null);
  } else send({ role: 'assistant', content: `Reply ${number}` }, null);
  const usage = { prompt_tokens: 100, completion_tokens: 7, total_tokens: 107 };
  send({}, isTool ? 'tool_calls' : 'stop', { usage });
  response.write('data: [DONE]\n\n');
  response.end();
}
