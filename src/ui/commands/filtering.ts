/**
 * The filter of the tree, in one picker: typed words look in titles, the rows below turn an agent, a
 * tag, a tier or a state on and off. What is on is marked and stands first; Enter on a row applies
 * it at once, and the picker stays for the next until words are accepted or it is left.
 */
import { l10n, QuickPickItemKind, ThemeIcon, window, type QuickPickItem } from 'vscode';
import { showInput } from '../ask.ts';
import { messageOf } from '../../core/errors.ts';
import type { SessionGroup } from '../../core/sessionStore.ts';
import type { Tier } from '../../core/session.ts';
import { countSessions } from '../format.ts';
import { plain } from '../text.ts';
import { agentIcon, agentName } from '../tree/agentNames.ts';
import { isFiltered, type TreeFilter } from '../tree/arrangement.ts';
import { TIER_ICONS, tierName } from '../tree/groupItems.ts';
import type { CommandServices } from './targets.ts';

/** Tags offered; others are found by their group. */
const MOST_TAGS = 200;
const TIERS: readonly Tier[] = ['hot', 'warm', 'cold'];

interface FilterItem extends QuickPickItem {
  /** What the filter is once the row was taken. */
  readonly change?: (filter: TreeFilter, typed: string) => TreeFilter;
  /** The picker ends with it. */
  readonly isLast?: boolean;
}

/** What can be chosen from, with how many sessions there are of each. */
interface Choices {
  readonly agents: readonly SessionGroup[];
  readonly tags: readonly SessionGroup[];
}

export async function editFilter(services: CommandServices): Promise<void> {
  const { view } = services;
  const picker = window.createQuickPick<FilterItem>();
  picker.title = l10n.t('Filter Sessions');
  picker.placeholder = l10n.t('Part of a title, or what sessions have in common');
  picker.matchOnDescription = true;
  picker.busy = true;
  let choices: Choices = { agents: [], tags: [] };
  let isOpen = true;
  const typed = (): string => picker.value.trim();
  const show = (): void => {
    const { filter } = view.arrangement;
    picker.items = itemsFor(filter, choices, typed());
  };
  void readChoices(services)
    .then((read) => {
      choices = read;
    })
    // Words and states can be filtered by all the same.
    .catch((error: unknown) => services.log.debug(`Filter: ${messageOf(error)}`))
    .finally(() => {
      if (!isOpen) return;
      picker.busy = false;
      show();
    });
  picker.onDidChangeValue(show);
  show();
  try {
    await new Promise<void>((resolve) => {
      picker.onDidAccept(() => {
        const { filter } = view.arrangement;
        // Typed quickly, Enter comes before the row that shows the last letters, or before any.
        const [words] = typed() === '' ? [] : itemsFor(filter, choices, typed());
        const [item = words] = picker.selectedItems;
        if (!item?.change) return;
        view.arrange({ filter: item.change(view.arrangement.filter, typed()) });
        if (item.isLast === true) {
          resolve();
          return;
        }
        picker.value = '';
        show();
        // The next Enter takes back what this one did.
        picker.activeItems = picker.items.filter(({ label }) => label === item.label);
      });
      showInput(picker, () => resolve());
    });
  } finally {
    isOpen = false;
    picker.dispose();
  }
}

async function readChoices({ store }: CommandServices): Promise<Choices> {
  const [agents, tags] = await Promise.all([
    store.listGroups({ by: 'agent' }),
    store.listGroups({ by: 'tag' }),
  ]);
  return { agents, tags: tags.filter(({ key }) => key !== '').slice(0, MOST_TAGS) };
}

function itemsFor(filter: TreeFilter, { agents, tags }: Choices, typed: string): FilterItem[] {
  const words: FilterItem[] =
    typed === ''
      ? []
      : [
          {
            label: l10n.t('Titles with “{0}”', plain(typed, 80)),
            iconPath: new ThemeIcon('search'),
            alwaysShow: true,
            isLast: true,
            change: (before, text) => ({ ...before, text: text === '' ? undefined : text }),
          },
        ];
  const clear: FilterItem[] = isFiltered(filter)
    ? [
        {
          label: l10n.t('Clear Filter'),
          iconPath: new ThemeIcon('clear-all'),
          alwaysShow: typed === '',
          isLast: true,
          change: () => ({}),
        },
      ]
    : [];
  const rows = [
    ...textRow(filter),
    separator(l10n.t('Only sessions that are')),
    toggle(filter, 'live', true, l10n.t('Running here now'), 'pulse'),
    toggle(
      filter,
      'rescued',
      true,
      l10n.t('Rescued'),
      'history',
      l10n.t('their agent’s file is gone'),
    ),
    toggle(filter, 'pinned', true, l10n.t('Pinned'), 'pinned'),
    ...(agents.length === 0 ? [] : [separator(l10n.t('Agent'))]),
    ...agents.map(({ key, count }) =>
      toggle(filter, 'agent', key, plain(agentName(key)), agentIcon(key), countSessions(count)),
    ),
    separator(l10n.t('Tier')),
    ...TIERS.map((tier) => toggle(filter, 'tier', tier, tierName(tier), TIER_ICONS[tier] ?? '')),
    ...(tags.length === 0 ? [] : [separator(l10n.t('Tag'))]),
    ...tags.map(({ key, count }) =>
      toggle(filter, 'tag', key, plain(key, 80), 'tag', countSessions(count)),
    ),
  ];
  return [...words, ...clear, ...rows];
}

/** Words that are filtered by are taken away by their own row. */
function textRow({ text }: TreeFilter): FilterItem[] {
  if (text === undefined) return [];
  return [
    {
      label: l10n.t('Titles with “{0}”', plain(text, 80)),
      description: ON,
      iconPath: new ThemeIcon('search'),
      change: (before) => ({ ...before, text: undefined }),
    },
  ];
}

const ON = '$(check)';

function toggle<K extends 'live' | 'rescued' | 'pinned' | 'agent' | 'tag' | 'tier'>(
  filter: TreeFilter,
  name: K,
  value: NonNullable<TreeFilter[K]>,
  label: string,
  icon: string,
  detail?: string,
): FilterItem {
  const isOn = filter[name] === value;
  const description = [...(isOn ? [ON] : []), ...(detail === undefined ? [] : [detail])].join(' ');
  return {
    label,
    ...(description !== '' && { description }),
    iconPath: new ThemeIcon(icon),
    change: (before) => ({ ...before, [name]: isOn ? undefined : value }),
  };
}

function separator(label: string): FilterItem {
  return { label, kind: QuickPickItemKind.Separator };
}
