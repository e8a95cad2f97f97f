/**
 * Finds Claude Code's logs by file names and metadata alone; no file is opened. Sessions stand in
 * `projects/<folder>/<session>.jsonl`, their subagents in `<session>/subagents/` beside them.
 */
import { join } from 'node:path';
import type { Agent, Environment, SessionFolder } from '../agent.ts';
import { sidecarJson } from '../sidecar.ts';
import { discoverSessions } from '../walk.ts';

/** Files of the same suffix that hold no conversation a person had. */
const NO_SESSION = /^(?:history|journal)\.jsonl$|^agent-acompact-/;
/** What Claude Code does where its settings say nothing. */
const CLEANUP_DAYS = 30;

/** `$CLAUDE_CONFIG_DIR`, else `~/.claude`. */
export function defaultRoots({ home, variables }: Environment): readonly string[] {
  const configured = variables['CLAUDE_CONFIG_DIR'];
  const folder = configured === undefined || configured === '' ? join(home, '.claude') : configured;
  return [folder.normalize('NFC')];
}

/**
 * Claude Code's configuration folder has its logs in `projects`; any other folder is one of logs.
 */
export function watch(root: string, names: readonly string[]): readonly SessionFolder[] {
  const folder = names.includes('projects') ? join(root, 'projects') : root;
  return [{ folder, isSession: (parts) => isLog(parts.at(-1) ?? '') }];
}

export const discover: Agent['discover'] = (...args) => discoverSessions(watch, ...args);

/** `cleanupPeriodDays` of the settings in the same folder, 30 where they do not say. */
export function deletesAfterDays(root: string): number {
  const days = sidecarJson(join(root, 'settings.json'))?.['cleanupPeriodDays'];
  return typeof days === 'number' && days >= 0 ? days : CLEANUP_DAYS;
}

function isLog(name: string): boolean {
  return name.endsWith('.jsonl') && !NO_SESSION.test(name);
}
