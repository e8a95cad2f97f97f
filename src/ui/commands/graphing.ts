/** The graph of a session's family and its ledger, and what the graph can have done. */
import { commands, l10n } from 'vscode';
import { Commands } from '../contributions.ts';
import type { Disposable } from '../disposable.ts';
import type { GraphActions } from '../panels/graphPanel.ts';
import type { GraphPanels } from '../panels/graphPanels.ts';
import { registerCommand } from '../vscodeApi.ts';
import { targetsOf, type CommandServices } from './targets.ts';

export function registerGraphing(services: CommandServices, graphs: GraphPanels): Disposable[] {
  const { log } = services;
  const show = async (args: readonly unknown[], title: string, ledger: boolean): Promise<void> => {
    const shown = ledger && args.length === 0 ? graphs.active?.sessionId : undefined;
    const sessionId = shown ?? (await targetsOf(services, args, title))[0];
    if (sessionId !== undefined) graphs.show(sessionId, ledger);
  };
  return [
    registerCommand(log, Commands.showGraph, (...args) =>
      show(args, l10n.t('Show the graph of which session?'), false),
    ),
    registerCommand(log, Commands.showLedger, (...args) =>
      show(args, l10n.t('Show the ledger of which session’s family?'), true),
    ),
  ];
}

/** The commands of the palette say by themselves what failed. */
export function graphActions({ panels, view }: CommandServices): GraphActions {
  const run = (command: string, sessionIds: readonly string[]): void => {
    const named = sessionIds.map((sessionId) => ({ sessionId }));
    void commands.executeCommand(command, named[0], named);
  };
  return {
    openSession: (sessionId, reveal) =>
      panels.openTranscript(sessionId, {
        preview: true,
        beside: true,
        ...(reveal !== undefined && { reveal }),
      }),
    compare: (sessionIds) => run(Commands.compareSelected, sessionIds),
    chooseBest: (sessionIds) => run(Commands.chooseBest, sessionIds),
    running: () => view.live.sessions.map(({ id }) => id),
    onDidChangeRunning: (listener) => view.onDidChangeLive(listener),
  };
}
