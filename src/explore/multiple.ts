/**
 * `exploreMultipleStrategies` of the functional specification, as other extensions call it: forks a
 * session at a message once for each strategy and model, and runs the strategies in the forks.
 */
import * as v from 'valibot';
import type { ExploredForks, ExploreMultiple, ExploringApi } from '../core/api.ts';
import { MultipathError } from '../core/errors.ts';
import type { ExplorationBudget, Explorer } from '../core/exploration.ts';
import type { ModelInfo } from '../core/models.ts';
import type { Strategy } from '../core/strategy.ts';
import { strategySchema } from '../core/strategySchema.ts';

export interface MultipleParts {
  readonly explorer: () => Promise<Explorer>;
  readonly listStrategies: () => Promise<readonly Strategy[]>;
  readonly listModels: () => Promise<readonly ModelInfo[]>;
  /** Asks the person, whose models and money it is. */
  readonly mayExplore: (order: ExploreOrder) => Promise<boolean>;
}

/** What another extension wants. */
export interface ExploreOrder {
  readonly forks: number;
  readonly requests: number;
  readonly strategies: readonly Strategy[];
  /** All that would be asked, also those that steps name. */
  readonly models: readonly ModelInfo[];
  /** Without limits where absent. */
  readonly budget?: ExplorationBudget;
}

export function exploringApi(parts: MultipleParts): ExploringApi {
  return {
    listStrategies: () => parts.listStrategies(),
    listModels: () => parts.listModels(),
    exploreMultipleStrategies: (sessionId, atMessage, strategies, options) =>
      exploreMultiple(parts, { sessionId, atMessage, strategies, options }),
  };
}

async function exploreMultiple(
  { explorer, listStrategies, listModels, mayExplore }: MultipleParts,
  wanted: {
    readonly sessionId: string;
    readonly atMessage: number;
    readonly strategies: readonly (string | Strategy)[];
    readonly options: ExploreMultiple;
  },
): Promise<ExploredForks> {
  // A copy: what the person says yes to is what is done, whatever happens to these objects meanwhile.
  const asked = structuredClone(wanted);
  const { sessionId, atMessage, options } = asked;
  const all = await listStrategies();
  const strategies = asked.strategies.map((one) =>
    typeof one === 'string' ? known(all, one, 'strategy') : checked(one),
  );
  const available = await listModels();
  const models =
    options.models?.map((id) => known(available, id, 'model')) ?? available.slice(0, 1);
  if (models.length === 0) {
    throw new MultipathError(
      'not-found',
      'There is no language model to ask. Sign in to one in VS Code, or give Multipath a key.',
    );
  }
  const steps = strategies.flatMap((strategy) => strategy.steps);
  const named = steps.flatMap(({ model }) =>
    model === undefined ? [] : [known(available, model, 'model')],
  );
  const order: ExploreOrder = {
    forks: strategies.length * models.length,
    requests: steps.length * models.length,
    strategies,
    models: [...new Set([...models, ...named])],
    ...(options.budget && { budget: options.budget }),
  };
  if (!(await mayExplore(order))) {
    throw new MultipathError('cancelled', 'The person did not want these models to be asked.');
  }
  const { question, budget, wait = true } = options;
  const exploring = await explorer();
  const started = await exploring.explore(sessionId, atMessage, strategies, {
    question,
    models,
    ...(budget && { budget }),
  });
  const runs = wait ? await exploring.finished(started.runs.map(({ id }) => id)) : started.runs;
  return {
    explorationId: started.exploration.id,
    forks: runs.map((run) => run.sessionId),
    runs,
    atMessage: started.atMessage,
    ...(started.movedBecause !== undefined && { movedBecause: started.movedBecause }),
  };
}

function checked(strategy: unknown): Strategy {
  const { success, output } = v.safeParse(strategySchema, strategy);
  if (success) return output;
  throw new MultipathError('bad-request', 'One of the strategies is none. See listStrategies().');
}

function known<T extends { readonly id: string }>(all: readonly T[], id: string, what: string): T {
  const found = all.find((one) => one.id === id);
  if (found) return found;
  const there = all.map((one) => one.id).join(', ');
  throw new MultipathError(
    'not-found',
    `There is no ${what} “${id}”. There ${there === '' ? 'is none' : `are: ${there}`}.`,
  );
}
