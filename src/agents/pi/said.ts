/** Messages that no pi wrote, as entries that it goes on from. */
import type { JsonObject } from '../json.ts';
import type { ForkSource } from '../writer.ts';

const NO_COST = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
const NO_USAGE = {
  input: 0,
  output: 0,
  cacheRead: 0,
  cacheWrite: 0,
  totalTokens: 0,
  cost: NO_COST,
};

export interface SaidEntry {
  /** Without id and parent. */
  readonly entry: JsonObject;
  /** Milliseconds since the epoch. */
  readonly time: number;
}

export async function* saidEntries(source: ForkSource, now: number): AsyncGenerator<SaidEntry> {
  for await (const { role, text, timestamp, model, provider } of source.said()) {
    const time = timestamp ?? now;
    if (role === 'summary') {
      // No entry has this id: nothing before is kept for the model, as where it comes from.
      yield {
        time,
        entry: { type: 'compaction', summary: text, firstKeptEntryId: '', tokensBefore: 0 },
      };
      continue;
    }
    const content = [{ type: 'text', text }];
    const message =
      role === 'user'
        ? { role, content, timestamp: time }
        : {
            role,
            content,
            api: 'multipath',
            provider: provider ?? 'multipath',
            model: model ?? 'unknown',
            usage: NO_USAGE,
            stopReason: 'stop',
            timestamp: time,
          };
    yield { time, entry: { type: 'message', message } };
  }
}
