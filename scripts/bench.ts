/**
 * `npm run bench -- [--json FILE] [--only NAME] [--long] [--scale FRACTION]`: measures, each
 * benchmark beside its baseline in one process, and prints a table. With a fraction the long ones
 * take less of everything. A goal that is missed is said in the table and is no
 * failure; a benchmark that cannot run is.
 */
import { fork } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { SERVER_ARGUMENTS, SERVER_ENVIRONMENT } from '../src/protocol/serverProcess.ts';
import type { Benchmark } from '../test/bench/support/benchmark.ts';
import { benchmarkFiles, loadBenchmark } from '../test/bench/support/discover.ts';
import { table, type Row } from '../test/bench/support/figures.ts';
import { stop } from './lib/run.ts';
import { bundleServer } from './lib/serverFolder.ts';

const runOne = fileURLToPath(new URL('../test/bench/support/runOne.ts', import.meta.url));

interface Found {
  readonly file: string;
  readonly benchmark: Benchmark;
}

const { values } = parseArgs({
  options: {
    json: { type: 'string' },
    only: { type: 'string' },
    long: { type: 'boolean', default: false },
    scale: { type: 'string', default: '1' },
  },
});
const { only, json, long, scale } = values;
if (!(Number(scale) > 0 && Number(scale) <= 1))
  throw new Error('--scale is above 0, and 1 at most.');

const all: Found[] = [];
for (const file of benchmarkFiles()) {
  all.push({ file, benchmark: await loadBenchmark(file) });
}
const chosen = all.filter(({ benchmark }) =>
  only === undefined ? long || benchmark.long !== true : benchmark.name === only,
);
if (chosen.length === 0) {
  console.error(`--only knows ${all.map(({ benchmark }) => benchmark.name).join(', ')}`);
  process.exitCode = 1;
}

const rows: Row[] = [];
const workers = await bundleServer(true);
process.on('exit', () => rmSync(workers, { recursive: true, force: true }));
for (const { file, benchmark } of chosen) {
  const reason = benchmark.unavailable?.();
  if (reason !== undefined) {
    console.error(`${benchmark.name}: skipped, ${reason}`);
    continue;
  }
  const started = Date.now();
  const measured = await measure(file, benchmark);
  rows.push(...measured);
  const outcome = measured.length === 0 ? 'FAILED' : 'measured';
  console.error(`${benchmark.name}: ${outcome} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
  if (measured.length === 0) process.exitCode = 1;
}
if (rows.length > 0) console.log(`\n${table(rows)}`);
if (json !== undefined) writeFileSync(resolve(json), `${JSON.stringify(rows, null, 2)}\n`);

/** Runs one benchmark in a process of its own; no rows when it failed. */
async function measure(file: string, { name, limitSeconds }: Benchmark): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), 'multipath-bench-'));
  const child = fork(runOne, [file, folder, scale], {
    // As a session server is started: what is measured is the owner of a store.
    execArgv: ['--expose-gc', ...SERVER_ARGUMENTS],
    env: { ...process.env, ...SERVER_ENVIRONMENT, MULTIPATH_WORKERS: workers },
  });
  const passOn = (): void => void child.kill('SIGTERM');
  process.on('SIGTERM', passOn);
  const limit = setTimeout(() => {
    console.error(`${name}: ended after ${limitSeconds} s`);
    void stop(child);
  }, limitSeconds * 1000);
  try {
    return await new Promise<readonly Row[]>((settle) => {
      let result: readonly Row[] = [];
      child.on('message', (message) => (result = message as readonly Row[]));
      child.on('exit', (code) => settle(code === 0 ? result : []));
    });
  } finally {
    clearTimeout(limit);
    process.off('SIGTERM', passOn);
    rmSync(folder, { recursive: true, force: true });
  }
}
