/** What the graph says of a branch: beside its node, to screen readers and in the ledger. */
import type { CostSum } from '../../src/core/costSum.ts';
import type { FamilyBranch, FamilyMerge } from '../../src/core/family.ts';
import { useOf } from '../../src/core/familyLedger.ts';
import { formatAge, formatCostSum, formatCount, formatTokens } from '../shared/format.ts';
import { mergedWords } from '../shared/mergedWords.ts';
import { t } from '../shared/strings.ts';
import { visible } from '../shared/visible.ts';

/** What is known of a branch beside what the store says. */
export interface BranchContext {
  /** The session that the graph was opened for. */
  readonly current: string;
  readonly running: ReadonlySet<string>;
  readonly chosen: ReadonlySet<string>;
  readonly agents: Readonly<Record<string, string>>;
  /** Title of the branch that it was merged into. */
  readonly mergedInto: (id: string) => string | undefined;
}

export function titleOf({ title }: Pick<FamilyBranch, 'title'>): string {
  const line = visible(title).replaceAll(/\s+/g, ' ').trim();
  return line === '' ? t('Untitled session') : line;
}

function cut(text: string, characters: number): string {
  if (text.length <= characters) return text;
  return `${text.slice(0, Math.max(1, characters - 1)).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

/** `0.81 ★`; empty where it was not judged. */
export function scoreOf({ score, best }: Pick<FamilyBranch, 'score' | 'best'>): string {
  if (score === undefined) return '';
  return `${(score / 100).toFixed(2)}${best === true ? ' ★' : ''}`;
}

/** `$0.44`, `≥ $0.10`; empty where nothing is known of it. */
function costText({ cost, knownCost, unpriced = 0 }: CostSum): string {
  if (cost === undefined && unpriced === 0) return '';
  return cost === undefined && knownCost === undefined
    ? t('{0} messages of unknown price', formatCount(unpriced))
    : formatCostSum(cost, knownCost);
}

export function statesOf(branch: FamilyBranch, context: BranchContext): string[] {
  const cost = costText(useOf(branch));
  return [
    ...(context.running.has(branch.id) ? [t('running')] : []),
    ...(branch.id === context.current ? [t('this session')] : []),
    ...(branch.merged === true ? [t('merged back')] : []),
    ...(branch.abandoned === true
      ? [cost === '' ? t('abandoned') : t('abandoned, {0}', cost)]
      : []),
    ...(branch.deleted === true ? [t('in the trash')] : []),
  ];
}

/** The two lines beside the end of a branch. */
export function labelOf(
  branch: FamilyBranch,
  context: BranchContext,
  characters: number,
): readonly [string, string] {
  const score = scoreOf(branch);
  const states = statesOf(branch, context);
  const more = [
    ...states,
    ...(branch.strategy === undefined ? [] : [visible(branch.strategy)]),
    ...(states.length > 0 ? [] : [countOf(branch), costText(branch.own)]),
  ].filter((part) => part !== '');
  if (branch.parentId === undefined) {
    const first = [countOf(branch), score].filter((part) => part !== '').join(' · ');
    return [first, cut(states.join(' · '), characters)];
  }
  const room = score === '' ? characters : characters - score.length - 3;
  const title = cut(titleOf(branch), room);
  return [score === '' ? title : `${title} · ${score}`, cut(more.join(' · '), characters)];
}

/** The lines beside the beginning of the root. */
export function rootLabelOf(
  branch: FamilyBranch,
  { agents }: BranchContext,
  characters: number,
): readonly [string, string] {
  const about = [agents[branch.agent] ?? branch.agent, formatAge(branch.updatedAt)];
  return [cut(titleOf(branch), characters), about.join(' · ')];
}

/** A branch may hold nothing but what was merged into it. */
function countOf({ own, at, length }: FamilyBranch): string {
  const merged = length - at;
  if (own.messages === 0 && merged > 0) {
    return merged === 1 ? t('1 merged message') : t('{0} merged messages', formatCount(merged));
  }
  return own.messages === 1 ? t('1 message') : t('{0} messages', formatCount(own.messages));
}

/** What came back from where to where; of a summary also who wrote it. */
export function mergeWords(
  merge: FamilyMerge,
  from: Pick<FamilyBranch, 'title'>,
  to: Pick<FamilyBranch, 'title'>,
): string {
  const way = t('“{0}” merged into “{1}”', titleOf(from), titleOf(to));
  return merge.mode === 'summary' ? `${way} · ${mergedWords(merge)}` : way;
}

/** One sentence for screen readers. */
export function spoken(branch: FamilyBranch, context: BranchContext): string {
  const { id, parentId, at, own, score, best, model } = branch;
  const into = context.mergedInto(id);
  return [
    titleOf(branch),
    parentId === undefined ? t('root') : t('fork from message {0}', formatCount(at)),
    context.agents[branch.agent] ?? branch.agent,
    ...(model === undefined ? [] : [visible(model)]),
    countOf(branch),
    ...(own.tokens > 0 ? [t('{0} tokens', formatTokens(own.tokens))] : []),
    costText(own),
    ...(score === undefined ? [] : [t('score {0}', (score / 100).toFixed(2))]),
    ...(best === true ? [t('best')] : []),
    ...statesOf(branch, context),
    ...(into === undefined ? [] : [t('merged into {0}', into)]),
    ...(branch.strategy === undefined ? [] : [visible(branch.strategy)]),
    ...(branch.reason === undefined ? [] : [visible(branch.reason)]),
  ]
    .filter((part) => part !== '')
    .join(', ');
}
