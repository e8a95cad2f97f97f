/**
 * `owner.json`: where the owner can be reached, for the windows that are not it. Only a hint: who
 * owns the store is decided by the lock, and who answers proves itself by knowing the token's peer.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

const recordSchema = v.looseObject({
  pid: v.number(),
  /** Path of a Unix socket, or name of a Windows pipe. */
  address: v.string(),
  /** Presented by a client before anything else. */
  token: v.string(),
  /** Of the protocol spoken there. */
  version: v.number(),
  /** Milliseconds since the epoch. */
  startedAt: v.number(),
});
export type OwnerRecord = v.InferOutput<typeof recordSchema>;

const RENAME_ATTEMPTS = 20;
const RENAME_PAUSE_MS = 10;

function pathOf(storePath: string): string {
  return join(storePath, 'owner.json');
}

/** `undefined` when there is none or it cannot be understood. */
export async function readOwnerRecord(storePath: string): Promise<OwnerRecord | undefined> {
  try {
    const parsed = v.safeParse(recordSchema, JSON.parse(await readFile(pathOf(storePath), 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}

/** Replaces the record in one step, readable by this user alone. */
export async function writeOwnerRecord(storePath: string, record: OwnerRecord): Promise<void> {
  const temporary = `${pathOf(storePath)}.${randomBytes(6).toString('hex')}`;
  await writeFile(temporary, JSON.stringify(record), { mode: 0o600, flag: 'wx' });
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(temporary, pathOf(storePath));
      return;
    } catch (error) {
      // Windows refuses while another process has the old record open, which it soon has not.
      if (process.platform === 'win32' && attempt < RENAME_ATTEMPTS) {
        await new Promise((resolve) => setTimeout(resolve, RENAME_PAUSE_MS));
        continue;
      }
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

/** Removes the record if it is still the one with this token. */
export async function removeOwnerRecord(storePath: string, token: string): Promise<void> {
  if ((await readOwnerRecord(storePath))?.token === token) {
    await rm(pathOf(storePath), { force: true });
  }
}
