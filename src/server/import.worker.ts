/** The import worker: reads agents' files away from the thread that answers requests. */
import { parentPort } from 'node:worker_threads';
import { agentById } from '../agents/agents.ts';
import { messageOf, MultipathError } from '../core/errors.ts';
import type { Batch } from './fileReading.ts';
import type { FromWorker, ToWorker } from './importMessages.ts';
import { WarmReadings } from './warmReadings.ts';

const port = parentPort;
if (!port) throw new Error('import.worker runs in a worker thread only.');

/** Batches that may be on their way: one is written while the next one is read. */
const BATCHES_AHEAD = 2;

const readings = new WarmReadings();

let underWay = 0;
let next: (() => void) | undefined;
let current: AbortController | undefined;

port.on('message', (message: ToWorker) => {
  if (message.type === 'next') {
    underWay--;
    next?.();
  } else if (message.type === 'cancel') {
    current?.abort();
    next?.();
  } else void read(message);
});

async function read(request: Extract<ToWorker, { type: 'read' }>): Promise<void> {
  const controller = new AbortController();
  current = controller;
  try {
    const agent = agentById(request.agent);
    if (!agent) throw new Error(`There is no reader for "${request.agent}".`);
    const { path, known, saved, mostBytes = Infinity } = request;
    // What was read before is known to be too much already, or nearly.
    if ((known?.terminatedBytes ?? 0) >= mostBytes) throw tooLarge(path);
    const { signal } = controller;
    const result = await readings.read(
      { agent, path, ...(known && { known }), ...(saved !== undefined && { saved }) },
      {
        onBatch: (batch) => {
          if (batch.byteCount > mostBytes) throw tooLarge(path);
          return sendBatch(batch, signal);
        },
        signal,
      },
      () => post({ type: 'rewritten' }),
    );
    post({ type: 'done', ...result });
  } catch (error) {
    post(
      controller.signal.aborted
        ? { type: 'cancelled' }
        : { type: 'failed', message: messageOf(error) },
    );
  } finally {
    current = undefined;
  }
}

function tooLarge(path: string): MultipathError {
  return new MultipathError(
    'unavailable',
    `${path} is compressed and unpacks to more than was agreed to for this agent. What fits was read. Allow more of the agent’s history to read the rest.`,
  );
}

/** Resolves when there is room for another batch, so that memory stays bounded. */
async function sendBatch(batch: Batch, signal: AbortSignal): Promise<void> {
  const lengths = Uint32Array.from(batch.records, (record) => record.length);
  const bytes = new Uint8Array(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const record of batch.records) {
    bytes.set(record, offset);
    offset += record.length;
  }
  const { firstSeq, byteCount, checkpoint } = batch;
  underWay++;
  post({ type: 'batch', firstSeq, bytes, lengths, byteCount, checkpoint }, [
    bytes.buffer,
    lengths.buffer,
  ]);
  if (underWay >= BATCHES_AHEAD) await new Promise<void>((resolve) => (next = resolve));
  next = undefined;
  signal.throwIfAborted();
}

function post(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, [...transfer]);
}
