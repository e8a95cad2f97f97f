/**
 * Merging a branch back, step by step: into which session, how much of it, and what both sides did
 * since they parted. Nothing is written before the last step, and Undo takes it back.
 */
import { l10n, ProgressLocation, window, type QuickPickItem } from 'vscode';
import {
  hasConflicts,
  type MergeMode,
  type MergePlan,
  type MergeResult,
} from '../../core/merge.ts';
import { textOf } from '../../core/message.ts';
import type { Session, SessionTreeNode } from '../../core/session.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { countMessages, formatNumber, roleName } from '../format.ts';
import { plain } from '../text.ts';
import { describe, titleOf } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import { need } from './eachSession.ts';
import { targetsOf, type CommandServices } from './targets.ts';

/** Relatives and messages offered by a picker. */
const OFFERED = 500;
const FILES_NAMED = 5;

export function registerMerging(services: CommandServices): Disposable {
  return registerCommand(services.log, Commands.mergeBranch, async (...args) => {
    const [sourceId] = await targetsOf(services, args, l10n.t('Merge which branch?'));
    if (sourceId === undefined) return;
    const source = await need(services, sourceId);
    const target = await pickTarget(services, source);
    if (!target) return;
    const wish = await pickHow(services, source, target);
    if (wish && (await mayMerge(services, wish))) await merge(services, source, target, wish);
  });
}

interface Wish {
  readonly plan: MergePlan;
  readonly mode: MergeMode;
}

/** The parent first, then its ancestors, then the rest of the family. */
async function pickTarget(
  { store }: CommandServices,
  source: Session,
): Promise<Session | undefined> {
  const family = membersOf(await store.getSessionTree(source.id));
  const others = family.filter(({ id }) => id !== source.id);
  if (others.length === 0) {
    window.setStatusBarMessage(l10n.t('This session has no relatives to merge into.'), 5000);
    return undefined;
  }
  const byId = new Map(family.map((session) => [session.id, session]));
  const ancestors: Session[] = [];
  for (let at = byId.get(source.parentId ?? ''); at; at = byId.get(at.parentId ?? '')) {
    if (ancestors.includes(at)) break;
    ancestors.push(at);
  }
  const rest = others.filter((session) => !ancestors.includes(session));
  const items = [...ancestors, ...rest].slice(0, OFFERED).map((session) => ({
    label: plain(titleOf(session)),
    description: plain(describe(session, Date.now()), 120),
    ...(session.id === source.parentId && { detail: l10n.t('where it was forked from') }),
    session,
  }));
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Merge “{0}” into which session?', plain(titleOf(source), 40)),
    placeHolder: l10n.t('Nothing is written into the files of agents'),
    matchOnDescription: true,
  });
  return picked?.session;
}

function membersOf(root: SessionTreeNode): Session[] {
  const members: Session[] = [];
  const open = [root];
  for (let node = open.pop(); node; node = open.pop()) {
    members.push(node.session);
    open.push(...node.children.toReversed());
  }
  return members;
}

async function pickHow(
  services: CommandServices,
  source: Session,
  target: Session,
): Promise<Wish | undefined> {
  const { store } = services;
  const [all, summary] = await Promise.all([
    store.planMerge(target.id, source.id),
    store.planMerge(target.id, source.id, { mode: 'summary' }),
  ]);
  if (all.messages.length + summary.messages.length === 0) {
    window.setStatusBarMessage(l10n.t('There is nothing to merge that is not there yet.'), 5000);
    return undefined;
  }
  const items: (QuickPickItem & { readonly mode: MergeMode })[] = [];
  if (all.messages.length > 0) {
    items.push(
      {
        label: l10n.t('All {0}', countMessages(all.messages.length)),
        detail: leftOut(all),
        mode: 'append',
      },
      {
        label: l10n.t('Chosen Messages…'),
        detail: l10n.t('Pick the ones to bring over'),
        mode: 'cherry-pick',
      },
    );
  }
  if (summary.messages.length > 0) {
    items.push({
      label: l10n.t('A Summary'),
      detail: l10n.t('One message: what was asked, changed and run, and how it came out'),
      mode: 'summary',
    });
  }
  const picked = await window.showQuickPick(items, { title: l10n.t('Merge what?') });
  if (!picked) return undefined;
  if (picked.mode === 'append') return { plan: all, mode: 'append' };
  if (picked.mode === 'summary') return { plan: summary, mode: 'summary' };
  const messages = await pickMessages(services, source, all);
  return messages && { plan: { ...all, messages }, mode: 'cherry-pick' };
}

