/**
 * Child processes for the scripts: run to the end with the output kept, or start and stop by id.
 * Nothing here ends a process that it did not start.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { root } from './paths.ts';

export interface Finished {
  readonly code: number;
  /** Standard output and error, interleaved as they came. */
  readonly output: string;
}

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  /** Also show the output as it comes. */
  readonly echo?: boolean;
  readonly timeoutMs?: number;
}

/** Runs a program to its end. A program that cannot start or runs out of time has code -1. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<Finished> {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd: options.cwd ?? root,
      env: options.env ?? process.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer): void => {
      output += chunk.toString();
      if (options.echo === true) process.stdout.write(chunk);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    const timer = setTimeout(() => {
      output += `\nstopped after ${options.timeoutMs ?? 0} ms`;
      child.kill('SIGKILL');
    }, options.timeoutMs ?? 3_600_000);
    child.on('error', (error) => {
      clearTimeout(timer);
      resolve({ code: -1, output: `${output}${command}: ${error.message}` });
    });
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? -1, output });
    });
  });
}

/** Runs a JavaScript file of a package in node_modules on the Node that runs this. */
export function runTool(
  path: string,
  args: readonly string[],
  options?: RunOptions,
): Promise<Finished> {
  return run(process.execPath, [`${root}/node_modules/${path}`, ...args], options);
}

/** Starts a program that goes on running, its output written to `logFile`. */
export function start(
  command: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly logFile: string },
): ChildProcess {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const log = openSync(options.logFile, 'w');
  const child = spawn(command, args, { env: options.env, stdio: ['ignore', log, log] });
  closeSync(log);
  // A script that ends with an error must not leave a server behind.
  const end = (): void => void child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

/** Ends a process that `start` began and waits until it is gone; asks first, insists after 5 s. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  const insist = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await gone;
  clearTimeout(insist);
}
