/** An import or search worker that takes all the memory it may have over what has a certain name. */
import { setImmediate as turn } from 'node:timers/promises';
import { parentPort } from 'node:worker_threads';
import type { FromWorker, ToWorker } from '../../../../src/server/importMessages.ts';
import type { FromSearchWorker, ToSearchWorker } from '../../../../src/server/searchMessages.ts';

const port = parentPort;
if (!port) throw new Error('This runs in a worker thread only.');
let queue = Promise.resolve();
port.on('message', (message: ToWorker | ToSearchWorker) => {
  queue = queue.then(async () => {
    for (let turns = 0; turns < 20; turns++) await turn();
    if ('path' in message && message.path.includes('20000000-')) takeAll();
    if ('name' in message && message.name === 'compare') takeAll();
    if ('path' in message) port.postMessage(readOf(message));
    if ('name' in message) {
      const answer: FromSearchWorker = { type: 'answer', id: message.id, value: message.name };
      port.postMessage(answer);
    }
  });
});

function readOf({ job }: Extract<ToWorker, { type: 'read' }>): FromWorker {
  return { job, type: 'failed', message: 'read' };
}

function takeAll(): void {
  const held: object[] = [];
  for (;;) held.push(Array.from({ length: 1_000 }, (_, at) => ({ at })));
}
