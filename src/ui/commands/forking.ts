/** Forking from wherever it is asked for: the fork is made, opened, and can be taken back. */
import { l10n, window } from 'vscode';
import { askText, pickFrom } from '../ask.ts';
import type { Disposable } from '../disposable.ts';
import { messageOf } from '../../core/errors.ts';
import { Commands } from '../contributions.ts';
import { formatDate, formatNumber, roleName } from '../format.ts';
import type { Panels } from '../panels/panels.ts';
import type { ForkDetails } from '../panels/transcriptPanel.ts';
import type { HostServices } from '../services.ts';
import { plain } from '../text.ts';
import type { SessionsView } from '../tree/sessionsView.ts';
import { registerCommand, showError } from '../vscodeApi.ts';
import { textOf } from '../../core/message.ts';
import { parseTags } from './organizing.ts';
import { messageIndexOf, sessionIdsOf, targetsOf, type CommandServices } from './targets.ts';

/** Messages offered by the picker, counted from the end; others are forked in the transcript. */
const OFFERED = 100;

/**
 * Forks after message `index`, opens the fork at that message and shows it in the tree; returns
 * its id.
 */
export async function forkAndOpen(
  services: HostServices,
  view: SessionsView,
  panels: Panels,
  sessionId: string,
  index: number,
  details: ForkDetails = {},
): Promise<string> {
  const result = await services.store.forkSession(sessionId, { ...details, atMessage: index });
  void view.reveal(result.session);
  await panels.openTranscript(result.session.id, { reveal: result.atMessage });
  const message = formatNumber(result.atMessage + 1);
  if (result.movedBecause === undefined) {
    window.setStatusBarMessage(l10n.t('Forked at message {0}', message), 5000);
  } else {
    void offerUndo(
      services,
      panels,
      result.session.id,
      l10n.t('Forked at message {0}. {1}', message, plain(result.movedBecause, 300)),
    );
  }
  return result.session.id;
}

async function offerUndo(
  { store, log }: HostServices,
  panels: Panels,
  forkId: string,
  text: string,
): Promise<void> {
  const undo = l10n.t('Undo');
  if ((await window.showInformationMessage(text, undo)) !== undo) return;
  try {
    await store.deleteSession(forkId);
    panels.close(forkId);
  } catch (error) {
    await showError(log, error);
  }
}

export function registerForking(services: CommandServices): Disposable[] {
  const { log, panels, view } = services;
  return [
    registerCommand(log, Commands.forkHere, async (...args) => {
      const active = panels.activeTranscript;
      const sessionId = sessionIdsOf(args, view.selectedSessions)[0] ?? active?.sessionId;
      const index = messageIndexOf(args) ?? active?.focusedMessage;
      if (sessionId !== undefined && index !== undefined) {
        return panels.fork(sessionId, index);
      }
      return forkWithPicker(services, sessionId === undefined ? args : [sessionId]);
    }),
    registerCommand(log, Commands.forkWithDetails, async (...args) => {
      const active = panels.activeTranscript;
      const [sessionId] = await targetsOf(
        services,
        args.length > 0 ? args : [active],
        l10n.t('Fork which session?'),
      );
      if (sessionId === undefined) return undefined;
      const focused = sessionId === active?.sessionId ? active.focusedMessage : undefined;
      const index = messageIndexOf(args) ?? focused ?? (await pickMessage(services, sessionId));
      const details = index === undefined ? undefined : await askDetails();
      return index === undefined || !details ? undefined : panels.fork(sessionId, index, details);
    }),
    registerCommand(log, Commands.forkSession, (...args) => forkWithPicker(services, args)),
  ];
}

async function forkWithPicker(
  services: CommandServices,
  args: readonly unknown[],
): Promise<string | undefined> {
  const [sessionId] = await targetsOf(services, args, l10n.t('Fork which session?'));
  if (sessionId === undefined) return undefined;
  const index = await pickMessage(services, sessionId);
  return index === undefined ? undefined : services.panels.fork(sessionId, index);
}

/** The last message is offered first: that is the whole conversation, carried on elsewhere. */
async function pickMessage(
  { store, log }: HostServices,
  sessionId: string,
): Promise<number | undefined> {
  const session = await store.getSession(sessionId);
  if (!session || session.messageCount === 0) {
    void window.showInformationMessage(l10n.t('This session holds no messages.'));
    return undefined;
  }
  const end = session.messageCount;
  const page = store.readMessages(sessionId, { start: Math.max(0, end - OFFERED), end });
  const items = page.then(({ messages }) =>
    messages.toReversed().map((message) => ({
      label: `${message.index + 1}  ${roleName(message.role)}`,
      description: message.timestamp === undefined ? '' : formatDate(message.timestamp),
      detail: plain(textOf(message) || toolNames(message.content), 160),
      index: message.index,
    })),
  );
  items.catch((error: unknown) => log.warn(`Fork: ${messageOf(error)}`));
  const picked = await pickFrom(items, {
    title: l10n.t('Fork after which message?'),
    placeHolder: l10n.t('The fork shares everything up to and with this message'),
    matchOnDetail: true,
  });
  return picked?.index;
}

function toolNames(content: readonly { readonly type: string; readonly name?: string }[]): string {
  return content.flatMap(({ name }) => (name === undefined ? [] : [name])).join(', ');
}

/** Each may be left empty; `undefined` when the person gave up. */
async function askDetails(): Promise<ForkDetails | undefined> {
  const ask = (step: number, title: string, placeHolder: string) =>
    askText({
      title: l10n.t('Fork with Details ({0} of {1}): {2}', step, 4, title),
      placeHolder,
      prompt: l10n.t('May be left empty'),
    });
  const title = await ask(1, l10n.t('Title'), l10n.t('Use a lock'));
  if (title === undefined) return undefined;
  const reason = await ask(2, l10n.t('Reason'), l10n.t('Why is another way tried here?'));
  if (reason === undefined) return undefined;
  const strategy = await ask(3, l10n.t('Strategy'), l10n.t('How is it tried?'));
  if (strategy === undefined) return undefined;
  const tags = await ask(4, l10n.t('Tags'), l10n.t('Separated by commas'));
  if (tags === undefined) return undefined;
  const metadata = {
    ...(reason.trim() !== '' && { reason: reason.trim() }),
    ...(strategy.trim() !== '' && { strategy: strategy.trim() }),
  };
  const parsed = parseTags(tags);
  return {
    ...(title.trim() !== '' && { title: title.trim() }),
    ...(Object.keys(metadata).length > 0 && { metadata }),
    ...(parsed.length > 0 && { tags: parsed }),
  };
}
