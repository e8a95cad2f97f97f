/**
 * Sessions of an invented developer, so that the first minute with Multipath is not empty and tests
 * have something to open. Written in Claude Code's own form into a home folder of our own.
 */
import { existsSync, mkdirSync, realpathSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerSessions } from './samples/ledger.ts';
import { trailSessions } from './samples/trails.ts';

export interface SampleHome {
  /** The project folder a window should open. */
  readonly workspace: string;
}

/** Writes the samples below `home/.claude` and `home/code`, unless they are there already. */
export function writeSampleSessions(home: string, now: Date = new Date()): SampleHome {
  const projects = [
    { name: 'ledger-api', about: 'Invoices and payments.', sessions: ledgerSessions },
    { name: 'trail-map', about: 'Hiking trails on a map.', sessions: trailSessions },
  ];
  for (const { name, about, sessions } of projects) {
    const created = join(home, 'code', name);
    mkdirSync(created, { recursive: true });
    const cwd = realpathSync(created);
    const folder = join(home, '.claude', 'projects', encodedPath(cwd));
    if (existsSync(folder)) continue;
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(cwd, 'README.md'), `# ${name}\n\n${about}\n`);
    for (const session of sessions(cwd, now)) {
      const file = join(folder, `${session.sessionId}.jsonl`);
      writeFileSync(file, session.toString(), { mode: 0o600 });
      utimesSync(file, now, session.endedAt);
    }
  }
  return { workspace: realpathSync(join(home, 'code', 'ledger-api')) };
}

/** The folder name Claude Code gives a working folder. */
function encodedPath(cwd: string): string {
  return cwd.normalize('NFC').replaceAll(/[^A-Za-z0-9]/g, '-');
}
