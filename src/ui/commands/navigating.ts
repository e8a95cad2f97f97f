/**
 * Along the branches by keyboard: to the parent, the forks, the siblings and the fork point. From a
 * transcript the other one is opened; from the tree it is selected there.
 */
import { l10n, window } from 'vscode';
import { pickFrom } from '../ask.ts';
import type { Session } from '../../core/session.ts';
import type { SessionStore } from '../../core/sessionStore.ts';
import { Commands, type CommandId } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { plain } from '../text.ts';
import { describe, titleOf } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import { need } from './eachSession.ts';
import { isFromTree, targetsOf, type CommandServices } from './targets.ts';

/** Where to: one session, several to choose from, or why there is none, for the person. */
interface Way {
  readonly to: readonly Session[];
  readonly title?: string;
  readonly none: string;
  /** Message to show there. */
  readonly reveal?: number;
}
type FindWay = (store: SessionStore, from: Session) => Promise<Way>;

const WAYS: readonly (readonly [CommandId, FindWay])[] = [
  [Commands.goToParent, (store, from) => parentOf(store, from)],
  [
    Commands.goToForkPoint,
    async (store, from) => {
      const way = await parentOf(store, from);
      const [to] = way.to;
      const reveal =
        from.parentId === undefined && to
          ? await callingMessage(store, to, from)
          : Math.max(0, from.inheritedCount - 1);
      return { ...way, ...(reveal !== undefined && { reveal }) };
    },
  ],
  [
    Commands.goToFork,
    async (store, from) => ({
      to: await store.getSessionForks(from.id),
      title: l10n.t('Go to which fork?'),
      none: l10n.t('This session has no forks.'),
    }),
  ],
  [
    Commands.goToSibling,
    async (store, from) => ({
      to: await store.getSessionSiblings(from.id),
      title: l10n.t('Go to which sibling?'),
      none: noSiblings(),
    }),
  ],
  [Commands.goToNextSibling, (store, from) => siblingOf(store, from, 1)],
  [Commands.goToPreviousSibling, (store, from) => siblingOf(store, from, -1)],
];

export function registerNavigating(services: CommandServices): Disposable[] {
  return WAYS.map(([command, findWay]) =>
    registerCommand(services.log, command, (...args) => go(services, args, findWay)),
  );
}

async function go(
  services: CommandServices,
  args: readonly unknown[],
  findWay: FindWay,
): Promise<void> {
  const { store, view, panels } = services;
  const named = args.length > 0 ? args : [panels.activeTranscript];
  const [id] = await targetsOf(services, named, l10n.t('Go from which session?'));
  if (id === undefined) return;
  const { to, title, none, reveal } = await findWay(store, await need(services, id));
  if (to.length === 0) {
    void window.showInformationMessage(none);
    return;
  }
  const target = to.length === 1 ? to[0] : await pick(to, title);
  if (!target) return;
  const isThere = isFromTree(args[0]) && reveal === undefined && (await view.reveal(target, true));
  if (isThere) return;
  await panels.openTranscript(target.id, reveal === undefined ? {} : { reveal });
}

/** A subagent's parent is the session that it worked for. */
async function parentOf(store: SessionStore, from: Session): Promise<Way> {
  const above = from.parentId === undefined ? from.subagentOf : undefined;
  const parent =
    above === undefined ? await store.getSessionParent(from.id) : await store.getSession(above);
  return { to: parent ? [parent] : [], none: l10n.t('This session was not forked from another.') };
}

/**
 * The message of a session that called a subagent: the first one that ends at its record or behind
 * it, for messages stand in the order of their records.
 */
async function callingMessage(
  store: SessionStore,
  session: Session,
  { calledFrom }: Session,
): Promise<number | undefined> {
  if (!calledFrom) return undefined;
  let [low, high] = [0, session.messageCount - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    const { anchor } = await store.readMessage(session.id, middle);
    if (anchor.logId === calledFrom.logId && anchor.seq >= calledFrom.seq) high = middle;
    else low = middle + 1;
  }
  return Math.max(0, low);
}

/** In the order they were made; after the last comes the first. */
async function siblingOf(store: SessionStore, from: Session, step: 1 | -1): Promise<Way> {
  const all = from.parentId === undefined ? [] : await store.getSessionForks(from.parentId);
  const at = all.findIndex(({ id }) => id === from.id);
  const next = all.at((at + step) % all.length);
  return { to: next && next.id !== from.id ? [next] : [], none: noSiblings() };
}

function noSiblings(): string {
  return l10n.t('This session has no siblings.');
}

async function pick(
  sessions: readonly Session[],
  title: string | undefined,
): Promise<Session | undefined> {
  const now = Date.now();
  const items = sessions.map((session) => ({
    label: plain(titleOf(session), 120),
    description: plain(describe(session, now), 120),
    session,
  }));
  const picked = await pickFrom(items, {
    ...(title !== undefined && { title }),
    matchOnDescription: true,
  });
  return picked?.session;
}
