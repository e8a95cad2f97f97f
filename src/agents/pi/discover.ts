/**
 * Finds pi's sessions by file names and metadata alone; no file is opened. They stand in
 * `sessions/--<working folder>--/<time>_<id>.jsonl`.
 */
import { join } from 'node:path';
import type { Environment, SourceFile } from '../agent.ts';
import { configuredFolder, foldersIn, walkLogs } from '../walk.ts';

/** `$PI_CODING_AGENT_DIR`, else `~/.pi/agent`, and `$PI_CODING_AGENT_SESSION_DIR` where it is set. */
export function defaultRoots({ home, variables }: Environment): readonly string[] {
  const folder = configuredFolder(variables['PI_CODING_AGENT_DIR'], home);
  const sessions = configuredFolder(variables['PI_CODING_AGENT_SESSION_DIR'], home);
  const main = folder ?? join(home, '.pi', 'agent').normalize('NFC');
  return sessions === undefined ? [main] : [main, sessions];
}

/** Lists the sessions below pi's folder or, where that has none of its own, below any folder. */
export async function* discover(
  root: string,
  onProblem: (path: string, error: unknown) => void,
): AsyncGenerator<SourceFile> {
  yield* walkLogs(await foldersIn(root, ['sessions']), { root, isLog, onProblem });
}

function isLog(name: string): boolean {
  return name.endsWith('.jsonl');
}
