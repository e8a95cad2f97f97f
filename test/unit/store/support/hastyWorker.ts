/** An import worker that reports the end of a file while its batch is still being taken in. */
import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from '../../../../src/server/importMessages.ts';

const port = parentPort;
if (!port) throw new Error('This runs in a worker thread only.');
port.on('message', (message: ToWorker) => {
  if (message.type !== 'read') return;
  // Large enough to go to a file of its own, which takes longer than a message.
  const bytes = new Uint8Array(300_000).fill(97);
  const checkpoint = { terminatedCount: 0, terminatedBytes: 0, prefixHash: '' };
  const { job } = message;
  const messages: readonly FromWorker[] = [
    {
      job,
      type: 'batch',
      firstSeq: 0,
      bytes,
      lengths: Uint32Array.of(bytes.length),
      byteCount: bytes.length,
      checkpoint,
    },
    { job, type: 'cancelled' },
  ];
  for (const answer of messages) port.postMessage(answer);
});
