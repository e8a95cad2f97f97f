/**
 * What branches wrote, in VS Code's own diff editors. A file is shown whole only where its whole text
 * is known on both sides; otherwise both sides show the edits, as patches, so that what is not known
 * never looks like something that was removed.
 */
import { commands, l10n, ProgressLocation, Uri, window, workspace } from 'vscode';
import type { BranchFile, BranchSummary, Comparison } from '../../core/comparison.ts';
import type { Session } from '../../core/session.ts';
import { branchFileUri, emptyUri } from '../documents.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';

type Store = Pick<HostServices, 'store'>;
type Branch = Pick<BranchSummary, 'sessionId' | 'title' | 'files'>;
type Named = Pick<Branch, 'sessionId' | 'title'>;

/** One file with its two sides, as `vscode.changes` takes them; a side that is not there is absent. */
type Resource = readonly [Uri, Uri | undefined, Uri | undefined];

/** Every file that one of two branches touched, side by side, unless both wrote the same. */
export async function openFilesOfPair(
  services: Store,
  session: Pick<Session, 'project'>,
  [left, right]: readonly [Branch, Branch],
): Promise<void> {
  const paths = [...new Set([...left.files, ...right.files].map(({ path }) => path))];
  const title = `${plain(titleOf(left), 40)} ↔ ${plain(titleOf(right), 40)}`;
  const resources = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: l10n.t('Reading what both branches wrote'),
      cancellable: true,
    },
    async (progress, token) => {
      const found: Resource[] = [];
      for (const path of paths) {
        if (token.isCancellationRequested) return undefined;
        const resource = await resourceOf(services, session, [left, right], path);
        if (resource) found.push(resource);
        progress.report({ increment: 100 / paths.length });
      }
      return found;
    },
  );
  if (!resources) return;
  if (resources.length === 0) {
    void window.showInformationMessage(
      l10n.t('As far as their transcripts tell, both branches left their files alike.'),
    );
    return;
  }
  await commands.executeCommand('vscode.changes', title, resources);
}

/** What two branches made of one file, side by side. */
export async function openFileOfPair(
  services: Store,
  session: Pick<Session, 'project'>,
  [left, right]: readonly [Named, Named],
  path: string,
): Promise<void> {
  const resource = await resourceOf(services, session, [left, right], path);
  if (!resource) {
    void window.showInformationMessage(
      l10n.t('As far as their transcripts tell, both branches left {0} alike.', plain(path, 60)),
    );
    return;
  }
  const [, before, after] = resource;
  const title = `${plain(path, 60)} · ${plain(titleOf(left), 30)} ↔ ${plain(titleOf(right), 30)}`;
  const sides = [before ?? emptyUri(), after ?? emptyUri()];
  await commands.executeCommand('vscode.diff', ...sides, title, { preview: true });
}

async function resourceOf(
  { store }: Store,
  session: Pick<Session, 'project'>,
  [left, right]: readonly [Named, Named],
  path: string,
): Promise<Resource | undefined> {
  const [a, b] = await Promise.all([
    store.readBranchFile(left.sessionId, path),
    store.readBranchFile(right.sessionId, path),
  ]);
  const view = areWhole(a, b) ? 'whole' : 'patch';
  if (view === 'whole' && a.known === b.known && a.text === b.text) return undefined;
  const side = ({ sessionId }: Named, { known }: BranchFile): Uri | undefined =>
    known === 'untouched' || (view === 'whole' && known === 'removed')
      ? undefined
      : branchFileUri(sessionId, path, view);
  return [fileUri(session, path), side(left, a), side(right, b)];
}

/** What one branch did to a file since the branches parted: a diff, or the edits where only they are known. */
export async function openFileOfBranch(
  { store }: Store,
  { sessionId, title }: Branch,
  path: string,
  { sharedCount }: Pick<Comparison, 'sharedCount'>,
): Promise<void> {
  const [before, after] = await Promise.all([
    store.readBranchFile(sessionId, path, { end: sharedCount }),
    store.readBranchFile(sessionId, path),
  ]);
  if (!areWhole(before, after)) {
    await window.showTextDocument(branchFileUri(sessionId, path, 'patch'), { preview: true });
    return;
  }
  await commands.executeCommand(
    'vscode.diff',
    branchFileUri(sessionId, path, 'whole', sharedCount),
    branchFileUri(sessionId, path, 'whole'),
    `${plain(path, 60)} · ${plain(titleOf({ title }), 40)}`,
    { preview: true },
  );
}

/** True where the two show all there is to know: a file that was removed is known to be empty. */
function areWhole(a: BranchFile, b: BranchFile): boolean {
  return [a, b].every(({ known }) => known === 'whole' || known === 'removed');
}

/** Where the file is, or was, for the diff editor's heading and its way to the file itself. */
function fileUri({ project }: Pick<Session, 'project'>, path: string): Uri {
  const isAbsolute = /^(?:[\\/]|[A-Za-z]:)/.test(path);
  if (isAbsolute) return Uri.file(path);
  const folder =
    project.path === '' ? workspace.workspaceFolders?.[0]?.uri : Uri.file(project.path);
  return folder ? Uri.joinPath(folder, path) : Uri.file(path);
}
