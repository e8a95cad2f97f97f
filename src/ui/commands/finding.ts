/** Finding sessions by tag and by time, in two steps: which ones, then the session. */
import { l10n, QuickPickItemKind, ThemeIcon, window, type QuickPickItem } from 'vscode';
import { askText, pickFrom, showInput } from '../ask.ts';
import type { DateRange } from '../../core/search.ts';
import type { Session } from '../../core/session.ts';
import type { SessionGroup } from '../../core/sessionStore.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { countSessions } from '../format.ts';
import { oneLine, plain } from '../text.ts';
import { describe, sessionIcon, titleOf } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import type { CommandServices } from './targets.ts';

const DAY_MS = 86_400_000;
/** Tags that are offered; others are found by typing them. */
const OFFERED = 1000;

export function registerFinding(services: CommandServices): Disposable[] {
  const { log, store } = services;
  return [
    registerCommand(log, Commands.findByTag, async () => {
      const tag = await pickTag(services);
      if (tag === undefined) return;
      await openOneOf(services, l10n.t('Tag: {0}', plain(tag)), await store.findSessionsByTag(tag));
    }),
    registerCommand(log, Commands.findByDate, async () => {
      const picked = await pickRange();
      if (!picked) return;
      await openOneOf(services, picked.label, await store.findSessionsByDateRange(picked.range));
    }),
  ];
}

interface TagItem extends QuickPickItem {
  readonly tag?: string;
}

/** A tag that sessions have, or any that is typed. */
async function pickTag({ store }: CommandServices): Promise<string | undefined> {
  const picker = window.createQuickPick<TagItem>();
  picker.title = l10n.t('Find Sessions by Tag');
  picker.placeholder = l10n.t('A tag');
  picker.busy = true;
  let known: readonly TagItem[] = [];
  let isOpen = true;
  const show = (): void => {
    const typed = picker.value.trim();
    const isNew = typed !== '' && !known.some(({ tag }) => tag === typed);
    const own: readonly TagItem[] = isNew
      ? [{ label: plain(typed), tag: typed, iconPath: new ThemeIcon('search'), alwaysShow: true }]
      : [];
    const none: readonly TagItem[] =
      known.length === 0 && !isNew && !picker.busy
        ? [{ label: l10n.t('No session has a tag yet.'), alwaysShow: true }]
        : [];
    picker.items = [...known, ...own, ...none];
  };
  picker.onDidChangeValue(show);
  const read = async (): Promise<void> => {
    const groups = await store.listGroups({ by: 'tag' });
    known = mostUsed(groups).map(({ key, count }) => ({
      label: plain(key),
      description: countSessions(count),
      iconPath: new ThemeIcon('tag'),
      tag: key,
    }));
  };
  void read()
    // What is typed can be looked for all the same.
    .catch(() => undefined)
    .finally(() => {
      if (!isOpen) return;
      picker.busy = false;
      show();
    });
  try {
    return await new Promise<string | undefined>((resolve) => {
      // Typed quickly, Enter comes before there is a row for it.
      const typed = (): string | undefined => picker.value.trim() || undefined;
      picker.onDidAccept(() => resolve(picker.selectedItems[0]?.tag ?? typed()));
      showInput(picker, () => resolve(undefined));
    });
  } finally {
    isOpen = false;
    picker.dispose();
  }
}

/** Tags that sessions have, the most used first. */
export function mostUsed(groups: readonly SessionGroup[]): readonly SessionGroup[] {
  return groups
    .filter(({ key }) => key !== '')
    .sort((a, b) => b.count - a.count || a.key.localeCompare(b.key))
    .slice(0, OFFERED);
}

interface RangeItem extends QuickPickItem {
  readonly range?: DateRange;
}

async function pickRange(): Promise<{ label: string; range: DateRange } | undefined> {
  const today = new Date().setHours(0, 0, 0, 0);
  const daysAgo = (days: number): number => new Date(today - days * DAY_MS).setHours(0, 0, 0, 0);
  const picked = await pickFrom<RangeItem>(
    [
      { label: l10n.t('Today'), range: { from: today } },
      { label: l10n.t('Yesterday'), range: { from: daysAgo(1), to: today } },
      { label: l10n.t('Last 7 days'), range: { from: daysAgo(7) } },
      { label: l10n.t('Last 30 days'), range: { from: daysAgo(30) } },
      { label: l10n.t('Older than 30 days'), range: { to: daysAgo(30) } },
      { label: '', kind: QuickPickItemKind.Separator },
      { label: l10n.t('Between two dates…') },
    ],
    { title: l10n.t('Find Sessions by Date'), placeHolder: l10n.t('When the session was active') },
  );
  if (!picked) return undefined;
  if (picked.range) return { label: picked.label, range: picked.range };
  const answer = await askText({
    title: l10n.t('Find Sessions by Date'),
    prompt: l10n.t('A day, or two with a space between them: 2026-05-01 2026-05-31'),
    validateInput: (value) =>
      parseDates(value) === undefined ? l10n.t('For example 2026-05-01 2026-05-31.') : undefined,
  });
  const range = answer === undefined ? undefined : parseDates(answer);
  return answer !== undefined && range ? { label: plain(answer), range } : undefined;
}

/** The days named, the last one included, in the person's time zone; `undefined` for other texts. */
export function parseDates(text: string): DateRange | undefined {
  const days = text
    .trim()
    .split(/[\s,;]+|\.{2,}|…|–/)
    .filter((part) => part !== '' && part !== '-');
  if (days.length === 0 || days.length > 2) return undefined;
  const first = startOfDay(days[0] ?? '');
  const last = startOfDay(days.at(-1) ?? '');
  if (!first || !last) return undefined;
  const from = new Date(Math.min(first.getTime(), last.getTime()));
  const to = new Date(Math.max(first.getTime(), last.getTime()));
  to.setDate(to.getDate() + 1);
  return { from: from.getTime(), to: to.getTime() };
}

function startOfDay(text: string): Date | undefined {
  const [, year, month, day] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  // The 31st of a month without one would be another day.
  return date.getMonth() === Number(month) - 1 ? date : undefined;
}

async function openOneOf(
  { panels }: CommandServices,
  title: string,
  sessions: readonly Session[],
): Promise<void> {
  const now = Date.now();
  const picked = await pickFrom(
    sessions.map((session) => ({
      label: plain(titleOf(session)),
      description: plain(
        [oneLine(session.project.name, 40), describe(session, now)].filter(Boolean).join(' · '),
        160,
      ),
      iconPath: sessionIcon(session),
      sessionId: session.id,
    })),
    {
      title,
      matchOnDescription: true,
      placeHolder: sessions.length === 0 ? l10n.t('Nothing found') : countSessions(sessions.length),
    },
  );
  if (picked) await panels.openTranscript(picked.sessionId);
}
