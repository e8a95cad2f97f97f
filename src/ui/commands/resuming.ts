/**
 * Resume in Agent: the agent is chosen, what would be written is shown, then the file is written and
 * the agent started in the session's folder. Copy as Prompt, and Restore to Agent.
 */
import { env, l10n, ProgressLocation, Uri, window } from 'vscode';
import { pickFrom } from '../ask.ts';
import { v7 as uuidv7 } from 'uuid';
import type { ResumeCommand, ResumePlan, ResumeTarget } from '../../core/resuming.ts';
import type { Session } from '../../core/session.ts';
import {
  commandLine,
  configuredCommand,
  findProgram,
  launchOf,
  openTerminal,
  type System,
} from '../agentCommands.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { countMessages, formatBytes } from '../format.ts';
import { openMachineSettings } from '../openSettings.ts';
import type { ResumePreviews } from '../resumePreviews.ts';
import { plain } from '../text.ts';
import { titleOf } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import { need } from './eachSession.ts';
import {
  isChosenByPerson,
  messageIndexOf,
  sessionIdsOf,
  targetsOf,
  type CommandServices,
} from './targets.ts';

interface Asked {
  readonly session: Session;
  readonly atMessage?: number;
}

export function registerResuming(
  services: CommandServices,
  previews: ResumePreviews,
  system: System = { platform: process.platform, variables: process.env },
): Disposable[] {
  const { log } = services;
  const resuming = new Resuming(services, previews, system);
  return [
    registerCommand(log, Commands.resumeInAgent, async (...args) => {
      const asked = await askedFor(services, args, l10n.t('Resume which session?'));
      if (asked) await resuming.resume(asked);
    }),
    registerCommand(log, Commands.copyAsPrompt, async (...args) => {
      const asked = await askedFor(services, args, l10n.t('Copy which session as a prompt?'));
      if (asked) await copyAsPrompt(services, asked);
    }),
    registerCommand(log, Commands.restoreToAgent, async (...args) => {
      const [id] = await rescuedOf(services, args);
      if (id === undefined) return;
      const session = await need(services, id);
      // Chosen in the tree or in a picker by the person; an id may come from another extension.
      const isChosen = args[0] === undefined || isChosenByPerson(args);
      if (isChosen || (await mayRestore(session))) await resuming.restore(session);
    }),
  ];
}

/** Where the person picks, only sessions that there is something to restore of are offered. */
function rescuedOf(
  services: CommandServices,
  args: readonly unknown[],
): Promise<readonly string[]> {
  return targetsOf(services, args, {
    title: l10n.t('Restore which session to its agent?'),
    placeholder: l10n.t('Sessions whose file the agent has deleted'),
    none: l10n.t('No agent has deleted the file of a session: there is nothing to restore.'),
    rescued: true,
  });
}

async function mayRestore(session: Session): Promise<boolean> {
  const restore = l10n.t('Restore');
  const answer = await window.showWarningMessage(
    l10n.t('Restore “{0}” to its agent?', plain(titleOf(session))),
    {
      modal: true,
      detail: l10n.t(
        'Something other than you asked for this. The file would be written: {0}',
        plain(session.origin?.path ?? '', 300),
      ),
    },
    restore,
  );
  return answer === restore;
}

/** A message where the command came from one, else the whole session. */
async function askedFor(
  services: CommandServices,
  args: readonly unknown[],
  title: string,
): Promise<Asked | undefined> {
  const { panels, view } = services;
  const atMessage = messageIndexOf(args);
  const shown = atMessage === undefined ? undefined : panels.activeTranscript?.sessionId;
  const id =
    sessionIdsOf(args, view.selectedSessions)[0] ??
    shown ??
    (await targetsOf(services, args, title))[0];
  if (id === undefined) return undefined;
  const session = await need(services, id);
  return { session, ...(atMessage !== undefined && { atMessage }) };
}

