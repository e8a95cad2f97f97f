/** A picker over all sessions that asks the store as the person types: there may be thousands. */
import { l10n, window, type QuickPickItem } from 'vscode';
import { messageOf } from '../../core/errors.ts';
import type { Session } from '../../core/session.ts';
import type { HostServices } from '../services.ts';
import { oneLine, plain } from '../text.ts';
import { describe, titleOf } from '../tree/treeItems.ts';

const SHOWN = 100;
const TYPING_MS = 120;

interface SessionItem extends QuickPickItem {
  readonly sessionId: string;
}

export interface PickOptions {
  readonly title: string;
  readonly placeholder?: string;
  /** Stands first and is preselected. */
  readonly first?: string | undefined;
  readonly exclude?: readonly string[];
}

/** `undefined` when the person closed the picker. */
export async function pickSession(
  services: HostServices,
  options: PickOptions,
): Promise<string | undefined> {
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
      if (request === asked) picker.items = items;
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
    return await new Promise<string | undefined>((resolve) => {
      picker.onDidAccept(() => resolve(picker.selectedItems[0]?.sessionId));
      picker.onDidHide(() => resolve(undefined));
      picker.show();
    });
  } finally {
    clearTimeout(timer);
    asked++;
    picker.dispose();
  }
}

async function readItems(
  { store }: HostServices,
  title: string,
  { first, exclude = [] }: PickOptions,
): Promise<SessionItem[]> {
  const [{ sessions }, preferred] = await Promise.all([
    store.listSessions({ limit: SHOWN, ...(title !== '' && { title }) }),
    first === undefined || title !== '' ? undefined : store.getSession(first),
  ]);
  const others = sessions.filter(({ id }) => id !== preferred?.id);
  return (preferred ? [preferred, ...others] : others)
    .filter(({ id }) => !exclude.includes(id))
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
