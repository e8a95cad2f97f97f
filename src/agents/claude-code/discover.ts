/**
 * Finds Claude Code's logs by file names and metadata alone; no file is opened. Sessions stand in
 * `projects/<folder>/<session>.jsonl`, their subagents in `<session>/subagents/` beside them.
 */
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Environment, SourceFile } from '../agent.ts';

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
  const projects = join(root, 'projects');
  const hasProjects = await isFolder(projects);
  const open = [hasProjects ? projects : root];
  const visited = new Set<string>();
  for (let folder = open.pop(); folder !== undefined; folder = open.pop()) {
    let names: readonly string[];
    try {
      // Links are followed, for people who keep their history in a synced folder; rings are not.
      const real = await realpath(folder);
      if (visited.has(real)) continue;
      visited.add(real);
      names = (await readdir(folder)).sort();
    } catch (error) {
      if (folder !== root || !isMissing(error)) onProblem(folder, error);
      continue;
    }
    for (const name of names) {
      const path = join(folder, name);
      try {
        const status = await stat(path);
        if (status.isDirectory()) open.push(path);
        else if (status.isFile() && isLog(name)) {
          yield { path, bytes: status.size, modifiedAt: Math.round(status.mtimeMs) };
        }
      } catch (error) {
        // Gone between listing and looking, or a link to nowhere: there is nothing to read.
        if (!isMissing(error)) onProblem(path, error);
      }
    }
  }
}

function isLog(name: string): boolean {
  return name.endsWith('.jsonl') && !NO_SESSION.test(name);
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // Whatever is wrong with it shows when the root is listed.
  }
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
}
