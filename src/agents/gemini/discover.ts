/**
 * Finds Gemini CLI's sessions by file names and metadata alone; no file is opened. They stand in
 * `tmp/<project>/chats/session-….json` or `.jsonl`, subagents in `chats/<session>/` beside them.
 */
import { basename, join } from 'node:path';
import type { Agent, Environment, SessionFolder } from '../agent.ts';
import { asObject, asString } from '../json.ts';
import { sidecarJson } from '../sidecar.ts';
import { discoverSessions } from '../walk.ts';

/** What Gemini CLI does where its settings say nothing. */
const CLEANUP_DAYS = 30;

/** `$GEMINI_CLI_HOME/.gemini`, else `~/.gemini`. */
export function defaultRoots({ home, variables }: Environment): readonly string[] {
  const configured = variables['GEMINI_CLI_HOME'];
  const folder = configured === undefined || configured === '' ? home : configured;
  return [join(folder, '.gemini')];
}

/** Gemini CLI's folder has its sessions below `tmp`; any other folder is one of sessions. */
export function watch(root: string, names: readonly string[]): readonly SessionFolder[] {
  if (names.includes('tmp')) {
    return [
      {
        folder: join(root, 'tmp'),
        leads: (parts) => parts.length === 1 || parts[1] === 'chats',
        // Below `chats` there is nothing else.
        isSession: (parts) => parts[1] === 'chats' && /\.jsonl?$/i.test(parts.at(-1) ?? ''),
      },
    ];
  }
  if (basename(root) === '.gemini') return [];
  const isSession = (parts: readonly string[]): boolean =>
    /^session-.*\.jsonl?$/i.test(parts.at(-1) ?? '');
  return [{ folder: root, isSession }];
}

export const discover: Agent['discover'] = (...args) => discoverSessions(watch, ...args);

/** `general.sessionRetention` of the settings in the same folder, 30 days where they do not say. */
export function deletesAfterDays(root: string): number | undefined {
  const settings = sidecarJson(join(root, 'settings.json'));
  const retention = asObject(asObject(settings?.['general'])?.['sessionRetention']);
  if (retention?.['enabled'] === false) return undefined;
  const age = /^(\d+)([hdwm])$/.exec(asString(retention?.['maxAge']) ?? '');
  if (!age) return CLEANUP_DAYS;
  const days = { h: 1 / 24, d: 1, w: 7, m: 30 }[age[2] ?? ''] ?? 1;
  return Number(age[1]) * days;
}
