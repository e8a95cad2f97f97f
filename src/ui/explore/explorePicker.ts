/**
 * What an exploration is made of, asked step by step: strategies, models, the question, the budget,
 * and at last what it comes to. Escape ends it, the arrow goes back; what was chosen the last time
 * is chosen again.
 */
import { l10n, QuickPickItemKind, window, type Memento, type QuickPickItem } from 'vscode';
import type { ExplorationBudget } from '../../core/exploration.ts';
import type { ModelInfo } from '../../core/models.ts';
import type { Strategy } from '../../core/strategy.ts';
import { formatNumber } from '../format.ts';
import { plain } from '../text.ts';
import { budgetFromSettings, budgetOf, budgetText, MINUTE } from './budgets.ts';
import { answered, BACK, pickMany, pickOne, STEPS, type Answer } from './stepInputs.ts';
import { summaryOf, type ExplorePlan, type Measured } from './summary.ts';

export interface PickerParts {
  readonly memento: Pick<Memento, 'get' | 'update'>;
  readonly strategies: readonly Strategy[];
  /** What is wrong with strategies that are not offered. */
  readonly strategyProblems: readonly string[];
  readonly models: readonly ModelInfo[];
  /** Why endpoints give no models. */
  readonly modelProblems: readonly string[];
  /** Proposed as the question. */
  readonly question: string;
  /** `Fix login race, message 42`. */
  readonly where: string;
  readonly measure: (plan: ExplorePlan) => Promise<Measured>;
}

const REMEMBERED = 'multipath.explore.last';

interface Remembered {
  readonly strategies: readonly string[];
  readonly models: readonly string[];
}

/** `undefined` when the person went away. */
export async function pickExploration(parts: PickerParts): Promise<ExplorePlan | undefined> {
  const before = remembered(parts.memento);
  let plan: ExplorePlan = {
    strategies: chosen(parts.strategies, before.strategies),
    models: chosen(parts.models, before.models),
    question: parts.question,
    budget: budgetFromSettings(),
  };
  let step = 0;
  while (step < STEPS) {
    const answer = await ask(step, plan, parts);
    if (answer === undefined) return undefined;
    if (answer === BACK) step = Math.max(0, step - 1);
    else {
      plan = { ...plan, ...answer };
      step++;
    }
  }
  await parts.memento.update(REMEMBERED, {
    strategies: plan.strategies.map(({ id }) => id),
    models: plan.models.map(({ id }) => id),
  } satisfies Remembered);
  return plan;
}

function ask(
  step: number,
  plan: ExplorePlan,
  parts: PickerParts,
): Promise<Answer<Partial<ExplorePlan>>> {
  switch (step) {
    case 0:
      return pickStrategies(plan, parts);
    case 1:
      return pickModels(plan, parts);
    case 2:
      return askQuestion(plan, parts);
    case 3:
      return pickBudget(plan, parts);
    default:
      return confirm(plan, parts);
  }
}

async function pickStrategies(
  plan: ExplorePlan,
  { strategies, strategyProblems, where }: PickerParts,
): Promise<Answer<Partial<ExplorePlan>>> {
  const items = strategies.map((strategy) => ({
    label: plain(strategy.name),
    description: plain(strategy.description, 120),
    picked: plan.strategies.includes(strategy),
    value: strategy,
  }));
  const picked = await pickMany(items, {
    step: 1,
    title: l10n.t('Explore from {0}: Strategies', plain(where)),
    placeholder: l10n.t('Each strategy is asked of each model, in a fork of its own'),
    problems: strategyProblems,
    none: l10n.t('Choose at least one strategy.'),
  });
  return Array.isArray(picked) ? { strategies: picked } : picked;
}

async function pickModels(
  plan: ExplorePlan,
  { models, modelProblems }: PickerParts,
): Promise<Answer<Partial<ExplorePlan>>> {
  const items = models.map((model) => ({
    label: plain(model.name),
    description: plain(sourceOf(model), 60),
    ...(model.maxInputTokens !== undefined && {
      detail: l10n.t('takes {0} tokens', formatNumber(model.maxInputTokens)),
    }),
    picked: plan.models.includes(model),
    value: model,
  }));
  const picked = await pickMany(items, {
    step: 2,
    title: l10n.t('Explore: Models'),
    placeholder: l10n.t('Models of VS Code, and of your own endpoints'),
    problems: modelProblems,
    none: l10n.t('Choose at least one model.'),
  });
  return Array.isArray(picked) ? { models: picked } : picked;
}

/** `copilot`, `ollama`: where a model comes from. */
function sourceOf({ id, provider }: ModelInfo): string {
  return id.startsWith('vscode/') ? `VS Code · ${provider}` : id.slice(0, id.indexOf('/'));
}

function askQuestion(plan: ExplorePlan, parts: PickerParts): Promise<Answer<Partial<ExplorePlan>>> {
  const input = window.createInputBox();
  input.title = l10n.t('Explore: Question');
  input.value = plan.question;
  input.prompt = l10n.t(
    'What is asked in each fork, after the conversation up to {0}',
    plain(parts.where),
  );
  return answered(input, 3, (resolve) => [
    input.onDidChangeValue(() => (input.validationMessage = '')),
    input.onDidAccept(() => {
      const question = input.value.trim();
      if (question === '') input.validationMessage = l10n.t('The question is empty.');
      else resolve({ question });
    }),
  ]);
}

