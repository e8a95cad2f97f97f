/** A small disk of its own for a test, where the system lets us make one (Linux, as root). */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

export interface SmallDisk {
  readonly path: string;
  remount(how: 'ro' | 'rw'): void;
}

/** `undefined` where none can be made: the test should be skipped then. */
export function smallDisk(megabytes: number): SmallDisk | undefined {
  if (process.platform !== 'linux') return undefined;
  const path = mkdtempSync(join(tmpdir(), 'mp-disk-'));
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { stdio: 'ignore' });
  try {
    run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path);
  } catch {
    rmSync(path, { recursive: true });
    return undefined;
  }
  onTestFinished(() => {
    run('umount', '-l', path);
    rmSync(path, { recursive: true });
  });
  return { path, remount: (how) => run('mount', '-o', `remount,${how}`, path) };
}
