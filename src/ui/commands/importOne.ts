/**
 * One session out of those that are not imported: they wait for their turn, are over the budget, or
 * were left when an import was stopped. What there is of them is listed while it is looked into,
 * since there may be thousands.
 */
import { basename } from 'node:path';
import { l10n, ProgressLocation, window, type QuickPickItem } from 'vscode';
import { showInput } from '../ask.ts';
import { messageOf } from '../../core/errors.ts';
import type { WaitingQuery, WaitingSession } from '../../core/waiting.ts';
import { Commands } from '../contributions.ts';
import { formatAge, formatBytes, formatNumber } from '../format.ts';
import type { Panels } from '../panels/panels.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import { agentIcon, agentName } from '../tree/agentNames.ts';
import { runCommand } from '../vscodeApi.ts';

/** Looked into at once. */
const PAGE = 200;
/** More are no help in a list: the newest are shown. */
const MOST_SHOWN = 5_000;

interface WaitingItem extends QuickPickItem {
  readonly session: WaitingSession;
}

type Services = HostServices & { readonly panels: Pick<Panels, 'openTranscript'> };

/** Lets the person choose one, imports it before all others, and opens it. */
export async function importOne(services: Services): Promise<void> {
  const { store, panels } = services;
  const { total, isKnown } = await store.listWaitingSessions({ limit: 1 });
  if (total === 0) {
    await (isKnown ? sayThatAllAreIn() : sayThatItIsLooking());
    return;
  }
  const chosen = await choose(services);
  if (!chosen) return;
  const { agent, path } = chosen;
  const session = await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: l10n.t('Importing “{0}”', plain(nameOf(chosen))),
    },
    () => store.importSession(agent, path),
  );
  await panels.openTranscript(session.id);
}

async function sayThatAllAreIn(): Promise<void> {
  const look = l10n.t('Look Again');
  const answer = await window.showInformationMessage(
    l10n.t('All sessions that were found are imported.'),
    look,
  );
  if (answer === look) await runCommand(Commands.importSessions);
}

async function sayThatItIsLooking(): Promise<void> {
  await window.showInformationMessage(
    l10n.t('Multipath has not looked at all folders of your agents yet. Try again in a moment.'),
  );
}

/** Resolves to `undefined` when the person closes the picker. */
async function choose({ store, log }: HostServices): Promise<WaitingSession | undefined> {
  const picker = window.createQuickPick<WaitingItem>();
  picker.title = l10n.t('Import One Session');
  picker.placeholder = l10n.t('Type a part of the title or the folder');
  picker.matchOnDescription = true;
  picker.matchOnDetail = true;
  // What is added at the end moves nothing of what the person is looking at.
  picker.keepScrollPosition = true;
  picker.busy = true;
  let isOver = false;
  const fill = async (): Promise<void> => {
    const items: WaitingItem[] = [];
    let after: WaitingQuery['after'];
    do {
      const query = { limit: PAGE, ...(after && { after }) };
      const { sessions, total, next } = await store.listWaitingSessions(query);
      if (isOver) return;
      const own = sessions.filter(({ isSubagent }) => !isSubagent);
      items.push(...own.map((session) => itemOf(session, Date.now())));
      const [active] = picker.activeItems;
      picker.items = [...items];
      if (active) picker.activeItems = [active];
      after = next;
      if (after && items.length >= MOST_SHOWN) {
        picker.prompt = l10n.t(
          'The newest {0} of {1} are listed.',
          formatNumber(items.length),
          formatNumber(total),
        );
      }
    } while (after && items.length < MOST_SHOWN);
    if (items.length === 0) picker.placeholder = l10n.t('There is nothing but subagents’ work.');
  };
  void fill()
    .catch((error: unknown) => {
      log.warn(`Sessions that wait: ${messageOf(error)}`);
      if (!isOver) picker.placeholder = plain(messageOf(error), 200);
    })
    .finally(() => {
      if (!isOver) picker.busy = false;
    });
  try {
    return await new Promise((resolve) => {
      picker.onDidAccept(() => {
        const [item] = picker.selectedItems;
        if (item) resolve(item.session);
      });
      showInput(picker, () => resolve(undefined));
    });
  } finally {
    isOver = true;
    picker.dispose();
  }
}

/** What stands in the picker; `now` in milliseconds since the epoch. */
export function itemOf(session: WaitingSession, now: number): WaitingItem {
  const { agent, bytes, modifiedAt, cwd } = session;
  return {
    label: `$(${agentIcon(agent)}) ${plain(nameOf(session), 120)}`,
    description: formatAge(modifiedAt, now),
    // The folder last: it is the longest, and is what VS Code cuts.
    detail: [
      agentName(agent),
      formatBytes(bytes),
      reasonText(session.reason),
      ...(cwd === undefined ? [] : [plain(cwd, 120)]),
    ].join(' · '),
    session,
  };
}

function nameOf({ title, path }: WaitingSession): string {
  return title === undefined || title === '' ? basename(path) : title;
}

function reasonText(reason: WaitingSession['reason']): string {
  switch (reason) {
    case 'queued':
      return l10n.t('waits for its turn');
    case 'over-budget':
      return l10n.t('older than what you allowed');
    case 'stopped':
      return l10n.t('left when the import was stopped');
    case 'failed':
      return l10n.t('could not be read');
  }
}
