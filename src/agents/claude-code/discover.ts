/**
 * Finds Claude Code's logs by file names and metadata alone; no file is opened. Sessions stand in
 * `projects/<folder>/<session>.jsonl`, their subagents in `<session>/subagents/` beside them.
 */
import { join } from 'node:path';
import type { Environment, SourceFile } from '../agent.ts';
import { foldersIn, walkLogs } from '../walk.ts';

/** Files of the same suffix that hold no conversation a person had. */
const NO_SESSION = /^(?:history|journal)\.jsonl$|^agent-acompact-/;

/** `$CLAUDE_CONFIG_DIR`, else `~/.claude`. */
export function defaultRoots({ home, variables }: Environment): readonly string[] {
  const configured = variables['CLAUDE_CONFIG_DIR'];
  const folder = configured === undefined || configured === '' ? join(home, '.claude') : configured;
  return [folder.normalize('NFC')];
}

/**
 * Lists the logs below a root: Claude Code's configuration folder or, where that has no `projects`
 * in it, any folder that holds logs.
 */
export async function* discover(
  root: string,
  onProblem: (path: string, error: unknown) => void,
): AsyncGenerator<SourceFile> {
  yield* walkLogs(await foldersIn(root, ['projects']), { root, isLog, onProblem });
}

function isLog(name: string): boolean {
  return name.endsWith('.jsonl') && !NO_SESSION.test(name);
}
