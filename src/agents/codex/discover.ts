/**
 * Finds Codex's logs by file names and metadata alone; no file is opened. Threads stand in
 * `sessions/YYYY/MM/DD/rollout-<local time>-<id>.jsonl`, archived ones in `archived_sessions/`.
 */
import { join } from 'node:path';
import type { Environment, SourceFile } from '../agent.ts';
import { configuredFolder, foldersIn, walkLogs } from '../walk.ts';

/** Lists beside the threads that hold no conversation. */
const NO_THREAD = /^(?:history|session_index)\.jsonl$/;

/** `$CODEX_HOME`, else `~/.codex`, on every system. */
export function defaultRoots({ home, variables }: Environment): readonly string[] {
  return [configuredFolder(variables['CODEX_HOME'], home) ?? join(home, '.codex').normalize('NFC')];
}

/** Lists the logs below Codex's folder or, where that has none of its own, below any folder. */
export async function* discover(
  root: string,
  onProblem: (path: string, error: unknown) => void,
): AsyncGenerator<SourceFile> {
  const folders = await foldersIn(root, ['archived_sessions', 'sessions']);
  yield* walkLogs(folders, { root, isLog, onProblem });
}

function isLog(name: string): boolean {
  return name.endsWith('.jsonl') && !NO_THREAD.test(name);
}