async function copyAsPrompt(
  { store }: CommandServices,
  { session, atMessage }: Asked,
): Promise<void> {
  const prompt = await working(l10n.t('Copying “{0}”', plain(titleOf(session))), () =>
    store.promptOf(session.id, atMessage === undefined ? {} : { atMessage }),
  );
  await env.clipboard.writeText(prompt.text);
  const told = l10n.t(
    'Copied as a prompt: {0}, {1}.',
    countMessages(prompt.atMessage + 1),
    formatBytes(Buffer.byteLength(prompt.text)),
  );
  const { movedBecause } = prompt;
  const parts = [told, ...(movedBecause === undefined ? [] : [plain(movedBecause, 300)])];
  void window.showInformationMessage(parts.join(' '));
}

class Resuming {
  readonly #services: CommandServices;
  readonly #previews: ResumePreviews;
  readonly #system: System;

  constructor(services: CommandServices, previews: ResumePreviews, system: System) {
    this.#services = services;
    this.#previews = previews;
    this.#system = system;
  }

  async resume(asked: Asked): Promise<void> {
    const target = await this.#pickAgent(asked.session);
    if (!target) return;
    const { store } = this.#services;
    // One id for all of it: a repeated question writes the file only once.
    const requestId = uuidv7();
    let folder: string | undefined;
    for (;;) {
      const options = {
        agent: target.agent,
        ...(asked.atMessage !== undefined && { atMessage: asked.atMessage }),
        ...(folder !== undefined && { folder }),
      };
      const plan = await working(l10n.t('Looking at “{0}”', plain(titleOf(asked.session))), () =>
        store.planResume(asked.session.id, options),
      );
      const choice = await this.#confirm(asked.session, plan);
      if (choice === undefined) return;
      if (choice === 'preview') {
        await this.#previews.show(plan, this.#line(plan));
        if (!(await this.#goOn(plan))) return;
      } else if (choice === 'folder') {
        folder = (await pickFolder()) ?? folder;
        continue;
      }
      if (!plan.folderExists) {
        folder = (await pickFolder()) ?? folder;
        if (folder === undefined) return;
        continue;
      }
      const file = await this.#program(plan);
      if (file === undefined) return;
      const resumed = await working(l10n.t('Writing the session for {0}', plan.label), () =>
        store.resumeInAgent(asked.session.id, { ...options, requestId }),
      );
      return this.#start(file, titleOf(asked.session), { ...plan, ...resumed });
    }
  }

  async restore(session: Session): Promise<void> {
    const { store } = this.#services;
    const restored = await working(l10n.t('Restoring “{0}”', plain(titleOf(session))), () =>
      store.restoreToAgent(session.id),
    );
    const told = [l10n.t('Restored: {0}', restored.path), ...restored.notes].join(' ');
    const show = l10n.t('Copy Resume Command');
    const { command } = restored;
    const answer = await window.showInformationMessage(
      plain(told, 500),
      ...(command ? [show] : []),
    );
    if (answer === show && command) {
      const configured = configuredCommand(session.origin?.agent ?? '', command);
      await env.clipboard.writeText(
        commandLine(restored.folder, configured, this.#system.platform),
      );
    }
  }

  async #pickAgent(session: Session): Promise<ResumeTarget | undefined> {
    const targets = this.#services.store.listResumeTargets(session.id);
    const items = targets.then((found) =>
      found.map((target) => ({
        label: target.label,
        description: target.isOrigin ? l10n.t('where this session comes from') : '',
        detail: target.isOrigin
          ? l10n.t('Goes on with everything the agent knew')
          : l10n.t('Goes on with what was said; thoughts and tool calls become text'),
        target,
      })),
    );
    const picked = await pickFrom(items, {
      title: l10n.t('Resume “{0}” in Which Agent?', plain(titleOf(session))),
      placeHolder: l10n.t('A new session file is written for the agent; nothing else is changed'),
      ignoreFocusOut: true,
    });
    return picked?.target;
  }

  async #confirm(
    session: Session,
    plan: ResumePlan,
  ): Promise<'resume' | 'preview' | 'folder' | undefined> {
    const { label, atMessage, bytes, folder, notes, movedBecause } = plan;
    const told = [...(movedBecause === undefined ? [] : [movedBecause]), ...notes].join(' ');
    const items = [
      ...(plan.folderExists
        ? [
            {
              label: l10n.t('Resume in {0}', label),
              description: `${countMessages(atMessage + 1)} · ${formatBytes(bytes)}`,
              detail: told === '' ? plain(folder, 200) : plain(told, 400),
              choice: 'resume' as const,
            },
          ]
        : []),
      {
        label: l10n.t('Show What Would Be Written'),
        description: '',
        detail: plain(plan.path, 300),
        choice: 'preview' as const,
      },
      {
        label: l10n.t('Choose Another Folder…'),
        description: '',
        detail: plan.folderExists
          ? l10n.t('The agent is started in {0}', plain(folder, 200))
          : l10n.t('The folder {0} is not there', plain(folder, 200)),
        choice: 'folder' as const,
      },
    ];
    const ordered = plan.folderExists ? items : items.toReversed();
    const picked = await pickFrom(ordered, {
      title: l10n.t('Resume “{0}” in {1}', plain(titleOf(session)), label),
      // A transcript that is drawn anew takes the focus; what was chosen must not go with it.
      ignoreFocusOut: true,
    });
    return picked?.choice;
  }

  /** After a look at the preview. */
  async #goOn({ label, folderExists }: ResumePlan): Promise<boolean> {
    const go = folderExists ? l10n.t('Resume in {0}', label) : l10n.t('Choose a Folder…');
    const told = folderExists
      ? l10n.t('Write this session and start {0}?', label)
      : l10n.t('The session’s folder is not there.');
    return (await window.showInformationMessage(told, go)) === go;
  }

