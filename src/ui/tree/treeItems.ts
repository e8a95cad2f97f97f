/**
 * How nodes look. Titles, models, paths and tags come from transcripts: labels are plain text to
 * VS Code, everything in a tooltip goes through `escapeMarkdown`, and no tooltip is trusted.
 */
import {
  l10n,
  MarkdownString,
  ThemeColor,
  ThemeIcon,
  TreeItem,
  TreeItemCollapsibleState,
  type TreeItemLabel,
} from 'vscode';
import { PRICE_TABLE } from '../../core/priceTable.ts';
import type { Session } from '../../core/session.ts';
import { Commands } from '../contributions.ts';
import {
  countForks,
  countMessages,
  countSessions,
  formatAge,
  formatBytes,
  formatCosts,
  formatDate,
  formatNumber,
  shortModel,
} from '../format.ts';
import { escapeMarkdown, oneLine } from '../text.ts';
import { decoratedUri } from './decorations.ts';
import { ProjectNode, SessionNode, type MoreNode, type TreeNode } from './nodes.ts';

/** `now` in milliseconds since the epoch; `firstProject` is the one shown expanded. */
export function treeItem(
  node: TreeNode,
  now: number,
  expanded: boolean,
  filter?: string,
): TreeItem {
  if (node instanceof ProjectNode) return projectItem(node, expanded);
  if (node instanceof SessionNode) return sessionItem(node, now, filter);
  return moreItem(node);
}

function projectItem(node: ProjectNode, expanded: boolean): TreeItem {
  const { project } = node;
  const item = new TreeItem(
    oneLine(project.name) || l10n.t('No folder'),
    expanded ? TreeItemCollapsibleState.Expanded : TreeItemCollapsibleState.Collapsed,
  );
  const count = countSessions(project.sessionCount);
  item.id = node.id;
  item.description = node.isWorkspace ? l10n.t('this workspace') : count;
  item.iconPath = new ThemeIcon(node.isWorkspace ? 'root-folder' : 'folder');
  item.contextValue = 'project';
  item.tooltip = project.path === '' ? count : `${oneLine(project.path, 300)}\n${count}`;
  item.accessibilityInformation = {
    label: node.isWorkspace
      ? l10n.t('Project {0}, this workspace, {1}', oneLine(project.name), count)
      : l10n.t('Project {0}, {1}', oneLine(project.name), count),
  };
  return item;
}

