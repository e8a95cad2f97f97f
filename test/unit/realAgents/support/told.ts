/**
 * What a model was told, and what a session says it was told, in one form: a line for each thing
 * said, called or answered. What agents add by themselves (instructions, the environment) is no part
 * of a conversation.
 */
import type { Message } from '../../../../src/core/message.ts';
import type { Json } from './modelServer.ts';

const INJECTED =
  /^\s*(?:<(?:environment_context|user_instructions|permissions|skills)|# AGENTS\.md instructions)/;

/** Of a request in the wire format of OpenAI's Responses. */
export function toldCodex(request: Json | undefined): string[] {
  return (request?.['input'] as readonly Json[]).flatMap((item) => {
    const type = item['type'];
    if (type === 'function_call') return [`call ${String(item['arguments'])}`];
    if (type === 'function_call_output') return [`result ${textIn(item['output'])}`];
    if (item['role'] !== 'user' && item['role'] !== 'assistant') return [];
    const text = textIn(item['content']);
    return INJECTED.test(text) ? [] : [`${item['role']} ${text}`];
  });
}

/** Of a request in the wire format of OpenAI's chat completions. */
export function toldPi(request: Json | undefined): string[] {
  return (request?.['messages'] as readonly Json[]).flatMap((message) => {
    const { role, content } = message;
    if (role === 'tool') return [`result ${textIn(content)}`];
    if (role !== 'user' && role !== 'assistant') return [];
    const calls = (message['tool_calls'] ?? []) as readonly Json[];
    const text = textIn(content);
    return [
      ...(text === '' ? [] : [`${role} ${text}`]),
      ...calls.map((call) => `call ${String((call['function'] as Json)['arguments'])}`),
    ];
  });
}

function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return (content as readonly Json[]).map((part) => String(part['text'])).join('\n');
}

/** Of a session's messages, each with nothing shortened. */
export function saidIn(messages: readonly Message[]): string[] {
  return messages.flatMap(({ role, content }) =>
    content.flatMap((block) => {
      if (block.type === 'text') return [`${role} ${block.text}`];
      if (block.type !== 'tool') return [];
      const call = `call ${JSON.stringify(JSON.parse(block.input.text))}`;
      return block.result ? [call, `result ${block.result.text}`] : [call];
    }),
  );
}

/** The same with blanks around each thing said left out, as agents keep them differently. */
export function trimmed(lines: readonly string[]): string[] {
  return lines.map((line) => line.trim());
}
