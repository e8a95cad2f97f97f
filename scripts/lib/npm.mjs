/**
 * Runs npm as a child process. Plain JavaScript, because the bootstrap needs it before a Node that
 * strips types is installed. Prefers the npm (and the Node under it) that started us, so that a
 * machine with several of them does not mix two. Prints to standard error only, which a pipe of the
 * command's own output leaves alone.
 */
import { spawnSync } from 'node:child_process';
import { basename } from 'node:path';

export function runNpm(args, cwd) {
  const quiet = [...args, '--no-audit', '--no-fund', '--loglevel=error'];
  const cli = process.env.npm_execpath;
  const options = { cwd, stdio: ['ignore', 2, 2] };
  const result =
    cli !== undefined && basename(cli) === 'npm-cli.js'
      ? spawnSync(process.env.npm_node_execpath ?? process.execPath, [cli, ...quiet], options)
      : spawnSync('npm', quiet, { ...options, shell: process.platform === 'win32' });
  if (result.error) throw new Error('npm could not be started', { cause: result.error });
  if (result.status !== 0) {
    throw new Error(`npm ${args.join(' ')} failed with code ${String(result.status)}`);
  }
}
