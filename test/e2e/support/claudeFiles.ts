/** Claude Code's folder in a sandbox: more sessions for it, and proof that nobody wrote into it. */
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Sandbox } from '../../../scripts/lib/sandbox.ts';
import type { Transcript } from '../../../scripts/lib/samples/transcript.ts';

/** Writes a session into the folder of a project; the project is what the session's lines say. */
export function writeSession(sandbox: Sandbox, folder: string, session: Transcript): void {
  const target = join(sandbox.home, '.claude', 'projects', folder);
  mkdirSync(target, { recursive: true });
  writeFileSync(join(target, `${session.sessionId}.jsonl`), session.toString(), { mode: 0o600 });
}

/** One hash over the names, times and bytes of everything in the agent's folder. */
export function agentFilesHash({ home }: Sandbox): string {
  const hash = createHash('sha256');
  const root = join(home, '.claude');
  for (const name of globSync('**', { cwd: root }).sort()) {
    const path = join(root, name);
    const stat = statSync(path);
    hash.update(`${name} ${stat.mtimeMs} ${stat.mode}\n`);
    if (stat.isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}
