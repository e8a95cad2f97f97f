/** Small files beside a session that say what the session does not, such as its project's folder. */
import { closeSync, openSync, readSync } from 'node:fs';
import { asObject, type JsonObject } from './json.ts';

const MAX_BYTES = 1024 * 1024;

/** The file's first megabyte as text; `undefined` when it is missing or cannot be read. */
export function sidecarText(path: string): string | undefined {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const bytes = Buffer.alloc(MAX_BYTES);
    return bytes.toString('utf8', 0, readSync(file, bytes, 0, MAX_BYTES, 0));
  } catch {
    return undefined; // The session is complete without it.
  } finally {
    if (file !== undefined) closeSync(file);
  }
}

export function sidecarJson(path: string): JsonObject | undefined {
  const text = sidecarText(path);
  if (text === undefined) return undefined;
  try {
    return asObject(JSON.parse(text) as unknown);
  } catch {
    return undefined; // As if it were not there.
  }
}
