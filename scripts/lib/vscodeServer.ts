/**
 * A real VS Code without a desktop: code-server from npm carries the VS Code server and its web
 * workbench. Installed once into .vscode-test/server; after that nothing is downloaded. Binds to
 * loopback only.
 */
import type { ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { runNpm } from './npm.mjs';
import { vscodeTest } from './paths.ts';
import { run, start, stop } from './run.ts';
import type { Sandbox } from './sandbox.ts';

/** 4.139.1 carries VS Code 1.139.1. */
const version = '4.139.1';
const folder = join(vscodeTest, 'server');
const codeServer = join(folder, 'node_modules', 'code-server');
const entry = join(codeServer, 'out', 'node', 'entry.js');

export interface VscodeServer {
  /** Where it answers, without a slash at the end. */
  readonly address: string;
  readonly port: number;
  readonly process: ChildProcess;
  readonly logFile: string;
  stop(): Promise<void>;
}

/** Installs the server if this version is not there yet. Takes about 15 s the first time. */
export function installVscodeServer(): void {
  const marker = join(folder, 'installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === version) return;
  console.error(`Installing the VS Code server (code-server ${version}) into .vscode-test …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  // The install scripts compile native modules that nothing here needs.
  runNpm(['install', `code-server@${version}`, '--ignore-scripts'], folder);
  runNpm(['install', '--omit=dev', '--ignore-scripts'], join(codeServer, 'lib', 'vscode'));
  writeFileSync(marker, version);
}

/**
 * Starts the server that accepts development extensions and test modules from the address of the
 * page. Webviews do not load from it; for those use `startWindowServer`.
 */
export function startHostServer(sandbox: Sandbox, logFile: string): Promise<VscodeServer> {
  return startServer(sandbox, logFile, undefined, (port) => [
    join(codeServer, 'lib', 'vscode', 'out', 'server-main.js'),
    ...['--host', '127.0.0.1', '--port', `${port}`],
    ...['--server-data-dir', sandbox.userData, '--extensions-dir', sandbox.extensions],
    ...['--without-connection-token', '--accept-server-license-terms'],
    ...['--enable-smoke-test-driver', '--telemetry-level', 'off'],
    // Its user settings are the browser's; a window that is not trusted asks no language model.
    '--disable-workspace-trust',
  ]);
}

/** Starts the server as a user has it: installed extensions, working webviews. */
export async function startWindowServer(
  sandbox: Sandbox,
  logFile: string,
  port?: number,
): Promise<VscodeServer> {
  // A socket's path may be about 100 bytes long; the sandbox can lie deeper than that.
  const sockets = mkdtempSync(join(tmpdir(), 'multipath-'));
  const server = await startServer(sandbox, logFile, port, (free) => [
    ...[entry, '--bind-addr', `127.0.0.1:${free}`, '--auth', 'none'],
    ...['--session-socket', join(sockets, 'session.sock')],
    ...['--user-data-dir', sandbox.userData, '--extensions-dir', sandbox.extensions],
    ...['--disable-telemetry', '--disable-update-check', '--disable-workspace-trust'],
    sandbox.workspace,
  ]);
  server.process.once('exit', () => rmSync(sockets, { recursive: true, force: true }));
  return server;
}

/** Installs a VSIX into the sandbox's extensions folder, as `code --install-extension` does. */
export async function installExtension(sandbox: Sandbox, vsix: string): Promise<void> {
  const { code, output } = await run(
    process.execPath,
    [
      ...[entry, '--user-data-dir', sandbox.userData, '--extensions-dir', sandbox.extensions],
      ...['--install-extension', vsix, '--force'],
    ],
    { env: sandbox.env, timeoutMs: 120_000 },
  );
  if (code !== 0) throw new Error(`VS Code did not install ${vsix}:\n${output}`);
}

async function startServer(
  sandbox: Sandbox,
  logFile: string,
  port: number | undefined,
  args: (port: number) => readonly string[],
): Promise<VscodeServer> {
  const bound = port ?? (await freePort());
  const child = start(process.execPath, args(bound), { env: sandbox.env, logFile });
  const address = `http://127.0.0.1:${bound}`;
  const server = { address, port: bound, process: child, logFile, stop: () => stop(child) };
  try {
    await untilAnswers(server);
    return server;
  } catch (error) {
    await stop(child);
    throw error;
  }
}

async function untilAnswers(server: VscodeServer): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    if (server.process.exitCode !== null) break;
    const answer = await fetch(server.address, { redirect: 'manual' }).catch(() => undefined);
    await answer?.body?.cancel();
    if (answer && answer.status < 500) return;
    await sleep(200);
  }
  const log = readFileSync(server.logFile, 'utf8').slice(-2_000);
  throw new Error(`The VS Code server did not come up at ${server.address}:\n${log}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => {
        if (address !== null && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port'));
      });
    });
  });
}