function sessionItem(node: SessionNode, now: number, filter: string | undefined): TreeItem {
  const { session } = node;
  const hasForks = session.forkCount > 0 && !node.flat;
  const item = new TreeItem(
    highlighted(titleOf(session), filter),
    hasForks ? TreeItemCollapsibleState.Collapsed : TreeItemCollapsibleState.None,
  );
  item.id = node.id;
  item.description = describe(session, now);
  item.iconPath = sessionIcon(session);
  item.contextValue = contextValue(session);
  item.resourceUri = decoratedUri(session);
  item.accessibilityInformation = { label: spoken(session, now) };
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

function moreItem(node: MoreNode): TreeItem {
  const item = new TreeItem(l10n.t('Show more…'));
  item.id = node.id;
  item.description = l10n.t('{0} more', formatNumber(node.remaining));
  item.iconPath = new ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = { command: Commands.showMore, title: l10n.t('Show more…'), arguments: [node] };
  return item;
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
export function describe(session: Session, now: number): string {
  const model = session.models.at(-1);
  return [
    session.parentId === undefined ? undefined : `@${formatNumber(session.inheritedCount)}`,
    countMessages(session.messageCount),
    model === undefined ? undefined : oneLine(shortModel(model), 40),
    session.kind === 'abandoned' ? l10n.t('abandoned') : undefined,
    formatAge(session.updatedAt, now),
  ]
    .filter((part) => part !== undefined)
    .join(' · ');
}

/** Words that `when` clauses match: what kind of branch it is and where it is kept. */
function contextValue(session: Session): string {
  return [
    'session',
    session.kind,
    session.parentId === undefined ? 'root' : 'branch',
    session.storageTier,
  ].join(' ');
}

/** By where the session is kept and what kind of branch it is. */
export function sessionIcon(session: Session): ThemeIcon {
  if (session.storageTier === 'cold') return new ThemeIcon('archive');
  const dimmed = new ThemeColor('disabledForeground');
  if (session.kind === 'abandoned') return new ThemeIcon('git-branch', dimmed);
  if (session.parentId !== undefined) {
    return new ThemeIcon('git-branch', new ThemeColor('charts.purple'));
  }
  return new ThemeIcon('comment-discussion', new ThemeColor('charts.blue'));
}

/** One sentence for screen readers. */
function spoken(session: Session, now: number): string {
  const model = session.models.at(-1);
  const parts = [
    session.parentId === undefined
      ? l10n.t('Session {0}', titleOf(session))
      : l10n.t(
          'Fork {0}, from message {1}',
          titleOf(session),
          formatNumber(session.inheritedCount),
        ),
    countMessages(session.messageCount),
    ...(model === undefined ? [] : [oneLine(shortModel(model), 40)]),
    formatAge(session.updatedAt, now),
    ...(session.kind === 'abandoned' ? [l10n.t('abandoned')] : []),
    ...(session.storageTier === 'cold' ? [l10n.t('archived')] : []),
    ...(session.forkCount > 0 ? [countForks(session.forkCount)] : []),
  ];
  return parts.join(', ');
}

/** Drawn when the pointer rests on the session; every foreign text in it is escaped. */
export function sessionTooltip(session: Session, now: number): MarkdownString {
  const lines = [
    `**${escapeMarkdown(titleOf(session))}**`,
    '',
    ...facts(session, now).map(([name, value]) => `${name}: ${escapeMarkdown(value)}  `),
  ];
  if (session.problemCount > 0) {
    lines.push(
      '',
      l10n.t('{0} lines of the file could not be read.', formatNumber(session.problemCount)),
    );
  }
  const tooltip = new MarkdownString(lines.join('\n'));
  tooltip.isTrusted = false;
  tooltip.supportHtml = false;
  return tooltip;
}

function facts(session: Session, now: number): (readonly [string, string])[] {
  const rows: (readonly [string, string] | undefined)[] = [
    [l10n.t('Messages'), countMessages(session.messageCount)],
    session.parentId === undefined
      ? undefined
      : [l10n.t('Forked at message'), formatNumber(session.inheritedCount)],
    session.models.length === 0
      ? undefined
      : [l10n.t('Models'), session.models.map(shortModel).join(', ')],
    [l10n.t('Tokens'), formatNumber(session.totalTokens)],
    session.totalTokens === 0
      ? undefined
      : [
          l10n.t('Cost'),
          `${formatCosts(session)} · ${l10n.t('list prices of {0}, or your own', PRICE_TABLE.asOf)}`,
        ],
    [
      l10n.t('Last change'),
      `${formatDate(session.updatedAt)} (${formatAge(session.updatedAt, now)})`,
    ],
    [l10n.t('Started'), formatDate(session.createdAt)],
    session.project.path === '' ? undefined : [l10n.t('Project'), session.project.path],
    session.origin?.gitBranch === undefined
      ? undefined
      : [l10n.t('Branch'), session.origin.gitBranch],
    session.tags.length === 0 ? undefined : [l10n.t('Tags'), session.tags.join(', ')],
    [
      l10n.t('Kept'),
      session.storageTier === 'cold'
        ? l10n.t('archived, {0}', formatBytes(session.estimatedSizeBytes))
        : formatBytes(session.estimatedSizeBytes),
    ],
    session.retentionPolicy === 'standard'
      ? undefined
      : [l10n.t('Retention'), retentionName(session.retentionPolicy)],
  ];
  return rows.filter((row) => row !== undefined);
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
