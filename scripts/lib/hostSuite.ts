/**
 * Runs the bundled host tests inside the extension host of the VS Code server, with the built
 * extension loaded for development: the way @vscode/test-electron does it on the desktop.
 */
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostResult } from '../../test/host/support/run.ts';
import { launchBrowser } from './browser.ts';
import { companion } from './bundles.ts';
import { out, root } from './paths.ts';
import { createSandbox } from './sandbox.ts';
import { startHostServer, type VscodeServer } from './vscodeServer.ts';

const limitMs = 10 * 60_000;

/** Expects dist/ and out/test/host to be built and the server to be installed. */
export async function runHostSuite(): Promise<HostResult> {
  const folder = mkdtempSync(join(tmpdir(), 'multipath-host-'));
  const resultFile = join(folder, 'result.json');
  const sandbox = createSandbox(folder);
  installCompanion(sandbox.extensions);
  const server = await startHostServer(
    { ...sandbox, env: { ...sandbox.env, MULTIPATH_HOST_RESULT: resultFile } },
    join(out, 'logs', 'host-server.log'),
  );
  const browser = await launchBrowser();
  try {
    const page = await browser.newPage();
    await page.goto(testAddress(server, sandbox.workspace));
    await untilWritten(resultFile, server);
    return JSON.parse(readFileSync(resultFile, 'utf8')) as HostResult;
  } finally {
    await browser.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The page names one extension to develop; another author's is installed, as VS Code lists it. */
function installCompanion(extensions: string): void {
  const id = 'multipath-tests.multipath-companion';
  const version = '0.0.1';
  const path = join(extensions, `${id}-${version}`);
  cpSync(companion, path, { recursive: true });
  const location = { $mid: 1, path, scheme: 'file' };
  const entry = { identifier: { id }, version, location, relativeLocation: `${id}-${version}` };
  writeFileSync(join(extensions, 'extensions.json'), JSON.stringify([entry]));
}

function testAddress(server: VscodeServer, workspace: string): string {
  const remote = `vscode-remote://127.0.0.1:${server.port}`;
  const payload = [
    ['extensionDevelopmentPath', `${remote}${root}`],
    ['extensionTestsPath', `${remote}${join(out, 'test/host/index.cjs')}`],
  ];
  const query = new URLSearchParams({ folder: workspace, payload: JSON.stringify(payload) });
  return `${server.address}/?${query.toString()}`;
}

async function untilWritten(file: string, server: VscodeServer): Promise<void> {
  const deadline = Date.now() + limitMs;
  while (!existsSync(file)) {
    const log = readFileSync(server.logFile, 'utf8');
    const ended = /Extension Host Process exited with code: \S+/.exec(log)?.[0];
    if (existsSync(file)) return;
    if (ended !== undefined || Date.now() > deadline) {
      const reason = ended ?? `nothing after ${limitMs / 60_000} minutes`;
      throw new Error(`The host tests gave no result (${reason}):\n${log.slice(-3_000)}`);
    }
    await sleep(200);
  }
}
