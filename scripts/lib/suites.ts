/** Test suites and their counts, so that one closing line can speak for all of them. */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { out } from './paths.ts';
import { runTool } from './run.ts';

export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Suite {
  readonly name: string;
  readonly run: () => Promise<Counts>;
}

/** Colours only where a person looks. */
const plain = process.stdout.isTTY ? {} : { NO_COLOR: '1' };

interface VitestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly success: boolean;
}

/**
 * Runs vitest projects and reads the counts from its report. A run that fails without a failed test,
 * such as a file that cannot be loaded, counts as one failure.
 */
export async function runVitest(name: string, projects: readonly string[]): Promise<Counts> {
  const report = join(out, 'results', `${name}.json`);
  mkdirSync(join(out, 'results'), { recursive: true });
  rmSync(report, { force: true });
  const { code } = await runTool(
    'vitest/vitest.mjs',
    [
      'run',
      ...projects.flatMap((project) => ['--project', project]),
      ...['--reporter=dot', '--reporter=json', `--outputFile.json=${report}`],
    ],
    { echo: true, env: { ...process.env, ...plain } },
  );
  if (!existsSync(report)) return { passed: 0, failed: 1, skipped: 0 };
  const counts = JSON.parse(readFileSync(report, 'utf8')) as VitestReport;
  const failed = counts.numFailedTests;
  return {
    passed: counts.numPassedTests,
    failed: failed === 0 && (code !== 0 || !counts.success) ? 1 : failed,
    skipped: counts.numPendingTests + counts.numTodoTests,
  };
}

/**
 * Runs one suite after the other and returns the sum. A suite that throws, or that finds nothing to
 * run, counts as a failure: silence must not look like success.
 */
export async function runSuites(suites: readonly Suite[]): Promise<Counts> {
  let total: Counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { name, run } of suites) {
    const startedAt = Date.now();
    console.log(`\n== ${name}`);
    const counts = await run().catch((error: unknown) => {
      console.error(error);
      return { passed: 0, failed: 1, skipped: 0 };
    });
    const ran = counts.passed + counts.failed;
    if (ran === 0) console.error(`${name}: no test ran`);
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    console.log(`== ${name}: ${closingLine(counts)} (${seconds} s)`);
    total = {
      passed: total.passed + counts.passed,
      failed: total.failed + counts.failed + (ran === 0 ? 1 : 0),
      skipped: total.skipped + counts.skipped,
    };
  }
  return total;
}

/** `N passed, N failed`, with `, N skipped` where some were. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  const ran = `${passed} passed, ${failed} failed`;
  return skipped === 0 ? ran : `${ran}, ${skipped} skipped`;
}
