/** How old sessions must be to be archived: each choice says what it would archive now. */
import { l10n, window, type QuickPickItem } from 'vscode';
import { askText, showInput } from '../ask.ts';
import { messageOf } from '../../core/errors.ts';
import { countSessions, formatBytes } from '../format.ts';
import type { CommandServices } from './targets.ts';

const DAY_MS = 86_400_000;
const UNITS: Readonly<Record<string, number>> = {
  h: DAY_MS / 24,
  d: DAY_MS,
  w: 7 * DAY_MS,
  y: 365 * DAY_MS,
};

interface AgeItem extends QuickPickItem {
  /** Absent for the one that asks further. */
  readonly olderThan?: number;
}

/** Milliseconds of `30`, `30 d`, `36h`, `2 w`; days where no unit stands. `undefined` for others. */
export function parseAge(text: string): number | undefined {
  const [, amount, unit = 'd'] = /^\s*(\d+(?:\.\d+)?)\s*([hdwy])?\s*$/i.exec(text) ?? [];
  const ms = UNITS[unit.toLowerCase()];
  return amount === undefined || ms === undefined ? undefined : Number(amount) * ms;
}

/** Milliseconds since the last use or change; `undefined` when the person closed the picker. */
export async function pickAge({ store, log }: CommandServices): Promise<number | undefined> {
  const ages: readonly AgeItem[] = [
    { label: l10n.t('7 days'), olderThan: 7 * DAY_MS },
    { label: l10n.t('30 days'), olderThan: 30 * DAY_MS },
    { label: l10n.t('90 days'), olderThan: 90 * DAY_MS },
    { label: l10n.t('1 year'), olderThan: 365 * DAY_MS },
    { label: l10n.t('Any age'), olderThan: 0 },
  ];
  const other: AgeItem = { label: l10n.t('Other…') };
  const picker = window.createQuickPick<AgeItem>();
  picker.title = l10n.t('Archive Sessions Older Than');
  picker.placeholder = l10n.t('Not used or changed for so long; critical sessions stay');
  picker.items = [...ages, other];
  let isOpen = true;
  const preview = async (): Promise<void> => {
    const described: AgeItem[] = [];
    for (const age of ages) {
      const moves = await store.planMoves({ olderThan: age.olderThan ?? 0 });
      if (!isOpen) return;
      const bytes = moves.reduce((sum, move) => sum + move.bytes, 0);
      described.push({
        ...age,
        description:
          moves.length === 0
            ? l10n.t('nothing')
            : `${countSessions(moves.length)} · ${formatBytes(bytes)}`,
      });
    }
    const at = ages.findIndex(({ label }) => label === picker.activeItems[0]?.label);
    picker.items = [...described, other];
    const active = picker.items[at];
    if (active) picker.activeItems = [active];
  };
  picker.busy = true;
  void preview()
    .catch((error: unknown) => log.warn(`Archive older than: ${messageOf(error)}`))
    .finally(() => {
      if (isOpen) picker.busy = false;
    });
  try {
    const picked = await new Promise<AgeItem | undefined>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]));
      showInput(picker, () => resolve(undefined));
    });
    if (!picked || picked.olderThan !== undefined) return picked?.olderThan;
  } finally {
    isOpen = false;
    picker.dispose();
  }
  const answer = await askText({
    title: l10n.t('Archive Sessions Older Than'),
    prompt: l10n.t('A number of days, or with h, d, w or y: 36h, 2w'),
    validateInput: (value) =>
      parseAge(value) === undefined ? l10n.t('For example 14, 36h or 2w.') : undefined,
  });
  return answer === undefined ? undefined : parseAge(answer);
}
