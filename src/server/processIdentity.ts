/** Tells a process from a later one that got the same id, as far as the system lets us. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** False only when there certainly is no such process. */
export function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return !(error instanceof Error && 'code' in error && error.code === 'ESRCH');
  }
}

/**
 * When the process began, in whatever form the system tells it; equal strings mean the same
 * process. `undefined` where it cannot be told: the id alone must do then.
 */
export function processStart(pid: number): string | undefined {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
      // proc(5): field 22 is the start time; the name in field 2 may hold blanks and brackets.
      const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
      const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
      return ticks === undefined ? undefined : `${boot}:${ticks}`;
    }
    if (process.platform === 'darwin') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
        encoding: 'utf8',
        timeout: 2_000,
      }).trim();
    }
  } catch {
    // Gone between two looks, or hidden from us.
  }
  return undefined;
}
