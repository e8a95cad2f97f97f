/** Test projects that run in plain Node. Files are discovered by folder; nothing is listed by hand. */
import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';

/** Outside the extension host there is no `vscode`; what ui tests need of it stands in here. */
const vscode = fileURLToPath(new URL('test/unit/support/vscode.ts', import.meta.url));

const node = (
  name: string,
  timeoutMs: number,
  more: TestProjectInlineConfiguration['test'] = {},
): TestProjectInlineConfiguration => ({
  resolve: { alias: { vscode } },
  test: {
    name,
    include: [`test/${name}/**/*.test.ts`],
    environment: 'node',
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    // A second, as it is by default, is soon over on a busy machine.
    expect: { poll: { timeout: 15_000 } },
    ...more,
  },
});

const withServer = { globalSetup: 'test/support/buildServer.ts' };

export default defineConfig({
  test: {
    projects: [
      node('unit', 30_000, withServer),
      node('property', 120_000, withServer),
      node('long', 3_600_000, withServer),
      // Panels in a browser, with a host that is played.
      node('webview', 60_000),
      // Windows of a real VS Code, one at a time: two starve each other on a machine with two cores.
      node('e2e', 180_000, { globalSetup: 'test/e2e/support/setup.ts', fileParallelism: false }),
    ],
    // Otherwise one core is left idle, which on a machine with two is half of it.
    maxWorkers: '100%',
    allowOnly: false,
    passWithNoTests: false,
  },
});
