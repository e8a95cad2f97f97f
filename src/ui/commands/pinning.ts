/** Pins and notes of one or many sessions, taken back by what each had before. */
import { l10n, ThemeIcon, window } from 'vscode';
import { showInput } from '../ask.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { registerCommand } from '../vscodeApi.ts';
import { changeEach, need } from './eachSession.ts';
import { openNote } from '../notes.ts';
import { targetsOf, type CommandServices } from './targets.ts';

export function registerPinning(services: CommandServices): Disposable[] {
  const register = (
    id: Parameters<typeof registerCommand>[1],
    title: string,
    run: (ids: readonly [string, ...string[]]) => Promise<void>,
  ) =>
    registerCommand(services.log, id, async (...args) => {
      const [first, ...others] = await targetsOf(services, args, title);
      if (first !== undefined) await run([first, ...others]);
    });
  return [
    register(Commands.pinSession, l10n.t('Pin which session?'), (ids) =>
      pinSessions(services, ids, true),
    ),
    register(Commands.unpinSession, l10n.t('Unpin which session?'), (ids) =>
      pinSessions(services, ids, false),
    ),
    register(Commands.editNote, l10n.t('Write a note on which session?'), (ids) =>
      writeNote(services, ids),
    ),
  ];
}

export function pinSessions(
  services: CommandServices,
  ids: readonly string[],
  pinned: boolean,
): Promise<void> {
  const { store } = services;
  return changeEach(services, ids, {
    progress: pinned ? l10n.t('Pinning') : l10n.t('Unpinning'),
    done: (what, isOne) => {
      if (pinned) return isOne ? l10n.t('{0} is pinned.', what) : l10n.t('{0} are pinned.', what);
      return isOne
        ? l10n.t('{0} is pinned no more.', what)
        : l10n.t('{0} are pinned no more.', what);
    },
    label: (what) => (pinned ? l10n.t('pinning {0}', what) : l10n.t('unpinning {0}', what)),
    act: async ({ id, pinnedAt }) => {
      if ((pinnedAt !== undefined) === pinned) return undefined;
      await store.updateSession(id, { pinned });
      return () => store.updateSession(id, { pinned: !pinned });
    },
  });
}

/** One line is asked for here; a longer note has an editor. Several sessions get a line each. */
async function writeNote(
  services: CommandServices,
  ids: readonly [string, ...string[]],
): Promise<void> {
  const [first] = ids;
  const isOne = ids.length === 1;
  const session = await need(services, first);
  const before = isOne ? (session.note ?? '') : '';
  if (before.includes('\n')) return openNote(session);
  const answer = await askForNote(before, isOne);
  if (answer === EDITOR) return openNote(session);
  if (answer === undefined || answer.trim() === before) return;
  await noteSessions(services, ids, answer.trim());
}

function noteSessions(
  services: CommandServices,
  ids: readonly string[],
  text: string,
): Promise<void> {
  const { store } = services;
  return changeEach(services, ids, {
    progress: l10n.t('Writing notes'),
    done: (what, isOne) =>
      isOne ? l10n.t('{0} has the note.', what) : l10n.t('{0} have the note.', what),
    label: (what) => l10n.t('the note on {0}', what),
    act: async ({ id, note: before = '' }) => {
      const after =
        ids.length === 1 ? text : [before, text].filter((part) => part !== '').join('\n');
      if (after === before) return undefined;
      await store.updateSession(id, { note: after });
      return () => store.updateSession(id, { note: before });
    },
  });
}

const EDITOR = Symbol('the person wants more room');

/** `undefined` when it was left. */
async function askForNote(
  before: string,
  isOne: boolean,
): Promise<string | typeof EDITOR | undefined> {
  const input = window.createInputBox();
  input.title = l10n.t('Note');
  input.value = before;
  input.prompt = isOne
    ? l10n.t('Shown when the pointer rests on the session; empty takes it away')
    : l10n.t('Each session keeps the note it has and gets this line');
  if (isOne) {
    input.buttons = [
      { iconPath: new ThemeIcon('go-to-file'), tooltip: l10n.t('Write It in an Editor') },
    ];
  }
  try {
    return await new Promise<string | typeof EDITOR | undefined>((resolve) => {
      input.onDidAccept(() => resolve(input.value));
      input.onDidTriggerButton(() => resolve(EDITOR));
      showInput(input, () => resolve(undefined));
    });
  } finally {
    input.dispose();
  }
}
