/**
 * Finds Codex's logs by file names and metadata alone; no file is opened. Threads stand in
 * `sessions/YYYY/MM/DD/rollout-<local time>-<id>.jsonl`, archived ones in `archived_sessions/`, and
 * idle ones may be compressed to `.jsonl.zst`; the oldest are `rollout-*.json`.
 */
import { join } from 'node:path';
import type { Agent, Environment, SessionFolder } from '../agent.ts';
import { configuredFolder, discoverSessions } from '../walk.ts';

const FOLDERS = ['sessions', 'archived_sessions'];
const THREAD = /\.jsonl(?:\.zst)?$|^rollout-.*\.json$/;
/** Lists beside the threads that hold no conversation. */
const NO_THREAD = /^(?:history|session_index)\.jsonl/;

/** `$CODEX_HOME`, else `~/.codex`, on every system. */
export function defaultRoots({ home, variables }: Environment): readonly string[] {
  return [configuredFolder(variables['CODEX_HOME'], home) ?? join(home, '.codex').normalize('NFC')];
}

/** Codex's folder has its logs in two folders of its own; any other folder is one of logs. */
export function watch(root: string, names: readonly string[]): readonly SessionFolder[] {
  const own = FOLDERS.filter((name) => names.includes(name)).map((name) => join(root, name));
  return (own.length > 0 ? own : [root]).map((folder) => ({ folder, isSession }));
}

export const discover: Agent['discover'] = (...args) => discoverSessions(watch, ...args);

function isSession(parts: readonly string[]): boolean {
  const name = parts.at(-1) ?? '';
  return THREAD.test(name) && !NO_THREAD.test(name);
}
