/**
 * Everything that can be said about the sources without running them: types, lint with the layer
 * rules, format, dead code, length of files, licences. Two at a time.
 */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/paths.ts';
import { runTool } from './lib/run.ts';
import { apiTypesProblem } from './api.ts';
import { noticesProblem } from './notices.ts';

interface Check {
  readonly name: string;
  /** Resolves to what is wrong, an empty text if nothing is. */
  readonly problems: () => Promise<string>;
}

export interface CheckResult {
  readonly name: string;
  readonly problems: string;
  readonly seconds: number;
}

const maxLines = 500;

const tool = (name: string, path: string, ...args: readonly string[]): Check => ({
  name,
  problems: async () => {
    const { code, output } = await runTool(path, args);
    return code === 0 ? '' : output.trim() || `${path} ended with code ${code}`;
  },
});

/** The slowest first, so that the rest runs beside it. */
const checks: readonly Check[] = [
  tool('lint', 'eslint/bin/eslint.js', '.', '--max-warnings=0'),
  tool('types', '@typescript/cli/bin/tsc', '--noEmit', '-p', '.'),
  tool('types of webviews', '@typescript/cli/bin/tsc', '--noEmit', '-p', 'webview-ui'),
  tool('types of webview tests', '@typescript/cli/bin/tsc', '--noEmit', '-p', 'test/webview'),
  tool('format', 'prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  tool('dead code', 'knip/bin/knip.js', '--no-progress', '--no-config-hints'),
  { name: 'length of files', problems: () => Promise.resolve(longFiles()) },
  { name: 'types of the public API', problems: apiTypesProblem },
  { name: 'licences', problems: noticesProblem },
];

function longFiles(): string {
  return globSync(['src/**/*.ts', 'webview-ui/**/*.ts', 'test/**/*.ts', 'scripts/**/*.ts'], {
    cwd: root,
  })
    .map((path) => ({ path, lines: readFileSync(join(root, path), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > maxLines)
    .map(({ path, lines }) => `${path} has ${lines} lines; at most ${maxLines}`)
    .join('\n');
}

/** Runs all checks and reports each as it ends. */
export async function runChecks(): Promise<CheckResult[]> {
  const waiting = [...checks];
  const results: CheckResult[] = [];
  const lane = async (): Promise<void> => {
    for (let check = waiting.shift(); check; check = waiting.shift()) {
      const startedAt = Date.now();
      const problems = await check
        .problems()
        .catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
      const result = { name: check.name, problems, seconds: (Date.now() - startedAt) / 1000 };
      results.push(result);
      report(result);
    }
  };
  await Promise.all([lane(), lane()]);
  return results;
}

function report({ name, problems, seconds }: CheckResult): void {
  console.log(`${problems === '' ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
  if (problems !== '') console.log(problems);
}

if (import.meta.main) {
  const results = await runChecks();
  if (results.some(({ problems }) => problems !== '')) process.exitCode = 1;
}
