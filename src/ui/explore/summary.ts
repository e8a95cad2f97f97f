/**
 * What an exploration is going to send and take, before it starts: measured with the same reading
 * of the conversation that the runs are made with, and said to be an estimate.
 */
import { l10n } from 'vscode';
import type { ContextReport, ExplorationBudget } from '../../core/exploration.ts';
import type { ModelInfo } from '../../core/models.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import type { Strategy, StrategyStep } from '../../core/strategy.ts';
import { formatNumber } from '../format.ts';

export interface ExplorePlan {
  readonly strategies: readonly Strategy[];
  readonly models: readonly ModelInfo[];
  readonly question: string;
  readonly budget: ExplorationBudget;
}

export interface Measured {
  /** Of the conversation, for the model with the smallest window. */
  readonly smallest: ContextReport;
  /** All runs together. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** As many as the store takes in one exploration. */
export const MOST_RUNS = 64;
/** Tokens of a model that does not say how many it takes; the runs reckon the same. */
const USUAL_WINDOW = 64_000;
/** Of the window, what is left for the conversation. */
const SHARE = 0.7;
/** Tokens of an answer, as answers in such conversations are long. */
const ANSWER = 1_200;
const CHARACTERS = 4;

/** Reads the conversation once for each size of window. */
export async function measure(
  store: Pick<SessionStore, 'readContext'>,
  where: { readonly sessionId: string; readonly atMessage: number },
  { strategies, models, question }: ExplorePlan,
): Promise<Measured> {
  const windows = new Map<number, Promise<ContextReport>>();
  const { sessionId, atMessage } = where;
  const reportOf = (window: number): Promise<ContextReport> => {
    const known = windows.get(window);
    if (known) return known;
    const maxTokens = Math.floor(window * SHARE);
    const report = store
      .readContext(sessionId, { atMessage, maxTokens })
      .then((read) => read.report);
    windows.set(window, report);
    return report;
  };
  let inputTokens = 0;
  let outputTokens = 0;
  for (const model of models) {
    const { tokens } = await reportOf(windowOf(model));
    for (const { steps } of strategies) {
      for (const [index, step] of steps.entries()) {
        inputTokens += ownTokens(step, question, index) + (step.context === 'none' ? 0 : tokens);
        outputTokens += ANSWER;
      }
    }
  }
  const smallest = await reportOf(Math.min(...models.map(windowOf)));
  return { smallest, inputTokens, outputTokens };
}

function windowOf({ maxInputTokens }: ModelInfo): number {
  return maxInputTokens ?? USUAL_WINDOW;
}

/** The prompt, and the answers of the steps before. */
function ownTokens({ prompt, system = '' }: StrategyStep, question: string, index: number): number {
  return Math.ceil((prompt.length + system.length + question.length) / CHARACTERS) + index * ANSWER;
}

/** Lines for the person. */
export function summaryOf(
  plan: ExplorePlan,
  { smallest, inputTokens, outputTokens }: Measured,
): string[] {
  const { messages, leftOut, shortened, redacted } = smallest;
  const steps = plan.strategies.reduce((sum, strategy) => sum + strategy.steps.length, 0);
  const secrets = redacted.reduce((sum, { count }) => sum + count, 0);
  return [
    l10n.t(
      '{0} requests, about {1} tokens in and {2} out (estimated)',
      formatNumber(steps * plan.models.length),
      formatNumber(inputTokens),
      formatNumber(outputTokens),
    ),
    leftOut.messages === 0
      ? l10n.t('{0} messages of the conversation, nothing left out', formatNumber(messages))
      : l10n.t(
          '{0} messages of the conversation; {1} ({2} tokens) do not fit the smallest window and are left out',
          formatNumber(messages),
          formatNumber(leftOut.messages),
          formatNumber(leftOut.tokens),
        ),
    ...(shortened === 0
      ? []
      : [l10n.t('{0} long results of tools are shortened', formatNumber(shortened))]),
    secrets === 0
      ? l10n.t('No secrets were recognised in it')
      : l10n.t(
          '{0} secrets are taken out: {1}',
          formatNumber(secrets),
          redacted.map(({ kind, count }) => `${kind} (${formatNumber(count)})`).join(', '),
        ),
    l10n.t('To: {0}', askedOf(plan).join(', ')),
  ];
}

/** Ids of all models that are asked: a step may name one of its own. */
function askedOf({ strategies, models }: ExplorePlan): string[] {
  const named = strategies.flatMap(({ steps }) =>
    steps.flatMap(({ model }) => (model === undefined ? [] : [model])),
  );
  return [...new Set([...models.map(({ id }) => id), ...named])];
}
