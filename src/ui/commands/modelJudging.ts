/**
 * A model as the judge of branches, when the person wants one: they choose it, see how many questions
 * it is, may stop, and read its reasons. The score stays what it is.
 */
import { l10n, ProgressLocation, window } from 'vscode';
import { pickFrom } from '../ask.ts';
import { ordersOf } from '../../core/judge.ts';
import type { ModelClient, ModelInfo } from '../../core/models.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { judgementUri } from '../documents.ts';
import { formatNumber } from '../format.ts';
import type { Models } from '../models/models.ts';
import { registerCommand } from '../vscodeApi.ts';
import { plain } from '../text.ts';
import { mayAskModels, sayNoModels } from './askable.ts';
import { branchesOf } from './judging.ts';
import type { CommandServices } from './targets.ts';

/** Tokens after which no further question is asked. */
const MOST_TOKENS = 1_000_000;

type JudgeModels = ModelClient & Pick<Models, 'problems'>;

export function registerModelJudging(services: CommandServices, models: JudgeModels): Disposable {
  return registerCommand(services.log, Commands.judgeBranches, async (...args) => {
    const ids = await branchesOf(services, args);
    if (!ids || !(await mayAskModels())) return;
    const model = await pickModel(models, ordersOf(ids).length);
    if (model) await judge(services, models, ids, model);
  });
}

async function pickModel(models: JudgeModels, questions: number): Promise<ModelInfo | undefined> {
  const list = await window.withProgress(
    { location: ProgressLocation.Window, title: l10n.t('Looking for models') },
    () => models.listModels(),
  );
  if (list.length === 0) {
    await sayNoModels(models.problems);
    return undefined;
  }
  const items = list.map((model) => ({
    label: plain(model.name),
    description: plain(model.id),
    model,
  }));
  const picked = await pickFrom(items, {
    title: l10n.t('Which model is to judge?'),
    placeHolder: l10n.t(
      'It is asked {0} questions, each pair in both orders; secrets are taken out first',
      formatNumber(questions),
    ),
    matchOnDescription: true,
  });
  return picked?.model;
}

async function judge(
  { store }: CommandServices,
  models: JudgeModels,
  sessionIds: readonly string[],
  model: ModelInfo,
): Promise<void> {
  const { judgeBranches } = await import('../explore/explore.lazy.ts');
  const { sharedCount } = await store.compareSessions(sessionIds);
  const judgement = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: l10n.t(
        '{0} is judging {1} branches',
        plain(model.name),
        formatNumber(sessionIds.length),
      ),
      cancellable: true,
    },
    (progress, token) => {
      const stop = new AbortController();
      token.onCancellationRequested(() => stop.abort());
      const order = { model, sessionIds, sharedCount, maxTokens: MOST_TOKENS };
      return judgeBranches(models, store, order, stop.signal, (done, total) =>
        progress.report({
          increment: 100 / total,
          message: l10n.t('{0} of {1}', formatNumber(done), formatNumber(total)),
        }),
      );
    },
  );
  const [failed] = judgement.missing;
  if (judgement.verdicts.length === 0) {
    void window.showErrorMessage(
      // It may repeat what the model said.
      l10n.t(
        'The model judged nothing: {0}',
        failed ? plain(failed.error, 300) : l10n.t('it was stopped'),
      ),
    );
    return;
  }
  if (failed) {
    const { verdicts, missing } = judgement;
    void window.showWarningMessage(
      l10n.t(
        '{0} of {1} questions were answered. Of the others, the first: {2}',
        formatNumber(verdicts.length),
        formatNumber(verdicts.length + missing.length),
        plain(failed.error, 300),
      ),
    );
  }
  const { id } = await store.addJudgement(judgement);
  await window.showTextDocument(judgementUri(id, sessionIds[0] ?? ''), { preview: true });
}
