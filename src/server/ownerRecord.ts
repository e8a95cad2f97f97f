/**
 * `owner.json`: where the owner can be reached, for the windows that are not it. Only a hint: who
 * owns the store is decided by the lock, and who answers proves itself by knowing the token's peer.
 */
import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { whyNoRoom } from './diskRoom.ts';

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
  /** Tells the process from a later one with its id (`processStart`). */
  started: v.optional(v.string()),
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
  const path = pathOf(storePath);
  const text = JSON.stringify(record);
  const temporary = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    await writeFile(temporary, text, { mode: 0o600, flag: 'wx' });
    await renameSoon(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    // A full disk still takes what fits into the place of the record before.
    if (whyNoRoom(error, storePath) === undefined || !(await writeOver(path, text))) throw error;
  }
}

/**
 * Voids the record if it is still the one with this token. The file keeps its length, and with it
 * its place on the disk for the next owner's.
 */
export async function removeOwnerRecord(storePath: string, token: string): Promise<void> {
  if ((await readOwnerRecord(storePath))?.token === token) await writeOver(pathOf(storePath), '{}');
}

async function renameSoon(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await rename(from, to);
      return;
    } catch (error) {
      // Windows refuses while another process has the old record open, which it soon has not.
      if (process.platform !== 'win32' || attempt >= RENAME_ATTEMPTS) throw error;
      await new Promise((resolve) => setTimeout(resolve, RENAME_PAUSE_MS));
    }
  }
}

/** False when there is no file as yet. Whoever reads half of it reads no record. */
async function writeOver(path: string, text: string): Promise<boolean> {
  const file = await open(path, 'r+').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const { size } = await file.stat();
    await file.write(text.padEnd(size), 0);
  } finally {
    await file.close();
  }
  return true;
}
