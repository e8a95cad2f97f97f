/** How the tree is grouped and filtered, asked for by one picker each. */
import { l10n, QuickPickItemKind, ThemeIcon, type QuickPickItem } from 'vscode';
import { pickFrom } from '../ask.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { plain } from '../text.ts';
import { GROUPINGS } from '../tree/arrangement.ts';
import { groupingName } from '../tree/groupItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import { editFilter } from './filtering.ts';
import type { CommandServices } from './targets.ts';

const ICONS = {
  project: 'folder',
  agent: 'hubot',
  date: 'calendar',
  tag: 'tag',
  tier: 'layers',
} as const;

export function registerArranging(services: CommandServices): Disposable[] {
  const { log, view } = services;
  return [
    registerCommand(log, Commands.groupBy, () => pickGrouping(services)),
    registerCommand(log, Commands.filterSessions, () => editFilter(services)),
    registerCommand(log, Commands.clearFilter, () => view.arrange({ filter: {} })),
    registerCommand(log, Commands.thisWorkspaceOnly, () => view.arrange({ workspaceOnly: true })),
    registerCommand(log, Commands.allProjects, () => view.arrange({ workspaceOnly: false })),
  ];
}

type GroupingItem = QuickPickItem & { readonly choose?: () => void };

/** The present choice is marked, and the one that Enter takes first. */
async function pickGrouping({ view }: CommandServices): Promise<void> {
  const { by: present, workspaceOnly } = view.arrangement;
  const ordered = [present, ...GROUPINGS.filter((by) => by !== present)];
  const items: GroupingItem[] = ordered.map((by) => ({
    label: plain(groupingName(by)),
    iconPath: new ThemeIcon(ICONS[by]),
    ...(by === present && { description: `$(check) ${l10n.t('now')}` }),
    choose: () => view.arrange({ by }),
  }));
  items.push(
    { label: '', kind: QuickPickItemKind.Separator },
    {
      label: l10n.t('This workspace only'),
      iconPath: new ThemeIcon('root-folder'),
      ...(workspaceOnly && { description: '$(check)' }),
      choose: () => view.arrange({ workspaceOnly: !workspaceOnly }),
    },
  );
  const picked = await pickFrom(items, { title: l10n.t('Group Sessions By') });
  picked?.choose?.();
}