function leftOut({ alreadyMerged, unanswered }: MergePlan): string {
  return [
    l10n.t('what comes after the fork point'),
    ...(alreadyMerged.length > 0
      ? [l10n.t('{0} are there already', formatNumber(alreadyMerged.length))]
      : []),
    ...(unanswered.length > 0
      ? [l10n.t('{0} wait for a tool’s result and stay', formatNumber(unanswered.length))]
      : []),
  ].join(' · ');
}

async function pickMessages(
  { store }: CommandServices,
  source: Session,
  plan: MergePlan,
): Promise<readonly number[] | undefined> {
  const start = plan.messages[0] ?? 0;
  const offered = new Set(plan.messages.slice(0, OFFERED));
  const page = store.readMessages(source.id, { start, end: start + 2 * OFFERED });
  const items = page.then(({ messages }) =>
    messages
      .filter(({ index }) => offered.has(index))
      .map((message) => ({
        label: `${message.index + 1}  ${roleName(message.role)}`,
        detail: plain(textOf(message) || toolsOf(message.content), 160),
        index: message.index,
      })),
  );
  const picked = await window.showQuickPick(items, {
    title: l10n.t('Merge which messages?'),
    canPickMany: true,
    matchOnDetail: true,
  });
  const indexes = picked?.map(({ index }) => index);
  return indexes && indexes.length > 0 ? indexes : undefined;
}

function toolsOf(content: readonly { readonly type: string; readonly name?: string }[]): string {
  return content.flatMap(({ name }) => name ?? []).join(', ');
}

/** Where both sides went on, the person decides. */
async function mayMerge({ panels }: CommandServices, { plan }: Wish): Promise<boolean> {
  const { conflicts, targetId, sourceId } = plan;
  if (!hasConflicts(conflicts)) return true;
  const { targetMessages, files } = conflicts;
  const named = files.slice(0, FILES_NAMED).map((file) => plain(file));
  const detail = [
    ...(targetMessages > 0
      ? [l10n.t('The target has {0} of its own since then.', countMessages(targetMessages))]
      : []),
    ...(files.length > 0
      ? [l10n.t('Both changed {0} ({1}).', named.join(', '), formatNumber(files.length))]
      : []),
    l10n.t('The merged messages are added at its end, each marked with where it came from.'),
  ].join('\n');
  const go = l10n.t('Merge');
  const look = l10n.t('Compare First');
  const answer = await window.showWarningMessage(
    l10n.t('Both sessions went on after the fork point.'),
    { modal: true, detail },
    go,
    look,
  );
  if (answer === look) panels.openComparison([targetId, sourceId]);
  return answer === go;
}

async function merge(
  { store, undo, panels }: CommandServices,
  source: Session,
  target: Session,
  { plan, mode }: Wish,
): Promise<void> {
  const result = await window.withProgress<MergeResult>(
    { location: ProgressLocation.Window, title: l10n.t('Merging') },
    () =>
      store.mergeFork(target.id, source.id, {
        mode,
        acceptConflicts: true,
        ...(mode === 'cherry-pick' && { messages: plan.messages }),
      }),
  );
  if (result.merged === 0) {
    window.setStatusBarMessage(l10n.t('There is nothing to merge that is not there yet.'), 5000);
    return;
  }
  const label = l10n.t('merging “{0}”', plain(titleOf(source)));
  const entry = undo.record(label, [() => store.undoMerge(result.mergeId)]);
  const session = await store.getSession(result.sessionId);
  const reveal = Math.max(0, (session?.messageCount ?? 0) - result.merged);
  await panels.openTranscript(result.sessionId, { reveal });
  const title = plain(titleOf(target));
  void undo.offer(
    result.sessionId === target.id
      ? l10n.t('{0} merged into “{1}”.', countMessages(result.merged), title)
      : l10n.t(
          '{0} merged into a branch over “{1}”: the agent’s own session is not written to.',
          countMessages(result.merged),
          title,
        ),
    entry,
  );
}
