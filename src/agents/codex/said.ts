/** Messages that no Codex wrote, as the fewest records that it goes on from and lists. */
import type { JsonObject } from '../json.ts';
import { isoTime, type ForkSource } from '../writer.ts';

/** How Codex itself hands a summary to the model. */
const SUMMARY =
  'Another language model started to solve this problem and produced a summary of its thinking process. Use it to build on the work that has already been done. Here is the summary:\n';

export async function* saidLines(source: ForkSource, now: number): AsyncGenerator<JsonObject> {
  for await (const { role, text, timestamp } of source.said()) {
    const time = isoTime(timestamp ?? now);
    const line = (type: string, payload: JsonObject): JsonObject => ({
      timestamp: time,
      type,
      payload,
    });
    const message = (of: 'user' | 'assistant', words: string): JsonObject => ({
      type: 'message',
      role: of,
      content: [{ type: of === 'user' ? 'input_text' : 'output_text', text: words }],
    });
    if (role === 'summary') {
      const replacement_history = [message('user', `${SUMMARY}${text}`)];
      yield line('compacted', { message: text, replacement_history });
    } else {
      yield line('response_item', message(role, text));
      yield line('event_msg', {
        type: role === 'user' ? 'user_message' : 'agent_message',
        message: text,
      });
    }
  }
}
