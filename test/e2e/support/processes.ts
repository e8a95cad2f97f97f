/**
 * The session servers of a window, found as descendants of the VS Code server that a test started,
 * so that nothing else on the machine can be hit when one of them is killed.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import type { VscodeWindow } from './window.ts';

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
}

/** Process ids of the session servers below the VS Code server of this window. */
export function sessionServers(window: VscodeWindow): number[] {
  const all = processes();
  const below = new Set([window.server.process.pid]);
  // A child may be listed before its parent: go on until a round finds nobody new.
  for (let before = 0; before !== below.size;) {
    before = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all
    .filter(({ pid, command }) => below.has(pid) && /\bdist[/\\]server\.cjs\b/.test(command))
    .map(({ pid }) => pid);
}

/** The extension host of a window, by its session server: that is a child of it. */
export function extensionHostOf(sessionServer: number): number {
  const parent = processes().find(({ pid }) => pid === sessionServer)?.parent;
  if (parent === undefined) throw new Error(`the session server ${sessionServer} is gone`);
  return parent;
}

function processes(): Process[] {
  return existsSync('/proc/self/stat') ? fromProc() : fromPs();
}

/** Minimal containers have no `ps`. */
function fromProc(): Process[] {
  return readdirSync('/proc').flatMap((name) => {
    const pid = Number(name);
    if (!Number.isInteger(pid)) return [];
    try {
      // The name in brackets may hold anything; the parent is the second field after it.
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8').replaceAll('\0', ' ');
      return [{ pid, parent, command }];
    } catch {
      // It ended while we looked.
      return [];
    }
  });
}

function fromPs(): Process[] {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,args='], { encoding: 'utf8' });
  return lines.split('\n').flatMap((line) => {
    const [, pid, parent, command] = /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line) ?? [];
    if (pid === undefined || parent === undefined || command === undefined) return [];
    return [{ pid: Number(pid), parent: Number(parent), command }];
  });
}
