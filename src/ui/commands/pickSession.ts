/** A picker over all sessions that asks the store as the person types: there may be thousands. */
import { l10n, window, type QuickPick, type QuickPickItem } from 'vscode';
import { showInput } from '../ask.ts';
import { messageOf } from '../../core/errors.ts';
import type { Session } from '../../core/session.ts';
import type { HostServices } from '../services.ts';
import { oneLine, plain } from '../text.ts';
import { describe, titleOf } from '../tree/treeItems.ts';

const SHOWN = 100;
const TYPING_MS = 120;

interface SessionItem extends QuickPickItem {
  /** Absent on the item that lets several be checked. */
  readonly sessionId?: string;
}

export interface PickOptions {
  readonly title: string;
  readonly placeholder?: string;
  /** Said where there is no such session. */
  readonly none?: string;
  /** Only sessions whose agent's file is gone. */
  readonly rescued?: boolean;
  /** Stands first and is preselected, where it is one of them. */
  readonly first?: string | undefined;
  readonly exclude?: readonly string[];
  /** Placeholder once several can be checked. */
  readonly many?: string;
}

/** `undefined` when the person closed the picker. */
export async function pickSession(
  services: HostServices,
  options: PickOptions,
): Promise<string | undefined> {
  return (await pick(services, options, false))?.[0];
}

/** One of them at once, or several that are checked after choosing to. */
export function pickSessions(
  services: HostServices,
  options: PickOptions,
): Promise<readonly string[] | undefined> {
  return pick(services, options, true);
}

async function pick(
  services: HostServices,
  options: PickOptions,
  several: boolean,
): Promise<readonly string[] | undefined> {
  const picker = window.createQuickPick<SessionItem>();
  picker.title = options.title;
  picker.placeholder = options.placeholder ?? l10n.t('Type a part of the title');
  picker.matchOnDescription = true;
  let asked = 0;
  const search = async () => {
    const request = ++asked;
    picker.busy = true;
    try {
      const items = await readItems(services, picker.value.trim(), options);
      if (request !== asked) return;
      show(picker, items, several && picker.value === '');
      if (items.length === 0 && picker.value === '') {
        picker.placeholder = options.none ?? l10n.t('There are no sessions yet.');
      }
    } catch (error) {
      services.log.warn(`Session picker: ${messageOf(error)}`);
      if (request === asked) picker.placeholder = plain(messageOf(error), 200);
    } finally {
      if (request === asked) picker.busy = false;
    }
  };
  let timer: ReturnType<typeof setTimeout> | undefined;
  picker.onDidChangeValue(() => {
    clearTimeout(timer);
    timer = setTimeout(() => void search(), TYPING_MS);
  });
  try {
    void search();
    return await new Promise<readonly string[] | undefined>((resolve) => {
      picker.onDidAccept(() => {
        const ids = picker.selectedItems.flatMap(({ sessionId }) => sessionId ?? []);
        if (ids.length > 0) resolve(ids);
        else if (!picker.canSelectMany) letSeveralBeChecked(picker, options);
      });
      showInput(picker, () => resolve(undefined));
    });
  } finally {
    clearTimeout(timer);
    asked++;
    picker.dispose();
  }
}

/** From here on items are checked; the one that was proposed is, to begin with. */
function letSeveralBeChecked(picker: QuickPick<SessionItem>, { first, many }: PickOptions): void {
  const items = picker.items.filter(({ sessionId }) => sessionId !== undefined);
  picker.canSelectMany = true;
  picker.placeholder = many ?? picker.placeholder;
  picker.items = items;
  picker.selectedItems = items.filter(({ sessionId }) => sessionId === first);
}

/** What is checked stays, whether or not it matches what was typed since. */
function show(
  picker: QuickPick<SessionItem>,
  items: readonly SessionItem[],
  offerSeveral: boolean,
): void {
  if (!picker.canSelectMany) {
    const [first, ...others] = items;
    const several = { label: `$(checklist) ${l10n.t('Several Sessions…')}` };
    picker.items = first && offerSeveral ? [first, several, ...others] : items;
    return;
  }
  const kept = [...picker.selectedItems];
  const others = items.filter((item) =>
    kept.every(({ sessionId }) => sessionId !== item.sessionId),
  );
  picker.items = [...kept, ...others];
  picker.selectedItems = kept;
}

async function readItems(
  { store }: HostServices,
  title: string,
  { first, exclude = [], rescued = false }: PickOptions,
): Promise<SessionItem[]> {
  const [{ sessions }, preferred] = await Promise.all([
    store.listSessions({
      limit: SHOWN,
      ...(title !== '' && { title }),
      ...(rescued && { rescued }),
    }),
    first === undefined || title !== '' ? undefined : store.getSession(first),
  ]);
  const others = sessions.filter(({ id }) => id !== preferred?.id);
  return (preferred ? [preferred, ...others] : others)
    .filter(({ id, origin }) => !exclude.includes(id) && (!rescued || origin?.gone !== undefined))
    .map(sessionItem);
}

function sessionItem(session: Session): SessionItem {
  const project = oneLine(session.project.name, 60);
  return {
    label: plain(titleOf(session)),
    description: plain(describe(session, Date.now()), 120),
    ...(project !== '' && { detail: plain(project) }),
    sessionId: session.id,
  };
}
