/** The import worker: reads agents' files away from the thread that answers requests. */
import { parentPort, workerData } from 'node:worker_threads';
import { agentById } from '../agents/agents.ts';
import { messageOf, MultipathError } from '../core/errors.ts';
import { BatchRooms } from './batchRooms.ts';
import { isDerivation, serveDerivation } from './derivation.ts';
import type { Batch } from './fileReading.ts';
import { glimpseOf, type Glimpse } from './glimpse.ts';
import type { AboutFile, Asked, ToWorker } from './importMessages.ts';
import { WarmReadings } from './warmReadings.ts';

const port = parentPort;
if (!port) throw new Error('import.worker runs in a worker thread only.');

/** Batches that may be on their way: some are written while the next one is read. */
const BATCHES_AHEAD = 3;

const readings = new WarmReadings();
const rooms = new BatchRooms(BATCHES_AHEAD);

let underWay = 0;
let next: (() => void) | undefined;
/** The number of the file that is being read. */
let current: number | undefined;
/** Of the files that were asked for and are not read yet. */
const controllers = new Map<number, AbortController>();
let queue = Promise.resolve();

if (isDerivation(workerData)) serveDerivation(port, workerData);
else port.on('message', take);

function take(message: ToWorker): void {
  switch (message.type) {
    case 'next':
      underWay--;
      rooms.giveBack(message.bytes);
      if (controllers.size === 0) rooms.clear();
      next?.();
      return;
    case 'cancel':
      controllers.get(message.job)?.abort();
      if (message.job === current) next?.();
      return;
    case 'glimpse':
      void glimpse(message);
      return;
    case 'read': {
      const controller = new AbortController();
      controllers.set(message.job, controller);
      queue = queue.then(() => read(message, controller.signal));
    }
  }
}

async function read(request: Extract<Asked, { type: 'read' }>, signal: AbortSignal): Promise<void> {
  const { job } = request;
  current = job;
  try {
    signal.throwIfAborted();
    const agent = agentById(request.agent);
    if (!agent) throw new Error(`There is no reader for "${request.agent}".`);
    const { path, known, saved, mostBytes = Infinity } = request;
    // What was read before is known to be too much already, or nearly.
    if ((known?.terminatedBytes ?? 0) >= mostBytes) throw new TooLarge(path);
    const result = await readings.read(
      { agent, path, ...(known && { known }), ...(saved !== undefined && { saved }) },
      {
        onBatch: (batch) => {
          if (batch.byteCount > mostBytes) throw new TooLarge(path);
          return sendBatch(job, batch, signal);
        },
        signal,
      },
      () => post(job, { type: 'rewritten' }),
    );
    post(job, { type: 'done', ...result });
  } catch (error) {
    const isTooLarge = error instanceof TooLarge;
    post(
      job,
      signal.aborted
        ? { type: 'cancelled' }
        : { type: 'failed', message: messageOf(error), isTooLarge },
    );
  } finally {
    current = undefined;
    controllers.delete(job);
    if (controllers.size === 0) rooms.clear();
  }
}

async function glimpse({ job, files }: Extract<Asked, { type: 'glimpse' }>): Promise<void> {
  const glimpses: Glimpse[] = [];
  for (const { agent: id, path } of files) {
    const agent = agentById(id);
    // Reading such a file says what is wrong with it.
    glimpses.push(agent ? await glimpseOf(agent, path).catch(() => ({})) : {});
  }
  post(job, { type: 'glimpses', glimpses });
}

class TooLarge extends MultipathError {
  constructor(path: string) {
    super(
      'unavailable',
      `${path} is compressed and unpacks to more than was agreed to for this agent. What fits was read. Allow more of the agent’s history to read the rest.`,
    );
  }
}

/** Resolves when there is room for another batch, so that memory stays bounded. */
async function sendBatch(job: number, batch: Batch, signal: AbortSignal): Promise<void> {
  const lengths = Uint32Array.from(batch.records, (record) => record.length);
  const bytes = rooms.take(lengths.reduce((sum, length) => sum + length, 0));
  let offset = 0;
  for (const record of batch.records) {
    bytes.set(record, offset);
    offset += record.length;
  }
  const { firstSeq, byteCount, checkpoint } = batch;
  underWay++;
  post(job, { type: 'batch', firstSeq, bytes, lengths, byteCount, checkpoint }, [
    bytes.buffer,
    lengths.buffer,
  ]);
  if (underWay >= BATCHES_AHEAD) await new Promise<void>((resolve) => (next = resolve));
  next = undefined;
  signal.throwIfAborted();
}

function post(job: number, message: AboutFile, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage({ job, ...message }, [...transfer]);
}
