/**
 * The webview's end of the channel to the extension host, and the state VS Code keeps for a panel
 * over a reload. `acquireVsCodeApi` may be called once per page: only here.
 */
import { Channel, type Contract, type Handlers, type Schemas } from '../../src/protocol/channel.ts';
import { PAGE_FOCUSED } from '../../src/protocol/pageFocus.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Connection<Local extends Contract<Local>, Remote extends Contract<Remote>> {
  readonly channel: Channel<Local, Remote>;
  /** What `save` was last given, in this page or before the reload. Unvalidated. */
  restore(): unknown;
  /** Keeps a JSON value over a reload of the window. */
  save(state: unknown): void;
}

/**
 * Joins a panel to its host.
 * @param handlers what the host may ask of this panel
 * @param schemas shapes of those requests, checked on receipt
 */
export function connect<Local extends Contract<Local>, Remote extends Contract<Remote>>(
  handlers: Handlers<Local>,
  schemas: Schemas<Local>,
): Connection<Local, Remote> {
  const api = acquireVsCodeApi();
  const channel = new Channel<Local, Remote>(
    (message) => api.postMessage(message),
    handlers,
    schemas,
  );
  window.addEventListener('focus', () => api.postMessage(PAGE_FOCUSED));
  window.addEventListener('message', (event) => void channel.receive(event.data));
  return {
    channel,
    restore: () => api.getState(),
    save: (state) => api.setState(state),
  };
}
