/**
 * The process of one benchmark: `runOne.ts FILE FOLDER SCALE`, with an IPC channel for the rows. Told to
 * end (SIGTERM), it cleans up as if the benchmark were over.
 */
import { loadBenchmark } from './discover.ts';
import { rowOf } from './figures.ts';

const [file = '', folder = '', scale = '1'] = process.argv.slice(2);
const cleanUps: (() => unknown)[] = [];

process.on('SIGTERM', () => void cleanUp().finally(() => process.exit(1)));

try {
  const benchmark = await loadBenchmark(file);
  const { name, figures } = benchmark;
  const measured = await benchmark.run({
    folder,
    scale: Number(scale),
    onEnd: (work) => cleanUps.push(work),
  });
  const rows = Object.entries(figures).map(([figure, definition]) => {
    const samples = measured[figure];
    if (!samples) throw new Error(`${name} did not measure ${figure}.`);
    return rowOf(`${name}.${figure}`, definition, samples);
  });
  await cleanUp();
  process.send?.(rows);
} catch (error) {
  await cleanUp();
  console.error(error);
  process.exitCode = 1;
} finally {
  process.disconnect();
}

async function cleanUp(): Promise<void> {
  for (let work = cleanUps.pop(); work; work = cleanUps.pop()) await work();
}
