/** How the store is, told in the status bar and in the sessions view. */
import type { Disposable } from './disposable.ts';
import type { Consent } from './consent/consent.ts';
import type { Importer } from './importer.ts';
import type { HostServices } from './services.ts';
import type { SessionsView } from './tree/sessionsView.ts';
import { StatusBar } from './statusBar.ts';
import { StoreMonitor } from './viewState.ts';

export function registerStatus(
  services: HostServices,
  view: SessionsView,
  consent: Consent,
  importer: Importer,
): Disposable[] {
  const bar = new StatusBar(services, importer);
  const monitor = new StoreMonitor(services, consent, importer, (status) => {
    bar.update(status, consent.needed);
    view.setNotice(status?.notice);
  });
  return [bar, monitor];
}
