/**
 * `npm test`: every test there is, from types to a real window, closed by one line with the sum.
 * `--only check|unit|webview|package|host|e2e|long` runs one suite; `long` runs on request alone.
 */
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { runChecks } from './check.ts';
import { runHostSuite } from './lib/hostSuite.ts';
import { closingLine, runSuites, runVitest, type Counts, type Suite } from './lib/suites.ts';
import { installVscodeServer } from './lib/vscodeServer.ts';
import { makePackage } from './package.ts';

const suites: readonly Suite[] = [
  { name: 'check', run: check },
  { name: 'unit', run: () => runVitest('unit', ['unit', 'property']) },
  { name: 'webview', run: () => runVitest('webview', ['webview']) },
  { name: 'package', run: packaged },
  { name: 'host', run: host },
  { name: 'e2e', run: e2e },
];

const onRequest: readonly Suite[] = [{ name: 'long', run: () => runVitest('long', ['long']) }];

async function check(): Promise<Counts> {
  const results = await runChecks();
  const failed = results.filter(({ problems }) => problems !== '').length;
  return { passed: results.length - failed, failed, skipped: 0 };
}

/** One test: the package is small enough and holds what it should. */
async function packaged(): Promise<Counts> {
  const problems = await makePackage(false);
  process.env['MULTIPATH_PACKAGED'] = '1';
  if (problems.length === 0) return { passed: 1, failed: 0, skipped: 0 };
  console.error(problems.join('\n'));
  return { passed: 0, failed: 1, skipped: 0 };
}

async function host(): Promise<Counts> {
  installVscodeServer();
  await build(false);
  const result = await runHostSuite();
  for (const failure of result.failures) console.error(failure);
  return result;
}

async function e2e(): Promise<Counts> {
  installVscodeServer();
  return runVitest('e2e', ['e2e']);
}

const { values } = parseArgs({ options: { only: { type: 'string' } } });
const { only } = values;
const chosen =
  only === undefined ? suites : [...suites, ...onRequest].filter(({ name }) => name === only);
if (chosen.length === 0) {
  console.error(`--only knows ${[...suites, ...onRequest].map(({ name }) => name).join(', ')}`);
  process.exitCode = 1;
} else {
  const total = await runSuites(chosen);
  console.log(`\n${closingLine(total)}`);
  if (total.failed > 0) process.exitCode = 1;
}
