/** What can be done to a session: open, rename, copy. Tags, tiers and the trash have their own files. */
import { env, l10n, window } from 'vscode';
import { askText } from '../ask.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { transcriptUri } from '../documents.ts';
import { SessionNode } from '../tree/nodes.ts';
import { titleOf } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import { need } from './eachSession.ts';
import { messageIndexOf, targetsOf, type CommandServices } from './targets.ts';

export function registerSessionCommands(services: CommandServices): Disposable[] {
  const { log, store, panels } = services;
  /** Registers a command that is about one or more sessions. */
  const register = (
    id: Parameters<typeof registerCommand>[1],
    title: string,
    handler: (ids: readonly [string, ...string[]], args: readonly unknown[]) => unknown,
  ) =>
    registerCommand(log, id, async (...args) => {
      const [first, ...others] = await targetsOf(services, args, title);
      return first === undefined ? undefined : handler([first, ...others], args);
    });

  return [
    register(Commands.openSession, l10n.t('Open which session?'), ([id], args) => {
      const reveal = messageIndexOf(args);
      return panels.openTranscript(id, {
        // A click in the tree is a look in passing; whoever names a session means it.
        preview: args[0] instanceof SessionNode && args.length === 1,
        ...(reveal !== undefined && { reveal }),
      });
    }),
    register(Commands.openSessionToSide, l10n.t('Open which session?'), ([id]) =>
      panels.openTranscript(id, { beside: true }),
    ),
    register(Commands.openTranscriptAsText, l10n.t('Open which session?'), async ([id]) =>
      window.showTextDocument(transcriptUri(await need(services, id)), { preview: true }),
    ),
    register(Commands.renameSession, l10n.t('Rename which session?'), async ([id]) => {
      const session = await need(services, id);
      const title = await askText({
        title: l10n.t('Rename Session'),
        value: titleOf(session),
        validateInput: (value) => (value.trim() === '' ? l10n.t('Give it a title.') : undefined),
      });
      if (title !== undefined) await store.updateSession(id, { title: title.trim() });
    }),
    register(Commands.copyTitle, l10n.t('Copy the title of which session?'), async (ids) => {
      const sessions = await Promise.all(ids.map((id) => need(services, id)));
      await env.clipboard.writeText(sessions.map(titleOf).join('\n'));
    }),
    register(Commands.copySessionId, l10n.t('Copy the id of which session?'), (ids) =>
      env.clipboard.writeText(ids.join('\n')),
    ),
  ];
}
