/** A project whose folder was moved is put under the folder it is now, because the person says so. */
import { l10n, window, workspace, type Uri } from 'vscode';
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
  const picked = await window.showQuickPick(
    projects.toSorted((a, b) => Number(a.exists) - Number(b.exists)).map(item),
    { title: l10n.t('Re-link Which Project?'), matchOnDetail: true, matchOnDescription: true },
  );
  return picked?.project;
}

/** Folders that may be it are offered first. */
async function chooseFolder(
  { store }: CommandServices,
  project: Relinkable,
): Promise<string | undefined> {
  const known = (await store.listProjects()).find(({ key }) => key === project.key);
  const likely = known?.likelyPaths ?? [];
  if (likely.length > 0) {
    const title = l10n.t('Where is “{0}” now?', oneLine(project.name, 60));
    const other = { label: `$(folder-opened) ${l10n.t('Another folder…')}`, folder: undefined };
    const items = likely.map((folder) => ({
      label: `$(folder) ${plain(folder, 300)}`,
      description: l10n.t('has the same repository'),
      folder,
    }));
    const picked = await window.showQuickPick([...items, other], { title });
    if (!picked) return undefined;
    if (picked.folder !== undefined) return picked.folder;
  }
  return (await pickFolder(project))?.fsPath;
}

async function pickFolder({ name }: Relinkable): Promise<Uri | undefined> {
  const defaultUri = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file')?.uri;
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
