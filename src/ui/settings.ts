/** What a changed setting does: the store takes over what it can, the rest begins with a new server. */
import { workspace } from 'vscode';
import { messageOf } from '../core/errors.ts';
import type { Disposable } from './disposable.ts';
import { affectsServer } from './serverOptions.ts';
import { affectsPrices, readPrices, warnOfPrices } from './ownPrices.ts';
import type { HostServices } from './services.ts';
import { affectsStoragePolicy, readStoragePolicy } from './storagePolicy.ts';

export function followSettings({
  server,
  store,
  log,
}: Pick<HostServices, 'server' | 'store' | 'log'>): Disposable {
  return workspace.onDidChangeConfiguration((event) => {
    if (server.state === 'idle') return;
    if (affectsServer(event)) {
      // A server that does not start is reported by the views and tried again.
      server.restart().catch(() => undefined);
    } else if (affectsStoragePolicy(event)) {
      store.setStoragePolicy(readStoragePolicy()).catch((error: unknown) => {
        log.warn(`The storage settings hold from the next start: ${messageOf(error)}`);
      });
    }
    if (!affectsServer(event) && affectsPrices(event)) {
      store.setPrices(readPrices(warnOfPrices)).catch((error: unknown) => {
        log.warn(`The prices hold from the next start: ${messageOf(error)}`);
      });
    }
  });
}
