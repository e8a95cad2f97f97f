/**
 * `npm start`: opens a real VS Code with Multipath and sample sessions in it. Desktop VS Code where
 * `code` is found, else the VS Code server in the browser. Its folders stand in .vscode-test/start
 * and stay from one start to the next; `--fresh` empties them. `--no-open` starts the server alone
 * and prints its address; `--port N` chooses where.
 */
import { spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { parseArgs } from 'node:util';
import { build } from './build.ts';
import { out, root, vscodeTest } from './lib/paths.ts';
import { createSandbox, type Sandbox } from './lib/sandbox.ts';
import { installExtension, installVscodeServer, startWindowServer } from './lib/vscodeServer.ts';
import { makePackage, vsixPath } from './package.ts';

const { values } = parseArgs({
  allowNegative: true,
  options: {
    open: { type: 'boolean', default: !npmSaidNo('open') },
    port: { type: 'string', default: process.env['npm_config_port'] ?? '' },
    fresh: { type: 'boolean', default: process.env['npm_config_fresh'] === 'true' },
  },
});

const folder = join(vscodeTest, 'start');
if (values.fresh) rmSync(folder, { recursive: true, force: true });
const sandbox = createSandbox(folder);
const code = values.open ? desktopCode() : undefined;
if (code === undefined) await inBrowser(sandbox);
else await onDesktop(code, sandbox);

/** npm keeps options that come before a `--` to itself and passes them on as variables. */
function npmSaidNo(option: string): boolean {
  const value = process.env[`npm_config_${option}`];
  return value === '' || value === 'false';
}

/** The program of desktop VS Code, if there is one and a screen to show it on. */
function desktopCode(): string | undefined {
  const { DISPLAY, WAYLAND_DISPLAY, PATH } = process.env;
  if (process.platform === 'linux' && DISPLAY === undefined && WAYLAND_DISPLAY === undefined) {
    return undefined;
  }
  const name = process.platform === 'win32' ? 'code.cmd' : 'code';
  return [
    ...(PATH ?? '').split(delimiter).map((path) => join(path, name)),
    '/Applications/Visual Studio Code.app/Contents/Resources/app/bin/code',
  ].find((path) => existsSync(path));
}

async function onDesktop(program: string, { workspace, userData, extensions, env }: Sandbox) {
  await build(false);
  console.log('Opening VS Code with Multipath. This command ends when you close its window.');
  const args = [
    ...['--new-window', '--wait', workspace, `--extensionDevelopmentPath=${root}`],
    ...['--user-data-dir', userData, '--extensions-dir', extensions],
    ...['--disable-workspace-trust', '--use-inmemory-secretstorage', '--skip-welcome'],
  ];
  const shell = process.platform === 'win32';
  const quoted = shell ? [program, ...args].map((part) => `"${part}"`) : [program, ...args];
  const [command = program, ...rest] = quoted;
  const window = spawn(command, rest, { env, stdio: 'inherit', shell });
  await new Promise<void>((resolve, reject) => {
    window.on('error', reject);
    window.on('exit', () => resolve());
  });
}

async function inBrowser(sandbox: Sandbox): Promise<void> {
  const problems = await makePackage(false);
  if (!existsSync(vsixPath())) throw new Error(problems.join('\n'));
  installVscodeServer();
  await installExtension(sandbox, vsixPath());
  const port = values.port === '' ? undefined : Number(values.port);
  const server = await startWindowServer(sandbox, join(out, 'logs', 'start.log'), port);
  const address = `${server.address}/?folder=${encodeURIComponent(sandbox.workspace)}`;
  console.log(`\nVS Code with Multipath is at ${address}\nCtrl+C ends it.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop());
  }
  if (values.open) openInBrowser(address);
  await new Promise<void>((resolve) => server.process.once('exit', () => resolve()));
}

/** Asks the system to show an address. Where it cannot, the printed address is enough. */
function openInBrowser(address: string): void {
  const [command, ...args] =
    process.platform === 'darwin'
      ? ['open', address]
      : process.platform === 'win32'
        ? ['explorer.exe', address]
        : ['xdg-open', address];
  spawn(command, args, { stdio: 'ignore', detached: true })
    .on('error', () => console.log('Open that address in a browser.'))
    .unref();
}
