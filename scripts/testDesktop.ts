/**
 * `npm run test:desktop`: the host tests in desktop VS Code, which is downloaded the first time.
 * For machines that may download it; `npm test` runs the same tests in the VS Code server.
 */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runTests } from '@vscode/test-electron';
import type { HostResult } from '../test/host/support/run.ts';
import { build } from './build.ts';
import { companion } from './lib/bundles.ts';
import { out, root, vscodeTest } from './lib/paths.ts';
import { createSandbox } from './lib/sandbox.ts';
import { closingLine } from './lib/suites.ts';

const { values } = parseArgs({ options: { version: { type: 'string', default: 'stable' } } });
const folder = mkdtempSync(join(tmpdir(), 'multipath-desktop-'));
try {
  await build(false);
  const resultFile = join(folder, 'result.json');
  const sandbox = createSandbox(folder);
  const code = await runTests({
    version: values.version,
    cachePath: vscodeTest,
    extensionDevelopmentPath: [root, companion],
    extensionTestsPath: join(out, 'test/host/index.cjs'),
    extensionTestsEnv: { ...sandbox.env, MULTIPATH_HOST_RESULT: resultFile },
    launchArgs: [
      sandbox.workspace,
      ...['--user-data-dir', sandbox.userData, '--extensions-dir', sandbox.extensions],
      ...['--disable-workspace-trust', '--use-inmemory-secretstorage', '--skip-welcome'],
    ],
  }).catch((error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  });
  // Without a result VS Code did not get as far as the tests.
  const result = existsSync(resultFile)
    ? (JSON.parse(readFileSync(resultFile, 'utf8')) as HostResult)
    : { passed: 0, failed: 1, skipped: 0, failures: [] };
  for (const failure of result.failures) console.error(failure);
  console.log(closingLine(result));
  process.exitCode = result.failed > 0 ? 1 : code;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