  /**
   * The agent's program. Where there is none, says how to get it, and whether to write the session
   * all the same; '' for that, `undefined` for leaving it.
   */
  async #program(plan: ResumePlan): Promise<string | undefined> {
    const { program } = configuredCommand(plan.agent, plan.command);
    const found = await findProgram(program, this.#system);
    if (found !== undefined) return found;
    const [write, get, settings] = [
      l10n.t('Write and Copy Command'),
      l10n.t('How to Get It'),
      l10n.t('Open Settings'),
    ];
    const answer = await window.showWarningMessage(
      l10n.t(
        'The command “{0}” of {1} was not found. Install it, or name it in the settings.',
        plain(program),
        plan.label,
      ),
      write,
      get,
      settings,
    );
    if (answer === get) await env.openExternal(Uri.parse(plan.website));
    if (answer === settings) {
      await openMachineSettings('multipath.agents command');
    }
    return answer === write ? '' : undefined;
  }

  async #start(file: string, title: string, plan: ResumePlan): Promise<void> {
    if (file === '') {
      await env.clipboard.writeText(this.#line(plan));
      void window.showInformationMessage(
        l10n.t(
          'The session was written, and the command that resumes it copied: {0}',
          plain(this.#line(plan), 300),
        ),
      );
      return;
    }
    const { args } = configuredCommand(plan.agent, plan.command);
    const launch = launchOf(file, args, this.#system);
    openTerminal(`${plan.label}: ${title}`, plan.folder, launch);
  }

  #line({
    agent,
    command,
    folder,
  }: {
    agent: string;
    command: ResumeCommand;
    folder: string;
  }): string {
    return commandLine(folder, configuredCommand(agent, command), this.#system.platform);
  }
}

async function pickFolder(): Promise<string | undefined> {
  const [folder] =
    (await window.showOpenDialog({
      title: l10n.t('Resume in Which Folder?'),
      openLabel: l10n.t('Choose'),
      canSelectFiles: false,
      canSelectFolders: true,
    })) ?? [];
  return folder?.fsPath;
}

function working<T>(title: string, work: () => Promise<T>): Thenable<T> {
  return window.withProgress({ location: ProgressLocation.Window, title }, work);
}
