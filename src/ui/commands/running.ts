/** The session that runs in this workspace: one click away, in the status bar and over the tree. */
import { l10n, StatusBarAlignment, window } from 'vscode';
import { pickFrom } from '../ask.ts';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import { formatNumber } from '../format.ts';
import { oneLine, plain } from '../text.ts';
import { agentName } from '../tree/agentNames.ts';
import { OWN_AGENT } from '../tree/groups.ts';
import { describe, titleOf } from '../tree/treeItems.ts';
import { registerCommand } from '../vscodeApi.ts';
import type { CommandServices } from './targets.ts';

const SHOWN_TITLE = 30;

export function registerRunning(services: CommandServices): Disposable[] {
  const { log, view } = services;
  const item = window.createStatusBarItem('multipath.running', StatusBarAlignment.Left, -1);
  item.name = l10n.t('Multipath: Running Session');
  item.command = Commands.openRunning;
  const update = (): void => {
    const [first, ...others] = view.live.sessions;
    if (!first) {
      item.hide();
      return;
    }
    const title = oneLine(titleOf(first), SHOWN_TITLE);
    item.text =
      others.length === 0
        ? `$(pulse) ${plain(title)}`
        : `$(pulse) ${l10n.t('{0} running', formatNumber(others.length + 1))}`;
    item.tooltip = view.live.sessions
      .map((session) => `${agentName(session.origin?.agent ?? OWN_AGENT)}: ${titleOf(session)}`)
      .join('\n');
    item.accessibilityInformation = {
      label: l10n.t('Open the running session: {0}', title),
    };
    item.show();
  };
  update();
  return [
    item,
    view.onDidChangeLive(update),
    registerCommand(log, Commands.openRunning, () => openRunning(services)),
  ];
}

async function openRunning({ view, panels }: CommandServices): Promise<void> {
  await view.live.ask();
  const { sessions } = view.live;
  const [only, ...others] = sessions;
  if (!only) {
    void window.showInformationMessage(
      l10n.t('No agent has written to a session of this workspace in the last minutes.'),
    );
    return;
  }
  if (others.length === 0) return panels.openTranscript(only.id);
  const now = Date.now();
  const picked = await pickFrom(
    sessions.map((session) => ({
      label: `$(pulse) ${plain(titleOf(session))}`,
      description: plain(
        [agentName(session.origin?.agent ?? OWN_AGENT), describe(session, now)].join(' · '),
        160,
      ),
      sessionId: session.id,
    })),
    { title: l10n.t('Open Running Session'), matchOnDescription: true },
  );
  if (picked) await panels.openTranscript(picked.sessionId);
}
