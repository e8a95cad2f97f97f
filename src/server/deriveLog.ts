/** Derives a log from its stored records with its agent's reader, as an import does from a file. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { agentById } from '../agents/agents.ts';
import { encodeLog, type EncodedLog } from '../store/encodedLog.ts';
import { ReaderFailure, type DeriveLog } from '../store/doctor/rebuild.ts';
import type { Derivation, FromDerivation, ToDerivation } from './derivation.ts';
import { IMPORT_LIMITS, type WorkerBounds } from './workerLimits.ts';

/** Records from which on a log is derived in a thread of its own: there it is 10 ms of work. */
const LARGE = 8_192;

export const deriveLog: DeriveLog = async (agentId, path, records) => {
  const agent = agentById(agentId);
  if (!agent) return undefined;
  const reader = agent.createReader(path);
  let seq = 0;
  for await (const batch of records) {
    asReader(agentId, () => {
      for (const bytes of batch) reader.add(seq++, bytes);
    });
  }
  const derived = asReader(agentId, () => reader.finish());
  // Of a long session either takes tens of milliseconds.
  await nextTurn();
  return encodeLog(derived);
};

/** As `deriveLog`, a very large log in a thread of its own, which runs the import worker's script. */
export function deriverOver(workerFile: string | URL, workers?: WorkerBounds): DeriveLog {
  const resourceLimits = workers?.resourceLimits ?? IMPORT_LIMITS;
  return async (agent, path, records, count) => {
    if (count < LARGE || !agentById(agent)) return deriveLog(agent, path, records, count);
    const workerData: Derivation = { derive: { agent, path } };
    const worker = new Worker(workerFile, { workerData, resourceLimits });
    try {
      for await (const batch of records) await ask(worker, agent, packed(batch));
      return await ask(worker, agent, { type: 'end' });
    } finally {
      await worker.terminate();
    }
  };
}

function packed(records: readonly Uint8Array[]): ToDerivation {
  const lengths = Uint32Array.from(records, (record) => record.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const record of records) {
    bytes.set(record, offset);
    offset += record.length;
  }
  return { type: 'records', bytes, lengths };
}

/** Resolves with what was derived, or nothing yet. Rejects with `ReaderFailure`. */
async function ask(
  worker: Worker,
  agent: string,
  message: ToDerivation,
): Promise<EncodedLog | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<FromDerivation>();
  const onExit = (): void => reject(new Error('The thread that derived it ended unexpectedly.'));
  worker.once('message', resolve).once('error', reject).once('exit', onExit);
  try {
    worker.postMessage(message, message.type === 'end' ? [] : [message.bytes.buffer]);
    const answer = await promise;
    if (answer.type === 'failed') throw new Error(answer.message);
    return answer.type === 'derived' ? answer.derived : undefined;
  } catch (error) {
    throw new ReaderFailure(agent, error);
  } finally {
    worker.off('message', resolve).off('error', reject).off('exit', onExit);
  }
}

function asReader<T>(agentId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ReaderFailure(agentId, error);
  }
}
