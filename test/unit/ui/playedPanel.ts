/**
 * A webview panel without a window: setting its html begins a new page, which is given what is posted
 * from then on, as in VS Code.
 */
import {
  EventEmitter,
  type Uri,
  type WebviewPanel,
  type WebviewPanelOnDidChangeViewStateEvent,
} from 'vscode';

export class PlayedPanel {
  readonly #viewState = new EventEmitter<WebviewPanelOnDidChangeViewStateEvent>();
  readonly #disposed = new EventEmitter<void>();
  readonly #received = new EventEmitter<unknown>();
  readonly onDidChangeViewState = this.#viewState.event;
  readonly onDidDispose = this.#disposed.event;
  readonly webview;
  #isDisposed = false;
  title = '';
  visible = true;
  active = true;
  revealed = 0;
  /** Set by a test: the page that takes what is posted. */
  onPage: () => (message: unknown) => unknown = () => () => undefined;
  #take: (message: unknown) => unknown = () => undefined;

  constructor() {
    const begin = (): void => {
      this.#take = this.onPage();
    };
    this.webview = {
      options: {},
      cspSource: 'csp',
      asWebviewUri: (uri: Uri) => uri,
      onDidReceiveMessage: this.#received.event,
      postMessage: (message: unknown) => {
        const copy: unknown = JSON.parse(JSON.stringify(message));
        if (this.visible) this.#take(copy);
        return Promise.resolve(true);
      },
      set html(_text: string) {
        begin();
      },
    };
  }

  /** As a page sends it. */
  send(message: unknown): void {
    this.#received.fire(JSON.parse(JSON.stringify(message)));
  }

  /** Hidden or shown; what is shown begins as a new page. */
  show(visible: boolean): void {
    this.visible = visible;
    if (visible) this.#take = this.onPage();
    this.#viewState.fire({ webviewPanel: this.panel });
  }

  reveal(): void {
    this.revealed++;
  }

  dispose(): void {
    if (!this.#isDisposed) {
      this.#isDisposed = true;
      this.#disposed.fire();
    }
  }

  get panel(): WebviewPanel {
    // All of a panel that ours use.
    return this as unknown as WebviewPanel;
  }
}
