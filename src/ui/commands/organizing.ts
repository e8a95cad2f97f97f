/** Tags and retention of one or many sessions, taken back by what each had before. */
import { l10n } from 'vscode';
import { askText, pickFrom } from '../ask.ts';
import type { RetentionPolicy } from '../../core/session.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { plain } from '../text.ts';
import { retentionName } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import { changeEach, need } from './eachSession.ts';
import { targetsOf, type CommandServices } from './targets.ts';

export function registerOrganizing(services: CommandServices): Disposable[] {
  const { log } = services;
  return [
    registerCommand(log, Commands.tagSession, async (...args) => {
      const ids = await targetsOf(services, args, l10n.t('Tag which session?'));
      const [first] = ids;
      if (first === undefined) return;
      const isOne = ids.length === 1;
      const answer = await askText({
        title: l10n.t('Tags'),
        prompt: isOne
          ? l10n.t('Separated by commas')
          : l10n.t('Separated by commas; each session keeps the tags it has'),
        value: isOne ? (await need(services, first)).tags.join(', ') : '',
      });
      if (answer !== undefined) await tagSessions(services, ids, parseTags(answer));
    }),
    registerCommand(log, Commands.setRetention, async (...args) => {
      const ids = await targetsOf(services, args, l10n.t('Keep which session?'));
      const policy = ids.length === 0 ? undefined : await pickRetention();
      if (policy) await setRetention(services, ids, policy);
    }),
  ];
}

/** Comma-separated tags, trimmed, each once. */
export function parseTags(text: string): string[] {
  return [...new Set(text.split(',').map((tag) => tag.trim()))].filter((tag) => tag !== '');
}

/** One session's tags are replaced; several sessions keep what each has. */
function tagSessions(
  services: CommandServices,
  ids: readonly string[],
  tags: readonly string[],
): Promise<void> {
  return changeTags(services, ids, (before) =>
    ids.length === 1 ? tags : [...new Set([...before, ...tags])],
  );
}

/** Each session keeps what it has. */
export function addTag(
  services: CommandServices,
  ids: readonly string[],
  tag: string,
): Promise<void> {
  return changeTags(services, ids, (before) => [...new Set([...before, tag])]);
}

async function changeTags(
  services: CommandServices,
  ids: readonly string[],
  change: (before: readonly string[]) => readonly string[],
): Promise<void> {
  const { store } = services;
  await changeEach(services, ids, {
    progress: l10n.t('Tagging'),
    done: (what, isOne) =>
      isOne ? l10n.t('{0} is tagged.', what) : l10n.t('{0} are tagged.', what),
    label: (what) => l10n.t('tagging {0}', what),
    act: async ({ id, tags: before }) => {
      const after = change(before);
      if (after.length === before.length && after.every((tag) => before.includes(tag))) {
        return undefined;
      }
      await store.updateSession(id, { tags: after });
      return () => store.updateSession(id, { tags: before });
    },
  });
}

export async function setRetention(
  services: CommandServices,
  ids: readonly string[],
  policy: RetentionPolicy,
): Promise<void> {
  const { store } = services;
  const name = retentionName(policy);
  await changeEach(services, ids, {
    progress: l10n.t('Setting retention'),
    done: (what, isOne) =>
      isOne ? l10n.t('{0} is now: {1}.', what, name) : l10n.t('{0} are now: {1}.', what, name),
    label: (what) => l10n.t('retention of {0}', what),
    act: async ({ id, retentionPolicy }) => {
      if (retentionPolicy === policy) return undefined;
      await store.updateSession(id, { retentionPolicy: policy });
      return () => store.updateSession(id, { retentionPolicy });
    },
  });
}

async function pickRetention(): Promise<RetentionPolicy | undefined> {
  const item = (policy: RetentionPolicy, detail: string) => ({
    label: plain(retentionName(policy)),
    detail,
    policy,
  });
  const picked = await pickFrom(
    [
      item('standard', l10n.t('Moves to the archive when it is not used')),
      item('critical', l10n.t('Never archived, never deleted by itself')),
      item('temporary', l10n.t('Goes to the trash some days after its last use')),
    ],
    { title: l10n.t('Retention'), matchOnDetail: true },
  );
  return picked?.policy;
}
