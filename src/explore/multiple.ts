/**
 * `exploreMultipleStrategies` of the functional specification, as other extensions call it: forks a
 * session at a message once for each strategy and model, and runs the strategies in the forks.
 */
import type { ExploredForks, ExploreMultiple, ExploringApi } from '../core/api.ts';
import { MultipathError } from '../core/errors.ts';
import type { Explorer } from '../core/exploration.ts';
import type { ModelInfo } from '../core/models.ts';
import type { Strategy } from '../core/strategy.ts';

export interface MultipleParts {
  readonly explorer: () => Promise<Explorer>;
  readonly listStrategies: () => Promise<readonly Strategy[]>;
  readonly listModels: () => Promise<readonly ModelInfo[]>;
  /** Asks the person, whose models and money it is. */
  readonly mayExplore: (
    strategies: readonly Strategy[],
    models: readonly ModelInfo[],
  ) => Promise<boolean>;
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
  asked: {
    readonly sessionId: string;
    readonly atMessage: number;
    readonly strategies: readonly (string | Strategy)[];
    readonly options: ExploreMultiple;
  },
): Promise<ExploredForks> {
  const { sessionId, atMessage, options } = asked;
  const known = await listStrategies();
  const strategies = asked.strategies.map((one) =>
    typeof one === 'string' ? named(known, one, 'strategy') : one,
  );
  const available = await listModels();
  const models =
    options.models?.map((id) => named(available, id, 'model')) ?? available.slice(0, 1);
  if (models.length === 0) {
    throw new MultipathError(
      'not-found',
      'There is no language model to ask. Sign in to one in VS Code, or give Multipath a key.',
    );
  }
  if (!(await mayExplore(strategies, models))) {
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

function named<T extends { readonly id: string }>(
  known: readonly T[],
  id: string,
  what: string,
): T {
  const found = known.find((one) => one.id === id);
  if (found) return found;
  const there = known.map((one) => one.id).join(', ');
  throw new MultipathError(
    'not-found',
    `There is no ${what} “${id}”. There ${there === '' ? 'is none' : `are: ${there}`}.`,
  );
}
