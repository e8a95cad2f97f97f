/** What the person starts from a comparison: two of its branches in a diff editor, one merged. */
import { commands, l10n } from 'vscode';
import { pickFrom } from '../ask.ts';
import { comparedWith, counterpartOf } from '../../core/compare/reference.ts';
import type { BranchSummary, Comparison, ComparisonRow } from '../../core/comparison.ts';
import type { BranchScore } from '../../core/score.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { Commands } from '../contributions.ts';
import { emptyUri, messageUri } from '../documents.ts';
import { formatNumber } from '../format.ts';
import { readScoreWeights } from '../scoreWeights.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';
import { openFilesOfPair } from './branchFiles.ts';
import { pickPair, type PairChoice } from './pickPair.ts';

type SessionIds = readonly string[];

/** Branches by their place in the comparison. */
interface WantedPair {
  /** The other one of the pair is what it is compared with; asked for when absent. */
  readonly branch?: number;
  readonly reference: number;
}

/** Opens two messages of a row in the editor's own diff: what the others are compared with is left. */
export async function openPairOfRow(
  store: SessionStore,
  sessionIds: SessionIds,
  { cells }: ComparisonRow,
  wanted: WantedPair,
): Promise<void> {
  const { branches } = await store.compareSessions(sessionIds);
  const pair = await pairOf(cells, branches, wanted);
  const message = pair && (cells[pair.left] ?? cells[pair.right])?.message;
  if (!message) return;
  const sides = [pair.left, pair.right];
  const uris = sides.map((at) => {
    const cell = cells[at];
    return cell ? messageUri(sessionIds[at] ?? '', cell.message, 'diff') : emptyUri();
  });
  const titles = sides.map((at) => plain(titleOf(branches[at] ?? { title: '' }), 30));
  await commands.executeCommand(
    'vscode.diff',
    ...uris,
    l10n.t('{0} · message {1}', titles.join(' ↔ '), message.index + 1),
    { preview: true },
  );
}

async function pairOf(
  cells: ComparisonRow['cells'],
  branches: readonly BranchSummary[],
  { branch, reference }: WantedPair,
): Promise<PairChoice | undefined> {
  const present = cells.flatMap((cell, at) => (cell ? [at] : []));
  const base = comparedWith(cells, reference);
  if (present.length > 2 && branch === undefined) {
    // The reference first: of each pair that it is part of it is the left side.
    const inOrder = [base, ...present.filter((at) => at !== base)];
    return pickPair(
      inOrder.map((at) => ({ at, title: branches[at]?.title ?? '' })),
      l10n.t('Open pair in diff editor'),
    );
  }
  const other =
    branch === undefined || branch === base ? counterpartOf(cells, base, reference) : branch;
  if (other !== undefined) return { left: base, right: other };
  // A message that stands alone, against nothing: sides as the columns are.
  const empty = base === 0 ? 1 : 0;
  return base < 0 ? undefined : { left: Math.min(base, empty), right: Math.max(base, empty) };
}

/** Opens what two branches wrote; the person is asked which, where there are more. */
export async function openFilesOfTwo(
  services: Pick<HostServices, 'store'>,
  sessionIds: SessionIds,
): Promise<void> {
  const { branches } = await services.store.compareSessions(sessionIds);
  const touching = branches.map(({ title }, at) => ({ at, title }));
  const pair = await pickPair(touching, l10n.t('Open what two branches wrote'));
  const [left, right] = [branches[pair?.left ?? -1], branches[pair?.right ?? -1]];
  const session = left && (await services.store.getSession(left.sessionId));
  if (right && session) await openFilesOfPair(services, session, [left, right]);
}

/** The best comes first; the command goes on asking into what, and how. */
export async function mergeOneOf(store: SessionStore, sessionIds: SessionIds): Promise<void> {
  const weights = readScoreWeights();
  const { comparison, scores } = await store.compareForkResults(sessionIds, { weights });
  const items = scores
    .toSorted((a, b) => b.total - a.total)
    .map((score) => branchItem(comparison, score));
  const picked = await pickFrom(items, { title: l10n.t('Merge which branch?') });
  if (picked) await commands.executeCommand(Commands.mergeBranch, picked);
}

function branchItem(
  { branches }: Comparison,
  { sessionId, total }: BranchScore,
): { readonly label: string; readonly description: string; readonly sessionId: string } {
  const branch = branches.find((summary) => summary.sessionId === sessionId);
  return {
    label: plain(titleOf(branch ?? { title: '' })),
    description: l10n.t('{0} of 100', formatNumber(Math.round(total))),
    sessionId,
  };
}
