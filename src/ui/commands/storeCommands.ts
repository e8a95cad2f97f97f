/** What concerns the store and the view as a whole, and what begins something new in it. */
import { l10n, window, workspace } from 'vscode';
import { askText, pickFrom } from '../ask.ts';
import type { Disposable } from '../disposable.ts';
import type { Consent } from '../consent/consent.ts';
import { messageOf } from '../../core/errors.ts';
import { END_HUNG_OWNER_REQUEST } from '../../protocol/events.ts';
import { Commands } from '../contributions.ts';
import type { Importer } from '../importer.ts';
import { canAppend } from '../panels/transcriptPanel.ts';
import { MoreNode } from '../tree/nodes.ts';
import { registerCommand } from '../vscodeApi.ts';
import { importOne } from './importOne.ts';
import { targetsOf, type CommandServices } from './targets.ts';

/** Milliseconds for a server to find out whether the owner answers. */
const OWNER_CHECK_MS = 12_000;

export function registerStoreCommands(
  services: CommandServices,
  consent: Consent,
  importer: Importer,
): Disposable[] {
  const { log, store, view, panels } = services;
  const run = async (): Promise<void> => {
    const wish = await importer.run();
    if (wish === 'one') await importOne(services);
    if (wish !== 'rest') return;
    await consent.liftBudgets();
    await run();
  };
  const review = async () => {
    if (await consent.review()) await run();
  };
  return [
    registerCommand(log, Commands.reviewAgents, review),
    registerCommand(log, Commands.declineAgents, () => consent.declineAll()),
    registerCommand(log, Commands.importSessions, async () => {
      await consent.survey();
      if (consent.granted) await run();
      else await review();
    }),
    registerCommand(log, Commands.importOne, async () => {
      await consent.survey();
      if (consent.granted) await importOne(services);
      else await review();
    }),
    registerCommand(log, Commands.cancelImport, () => importer.cancel()),
    registerCommand(log, Commands.refresh, async () => {
      view.refreshAll();
      await consent.survey();
      if (consent.granted) await importer.runInBackground();
    }),
    registerCommand(log, Commands.showMore, (node) => {
      if (node instanceof MoreNode) view.showMore(node);
    }),
    registerCommand(log, Commands.newSession, async () => {
      const title = await askText({
        title: l10n.t('New Session'),
        prompt: l10n.t('Its title'),
        value: l10n.t('New session'),
      });
      if (title === undefined) return;
      const project = workspace.workspaceFolders?.find(({ uri }) => uri.scheme === 'file');
      const session = await store.createSession({
        ...(title.trim() !== '' && { title: title.trim() }),
        ...(project && { project: project.uri.fsPath }),
      });
      await panels.openTranscript(session.id);
    }),
    registerCommand(log, Commands.addMessage, (...args) => addMessage(services, args)),
    registerCommand(log, Commands.showLog, () => log.show()),
    registerCommand(log, Commands.restartServer, () => restart(services)),
  ];
}

/** A server of another window that hangs keeps all of them from the store: it is ended, too. */
async function restart({ server, log }: CommandServices): Promise<void> {
  if (server.state === 'running') {
    // The own one may hang as well; then there is nobody to ask.
    const limit = new Promise((resolve) => setTimeout(resolve, OWNER_CHECK_MS));
    const ended = server.sendRequest(END_HUNG_OWNER_REQUEST, {}).catch((error: unknown) => {
      log.debug(`Looking for a server that hangs: ${messageOf(error)}`);
    });
    await Promise.race([ended, limit]);
  }
  await server.restart();
}

async function addMessage(services: CommandServices, args: readonly unknown[]): Promise<void> {
  const { store, panels } = services;
  const active = panels.activeTranscript?.sessionId;
  const [id] =
    args.length === 0 && active !== undefined
      ? [active]
      : await targetsOf(services, args, l10n.t('Add a message to which session?'));
  if (id === undefined) return;
  const session = await store.getSession(id);
  if (!session || !canAppend(session)) {
    const fork = l10n.t('Fork Here');
    const answer = await window.showInformationMessage(
      l10n.t('An agent’s own session is never changed. Fork it and add the message there.'),
      fork,
    );
    if (answer === fork && session) await panels.fork(id, session.messageCount - 1);
    return;
  }
  const role = await pickFrom(
    [
      { label: l10n.t('You'), role: 'user' as const },
      { label: l10n.t('Assistant'), role: 'assistant' as const },
    ],
    { title: l10n.t('Who wrote the message?') },
  );
  const text = role && (await askText({ title: l10n.t('Add Message'), prompt: role.label }));
  if (role && text !== undefined && text !== '') {
    await store.appendMessages(id, [{ role: role.role, text }]);
  }
}
