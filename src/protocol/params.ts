/** Parts that the schemas of many methods' arguments are made of. */
import * as v from 'valibot';
import { isTime, MOST_TOKENS } from '../core/message.ts';

export const id = v.pipe(v.string(), v.minLength(1));
export const ids = v.array(id);
export const count = v.pipe(v.number(), v.integer(), v.minValue(0));
export const metadata = v.record(v.string(), v.unknown());
export const requestId = v.exactOptional(id);

const tokens = v.pipe(count, v.maxValue(MOST_TOKENS));
export const usage = v.object({
  input: tokens,
  output: tokens,
  cacheRead: tokens,
  cacheWrite: tokens,
  cacheWrite1h: v.exactOptional(tokens),
});
export const newMessage = v.object({
  role: v.picklist(['user', 'assistant', 'system']),
  text: v.string(),
  model: v.exactOptional(v.string()),
  provider: v.exactOptional(v.string()),
  tokens: v.exactOptional(usage),
  timestamp: v.exactOptional(v.pipe(v.number(), v.check(isTime))),
  metadata: v.exactOptional(metadata),
});
