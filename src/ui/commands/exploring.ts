/**
 * Exploring from wherever it is asked for: what, with which models and for how much is asked first,
 * the forks stand in the tree at once, and what came of them is told at the end.
 */
import { commands, l10n, ProgressLocation, window, type QuickPickItem } from 'vscode';
import { pickFrom } from '../ask.ts';
import { messageOf } from '../../core/errors.ts';
import type { Run } from '../../core/exploration.ts';
import { textOf } from '../../core/message.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { pickExploration } from '../explore/explorePicker.ts';
import type { Exploring } from '../explore/exploring.ts';
import { isBroken, isLive } from '../explore/runs.ts';
import { describeRun, nameOfRun, runIconName, spentBy, stateName } from '../explore/runText.ts';
import { measure } from '../explore/summary.ts';
import { formatNumber } from '../format.ts';
import type { Models } from '../models/models.ts';
import { mayAskModels, sayNoModels } from './askable.ts';
import { plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import { need } from './eachSession.ts';
import {
  isChosenByPerson,
  messageIndexOf,
  sessionIdsOf,
  targetsOf,
  type CommandServices,
} from './targets.ts';

export interface ExploringServices extends CommandServices {
  readonly exploring: Exploring;
  readonly models: Models;
}

/** Of a message that is proposed as the question. */
const LONGEST_QUESTION = 4_000;

export function registerExploring(services: ExploringServices): Disposable[] {
  const { log, panels, view } = services;
  return [
    registerCommand(log, Commands.exploreFromHere, async (...args) => {
      const active = panels.activeTranscript;
      const sessionId = sessionIdsOf(args, view.selectedSessions)[0] ?? active?.sessionId;
      const index = messageIndexOf(args) ?? active?.focusedMessage;
      const [target] = sessionId === undefined ? await pick(services, args) : [sessionId];
      return target === undefined ? undefined : explore(services, target, index);
    }),
    registerCommand(log, Commands.exploreSession, async (...args) => {
      const [target] = await pick(services, args);
      return target === undefined ? undefined : explore(services, target, undefined);
    }),
    registerCommand(log, Commands.cancelRun, async (...args) => {
      const active = panels.activeTranscript?.sessionId;
      const which = l10n.t('Cancel which run?');
      const isHere = args[0] === undefined && active !== undefined;
      const here = isHere ? await runsOf(services, [active], isLive, which) : [];
      await cancel(services, here.length > 0 ? here : await runsOf(services, args, isLive, which));
    }),
    registerCommand(log, Commands.retryRun, async (...args) => {
      const runs = await runsOf(services, args, isBroken, l10n.t('Retry which run?'));
      const isPicked = sessionIdsOf(args, view.selectedSessions).length === 0;
      if (isPicked || isChosenByPerson(args) || (await mayRetry(runs))) await retry(services, runs);
    }),
    registerCommand(log, Commands.showRuns, () => showRuns(services)),
  ];
}

function pick(services: CommandServices, args: readonly unknown[]): Promise<readonly string[]> {
  return targetsOf(services, args, l10n.t('Explore which session?'));
}

/** Ids of the forks; `undefined` when the person did not start it. */
async function explore(
  services: ExploringServices,
  sessionId: string,
  index: number | undefined,
): Promise<readonly string[] | undefined> {
  if (!(await mayAskModels())) return undefined;
  const { store, exploring, models, context } = services;
  const session = await need(services, sessionId);
  if (session.messageCount === 0) {
    void window.showInformationMessage(l10n.t('This session holds no messages.'));
    return undefined;
  }
  const [known, list] = await window.withProgress(
    { location: ProgressLocation.Window, title: l10n.t('Looking for models') },
    () => Promise.all([exploring.strategies(), models.listModels()]),
  );
  if (list.length === 0) {
    await sayNoModels(models.problems);
    return undefined;
  }
  const { atMessage, question } = await cutAt(services, sessionId, index, session.messageCount);
  const plan = await pickExploration({
    memento: context.globalState,
    strategies: known.strategies,
    strategyProblems: known.problems.map(
      ({ file, message }) => `${file.path.split('/').at(-1) ?? ''}: ${message}`,
    ),
    models: list,
    modelProblems: models.problems,
    question,
    where: l10n.t('{0}, message {1}', titleOf(session), formatNumber(atMessage + 1)),
    measure: (wanted) => measure(store, { sessionId, atMessage }, wanted),
  });
  if (!plan) return undefined;
  const explorer = await exploring.explorer();
  const { runs, movedBecause } = await explorer.explore(sessionId, atMessage, plan.strategies, {
    question: plan.question,
    models: plan.models,
    budget: plan.budget,
  });
  if (movedBecause !== undefined) {
    void window.showInformationMessage(plain(movedBecause, 300));
  }
  const [first] = runs;
  if (first) {
    void services.view.reveal({ id: first.sessionId, parentId: sessionId });
    await services.panels.openTranscript(first.sessionId);
  }
  void tellEnd(
    services,
    runs.map(({ id }) => id),
  ).catch((error: unknown) => {
    services.log.warn(`Exploring: ${messageOf(error)}`);
  });
  return runs.map((run) => run.sessionId);
}

/** What a person says is asked again in other ways: then the fork begins before it. */
async function cutAt(
  { store }: Pick<CommandServices, 'store'>,
  sessionId: string,
  index: number | undefined,
  count: number,
): Promise<{ readonly atMessage: number; readonly question: string }> {
  const atMessage = index ?? count - 1;
  const message = await store.readMessage(sessionId, atMessage);
  if (message.role !== 'user') return { atMessage, question: '' };
  const text = textOf(message).trim();
  const isAskedAgain = atMessage > 0 && text !== '' && text.length <= LONGEST_QUESTION;
  return isAskedAgain ? { atMessage: atMessage - 1, question: text } : { atMessage, question: '' };
}

/** A notification with what came of it, and what can be done next. */
async function tellEnd(services: ExploringServices, runIds: readonly string[]): Promise<void> {
  const explorer = await services.exploring.explorer();
  const runs = await explorer.finished(runIds);
  const done = runs.filter(({ state }) => state === 'done');
  const broken = runs.filter(isBroken);
  const compare = l10n.t('Compare');
  const best = l10n.t('Choose Best');
  const again = l10n.t('Retry');
  const [only] = runs;
  const text =
    runs.length === 1 && only
      ? l10n.t('{0}: {1}', plain(nameOfRun(only)), plain(describeRun(only), 200))
      : broken.length === 0
        ? l10n.t('{0} runs are done.', formatNumber(done.length))
        : l10n.t(
            '{0} of {1} runs are done. The first of the others: {2}',
            formatNumber(done.length),
            formatNumber(runs.length),
            plain(broken[0]?.error ?? stateName('failed'), 200),
          );
  const actions = [
    ...(done.length > 1 ? [compare, best] : []),
    ...(broken.length > 0 ? [again] : []),
  ];
  const show = broken.some(({ state }) => state === 'failed')
    ? window.showWarningMessage
    : window.showInformationMessage;
  const answer = await show(text, ...actions);
  const forks = done.map(({ sessionId }) => ({ sessionId }));
  if (answer === compare) {
    await commands.executeCommand(Commands.compareSelected, forks[0], forks.slice(0, 8));
  } else if (answer === best) {
    await commands.executeCommand(Commands.chooseBest, forks[0], forks.slice(0, 8));
  } else if (answer === again) await retry(services, broken);
}

/** For runs that something other than our own tree and panels named. */
async function mayRetry(runs: readonly Run[]): Promise<boolean> {
  if (runs.length === 0) return false;
  const again = l10n.t('Retry');
  const names = [...new Set(runs.map(({ model }) => plain(model.name, 60)))];
  const answer = await window.showWarningMessage(
    l10n.t('Retry {0} runs?', formatNumber(runs.length)),
    {
      modal: true,
      detail: l10n.t(
        'Something other than you asked for this. The conversation is sent to these models, without secrets that were recognised: {0}.',
        names.slice(0, 5).join(', '),
      ),
    },
    again,
  );
  return answer === again;
}

async function retry(services: ExploringServices, runs: readonly Run[]): Promise<void> {
  if (runs.length === 0 || !(await mayAskModels())) return;
  const explorer = await services.exploring.explorer();
  const claimed = await explorer.retry(runs.map(({ id }) => id));
  void tellEnd(
    services,
    claimed.map(({ id }) => id),
  ).catch((error: unknown) => {
    services.log.warn(`Exploring: ${messageOf(error)}`);
  });
}

async function cancel(
  { exploring, store }: ExploringServices,
  runs: readonly Run[],
): Promise<void> {
  if (runs.length === 0) return;
  const explorer = await exploring.explorer();
  const [here, elsewhere] = [
    runs.filter(({ id }) => explorer.live.has(id)),
    runs.filter(({ id }) => !explorer.live.has(id)),
  ];
  explorer.cancel(here.map(({ id }) => id));
  if (elsewhere.length > 0) await store.cancelRuns(elsewhere.map(({ id }) => id));
}

/** Runs of the sessions that a command is about, or those that the person picks. */
async function runsOf(
  services: ExploringServices,
  args: readonly unknown[],
  fits: (run: Run) => boolean,
  title: string,
): Promise<readonly Run[]> {
  const { runs, view, panels } = services;
  const named = sessionIdsOf(args, view.selectedSessions);
  if (named.length > 0) return (await runs.read({ sessionIds: named })).filter(fits);
  const active = panels.activeTranscript?.sessionId;
  const all = (await runs.read({})).filter(fits);
  if (all.length === 0) {
    void window.showInformationMessage(l10n.t('There is no such run.'));
    return [];
  }
  // Of what is in view the answer is a key away; nothing that costs is done unasked.
  const items = all.toReversed().map((run) => ({
    ...runItem(run),
    picked: run.sessionId === active || all.length === 1,
  }));
  const picked = await pickFrom(
    items.toSorted((a, b) => Number(b.picked) - Number(a.picked)),
    { title, canPickMany: true },
  );
  return (picked ?? []).map(({ run }) => run);
}

/** The newest first; Enter opens the fork. */
async function showRuns(services: ExploringServices): Promise<void> {
  const all = await services.runs.read({});
  if (all.length === 0) {
    void window.showInformationMessage(l10n.t('Nothing was explored yet.'));
    return;
  }
  const items = all.toReversed().map(runItem);
  const live = items.filter(({ run }) => isLive(run));
  const others = items.filter(({ run }) => !isLive(run));
  const picked = await pickFrom([...live, ...others], {
    title: l10n.t('Runs'),
    placeHolder: l10n.t('Enter opens the fork'),
    matchOnDescription: true,
  });
  if (picked) await services.panels.openTranscript(picked.run.sessionId);
}

function runItem(run: Run): QuickPickItem & { readonly run: Run } {
  return {
    label: `$(${runIconName(run)}) ${plain(nameOfRun(run))}`,
    description: plain(describeRun(run), 160),
    detail: plain(spentBy(run)),
    run,
  };
}
