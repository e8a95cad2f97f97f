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
    const thread = new DerivingThread(
      new Worker(workerFile, { workerData, resourceLimits }),
      agent,
    );
    try {
      for await (const batch of records) await thread.ask(packed(batch));
      return await thread.ask({ type: 'end' });
    } finally {
      await thread.end();
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

/**
 * A thread that derives one log. It is listened to from its beginning: it may end while nothing is
 * asked of it, which would end the process if nobody heard, and is then the answer to what is asked
 * next.
 */
class DerivingThread {
  readonly #worker: Worker;
  readonly #agent: string;
  #failure: ReaderFailure | undefined;
  #asked: PromiseWithResolvers<FromDerivation> | undefined;

  constructor(worker: Worker, agent: string) {
    this.#worker = worker;
    this.#agent = agent;
    worker
      .on('message', (answer: FromDerivation) => this.#asked?.resolve(answer))
      .on('error', (error) => this.#fail(error))
      .on('exit', () => this.#fail(new Error('The thread that derived it ended unexpectedly.')));
  }

  /** Resolves with what was derived, or nothing yet. Rejects with `ReaderFailure`. */
  async ask(message: ToDerivation): Promise<EncodedLog | undefined> {
    if (this.#failure) throw this.#failure;
    this.#asked = Promise.withResolvers<FromDerivation>();
    this.#worker.postMessage(message, message.type === 'end' ? [] : [message.bytes.buffer]);
    const answer = await this.#asked.promise;
    this.#asked = undefined;
    if (answer.type === 'failed') throw new ReaderFailure(this.#agent, answer.message);
    return answer.type === 'derived' ? answer.derived : undefined;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  /** The first error says why; that it exits follows from it. */
  #fail(error: unknown): void {
    this.#failure ??= new ReaderFailure(this.#agent, error);
    this.#asked?.reject(this.#failure);
  }
}

function asReader<T>(agentId: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new ReaderFailure(agentId, error);
  }
}
