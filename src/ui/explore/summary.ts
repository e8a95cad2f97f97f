/**
 * What an exploration is going to send and take, before it starts: measured with the same reading
 * of the conversation that the runs are made with, and said to be an estimate.
 */
import { l10n } from 'vscode';
import type { ContextReport, ExplorationBudget, PricedAnswer } from '../../core/exploration.ts';
import type { ModelInfo } from '../../core/models.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import type { Strategy, StrategyStep } from '../../core/strategy.ts';
import { formatCost, formatNumber } from '../format.ts';

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
  /** US dollars of what has a known price; absent when nothing has. */
  readonly usd?: number;
  /** Models whose price is not known. */
  readonly unpriced: readonly string[];
}

/** As many as the store takes in one exploration. */
export const MOST_RUNS = 64;
/** Tokens of a model that does not say how many it takes; the runs reckon the same. */
const USUAL_WINDOW = 64_000;
/** Of the window, what is left for the conversation. */
const SHARE = 0.7;
/** As many as the store prices at a time. */
const MOST_PRICED = 1_000;
/** Tokens of an answer, as answers in such conversations are long. */
const ANSWER = 1_200;
const CHARACTERS = 4;

/** Reads the conversation once for each size of window. */
export async function measure(
  store: Pick<SessionStore, 'readContext' | 'priceAnswers'>,
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
  const answers: (PricedAnswer & { readonly name: string })[] = [];
  for (const model of models) {
    const { tokens } = await reportOf(windowOf(model));
    for (const { steps } of strategies) {
      for (const [index, step] of steps.entries()) {
        answers.push({
          ...askedBy(step, model),
          input: Math.ceil(
            ownTokens(step, question, index) + (step.context === 'none' ? 0 : tokens),
          ),
          output: ANSWER,
        });
      }
    }
  }
  const smallest = await reportOf(Math.min(...models.map(windowOf)));
  const asked = answers.slice(0, MOST_PRICED).map(({ model, provider, input, output }) => ({
    model,
    input,
    output,
    ...(provider !== undefined && { provider }),
  }));
  const prices = await store.priceAnswers(asked);
  const known = prices.filter((price) => price !== null);
  return {
    smallest,
    inputTokens: answers.reduce((sum, { input }) => sum + input, 0),
    outputTokens: answers.reduce((sum, { output }) => sum + output, 0),
    ...(known.length > 0 && { usd: known.reduce((sum, price) => sum + price, 0) }),
    unpriced: [...new Set(answers.filter((_, at) => prices[at] === null).map(({ name }) => name))],
  };
}

function windowOf({ maxInputTokens }: ModelInfo): number {
  return maxInputTokens ?? USUAL_WINDOW;
}

/** The prompt, and the answers of the steps before. */
function ownTokens({ prompt, system = '' }: StrategyStep, question: string, index: number): number {
  return Math.ceil((prompt.length + system.length + question.length) / CHARACTERS) + index * ANSWER;
}

/** A step may name a model of its own. */
function askedBy({ model: own }: StrategyStep, { id, name, provider }: ModelInfo) {
  const model = (own ?? id).slice((own ?? id).lastIndexOf('/') + 1);
  return own === undefined || own === id ? { name, model, provider } : { name: own, model };
}

/** Lines for the person. */
export function summaryOf(plan: ExplorePlan, measured: Measured): string[] {
  const { smallest, inputTokens, outputTokens } = measured;
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
    priceText(measured),
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

function priceText({ usd, unpriced }: Measured): string {
  const unknown = unpriced.join(', ');
  if (usd === undefined) return l10n.t('No price is known of {0}', unknown);
  const about = formatCost(usd);
  return unpriced.length === 0
    ? l10n.t('About {0}', about)
    : l10n.t('About {0}, and what {1} takes, whose price is not known', about, unknown);
}
