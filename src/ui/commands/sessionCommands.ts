/** What can be done to a session: open, rename, tag, keep, archive, delete and take back. */
import { env, l10n, ProgressLocation, window } from 'vscode';
import type { Disposable } from '../disposable.ts';
import { MultipathError } from '../../core/errors.ts';
import type { RetentionPolicy, Session, Tier } from '../../core/session.ts';
import { Commands } from '../contributions.ts';
import { countSessions } from '../format.ts';
import { transcriptUri } from '../documents.ts';
import { plain } from '../text.ts';
import { retentionName, titleOf } from '../tree/treeItems.ts';
import { SessionNode } from '../tree/nodes.ts';
import { registerCommand } from '../vscodeApi.ts';
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
      const title = await window.showInputBox({
        title: l10n.t('Rename Session'),
        value: titleOf(session),
        validateInput: (value) => (value.trim() === '' ? l10n.t('Give it a title.') : undefined),
      });
      if (title !== undefined) await store.updateSession(id, { title: title.trim() });
    }),
    register(Commands.tagSession, l10n.t('Tag which session?'), async (ids) => {
      const [first] = ids;
      const before = (await need(services, first)).tags;
      const answer = await window.showInputBox({
        title: l10n.t('Tags'),
        prompt: l10n.t('Separated by commas'),
        value: ids.length === 1 ? before.join(', ') : '',
      });
      if (answer === undefined) return;
      const tags = parseTags(answer);
      for (const id of ids) {
        // One session's tags are replaced; several sessions keep what each has.
        const kept = ids.length === 1 ? [] : (await need(services, id)).tags;
        await store.updateSession(id, { tags: [...new Set([...kept, ...tags])] });
      }
    }),
    register(Commands.setRetention, l10n.t('Keep which session?'), async (ids) => {
      const policy = await pickRetention();
      if (!policy) return;
      for (const id of ids) await store.updateSession(id, { retentionPolicy: policy });
    }),
    register(Commands.copyTitle, l10n.t('Copy the title of which session?'), async (ids) => {
      const sessions = await Promise.all(ids.map((id) => need(services, id)));
      await env.clipboard.writeText(sessions.map(titleOf).join('\n'));
    }),
    register(Commands.copySessionId, l10n.t('Copy the id of which session?'), (ids) =>
      env.clipboard.writeText(ids.join('\n')),
    ),
    register(Commands.archiveSession, l10n.t('Archive which session?'), (ids) =>
      move(services, ids, 'cold', l10n.t('Archiving')),
    ),
    register(Commands.restoreFromArchive, l10n.t('Bring back which session?'), (ids) =>
      move(services, ids, 'warm', l10n.t('Bringing back')),
    ),
  ];
}

/** Comma-separated tags, trimmed, each once. */
export function parseTags(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

async function need({ store }: CommandServices, id: string): Promise<Session> {
  const session = await store.getSession(id);
  if (session) return session;
  throw new MultipathError(
    'not-found',
    l10n.t('This session is no longer in the store. Refresh the sessions view.'),
  );
}

async function move(
  { store }: CommandServices,
  ids: readonly string[],
  tier: Tier,
  title: string,
): Promise<void> {
  await window.withProgress(
    {
      location: ProgressLocation.Notification,
      title: `${title}: ${countSessions(ids.length)}`,
      cancellable: ids.length > 1,
    },
    async (progress, token) => {
      for (const id of ids) {
        if (token.isCancellationRequested) return;
        await store.migrateToTier(id, tier, { reason: 'user' });
        progress.report({ increment: 100 / ids.length });
      }
    },
  );
}

async function pickRetention(): Promise<RetentionPolicy | undefined> {
  const item = (policy: RetentionPolicy, detail: string) => ({
    label: plain(retentionName(policy)),
    detail,
    policy,
  });
  const picked = await window.showQuickPick(
    [
      item('standard', l10n.t('Moves to the archive when it is not used')),
      item('critical', l10n.t('Never archived, never deleted by itself')),
      item('temporary', l10n.t('Goes to the trash some days after its last use')),
    ],
    { title: l10n.t('Retention'), matchOnDetail: true },
  );
  return picked?.policy;
}
