/** The folder that a session is gone on with in: where its project is now, or where it was recorded. */
import { realpath, stat } from 'node:fs/promises';
import path from 'node:path';
import { text, type Database } from '../../store/database.ts';

export interface SessionFolder {
  /** Without links where it is there. */
  readonly folder: string;
  readonly isThere: boolean;
  /** It is the one the session was recorded in. */
  readonly isSame: boolean;
}

/** `wanted` is taken as it is, whether it is there or not. */
export async function folderFor(
  database: Database,
  sessionId: string,
  wanted?: string,
): Promise<SessionFolder> {
  const { recorded, current } = foldersOf(database, sessionId);
  const chosen =
    wanted ?? ((await isFolder(current)) || !(await isFolder(recorded)) ? current : recorded);
  const isThere = await isFolder(chosen);
  return {
    folder: isThere ? await realpath(chosen) : chosen,
    isThere,
    isSame: chosen === recorded,
  };
}

/** Where the session was recorded, and where its project is now. */
function foldersOf(
  database: Database,
  sessionId: string,
): { readonly recorded: string; readonly current: string } {
  const row = database.get(
    'SELECT coalesce(folder, project_key) AS recorded, project_key FROM session WHERE id = ?',
    [sessionId],
  );
  return row
    ? { recorded: text(row, 'recorded'), current: text(row, 'project_key') }
    : { recorded: '', current: '' };
}

async function isFolder(folder: string): Promise<boolean> {
  if (!path.isAbsolute(folder)) return false;
  const found = await stat(folder).catch(() => undefined);
  return found?.isDirectory() === true;
}
