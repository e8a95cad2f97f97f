/** A project whose folder was moved is put under the folder it is now, because the person says so. */
import { dirname } from 'node:path';
import { FileSystemError, l10n, Uri, window, workspace } from 'vscode';
import { pickFrom } from '../ask.ts';
import type { ProjectSummary } from '../../core/sessionStore.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { countSessions } from '../format.ts';
import { oneLine, plain } from '../text.ts';
import { GroupNode } from '../tree/nodes.ts';
import { registerCommand } from '../vscodeApi.ts';
import type { CommandServices } from './targets.ts';

type Relinkable = Pick<ProjectSummary, 'key' | 'path' | 'name'>;

export function registerRelinking(services: CommandServices): Disposable {
  return registerCommand(services.log, Commands.relinkProject, async (node) => {
    const project = projectOf(node) ?? (await pickProject(services));
    const folder = project && (await chooseFolder(services, project));
    if (project && folder !== undefined) await relink(services, project, folder);
  });
}

function projectOf(node: unknown): Relinkable | undefined {
  if (!(node instanceof GroupNode) || node.group.kind !== 'project') return undefined;
  const { key, path = '', name } = node.group;
  return { key, path, name };
}

/** Those whose folder is not there come first. */
async function pickProject({ store }: CommandServices): Promise<Relinkable | undefined> {
  const projects = (await store.listProjects()).filter(({ key }) => key !== '');
  const item = (project: ProjectSummary) => ({
    label: `$(${project.exists ? 'folder' : 'warning'}) ${plain(project.name)}`,
    description: [
      ...(project.exists ? [] : [l10n.t('folder not found')]),
      countSessions(project.sessionCount),
    ].join(' · '),
    detail: plain(project.path, 300),
    project,
  });
  const picked = await pickFrom(
    projects.toSorted((a, b) => Number(a.exists) - Number(b.exists)).map(item),
    {
      title: l10n.t('Re-link Which Project?'),
      placeHolder:
        projects.length === 0
          ? l10n.t('No session belongs to a project folder yet.')
          : l10n.t('Its sessions are put under the folder that you choose next'),
      matchOnDetail: true,
      matchOnDescription: true,
    },
  );
  return picked?.project;
}

/** Folders that may be it are offered first. */
async function chooseFolder(
  { store }: CommandServices,
  project: Relinkable,
): Promise<string | undefined> {
  const projects = await store.listProjects();
  const likely = projects.find(({ key }) => key === project.key)?.likelyPaths ?? [];
  // One that is open and known already is another project, and not to be taken by mistake.
  const open = (workspace.workspaceFolders ?? [])
    .filter(({ uri }) => uri.scheme === 'file')
    .map(({ uri }) => uri.fsPath)
    .filter((folder) => !likely.includes(folder) && projects.every(({ path }) => path !== folder));
  if (likely.length + open.length > 0) {
    const title = l10n.t('Where is “{0}” now?', oneLine(project.name, 60));
    const other = { label: `$(folder-opened) ${l10n.t('Another folder…')}`, folder: undefined };
    const item = (description: string) => (folder: string) => ({
      label: `$(folder) ${plain(folder, 300)}`,
      description,
      folder,
    });
    const items = [
      ...likely.map(item(l10n.t('has the same repository'))),
      ...open.map(item(l10n.t('open in this window'))),
      other,
    ];
    const picked = await pickFrom(items, { title });
    if (!picked) return undefined;
    if (picked.folder !== undefined) return picked.folder;
  }
  return (await pickFolder(project))?.fsPath;
}

/** Begins where the project was: what was moved or renamed is rarely far away. */
async function pickFolder({ name, path }: Relinkable): Promise<Uri | undefined> {
  const defaultUri = await nearestFolder(path);
  const [folder] =
    (await window.showOpenDialog({
      title: l10n.t('Where is “{0}” now?', oneLine(name, 60)),
      openLabel: l10n.t('Re-link to This Folder'),
      canSelectFolders: true,
      canSelectFiles: false,
      canSelectMany: false,
      ...(defaultUri && { defaultUri }),
    })) ?? [];
  return folder;
}

/** The folder over `path` that is still there. */
async function nearestFolder(path: string): Promise<Uri | undefined> {
  for (let at = path, above = dirname(at); above !== at; at = above, above = dirname(at)) {
    const uri = Uri.file(above);
    try {
      await workspace.fs.stat(uri);
      return uri;
    } catch (error) {
      if (!(error instanceof FileSystemError)) throw error;
    }
  }
  return undefined;
}

async function relink(
  { store, undo }: CommandServices,
  { key, name }: Relinkable,
  folder: string,
): Promise<void> {
  const { sessions } = await store.relinkProject(key, folder);
  const label = l10n.t('re-linking “{0}”', plain(name));
  const entry = undo.record(label, sessions > 0 ? [() => store.relinkProject(key, null)] : []);
  // Not awaited: the message stays until the person has read it.
  void undo.offer(
    l10n.t(
      '{0} of “{1}” are under {2} now.',
      countSessions(sessions),
      plain(name),
      plain(folder, 120),
    ),
    entry,
  );
}
