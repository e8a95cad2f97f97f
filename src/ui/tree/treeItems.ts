/**
 * How sessions look. Titles, models, paths and tags come from transcripts: labels are plain text to
 * VS Code. Groups and tooltips have files of their own.
 */
import {
  l10n,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeItemLabel,
} from 'vscode';
import type { Run } from '../../core/exploration.ts';
import type { Session } from '../../core/session.ts';
import { Commands } from '../contributions.ts';
import { isBroken, isLive as isRunLive } from '../explore/runs.ts';
import { describeRun, runIcon } from '../explore/runText.ts';
import {
  countForks,
  countMessages,
  countSubagents,
  formatAge,
  formatNumber,
  shortModel,
} from '../format.ts';
import { oneLine } from '../text.ts';
import type { Arrangement } from './arrangement.ts';
import { decoratedUri } from './decorations.ts';
import type { FamilyMark } from './familyMarks.ts';
import { groupItem, moreItem, subagentsItem } from './groupItems.ts';
import { GroupNode, SessionNode, SubagentsNode, type TreeNode } from './nodes.ts';

/** What a row shows beside its node. */
export interface TreeLook {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Whether a group is shown unfolded at first. */
  readonly isExpanded: (group: GroupNode) => boolean;
  readonly arrangement: Arrangement;
  /** Whether an agent is at work in a session, in this workspace. */
  readonly isLive: (sessionId: string) => boolean;
  /** The run that fills a fork, as far as it is known. */
  readonly runOf?: (session: Session) => Run | undefined;
  /** What became of a branch, where its family is unfolded. */
  readonly markOf?: (sessionId: string) => FamilyMark | undefined;
}

export function treeItem(node: TreeNode, look: TreeLook): TreeItem {
  if (node instanceof GroupNode) return groupItem(node, look.isExpanded(node));
  if (node instanceof SessionNode) return sessionItem(node, look);
  return node instanceof SubagentsNode ? subagentsItem(node) : moreItem(node);
}

function sessionItem(node: SessionNode, look: TreeLook): TreeItem {
  const { session } = node;
  const isLive = look.isLive(session.id);
  const run = look.runOf?.(session);
  const mark = look.markOf?.(session.id);
  const hasMore = !node.flat && (session.forkCount > 0 || session.subagents !== undefined);
  const item = new TreeItem(
    highlighted(titleOf(session), look.arrangement.filter.text),
    hasMore ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
  );
  // Where the groups are not projects, the project tells sessions apart.
  const isBelowProject = !(node.list instanceof GroupNode) || node.list.group.kind === 'project';
  const project = isBelowProject ? '' : oneLine(session.project.name, 40);
  item.id = node.id;
  item.description = [
    ...(project === '' ? [] : [project]),
    ...(run ? [describeRun(run)] : []),
    describe(session, look.now, mark),
  ].join(' · ');
  item.iconPath = isLive
    ? new ThemeIcon('pulse', new ThemeColor('charts.green'))
    : run && (run.state !== 'done' || isPlain(session, mark))
      ? runIcon(run)
      : sessionIcon(session, mark);
  item.contextValue = contextValue(session, isLive, run);
  item.resourceUri = decoratedUri(session, isLive, isAbandoned(session, mark));
  const said = spoken(session, look.now, { isLive, project, mark });
  item.accessibilityInformation = { label: run ? `${said}, ${describeRun(run)}` : said };
  item.command = {
    command: Commands.openSession,
    title: l10n.t('Open Session'),
    arguments: [node],
  };
  return item;
}

/** The label with the filter's text marked in it. */
function highlighted(label: string, filter: string | undefined): TreeItemLabel {
  const start = filter === undefined ? -1 : label.toLowerCase().indexOf(filter.toLowerCase());
  return start < 0 || filter === undefined
    ? { label }
    : { label, highlights: [[start, start + filter.length]] };
}

/** The title on one line; a session without one is named by what it is. */
export function titleOf(session: Pick<Session, 'title'>): string {
  return oneLine(session.title) || l10n.t('Untitled session');
}

/** The same with its title as it may be shown. */
export function onOneLine<T extends Pick<Session, 'title'>>(titled: T): T {
  return { ...titled, title: titleOf(titled) };
}

/** For tabs, where a fork stands beside the session whose title it has: `Fix login race @42`. */
export function tabTitle(session: Session, limit: number): string {
  const title = oneLine(titleOf(session), limit);
  return session.parentId === undefined
    ? title
    : `${title} @${formatNumber(session.inheritedCount)}`;
}

