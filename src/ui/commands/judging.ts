/** Choosing between branches: the score with its reasons, the person's own rating, the family drawn. */
import { commands, l10n, Uri, window } from 'vscode';
import { pickFrom } from '../ask.ts';
import { rankBranches, type JudgedBranch } from '../../core/judge.ts';
import { MOST_BRANCHES } from '../../core/comparison.ts';
import type { BranchScore, PartScore, ScorePart } from '../../core/score.ts';
import { Commands, DOCUMENT_SCHEME } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { judgementUri } from '../documents.ts';
import { formatCost, formatNumber, formatSeconds } from '../format.ts';
import { fileName, plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';
import { readScoreWeights } from '../scoreWeights.ts';
import { registerCommand } from '../vscodeApi.ts';
import { changeEach, need } from './eachSession.ts';
import { sessionIdsOf, targetsOf, type CommandServices } from './targets.ts';

/** Key of a session's metadata that holds the rating. */
const RATING = 'rating';

export function registerJudging(services: CommandServices): Disposable[] {
  const { log } = services;
  return [
    registerCommand(log, Commands.chooseBest, (...args) => chooseBest(services, args)),
    registerCommand(log, Commands.rateSession, async (...args) => {
      const ids = await targetsOf(services, args, l10n.t('Rate which session?'));
      const rating = ids.length === 0 ? undefined : (givenRating(args[1]) ?? (await pickRating()));
      if (rating !== undefined) await rate(services, ids, rating);
    }),
    registerCommand(log, Commands.showTreeAsText, async (...args) => {
      const [id] = await targetsOf(services, args, l10n.t('Show the tree of which session?'));
      if (id === undefined) return;
      const session = await need(services, id);
      await window.showTextDocument(familyUri(session.id, titleOf(session)), { preview: true });
    }),
  ];
}

/** Address of the read-only document that draws a session's family. */
function familyUri(sessionId: string, title: string): Uri {
  return Uri.from({
    scheme: DOCUMENT_SCHEME,
    path: `/family/${sessionId}/${fileName(title)}.txt`,
  });
}

/** The branches that are selected, or the forks of one session; `undefined` when there are not two. */
export async function branchesOf(
  services: CommandServices,
  args: readonly unknown[],
): Promise<readonly string[] | undefined> {
  const [first] = args;
  const given = Array.isArray(first) ? first.filter((id) => typeof id === 'string') : [];
  const named = given.length > 1 ? given : sessionIdsOf(args, services.view.selectedSessions);
  const ids = named.length > 1 ? named : await forksOf(services, args);
  if (ids === undefined) return undefined;
  if (ids.length >= 2) return ids.slice(0, MOST_BRANCHES);
  void window.showInformationMessage(
    l10n.t('Choose a session with two or more forks, or select the branches.'),
  );
  return undefined;
}

async function chooseBest(services: CommandServices, args: readonly unknown[]): Promise<void> {
  const { store, panels } = services;
  const compared = await branchesOf(services, args);
  if (compared === undefined) return;
  const { scores, bestFork, comparison, judgement } = await store.compareForkResults(compared, {
    weights: readScoreWeights(),
  });
  const titles = new Map(comparison.branches.map((branch) => [branch.sessionId, branch]));
  const all = {
    label: `$(git-compare) ${l10n.t('Compare them side by side')}`,
    sessionId: undefined,
  };
  const judged = new Map(
    (judgement ? rankBranches(judgement) : []).map((branch) => [branch.sessionId, branch]),
  );
  const items = scores
    .toSorted((a, b) => b.total - a.total || Number(b.sessionId === bestFork) - 1)
    .map((score) => ({
      label: `${score.sessionId === bestFork ? '$(star-full) ' : ''}${plain(titleOf(titles.get(score.sessionId) ?? { title: '' }))}`,
      description: l10n.t('{0} of 100', formatNumber(Math.round(score.total))),
      detail: [reasons(score), saidOf(judged.get(score.sessionId))].filter(Boolean).join(' · '),
      sessionId: score.sessionId,
    }));
  const read = judgement && {
    label: `$(law) ${l10n.t('Read what {0} said', plain(judgement.model.name, 40))}`,
    uri: judgementUri(judgement.id, compared[0] ?? ''),
  };
  const ask = { label: `$(sparkle) ${l10n.t('Ask a Model to Judge…')}`, ask: true };
  const picked = await pickFrom([...items, all, ...(read ? [read] : []), ask], {
    title: l10n.t('Best of {0} branches', formatNumber(compared.length)),
    placeHolder: l10n.t('By what their transcripts show, no model was asked. Enter opens one.'),
    matchOnDetail: true,
  });
  if (!picked) return;
  if ('uri' in picked) await window.showTextDocument(picked.uri, { preview: true });
  else if ('ask' in picked) await commands.executeCommand(Commands.judgeBranches, compared);
  else if (picked.sessionId !== undefined) await panels.openTranscript(picked.sessionId);
  else panels.openComparison(compared);
}

/** What a model said, in a few words beside the score's reasons. */
function saidOf(judged: JudgedBranch | undefined): string {
  if (!judged) return '';
  const { wins, ties, losses } = judged;
  return l10n.t('a model: {0} won, {1} even, {2} lost', wins, ties, losses);
}

async function forksOf(
  services: CommandServices,
  args: readonly unknown[],
): Promise<string[] | undefined> {
  const [id] = await targetsOf(services, args, l10n.t('Choose the best fork of which session?'));
  if (id === undefined) return undefined;
  const { parentId } = await need(services, id);
  const own = await services.store.getSessionForks(id);
  // Asked on a fork, it is about the fork and its siblings.
  const forks =
    own.length < 2 && parentId !== undefined ? await services.store.getSessionForks(parentId) : own;
  return forks.map((fork) => fork.id);
}

/** `tests passed · 2 errors · $0.12`: parts that are known, the weightiest first. */
function reasons({ parts }: BranchScore): string {
  const known = parts.filter(({ figure }) => figure !== undefined);
  const sorted = known.toSorted((a, b) => b.weight - a.weight);
  return sorted.map(reason).join(' · ');
}

function reason({ part, figure = 0 }: PartScore): string {
  const count = formatNumber(Math.round(figure));
  const texts: Readonly<Record<ScorePart, () => string>> = {
    tests: () => (figure === 1 ? l10n.t('tests passed') : l10n.t('tests failed')),
    commands: () => l10n.t('{0} % of commands passed', formatNumber(Math.round(figure * 100))),
    errors: () => l10n.t('errors: {0}', count),
    retries: () => l10n.t('retries: {0}', count),
    diff: () => l10n.t('lines changed: {0}', count),
    length: () => l10n.t('messages: {0}', count),
    cost: () => formatCost(figure),
    time: () => formatSeconds(figure / 1000),
    rating: () => l10n.t('your rating: {0}', count),
  };
  return texts[part]();
}

/** A panel says which, from 1 to 5 or `none`; from anywhere else the person is asked. */
function givenRating(value: unknown): number | 'none' | undefined {
  if (value === 'none') return value;
  return typeof value === 'number' && [1, 2, 3, 4, 5].includes(value) ? value : undefined;
}

async function pickRating(): Promise<number | 'none' | undefined> {
  const stars = (count: number) => ({
    label: '$(star-full)'.repeat(count) + '$(star-empty)'.repeat(5 - count),
    description: formatNumber(count),
    rating: count,
  });
  const picked = await pickFrom(
    [...[5, 4, 3, 2, 1].map(stars), { label: l10n.t('No Rating'), rating: 'none' as const }],
    { title: l10n.t('Rate'), placeHolder: l10n.t('Counts when the best fork is chosen') },
  );
  return picked?.rating;
}

async function rate(
  services: CommandServices,
  ids: readonly string[],
  rating: number | 'none',
): Promise<void> {
  const { store } = services;
  await changeEach(services, ids, {
    progress: l10n.t('Rating'),
    done: (what, isOne) => (isOne ? l10n.t('{0} is rated.', what) : l10n.t('{0} are rated.', what)),
    label: (what) => l10n.t('rating {0}', what),
    act: async ({ id, metadata: before }) => {
      const { [RATING]: old, ...rest } = before;
      if (old === rating) return undefined;
      const metadata = rating === 'none' ? rest : { ...rest, [RATING]: rating };
      await store.updateSession(id, { metadata });
      return () => store.updateSession(id, { metadata: before });
    },
  });
}
