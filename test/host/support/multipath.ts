/** The extension under test, as VS Code knows it. */
import * as vscode from 'vscode';

/** Throws where VS Code did not load it, since no host test means anything then. */
export function multipath(): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension('multipath.multipath');
  if (!extension) throw new Error('Multipath is not loaded in this window');
  return extension;
}
