/** All files of an agent that the store has, read a page at a time so that requests go between. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogFile, LogFiles } from '../../store/logFiles.ts';

export async function knownByPath(
  files: LogFiles,
  agent: string,
): Promise<ReadonlyMap<string, LogFile>> {
  const known = new Map<string, LogFile>();
  for (const page of files.ofAgent(agent)) {
    for (const file of page) known.set(file.path, file);
    await nextTurn();
  }
  return known;
}
