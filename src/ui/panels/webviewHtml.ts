/**
 * The page of a panel. It may run the one script that carries the nonce, load styles and fonts of
 * this extension, and nothing else; a transcript that got past the sanitiser still cannot load,
 * send or run anything.
 */
import { randomBytes } from 'node:crypto';
import { env, l10n, Uri, type Webview, type WebviewOptions } from 'vscode';

export type PanelName = 'transcript' | 'compare' | 'graph' | 'merge' | 'storage';

function webviewRoot(extensionUri: Uri): Uri {
  return Uri.joinPath(extensionUri, 'dist', 'webview');
}

export function webviewOptions(extensionUri: Uri): WebviewOptions {
  return { enableScripts: true, localResourceRoots: [webviewRoot(extensionUri)] };
}

export function webviewHtml(webview: Webview, extensionUri: Uri, panel: PanelName): string {
  const root = webviewRoot(extensionUri);
  const address = (file: string) => webview.asWebviewUri(Uri.joinPath(root, file)).toString();
  const nonce = randomBytes(16).toString('base64');
  const csp = [
    `default-src 'none'`,
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join('; ');
  return `<!DOCTYPE html>
<html lang="${env.language}">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="${address('codicon.css')}">
<title>${titleOf(panel)}</title>
</head>
<body>
<script nonce="${nonce}" src="${address(`${panel}.js`)}"></script>
</body>
</html>`;
}

function titleOf(panel: PanelName): string {
  switch (panel) {
    case 'transcript':
      return l10n.t('Transcript');
    case 'compare':
      return l10n.t('Comparison');
    case 'merge':
      return l10n.t('Merge');
    case 'graph':
      return l10n.t('Family Graph');
    case 'storage':
      return l10n.t('Storage');
  }
}
