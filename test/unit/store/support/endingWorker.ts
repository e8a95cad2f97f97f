/** An import worker that says of every file that it was read, but ends over those of one name. */
import { setImmediate as turn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from '../../../../src/server/importMessages.ts';

const port = parentPort;
if (!port) throw new Error('This runs in a worker thread only.');
let queue = Promise.resolve();
port.on('message', (message: ToWorker) => {
  if (message.type !== 'read') return;
  const { job, path } = message;
  queue = queue.then(async () => {
    // The next one is asked for meanwhile.
    for (let turns = 0; turns < 20; turns++) await turn();
    if (path.includes('20000000-')) process.exit(1);
    const answer: FromWorker = { job, type: 'failed', message: 'read' };
    port.postMessage(answer);
  });
});
