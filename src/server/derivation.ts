/**
 * A very large log is derived in a thread of its own: what its reader makes of all records, once they
 * are there, is one piece of work as long as the log. This is what the two threads tell each other,
 * and the part that runs in the new one.
 */
import type { MessagePort } from 'node:worker_threads';
import * as v from 'valibot';
import { agentById } from '../agents/agents.ts';
import { messageOf } from '../core/errors.ts';
import { encodeLog, type EncodedLog } from '../store/encodedLog.ts';

export type ToDerivation =
  | {
      readonly type: 'records';
      /** The records one after the other, and the length of each in bytes. */
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly lengths: Uint32Array<ArrayBuffer>;
    }
  | { readonly type: 'end' };

/** One answer to each message. */
export type FromDerivation =
  | { readonly type: 'taken' }
  | { readonly type: 'derived'; readonly derived: EncodedLog }
  /** The reader does not get through. */
  | { readonly type: 'failed'; readonly message: string };

const derivation = v.object({ derive: v.object({ agent: v.string(), path: v.string() }) });
export type Derivation = v.InferOutput<typeof derivation>;

/** True for a worker that was started to derive one log. */
export function isDerivation(data: unknown): data is Derivation {
  return v.is(derivation, data);
}

/** Takes the records of a log, in order from the first, and answers with what they say. */
export function serveDerivation(port: MessagePort, { derive: { agent, path } }: Derivation): void {
  const reader = agentById(agent)?.createReader(path);
  let seq = 0;
  const answer = (message: ToDerivation): FromDerivation => {
    if (!reader) throw new Error(`There is no reader for "${agent}".`);
    if (message.type === 'end') return { type: 'derived', derived: encodeLog(reader.finish()) };
    let offset = 0;
    for (const length of message.lengths) {
      reader.add(seq++, message.bytes.subarray(offset, offset + length));
      offset += length;
    }
    return { type: 'taken' };
  };
  port.on('message', (message: ToDerivation) => {
    try {
      port.postMessage(answer(message));
    } catch (error) {
      port.postMessage({ type: 'failed', message: messageOf(error) } satisfies FromDerivation);
    }
  });
}
