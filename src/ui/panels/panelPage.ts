/**
 * The page of a panel whose whole state the host tells: brought in, connected, and told of what
 * changes. The transcript, which is read in pages, goes by itself (transcriptPanel.ts).
 */
import { Uri, type WebviewPanel } from 'vscode';
import { isPageFocused } from '../../protocol/pageFocus.ts';
import { pageTookFocus } from '../ask.ts';
import type { HostServices } from '../services.ts';
import type { Disposable } from '../disposable.ts';
import { PageUpdates, type PageParts } from './pageUpdates.ts';
import { webviewHtml, webviewOptions, type PanelName } from './webviewHtml.ts';

/** The host's end of a panel's channel, as far as every such panel has it. */
interface PageChannel<State> {
  request(name: 'changed', argument: { readonly state: State }): Promise<unknown>;
  request(name: 'setNotice', argument: { readonly text: string | null }): Promise<unknown>;
  receive(message: unknown): Promise<void>;
  dispose(): void;
}

type PanelPageParts<State> = Pick<PageParts<State>, 'gatherMs' | 'share' | 'readState'> & {
  readonly page: PanelName;
  readonly channel: PageChannel<State>;
};

/** The parts are disposed of with the panel, in this order. */
export interface PanelPage<State> {
  readonly updates: PageUpdates<State>;
  readonly disposables: readonly Disposable[];
}

export function openPage<State>(
  { context, server, log }: Pick<HostServices, 'context' | 'server' | 'log'>,
  panel: WebviewPanel,
  { page, channel, ...parts }: PanelPageParts<State>,
): PanelPage<State> {
  const updates = new PageUpdates<State>({
    ...{ name: page, panel, server, log, ...parts },
    changed: (state) => channel.request('changed', { state }),
    setNotice: (text) => channel.request('setNotice', { text }),
  });
  const received = hearPage(panel, (message) => channel.receive(message));
  loadPage(panel, context.extensionUri, page);
  return { updates, disposables: [channel, received, updates] };
}

/** What a page sends is for its channel, but that it took the focus. */
export function hearPage(
  { webview }: WebviewPanel,
  receive: (message: unknown) => Promise<void>,
): Disposable {
  return webview.onDidReceiveMessage((message: unknown) => {
    if (isPageFocused(message)) pageTookFocus();
    else void receive(message);
  });
}

/** Puts a fresh page into a panel, also where it has one of the same kind. */
export function loadPage(panel: WebviewPanel, extensionUri: Uri, page: PanelName): void {
  panel.iconPath = Uri.joinPath(extensionUri, 'media', `${page}.svg`);
  panel.webview.options = webviewOptions(extensionUri);
  panel.webview.html = webviewHtml(panel.webview, extensionUri, page);
}
