/**
 * Exploring in this window: the runs it has, made when somebody explores for the first time, and
 * what other extensions may ask for. The person answers for what other extensions ask.
 */
import { l10n, window } from 'vscode';
import type { ExploringApi } from '../../core/api.ts';
import { messageOf } from '../../core/errors.ts';
import type { Explorer } from '../../core/exploration.ts';
import type { ModelClient } from '../../core/models.ts';
import type { ExploreOrder } from '../../explore/multiple.ts';
import { formatNumber } from '../format.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import { budgetText } from './budgets.ts';
import { findStrategies, type KnownStrategies } from './strategies.ts';

/** More names than a question has room for. */
const NAMED = 5;

export class Exploring {
  readonly #services: Pick<HostServices, 'store' | 'log'>;
  readonly #models: () => Promise<ModelClient>;
  readonly #onCreated: (explorer: Explorer) => void;
  #explorer: Promise<Explorer> | undefined;

  /** `models` is asked when they are needed. */
  constructor(
    services: Pick<HostServices, 'store' | 'log'>,
    models: () => Promise<ModelClient>,
    onCreated: (explorer: Explorer) => void,
  ) {
    this.#services = services;
    this.#models = models;
    this.#onCreated = onCreated;
  }

  /** The one of this window. */
  explorer(): Promise<Explorer> {
    this.#explorer ??= this.#create();
    return this.#explorer;
  }

  models(): Promise<ModelClient> {
    return this.#models();
  }

  /** Strategies that can be chosen, and what is wrong with files that are none. */
  async strategies(): Promise<KnownStrategies> {
    const { readStrategy } = await import('./explore.lazy.ts');
    return findStrategies(readStrategy);
  }

  /** For other extensions. */
  api(): ExploringApi {
    const loaded = async (): Promise<ExploringApi> => {
      const { exploringApi } = await import('./explore.lazy.ts');
      return exploringApi({
        explorer: () => this.explorer(),
        listStrategies: async () => (await this.strategies()).strategies,
        listModels: async () => (await this.#models()).listModels(),
        mayExplore,
      });
    };
    return {
      listStrategies: async () => (await loaded()).listStrategies(),
      listModels: async () => (await loaded()).listModels(),
      exploreMultipleStrategies: async (...asked) =>
        (await loaded()).exploreMultipleStrategies(...asked),
    };
  }

  /** Lets go of the runs of this window, with what has arrived of them. */
  async end(): Promise<void> {
    const explorer = await this.#explorer?.catch(() => undefined);
    await explorer?.dispose();
  }

  async #create(): Promise<Explorer> {
    const { store, log } = this.#services;
    const { createExplorer } = await import('./explore.lazy.ts');
    const report = (error: unknown): void => {
      log.warn(`Exploring: ${messageOf(error)}`);
    };
    const explorer = createExplorer({ store, models: await this.#models(), report });
    this.#onCreated(explorer);
    return explorer;
  }
}

async function mayExplore(order: ExploreOrder): Promise<boolean> {
  const { forks, requests, strategies, models, budget = {} } = order;
  const { tokens, usd, milliseconds } = budget;
  const isLimited = tokens !== undefined || usd !== undefined || milliseconds !== undefined;
  const explore = l10n.t('Explore');
  const answer = await window.showWarningMessage(
    l10n.t(
      'Another extension wants to explore a session: {0} forks that ask {1}.',
      formatNumber(forks),
      namesOf(models),
    ),
    {
      modal: true,
      detail: [
        l10n.t(
          'The conversation is sent to these models, without secrets that were recognised. Strategies: {0}.',
          namesOf(strategies),
        ),
        isLimited
          ? l10n.t('{0} requests. Budget: {1}.', formatNumber(requests), budgetText(budget))
          : l10n.t('{0} requests, without a limit.', formatNumber(requests)),
      ].join('\n\n'),
    },
    explore,
  );
  return answer === explore;
}

/** The names are somebody else's: nothing of them may look like another sentence of the question. */
function namesOf(all: readonly { readonly name: string }[]): string {
  const names = all.slice(0, NAMED).map(({ name }) => plain(name, 60));
  return all.length > NAMED ? `${names.join(', ')}, …` : names.join(', ');
}
