/** How the tree is arranged, in words: beside its name, above its rows, in pickers. */
import { l10n } from 'vscode';
import { oneLine } from '../text.ts';
import { agentName } from './agentNames.ts';
import type { Arrangement, TreeFilter } from './arrangement.ts';
import { groupingName, tierName } from './groupItems.ts';

/**
 * The view's name with what differs from the first arrangement. Not in its description: VS Code
 * shows none where a view has its container for itself.
 */
export function viewTitle({ by, workspaceOnly }: Arrangement): string {
  const parts = [
    l10n.t('Sessions'),
    ...(by === 'project' ? [] : [l10n.t('by {0}', groupingName(by).toLowerCase())]),
    ...(workspaceOnly ? [l10n.t('this workspace only')] : []),
  ];
  return parts.join(' · ');
}

/** `undefined` where nothing is filtered. */
export function describeFilter(filter: TreeFilter): string | undefined {
  const parts = filterParts(filter);
  return parts.length === 0 ? undefined : l10n.t('Filter: {0}', parts.join(', '));
}

function filterParts(filter: TreeFilter): string[] {
  const { text, agent, tag, tier, live, rescued, pinned } = filter;
  return [
    ...(text === undefined ? [] : [l10n.t('titles with “{0}”', oneLine(text, 60))]),
    ...(live === true ? [l10n.t('running here now')] : []),
    ...(rescued === true ? [l10n.t('rescued')] : []),
    ...(pinned === true ? [l10n.t('pinned')] : []),
    ...(agent === undefined ? [] : [agentName(agent)]),
    ...(tag === undefined ? [] : [l10n.t('tag {0}', oneLine(tag, 40))]),
    ...(tier === undefined ? [] : [tierName(tier)]),
  ];
}
