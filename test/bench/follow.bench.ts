/**
 * Following a session of 100 MB that its agent goes on with: what an append of 1 KB costs, from the
 * look at the folder to the store, beside reading the file once more.
 */
import { appendFileSync, statSync } from 'node:fs';
import { agentById } from '../../src/agents/agents.ts';
import { openForReading, type FileOpener } from '../../src/agents/byteSource.ts';
import { NOTHING_READ, readAnew, type Batch } from '../../src/server/fileReading.ts';
import { WarmReadings } from '../../src/server/warmReadings.ts';
import type { Checkpoint } from '../../src/store/logs.ts';
import { contest, defineBenchmark } from './support/benchmark.ts';
import { historyLines, writeHistory } from './support/claudeHistory.ts';
import { homeOf, importAll, openStore } from './support/store.ts';

const FILE_BYTES = 100_000_000;
const APPENDED = 1_000;
const signal = new AbortController().signal;

export const benchmark = defineBenchmark({
  name: 'follow',
  limitSeconds: 180,
  figures: {
    'append to 100 MB': {
      unit: 'ms',
      statistic: 'median',
      baseline: 'reading the file once more',
      goal: { ratioAtMost: 0.1 },
    },
    'read for an append': {
      unit: 'KB',
      statistic: 'max',
      baseline: 'size of the file',
      goal: { ratioAtMost: 0.001 },
    },
  },
  run: async (bench) => {
    const file = writeHistory(homeOf(bench), { seed: 1, bytes: FILE_BYTES, resultLength: 20_000 });
    const store = await openStore(bench);
    bench.onEnd(() => store.close());
    await importAll(store);
    const lines = historyLines({ seed: 2, bytes: 1_000_000 });
    const append = (): void => appendFileSync(file, nextLines(lines));
    append();
    await store.importSessions();
    const times = await contest({
      warmUp: 2,
      rounds: 12,
      subject: async () => {
        append();
        const { bytesDone, sessionsUpdated } = await store.importSessions();
        return bytesDone > 0 ? sessionsUpdated : 0;
      },
      baseline: () => readOnce(file),
    });
    const read = await bytesRead(file, append);
    return {
      'append to 100 MB': times,
      'read for an append': { subject: read, baseline: [statSync(file).size / 1000] },
    };
  },
});

function nextLines(lines: Generator<string>): string {
  let text = '';
  while (text.length < APPENDED) text += lines.next().value as string;
  return text;
}

function claudeCode(): NonNullable<ReturnType<typeof agentById>> {
  const agent = agentById('claude-code');
  if (!agent) throw new Error('There is no reader for Claude Code.');
  return agent;
}

async function readOnce(file: string): Promise<number> {
  const open = await openForReading(file);
  try {
    const steps = { onBatch: () => Promise.resolve(), signal };
    const reading = await readAnew(claudeCode(), file, open, NOTHING_READ, steps, () => undefined);
    return reading.derive().branches.length;
  } finally {
    await open.close();
  }
}

/** Kilobytes that are read of the file for each of some appends. */
async function bytesRead(file: string, append: () => void): Promise<number[]> {
  let read = 0;
  const open: FileOpener = async (path) => {
    const own = await openForReading(path);
    return {
      stat: () => own.stat(),
      close: () => own.close(),
      read: async (...args) => {
        const result = await own.read(...args);
        read += result.bytesRead;
        return result;
      },
    };
  };
  const readings = new WarmReadings({ open });
  let known: Checkpoint | undefined;
  const onBatch = ({ checkpoint }: Batch): Promise<void> => {
    known = checkpoint;
    return Promise.resolve();
  };
  const samples: number[] = [];
  for (let round = 0; round <= 5; round++) {
    read = 0;
    await readings.read(
      { agent: claudeCode(), path: file, ...(known && { known }) },
      { onBatch, signal },
      () => undefined,
    );
    if (round > 0) samples.push(read / 1000);
    append();
  }
  return samples;
}