/** `60 messages · claude-sonnet-4-5 · 2 h ago`; forks begin with the message they share last. */
export function describe(session: Session, now: number, mark?: FamilyMark): string {
  const model = session.models.at(-1);
  return [
    session.parentId === undefined ? undefined : `@${formatNumber(session.inheritedCount)}`,
    scoreText(mark),
    mark?.merged === true ? l10n.t('merged') : undefined,
    isAbandoned(session, mark) ? l10n.t('abandoned') : undefined,
    countMessages(session.messageCount),
    model === undefined ? undefined : oneLine(shortModel(model), 40),
    formatAge(session.updatedAt, now),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** `0.81 ★`, of the branches it was judged among; `undefined` where it was not. */
function scoreText(mark: FamilyMark | undefined): string | undefined {
  if (mark?.score === undefined) return undefined;
  return `${(mark.score / 100).toFixed(2)}${mark.best === true ? ' ★' : ''}`;
}

/** Where its family is not known, by what its agent did alone. */
function isAbandoned(session: Session, mark: FamilyMark | undefined): boolean {
  return mark ? mark.abandoned === true : session.kind === 'abandoned';
}

/** Words that `when` clauses match: what kind of branch it is and where it is kept. */
function contextValue(session: Session, isLive: boolean, run: Run | undefined): string {
  return [
    'session',
    session.kind,
    session.parentId === undefined ? 'root' : 'branch',
    ...(session.subagentOf === undefined ? [] : ['subagent']),
    ...(isLive ? ['live'] : []),
    ...(run && isRunLive(run) ? ['runLive'] : []),
    ...(run && isBroken(run) ? ['runBroken'] : []),
    ...(session.origin?.gone === undefined ? [] : ['rescued']),
    session.pinnedAt === undefined ? 'loose' : 'pinned',
    // Hot or warm is the same to a person, and it changes with every look at a session.
    session.storageTier === 'cold' ? 'cold' : 'warm',
  ].join(' ');
}

/** True where the icon has nothing else to say than what kind of branch it is. */
function isPlain({ pinnedAt, storageTier }: Session, mark: FamilyMark | undefined): boolean {
  return mark === undefined && pinnedAt === undefined && storageTier !== 'cold';
}

/** By what the person did with it, what it is, where it is kept, and what kind of branch it is. */
export function sessionIcon(session: Session, mark?: FamilyMark): ThemeIcon {
  if (session.pinnedAt !== undefined) {
    return new ThemeIcon('pinned', new ThemeColor('charts.yellow'));
  }
  if (session.subagentOf !== undefined || session.subagentOfNative !== undefined) {
    return new ThemeIcon('hubot', new ThemeColor('charts.foreground'));
  }
  if (session.storageTier === 'cold') return new ThemeIcon('archive');
  const dimmed = new ThemeColor('disabledForeground');
  if (isAbandoned(session, mark)) return new ThemeIcon('git-branch', dimmed);
  if (mark?.merged === true) return new ThemeIcon('git-merge', new ThemeColor('charts.purple'));
  if (session.parentId !== undefined) {
    return new ThemeIcon('git-branch', new ThemeColor('charts.purple'));
  }
  return new ThemeIcon('comment-discussion', new ThemeColor('charts.blue'));
}

interface SpokenMarks {
  readonly isLive: boolean;
  readonly project: string;
  readonly mark: FamilyMark | undefined;
}

/** One sentence for screen readers. */
function spoken(session: Session, now: number, { isLive, project, mark }: SpokenMarks): string {
  const model = session.models.at(-1);
  const isSubagent = session.subagentOf ?? session.subagentOfNative;
  const parts = [
    session.parentId === undefined
      ? isSubagent === undefined
        ? l10n.t('Session {0}', titleOf(session))
        : l10n.t('Subagent {0}', titleOf(session))
      : l10n.t(
          'Fork {0}, from message {1}',
          titleOf(session),
          formatNumber(session.inheritedCount),
        ),
    countMessages(session.messageCount),
    ...(model === undefined ? [] : [oneLine(shortModel(model), 40)]),
    formatAge(session.updatedAt, now),
    ...(mark?.score === undefined ? [] : [l10n.t('score {0}', (mark.score / 100).toFixed(2))]),
    ...(mark?.best === true ? [l10n.t('best')] : []),
    ...(mark?.merged === true ? [l10n.t('merged')] : []),
    ...(isAbandoned(session, mark) ? [l10n.t('abandoned')] : []),
    ...(session.storageTier === 'cold' ? [l10n.t('archived')] : []),
    ...(project === '' ? [] : [l10n.t('in {0}', project)]),
    ...(isLive ? [l10n.t('running here now')] : []),
    ...(session.origin?.gone === undefined ? [] : [l10n.t('rescued')]),
    ...(session.pinnedAt === undefined ? [] : [l10n.t('pinned')]),
    ...(session.note === undefined ? [] : [l10n.t('has a note')]),
    ...(session.subagents ? [countSubagents(session.subagents.count)] : []),
    ...(session.forkCount > 0 ? [countForks(session.forkCount)] : []),
  ];
  return parts.join(', ');
}

export function retentionName(policy: Session['retentionPolicy']): string {
  switch (policy) {
    case 'standard':
      return l10n.t('Standard');
    case 'critical':
      return l10n.t('Critical');
    case 'temporary':
      return l10n.t('Temporary');
  }
}
