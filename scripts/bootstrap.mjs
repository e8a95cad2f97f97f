/**
 * First step of every npm script: `node scripts/bootstrap.mjs TASK [ARG...]` installs what is missing
 * and runs scripts/TASK.ts on the Node that package.json pins. So one command is enough on a fresh
 * clone, and the machine's own Node may be any from version 20. Must stay plain JavaScript that
 * Node 20 runs without anything installed.
 */
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNpm } from './lib/npm.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const modules = join(root, 'node_modules');

install();
runTask(process.argv.slice(2));

/** Installs when node_modules is absent or older than the lock file. Silent when all is there. */
function install() {
  if (pinnedNode() !== undefined && isCurrent()) return;
  console.error('Installing dependencies (about half a minute)…');
  runNpm(existsSync(modules) ? ['install'] : ['ci'], root);
  // An npm that skips install scripts leaves the `node` package without its binary.
  if (pinnedNode() === undefined) runNpm(['rebuild', 'node', 'esbuild'], root);
}

/** Does what npm wrote down about node_modules hold every package of the lock file, as locked? */
function isCurrent() {
  const record = join(modules, '.package-lock.json');
  if (!existsSync(record)) return false;
  const wanted = readJson(join(root, 'package-lock.json')).packages;
  const present = readJson(record).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    const found = present[path];
    return path === '' || (found ? found.version === entry.version : entry.optional === true);
  });
}

function pinnedNode() {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const path = join(modules, 'node', 'bin', name);
  return existsSync(path) ? path : undefined;
}

function runTask([task, ...args]) {
  const node = pinnedNode();
  if (node === undefined) {
    throw new Error('npm installed no Node. Remove node_modules and run the command again.');
  }
  const path = [join(modules, '.bin'), process.env.PATH ?? ''].join(delimiter);
  const child = spawn(node, [join(root, 'scripts', `${task}.ts`), ...args], {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
  // Ctrl+C reaches the child through the terminal; what is sent to this process alone is passed on.
  process.on('SIGINT', () => undefined);
  process.on('SIGTERM', () => child.kill('SIGTERM'));
  const watch = setInterval(stopWithNpm, 500, child, process.ppid);
  child.on('exit', (code, signal) => {
    clearInterval(watch);
    process.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 1);
  });
}

/** npm's shell dies of a signal without passing it on; what it leaves behind has another parent. */
function stopWithNpm(child, parent) {
  if (process.env.npm_execpath !== undefined && process.ppid !== parent) child.kill('SIGTERM');
}

function readJson(path) {
  return JSON.parse(readFileSync(path, 'utf8'));
}
