/**
 * Finds Gemini CLI's sessions by file names and metadata alone; no file is opened. They stand in
 * `tmp/<project>/chats/session-….json` or `.jsonl`, subagents in `chats/<session>/` beside them.
 */
import { basename, join } from 'node:path';
import type { Environment, SourceFile } from '../agent.ts';
import { listFolder, sessionFiles, walkFolder, type OnProblem } from '../folders.ts';

/** `$GEMINI_CLI_HOME/.gemini`, else `~/.gemini`. */
export function defaultRoots({ home, variables }: Environment): readonly string[] {
  const configured = variables['GEMINI_CLI_HOME'];
  const folder = configured === undefined || configured === '' ? home : configured;
  return [join(folder, '.gemini')];
}

/**
 * Lists the sessions below a root: Gemini CLI's folder or, where that has no `tmp` in it, any
 * folder that holds sessions.
 */
export async function* discover(root: string, onProblem: OnProblem): AsyncGenerator<SourceFile> {
  const entries = await listFolder(root, onProblem);
  const projects = entries.find(({ name, isFolder }) => name === 'tmp' && isFolder);
  if (!projects) {
    if (basename(root) === '.gemini') return;
    for await (const files of walkFolder(root, onProblem)) yield* sessionFiles(files, isSession);
    return;
  }
  for (const project of await listFolder(projects.path, onProblem)) {
    if (!project.isFolder) continue;
    for await (const files of walkFolder(join(project.path, 'chats'), onProblem)) {
      yield* sessionFiles(files, isChat);
    }
  }
}

/** Below `chats` there is nothing else. */
function isChat(name: string): boolean {
  return /\.jsonl?$/i.test(name);
}

function isSession(name: string): boolean {
  return /^session-.*\.jsonl?$/i.test(name);
}
