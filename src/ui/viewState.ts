/**
 * What the sessions view says while it has no sessions to show. `away` appears only after a
 * moment, so that an ordinary restart of the server does not flicker.
 */
import { disposeAll, type Disposable } from './disposable.ts';
import { messageOf } from '../core/errors.ts';
import type { StoreStatus } from '../core/sessionStore.ts';
import type { Consent } from './consent/consent.ts';
import type { ViewState } from './contributions.ts';
import type { Importer } from './importer.ts';
import type { HostServices } from './services.ts';
import { setContextKey } from './vscodeApi.ts';

export interface ViewFacts {
  readonly status: StoreStatus | undefined;
  readonly serverAway: boolean;
  readonly surveyed: boolean;
  readonly consentNeeded: boolean;
  readonly importing: boolean;
}

export function viewStateOf(facts: ViewFacts): ViewState {
  if (facts.serverAway) return 'away';
  if (!facts.status) return 'starting';
  if (facts.status.sessions > 0) return 'ready';
  if (facts.importing) return 'importing';
  if (!facts.surveyed) return 'starting';
  return facts.consentNeeded ? 'consent' : 'empty';
}

/** Follows the store and keeps the context keys true; the status is there for the status bar. */
export class StoreMonitor implements Disposable {
  readonly #services: HostServices;
  readonly #consent: Consent;
  readonly #importer: Importer;
  readonly #onChange: () => void;
  readonly #disposables: Disposable[];
  #status: StoreStatus | undefined;
  #asked = 0;

  constructor(
    services: HostServices,
    consent: Consent,
    importer: Importer,
    onChange: (status: StoreStatus | undefined) => void,
  ) {
    this.#services = services;
    this.#consent = consent;
    this.#importer = importer;
    this.#onChange = () => {
      void setContextKey('multipath.state', viewStateOf(this.#facts()));
      void setContextKey('multipath.readOnly', this.#status?.role === 'read-only');
      onChange(this.#status);
    };
    this.#disposables = [
      consent.onDidChange(this.#onChange),
      importer.onDidChange(this.#onChange),
      services.server.onDidChangeState((state) => {
        this.#onChange();
        if (state === 'running') void this.ask();
      }),
      {
        dispose: services.store.onDidChange((event) => {
          if (event.type === 'status') this.#take(event.status);
          // Counts change with the sessions; the first one ends the empty view at once.
          else if (event.type === 'sessions') void this.ask();
        }),
      },
    ];
    this.#onChange();
  }

  /** Asks the store how it is; of several questions at once only one more is sent. */
  async ask(): Promise<void> {
    this.#asked++;
    if (this.#asked > 1) return;
    do {
      const asked = this.#asked;
      try {
        this.#take(await this.#services.store.getStatus());
      } catch (error) {
        this.#services.log.warn(`Status of the store: ${messageOf(error)}`);
        this.#onChange();
      }
      this.#asked -= asked;
    } while (this.#asked > 0);
  }

  dispose(): void {
    disposeAll(this.#disposables);
  }

  #take(status: StoreStatus): void {
    const notice = status.notice;
    const isNew = notice !== undefined && notice !== this.#status?.notice;
    this.#status = status;
    if (isNew) this.#services.log.warn(notice);
    this.#onChange();
  }

  #facts(): ViewFacts {
    return {
      status: this.#status,
      serverAway: this.#services.server.isAway,
      surveyed: this.#consent.surveyed,
      consentNeeded: this.#consent.needed,
      importing: this.#importer.progress !== undefined,
    };
  }
}
