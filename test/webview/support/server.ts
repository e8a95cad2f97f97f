/**
 * Serves a panel the way VS Code does: the page and policy of src/ui/panels/webviewHtml.ts, the
 * bundle esbuild makes for the package, nothing else. Loopback only, on a free port.
 */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import * as esbuild from 'esbuild';
import { bundles } from '../../../scripts/lib/bundles.ts';
import { root } from '../../../scripts/lib/paths.ts';

const NONCE = 'bm9uY2U=';

export interface PanelServer {
  /** Address without a path. */
  readonly origin: string;
  close(): Promise<void>;
}

interface Content {
  readonly type: string;
  readonly body: string | Uint8Array;
}

/** Bundles the panels and serves each at `/<panel>`. */
export async function servePanels(): Promise<PanelServer> {
  const files = await bundlePanels();
  const codicons = join(root, 'node_modules/@vscode/codicons/dist');
  for (const [name, type] of [
    ['codicon.css', 'text/css'],
    ['codicon.ttf', 'font/ttf'],
  ] as const) {
    files.set(`/${name}`, { type, body: readFileSync(join(codicons, name)) });
  }
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = files.get(pathname) ?? pageOf(pathname, files);
    response.writeHead(file === undefined ? 404 : 200, {
      'content-type': file?.type ?? 'text/plain',
      'cache-control': 'no-store',
    });
    response.end(file?.body ?? 'not found');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    origin: `http://127.0.0.1:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

async function bundlePanels(): Promise<Map<string, Content>> {
  const webview = bundles(false).find(({ name }) => name === 'webview');
  if (webview === undefined) throw new Error('There is no webview bundle.');
  const built = await esbuild.build({ ...webview.options, sourcemap: false, write: false });
  return new Map(
    built.outputFiles.map(({ path, contents }): [string, Content] => [
      `/${path.split(/[\\/]/).at(-1) ?? ''}`,
      { type: path.endsWith('.css') ? 'text/css' : 'text/javascript', body: contents },
    ]),
  );
}

function pageOf(path: string, files: ReadonlyMap<string, Content>): Content | undefined {
  if (!files.has(`${path}.js`)) return undefined;
  const csp = [
    `default-src 'none'`,
    `script-src 'nonce-${NONCE}'`,
    `style-src 'self'`,
    `font-src 'self'`,
    `img-src 'self' data:`,
  ].join('; ');
  const body = `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" id="vscode-codicon-stylesheet" href="/codicon.css">
<link rel="icon" href="data:,">
<title>Panel</title>
</head>
<body>
<script nonce="${NONCE}" src="${path}.js"></script>
</body>
</html>`;
  return { type: 'text/html; charset=utf-8', body };
}
