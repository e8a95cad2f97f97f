/**
 * Finds pi's sessions by file names and metadata alone; no file is opened. They stand in
 * `sessions/--<working folder>--/<time>_<id>.jsonl`.
 */
import { join } from 'node:path';
import type { Agent, Environment, SessionFolder } from '../agent.ts';
import { configuredFolder, discoverSessions } from '../walk.ts';

/** `$PI_CODING_AGENT_DIR`, else `~/.pi/agent`, and `$PI_CODING_AGENT_SESSION_DIR` where it is set. */
export function defaultRoots({ home, variables }: Environment): readonly string[] {
  const folder = configuredFolder(variables['PI_CODING_AGENT_DIR'], home);
  const sessions = configuredFolder(variables['PI_CODING_AGENT_SESSION_DIR'], home);
  const main = folder ?? join(home, '.pi', 'agent').normalize('NFC');
  return sessions === undefined ? [main] : [main, sessions];
}

/** pi's folder has its sessions in `sessions`; any other folder is one of sessions. */
export function watch(root: string, names: readonly string[]): readonly SessionFolder[] {
  const folder = names.includes('sessions') ? join(root, 'sessions') : root;
  return [{ folder, isSession: (parts) => parts.at(-1)?.endsWith('.jsonl') ?? false }];
}

export const discover: Agent['discover'] = (...args) => discoverSessions(watch, ...args);
