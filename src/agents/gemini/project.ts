/**
 * The project of a session. Gemini CLI keeps it beside the sessions: a marker file in the folder of
 * newer versions, a table of all projects, and in older versions only a hash of the path.
 */
import { createHash } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { asObject, asString } from '../json.ts';
import { sidecarJson, sidecarText } from '../sidecar.ts';

/** The folder that a session below `tmp/<project>/chats` belongs to; absent when none can be told. */
export function projectFolder(path: string, projectHash: string | undefined): string | undefined {
  const chats = chatsFolder(path);
  if (chats === undefined) return undefined;
  const folder = dirname(chats);
  const marker = sidecarText(join(folder, '.project_root'))?.trim();
  if (marker) return marker;
  const table = sidecarJson(join(dirname(dirname(folder)), 'projects.json'));
  const projects = asObject(table?.['projects']) ?? {};
  const slug = basename(folder);
  return Object.keys(projects).find((project) => {
    if (asString(projects[project]) === slug) return true;
    const hash = createHash('sha256').update(project).digest('hex');
    return hash === slug || hash === projectHash;
  });
}

/** Subagents' files stand one folder deeper than the sessions. */
function chatsFolder(path: string): string | undefined {
  const folder = dirname(path);
  return [folder, dirname(folder)].find((candidate) => basename(candidate) === 'chats');
}
