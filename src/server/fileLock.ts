/**
 * The right to be the owner where no kernel lock can be had: a file created exclusively that names
 * its holder. It may be left behind by a crash, so it is taken over only from a process of this
 * machine that certainly is gone; a holder elsewhere is never robbed.
 */
import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import * as v from 'valibot';
import { MultipathError, messageOf } from '../core/errors.ts';
import type { OwnerLock } from './kernelLock.ts';
import { processExists, processStart } from './processIdentity.ts';

const holderSchema = v.looseObject({
  pid: v.number(),
  started: v.optional(v.string()),
  host: v.string(),
});
export type LockHolder = v.InferOutput<typeof holderSchema>;

function errorCode(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}

/**
 * False when a file of that name exists already.
 * @throws MultipathError `io`; no file is left then
 */
function createExclusively(path: string, content: string): boolean {
  try {
    const file = openSync(path, 'wx', 0o600);
    try {
      writeSync(file, content);
    } catch (error) {
      // One that names nobody would keep everybody out for good.
      rmSync(path, { force: true });
      throw error;
    } finally {
      closeSync(file);
    }
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw new MultipathError(
      'io',
      `The lock file ${path} cannot be written (${messageOf(error)}). Free the disk or its permissions; the store then goes on by itself.`,
      { cause: error },
    );
  }
}

/** Who holds the file; `undefined` when nobody does or what it says cannot be understood. */
export function readLockHolder(path: string): LockHolder | undefined {
  try {
    const parsed = v.safeParse(holderSchema, JSON.parse(readFileSync(path, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** True only for a process of this machine that is certainly gone. */
export function isGone(holder: LockHolder): boolean {
  if (holder.host !== hostname()) return false;
  if (!processExists(holder.pid)) return true;
  const started = processStart(holder.pid);
  return started !== undefined && holder.started !== undefined && started !== holder.started;
}

/**
 * `undefined` while another process holds it.
 * @throws MultipathError `io` when the file cannot be written
 */
export function tryFileLock(path: string): OwnerLock | undefined {
  const content = JSON.stringify({
    pid: process.pid,
    started: processStart(process.pid),
    host: hostname(),
  });
  if (!createExclusively(path, content) && !replaceStale(path, content)) return undefined;
  let held = true;
  return {
    release: () => {
      if (!held) return;
      held = false;
      rmSync(path, { force: true });
    },
  };
}

/** One process at a time may replace a stale file, or the second would rob the first. */
function replaceStale(path: string, content: string): boolean {
  const stale = () => {
    const holder = readLockHolder(path);
    return holder !== undefined && isGone(holder);
  };
  if (!stale()) return false;
  const guard = `${path}.takeover`;
  if (!createExclusively(guard, content)) return false;
  try {
    if (!stale()) return false;
    rmSync(path, { force: true });
    return createExclusively(path, content);
  } finally {
    rmSync(guard, { force: true });
  }
}