async function pickBudget(
  plan: ExplorePlan,
  parts: PickerParts,
): Promise<Answer<Partial<ExplorePlan>>> {
  const { budget } = plan;
  const change: QuickPickItem = {
    label: `$(edit) ${l10n.t('Change…')}`,
    description: l10n.t('for this exploration only'),
  };
  const items: QuickPickItem[] = [
    { label: `$(check) ${budgetText(budget)}`, description: l10n.t('from your settings') },
    change,
  ];
  const picked = await pickOne(items, {
    step: 4,
    title: l10n.t('Explore: Budget'),
    placeholder: l10n.t('When it is used up, all runs end with what has arrived'),
  });
  if (picked === undefined || picked === BACK) return picked;
  return picked === change ? changeBudget(budget, plan, parts) : {};
}

/** The four limits, one input each. */
async function changeBudget(
  before: ExplorationBudget,
  plan: ExplorePlan,
  parts: PickerParts,
): Promise<Answer<Partial<ExplorePlan>>> {
  const minutes = before.milliseconds === undefined ? undefined : before.milliseconds / MINUTE;
  const limits: readonly (readonly [prompt: string, value: number | undefined, least: number])[] = [
    [l10n.t('Runs at once'), before.runsAtOnce, 1],
    [l10n.t('Tokens, all runs together (0: no limit)'), before.tokens, 0],
    [l10n.t('US dollars, as far as prices are known (0: no limit)'), before.usd, 0],
    [l10n.t('Minutes (0: no limit)'), minutes, 0],
  ];
  const numbers: number[] = [];
  for (const [prompt, value, least] of limits) {
    const input = window.createInputBox();
    input.title = l10n.t('Explore: Budget');
    input.prompt = prompt;
    input.value = String(value ?? 0);
    const number = await answered<number>(input, 4, (resolve) => [
      input.onDidChangeValue(() => (input.validationMessage = '')),
      input.onDidAccept(() => {
        const given = Number(input.value.trim());
        if (input.value.trim() !== '' && Number.isFinite(given) && given >= least) resolve(given);
        else input.validationMessage = l10n.t('Give a number from {0}.', String(least));
      }),
    ]);
    if (number === undefined) return undefined;
    if (number === BACK) return pickBudget(plan, parts);
    numbers.push(number);
  }
  const [runsAtOnce = 1, tokens = 0, usd = 0, time = 0] = numbers;
  return { budget: budgetOf({ runsAtOnce, tokens, usd, minutes: time }) };
}

async function confirm(
  plan: ExplorePlan,
  { measure }: PickerParts,
): Promise<Answer<Partial<ExplorePlan>>> {
  const picker = window.createQuickPick();
  picker.title = l10n.t('Explore: Start?');
  picker.placeholder = l10n.t('Enter starts. Nothing was sent so far.');
  picker.busy = true;
  const start: QuickPickItem = {
    label: `$(play) ${startText(plan)}`,
    description: budgetText(plan.budget),
    alwaysShow: true,
  };
  const show = (lines: readonly string[]): void => {
    picker.items = [
      start,
      { label: l10n.t('What is sent'), kind: QuickPickItemKind.Separator },
      ...lines.map((line) => ({ label: plain(line, 240), alwaysShow: true })),
    ];
    picker.activeItems = [start];
  };
  show([]);
  void measure(plan).then(
    (measured) => {
      picker.busy = false;
      show(summaryOf(plan, measured));
    },
    (error: unknown) => {
      picker.busy = false;
      show([l10n.t('It could not be measured: {0}', error instanceof Error ? error.message : '')]);
    },
  );
  return answered<Partial<ExplorePlan>>(picker, 5, (resolve) => [
    picker.onDidAccept(() => {
      if (picker.activeItems[0] === start || picker.selectedItems[0] === start) resolve({});
    }),
  ]);
}

function startText({ strategies, models }: ExplorePlan): string {
  const runs = strategies.length * models.length;
  return runs === 1
    ? l10n.t('Start 1 run')
    : l10n.t(
        'Start {0} runs (strategies: {1}, models: {2})',
        formatNumber(runs),
        formatNumber(strategies.length),
        formatNumber(models.length),
      );
}

function remembered(memento: Pick<Memento, 'get'>): Remembered {
  const known = memento.get<unknown>(REMEMBERED);
  const list = (value: unknown): readonly string[] =>
    Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
  if (typeof known !== 'object' || known === null) return { strategies: [], models: [] };
  const { strategies, models }: Readonly<Record<string, unknown>> = { ...known };
  return { strategies: list(strategies), models: list(models) };
}

/** What was chosen the last time and is still there, else the first. */
function chosen<T extends { readonly id: string }>(all: readonly T[], ids: readonly string[]): T[] {
  const again = all.filter(({ id }) => ids.includes(id));
  return again.length > 0 ? again : all.slice(0, 1);
}
