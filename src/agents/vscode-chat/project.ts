/** The project of a chat session: VS Code keeps it in the folder of the workspace. */
import { basename, dirname, join } from 'node:path';
import { asString } from '../json.ts';
import { sidecarJson } from '../sidecar.ts';

/** Absent for windows without a folder, and for files that stand elsewhere. */
export function projectFolder(path: string): string | undefined {
  const sessions = dirname(path);
  if (basename(sessions) !== 'chatSessions') return undefined;
  const workspace = sidecarJson(join(dirname(sessions), 'workspace.json'));
  const folder = pathOf(asString(workspace?.['folder']));
  if (folder !== undefined) return folder;
  // A workspace of several folders is told by its file.
  const file = asString(workspace?.['workspace']) ?? asString(workspace?.['configuration']);
  const place = pathOf(file);
  return place === undefined ? undefined : place.replace(/[\\/][^\\/]*$/, '');
}

/** The path of a URI, on this machine or on the one that VS Code was connected to. */
function pathOf(uri: string | undefined): string | undefined {
  const match = uri === undefined ? null : /^[a-z][\w+.-]*:\/\/([^/]*)(\/.*)$/i.exec(uri);
  const path = match?.[2];
  if (path === undefined) return undefined;
  const plain = decoded(path);
  const drive = /^\/([a-z]:)(\/.*)?$/i.exec(plain);
  return drive ? `${drive[1] ?? ''}${(drive[2] ?? '/').replaceAll('/', '\\')}` : plain;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path; // A stray percent sign stands for itself.
  }
}
