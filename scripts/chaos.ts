/**
 * `npm run chaos -- --runs N [--seed S]`: windows that write, fork, tag, read and archive at once on
 * one store while their servers are killed, half of them the owner, and stopped. Says of each run
 * what is wrong and closes with one line; anything lost, doubled or different ends with code 1.
 *
 * The seed fixes what is asked and when somebody is killed; what the system makes of it differs.
 */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ORDINARY, runChaos } from './lib/chaos/chaosRun.ts';
import { bundleServer } from './lib/serverFolder.ts';

const MOST_PROBLEMS = 20;

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '3' }, seed: { type: 'string' } },
});
const runs = Number(values.runs);
const first = Number(values.seed ?? Math.floor(Math.random() * 1e9));
if (!Number.isInteger(runs) || runs < 1 || !Number.isInteger(first)) {
  throw new Error('--runs takes a whole number from 1, --seed a whole number.');
}

const folder = await bundleServer();
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const program = join(folder, 'server.cjs');
const sum = { acknowledged: 0, kills: 0, lost: 0, duplicates: 0, converged: 0 };
for (let run = 0; run < runs; run++) {
  const started = performance.now();
  const result = await runChaos({ ...ORDINARY, seed: first + run, program });
  sum.acknowledged += result.acknowledged;
  sum.kills += result.kills;
  sum.lost += result.lost;
  sum.duplicates += result.duplicates;
  if (result.converged) sum.converged++;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.error(
    `run ${run + 1}, seed ${first + run}: ${result.acknowledged} acknowledged, ` +
      `${result.kills} kills, ${result.stops} stops, ` +
      `${result.converged ? 'converged' : 'NOT CONVERGED'} (${seconds} s)`,
  );
  for (const problem of result.problems.slice(0, MOST_PROBLEMS)) console.error(`  ${problem}`);
}
console.log(
  `${runs} runs, ${sum.acknowledged} acknowledged, ${sum.kills} kills, ${sum.lost} lost, ` +
    `${sum.duplicates} duplicates, ${sum.converged} converged`,
);
if (sum.lost > 0 || sum.duplicates > 0 || sum.converged < runs) process.exitCode = 1;
