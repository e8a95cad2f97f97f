/** How groups look: projects, agents, dates, tags, tiers, what is pinned; and what folds a list. */
import { env, l10n, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import type { GroupBy } from '../../core/sessionStore.ts';
import { Commands } from '../contributions.ts';
import { costBeside, countSessions, countSubagents, formatNumber } from '../format.ts';
import { oneLine } from '../text.ts';
import { agentIcon, agentName } from './agentNames.ts';
import type { Group, GroupNode, MoreNode, SubagentsNode } from './nodes.ts';

export function groupItem(node: GroupNode, expanded: boolean): TreeItem {
  const { group, isWorkspace } = node;
  const isGone = isWithoutFolder(group);
  const { Expanded, Collapsed } = TreeItemCollapsibleState;
  const item = new TreeItem(groupName(group), expanded ? Expanded : Collapsed);
  const count = countSessions(group.count);
  const gone = l10n.t('folder not found');
  item.id = node.id;
  item.description = isWorkspace ? l10n.t('this workspace') : isGone ? gone : count;
  item.iconPath = groupIcon(node, isGone);
  item.contextValue = contextValue(node, isGone);
  item.tooltip = [
    ...(group.kind === 'project' && group.key !== '' ? [oneLine(group.path ?? '', 300)] : []),
    count,
    ...(isGone ? [l10n.t('This folder is not there any more. If it was moved, re-link it.')] : []),
  ].join('\n');
  item.accessibilityInformation = { label: spoken(node, count, isGone ? gone : undefined) };
  return item;
}

/** True for a project whose folder is not there any more. */
function isWithoutFolder(group: Group): boolean {
  return group.kind === 'project' && group.key !== '' && group.exists === false;
}

function contextValue({ group, isWorkspace }: GroupNode, isGone: boolean): string {
  return [
    'group',
    group.kind,
    ...(isWorkspace ? ['workspace'] : []),
    ...(isGone ? ['gone'] : []),
  ].join(' ');
}

function spoken(
  { group, isWorkspace }: GroupNode,
  count: string,
  gone: string | undefined,
): string {
  const name = groupName(group);
  const words =
    group.kind === 'project'
      ? isWorkspace
        ? l10n.t('Project {0}, this workspace, {1}', name, count)
        : l10n.t('Project {0}, {1}', name, count)
      : l10n.t('{0} {1}, {2}', kindName(group.kind), name, count);
  return [words, ...(gone === undefined ? [] : [gone])].join(', ');
}

function groupName(group: Group): string {
  switch (group.kind) {
    case 'project':
      return oneLine(group.name) || l10n.t('No folder');
    case 'agent':
      return agentName(group.key);
    case 'tag':
      return group.key === '' ? l10n.t('No tag') : oneLine(group.key, 80);
    case 'tier':
      return tierName(group.key);
    case 'pinned':
      return l10n.t('Pinned');
    case 'date':
      return dateName(group);
  }
}

function dateName({ name, filter }: Group): string {
  switch (name) {
    case 'today':
      return l10n.t('Today');
    case 'yesterday':
      return l10n.t('Yesterday');
    case 'week':
      return l10n.t('This week');
    case 'month':
      return l10n.t('This month');
    default:
      return filter.updatedFrom === undefined
        ? l10n.t('Older')
        : new Intl.DateTimeFormat(env.language, { month: 'long', year: 'numeric' }).format(
            filter.updatedFrom,
          );
  }
}

export function tierName(tier: string): string {
  switch (tier) {
    case 'hot':
      return l10n.t('Hot: in memory');
    case 'cold':
      return l10n.t('Cold: archived');
    default:
      return l10n.t('Warm: at hand');
  }
}

/** What the sessions are grouped by, in words. */
export function groupingName(by: GroupBy): string {
  switch (by) {
    case 'project':
      return l10n.t('Project');
    case 'agent':
      return l10n.t('Agent');
    case 'date':
      return l10n.t('Date');
    case 'tag':
      return l10n.t('Tag');
    case 'tier':
      return l10n.t('Tier');
  }
}

function kindName(kind: GroupBy | 'pinned'): string {
  return kind === 'pinned' ? l10n.t('Group') : groupingName(kind);
}

export const TIER_ICONS: Readonly<Record<string, string>> = {
  hot: 'flame',
  warm: 'database',
  cold: 'archive',
};

function groupIcon({ group, isWorkspace }: GroupNode, isGone: boolean): ThemeIcon {
  switch (group.kind) {
    case 'project':
      return isGone
        ? new ThemeIcon('warning', new ThemeColor('list.warningForeground'))
        : new ThemeIcon(isWorkspace ? 'root-folder' : 'folder');
    case 'agent':
      return new ThemeIcon(agentIcon(group.key));
    case 'date':
      return new ThemeIcon('calendar');
    case 'tag':
      return new ThemeIcon(group.key === '' ? 'circle-slash' : 'tag');
    case 'tier':
      return new ThemeIcon(TIER_ICONS[group.key] ?? 'layers');
    case 'pinned':
      return new ThemeIcon('pinned');
  }
}

export function subagentsItem(node: SubagentsNode): TreeItem {
  const item = new TreeItem(l10n.t('Subagents'), TreeItemCollapsibleState.Collapsed);
  const { subagents } = node.trunk.session;
  const count = subagents?.count ?? 0;
  item.id = node.id;
  item.description = `${formatNumber(count)}${subagents ? costBeside(subagents) : ''}`;
  item.iconPath = new ThemeIcon('organization');
  item.contextValue = 'subagents';
  item.accessibilityInformation = { label: countSubagents(count) };
  return item;
}

export function moreItem(node: MoreNode): TreeItem {
  const item = new TreeItem(l10n.t('Show more…'));
  item.id = node.id;
  item.description = l10n.t('{0} more', formatNumber(node.remaining));
  item.iconPath = new ThemeIcon('ellipsis');
  item.contextValue = 'more';
  item.command = { command: Commands.showMore, title: l10n.t('Show more…'), arguments: [node] };
  return item;
}
