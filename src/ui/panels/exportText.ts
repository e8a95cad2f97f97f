/** Writes a text to a file of the person's choice. */
import { l10n, Uri, window, workspace } from 'vscode';
import { fileName } from '../text.ts';

/** @param name proposed, without its ending */
export async function exportMarkdown(name: string, text: string): Promise<void> {
  const folder = workspace.workspaceFolders?.[0]?.uri;
  const proposed = `${fileName(name)}.md`;
  const file = await window.showSaveDialog({
    ...(folder && { defaultUri: Uri.joinPath(folder, proposed) }),
    filters: { [l10n.t('Markdown')]: ['md'] },
    saveLabel: l10n.t('Export'),
  });
  if (!file) return;
  await workspace.fs.writeFile(file, new TextEncoder().encode(text));
  const open = l10n.t('Open');
  const answer = await window.showInformationMessage(l10n.t('The comparison is exported.'), open);
  if (answer === open) await window.showTextDocument(file);
}
