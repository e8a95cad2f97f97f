/**
 * Runs the host tests inside the extension host with mocha and writes what came of it to the file
 * named by MULTIPATH_HOST_RESULT. Serves the VS Code server and @vscode/test-electron alike.
 */
import { renameSync, writeFileSync } from 'node:fs';
import Mocha from 'mocha';

/** A test file and what loads it. */
export type TestFile = readonly [name: string, load: () => unknown];

export interface HostResult {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Titles and messages of the failures. */
  readonly failures: readonly string[];
}

/** Rejects when a test failed, which is how VS Code learns of it. */
export async function runHostTests(files: readonly TestFile[]): Promise<void> {
  const mocha = new Mocha({ ui: 'bdd', timeout: 60_000, forbidOnly: true });
  const failures: string[] = [];
  for (const [name, load] of files) {
    mocha.suite.emit('pre-require', globalThis, name, mocha);
    mocha.suite.emit('require', load(), name, mocha);
    mocha.suite.emit('post-require', globalThis, name, mocha);
  }
  const stats = await new Promise<Mocha.Stats>((resolve, reject) => {
    const runner = mocha.run(() => {
      if (runner.stats) resolve(runner.stats);
      else reject(new Error('mocha kept no statistics'));
    });
    runner.on('fail', (test: Mocha.Runnable, error: Error) => {
      failures.push(`${test.fullTitle()}\n${error.stack ?? error.message}`);
    });
  });
  const result: HostResult = {
    passed: stats.passes,
    failed: failures.length,
    skipped: stats.pending,
    failures,
  };
  const file = process.env['MULTIPATH_HOST_RESULT'];
  if (file !== undefined) {
    // Whoever waits for the file must never see half of it.
    writeFileSync(`${file}.part`, JSON.stringify(result, null, 2));
    renameSync(`${file}.part`, file);
  }
  if (failures.length > 0) throw new Error(failures.join('\n\n'));
}
