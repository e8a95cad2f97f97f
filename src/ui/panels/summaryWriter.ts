/** Summaries by a model for one panel: one at a time, told as they come, stopped when asked to. */
import { l10n } from 'vscode';
import { messageOf } from '../../core/errors.ts';
import type { ContextReport } from '../../core/exploration.ts';
import type { ModelClient } from '../../core/models.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { writeSummary } from '../../explore/summary.ts';
import type { MergeState, SummaryProgress } from '../../protocol/mergePanel.ts';
import type { Disposable } from '../disposable.ts';
import { formatNumber } from '../format.ts';

interface Order {
  readonly sessionId: string;
  readonly title: string;
  /** Indexes of what is summed up, ascending. */
  readonly messages: readonly number[];
}

/** Milliseconds that a list of models is taken for new. */
const LISTED_MS = 60_000;

export class SummaryWriter implements Disposable {
  readonly #store: SessionStore;
  readonly #client: () => Promise<ModelClient>;
  #running: AbortController | undefined;
  #models: MergeState['models'] = [];
  #listedAt = 0;

  constructor(store: SessionStore, client: () => Promise<ModelClient>) {
    this.#store = store;
    this.#client = client;
  }

  /**
   * Models as they were last listed: an endpoint that does not answer holds up nothing.
   * @param listed is told when others are known
   */
  models(listed: () => void): MergeState['models'] {
    if (Date.now() - this.#listedAt > LISTED_MS) void this.#list(listed);
    return this.#models;
  }

  async #list(listed: () => void): Promise<void> {
    this.#listedAt = Date.now();
    let models: MergeState['models'];
    try {
      const client = await this.#client();
      models = (await client.listModels()).map(({ id, name }) => ({ id, name }));
    } catch {
      return; // Whoever asks a model is told why; what is known stays.
    }
    if (JSON.stringify(models) === JSON.stringify(this.#models)) return;
    this.#models = models;
    listed();
  }

  /** Returns at once; what comes of it is told. */
  write(modelId: string, order: Order, tell: (progress: SummaryProgress) => void): void {
    this.stop();
    const stopper = new AbortController();
    this.#running = stopper;
    void this.#write(modelId, order, tell, stopper.signal).finally(() => {
      if (this.#running === stopper) this.#running = undefined;
    });
  }

  stop(): void {
    this.#running?.abort();
    this.#running = undefined;
  }

  dispose(): void {
    this.stop();
  }

  async #write(
    modelId: string,
    { sessionId, title, messages }: Order,
    tell: (progress: SummaryProgress) => void,
    signal: AbortSignal,
  ): Promise<void> {
    let text = '';
    try {
      const client = await this.#client();
      const model = (await client.listModels()).find(({ id }) => id === modelId);
      const [from, to] = [messages[0], messages.at(-1)];
      if (!model || from === undefined || to === undefined) {
        const problem = l10n.t('This model is not there any more. Choose another one.');
        tell({ text, state: 'failed', problem });
        return;
      }
      const order = { model, sessionId, title, from, to };
      const written = await writeSummary(client, this.#store, order, signal, (so) => {
        text = so;
        if (!signal.aborted) tell({ text, state: 'running' });
      });
      tell({ text: written.text, state: 'done', remarks: remarksOn(written.report) });
    } catch (error) {
      tell(
        signal.aborted
          ? { text, state: 'stopped' }
          : { text, state: 'failed', problem: messageOf(error) },
      );
    }
  }
}

/** What the model was not shown, in words. */
function remarksOn({ leftOut, redacted }: ContextReport): string[] {
  const secrets = redacted.reduce((sum, { count }) => sum + count, 0);
  return [
    ...(leftOut.messages > 0
      ? [
          l10n.t(
            '{0} messages did not fit into the model’s window and are not in it.',
            formatNumber(leftOut.messages),
          ),
        ]
      : []),
    ...(secrets > 0
      ? [l10n.t('Secrets that were taken out before it was sent: {0}.', formatNumber(secrets))]
      : []),
  ];
}
