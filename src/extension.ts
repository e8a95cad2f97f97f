/**
 * Composition of the extension host: reads as a table of contents. Nothing here waits, and the
 * session server starts with the first question to the store.
 */
import { ExtensionMode, window, type ExtensionContext } from 'vscode';
import type { MultipathApi } from './core/api.ts';
import { messageOf } from './core/errors.ts';
import { doctorReportToMarkdown } from './export/doctorReport.ts';
import { messageToMarkdown } from './export/markdown.ts';
import { createRemoteStore } from './protocol/remoteStore.ts';
import { createApi } from './ui/api.ts';
import { registerCatchUp } from './ui/catchUp.ts';
import { registerArranging } from './ui/commands/arranging.ts';
import { registerComparing } from './ui/commands/comparing.ts';
import { registerDeleting } from './ui/commands/deleting.ts';
import { forkAndOpen, registerForking } from './ui/commands/forking.ts';
import { registerExploring } from './ui/commands/exploring.ts';
import { registerModelKeys } from './ui/commands/modelKeys.ts';
import { registerFinding } from './ui/commands/finding.ts';
import { registerMoving } from './ui/commands/moving.ts';
import { graphActions, registerGraphing } from './ui/commands/graphing.ts';
import { registerJudging } from './ui/commands/judging.ts';
import { registerModelJudging } from './ui/commands/modelJudging.ts';
import { registerMerging } from './ui/commands/merging.ts';
import { registerOrganizing } from './ui/commands/organizing.ts';
import { registerPinning } from './ui/commands/pinning.ts';
import { registerNavigating } from './ui/commands/navigating.ts';
import { registerRelinking } from './ui/commands/relinking.ts';
import { registerRunning } from './ui/commands/running.ts';
import { registerDropping } from './ui/commands/dropping.ts';
import { registerResuming } from './ui/commands/resuming.ts';
import { registerSearching } from './ui/commands/searching.ts';
import { registerSessionCommands } from './ui/commands/sessionCommands.ts';
import { registerStorage, storageActions } from './ui/commands/storageCommands.ts';
import { registerSessionFiles } from './ui/commands/sessionFiles.ts';
import { registerStoreCommands } from './ui/commands/storeCommands.ts';
import type { CommandServices } from './ui/commands/targets.ts';
import { registerAgentsView } from './ui/consent/agentsView.ts';
import { Consent } from './ui/consent/consent.ts';
import type { Disposable } from './ui/disposable.ts';
import { registerDocuments } from './ui/documents.ts';
import { Importer } from './ui/importer.ts';
import { Exploring } from './ui/explore/exploring.ts';
import { Runs } from './ui/explore/runs.ts';
import { RunStatusBar } from './ui/explore/runStatusBar.ts';
import { ModelKeys } from './ui/models/modelKeys.ts';
import { Models } from './ui/models/models.ts';
import { registerNotes } from './ui/notes.ts';
import { GraphPanels } from './ui/panels/graphPanels.ts';
import { Panels } from './ui/panels/panels.ts';
import { DoctorReports } from './ui/reports.ts';
import { ResumePreviews } from './ui/resumePreviews.ts';
import { readServerOptions } from './ui/serverOptions.ts';
import { SessionServer } from './ui/sessionServer.ts';
import { followSettings } from './ui/settings.ts';
import { registerStatus } from './ui/status.ts';
import { registerDecorations } from './ui/tree/decorations.ts';
import { SessionsView } from './ui/tree/sessionsView.ts';
import { UndoStack } from './ui/undo.ts';

let running: SessionServer | undefined;
let exploring: Exploring | undefined;

export function activate(context: ExtensionContext): MultipathApi {
  const log = window.createOutputChannel('Multipath', { log: true });
  const server = new SessionServer(async (onClosed) => {
    const { launchServer } = await import('./ui/languageClient.lazy.ts');
    const module = context.asAbsolutePath('dist/server.cjs');
    return launchServer(module, readServerOptions(context), log, onClosed);
  }, log);
  running = server;
  const store = createRemoteStore(server, { onProblem: (problem) => log.warn(problem) });

  const runs = new Runs({ store, log, server });
  const services = { context, log, store, server, runs };
  const view = new SessionsView(services);
  const undo = new UndoStack(log);
  const previews = new ResumePreviews();
  const reports = new DoctorReports(context, doctorReportToMarkdown);
  const keys = new ModelKeys(context.secrets);
  const models = new Models({ keys, log });
  const panels = new Panels(
    services,
    undo,
    (...fork) => forkAndOpen(services, view, ...fork),
    (own) => storageActions({ ...services, view, undo, panels: own }),
    () => Promise.resolve(models),
  );
  const consent = new Consent(services);
  const importer = new Importer(services);
  const explorations = new Exploring(
    services,
    () => Promise.resolve(models),
    (explorer) => runs.attach(explorer),
  );
  exploring = explorations;
  const commandServices: CommandServices = { ...services, view, panels, undo };
  const graphs = new GraphPanels(services, graphActions(commandServices));
  context.subscriptions.push(
    log,
    server,
    store,
    runs,
    view,
    undo,
    panels,
    graphs,
    consent,
    importer,
  );

  const features: Readonly<Record<string, () => Disposable | readonly Disposable[]>> = {
    documents: () => registerDocuments(services, messageToMarkdown, reports, previews),
    status: () => registerStatus(services, view, consent, importer),
    decorations: registerDecorations,
    agents: () => registerAgentsView(consent),
    sessions: () => registerSessionCommands(commandServices),
    sessionFiles: () => registerSessionFiles(commandServices),
    forking: () => registerForking(commandServices),
    resuming: () => registerResuming(commandServices, previews),
    comparing: () => registerComparing(commandServices),
    merging: () => registerMerging(commandServices),
    exploring: () => registerExploring({ ...commandServices, exploring: explorations, models }),
    runs: () => new RunStatusBar(runs),
    modelKeys: () => registerModelKeys(services, keys),
    judging: () => registerJudging(commandServices),
    modelJudging: () => registerModelJudging(commandServices, models),
    navigating: () => registerNavigating(commandServices),
    graphing: () => registerGraphing(commandServices, graphs),
    searching: () => registerSearching(commandServices),
    deleting: () => registerDeleting(commandServices),
    moving: () => registerMoving(commandServices),
    organizing: () => registerOrganizing(commandServices),
    pinning: () => registerPinning(commandServices),
    notes: () => registerNotes(services),
    arranging: () => registerArranging(commandServices),
    running: () => registerRunning(commandServices),
    relinking: () => registerRelinking(commandServices),
    dropping: () => registerDropping(commandServices),
    finding: () => registerFinding(commandServices),
    storage: () => registerStorage(commandServices, (report) => reports.show(report)),
    store: () => registerStoreCommands(commandServices, consent, importer),
    settings: () => followSettings(services),
    catchUp: () => registerCatchUp(consent, importer, view, services),
  };
  for (const [name, create] of Object.entries(features)) {
    try {
      context.subscriptions.push(...[create()].flat());
    } catch (error) {
      // One feature that cannot start must not take the others with it.
      log.error(`${name}: ${messageOf(error)}`);
    }
  }
  const api = createApi(store, explorations.api());
  // The tests in the extension host decide in the person's place.
  const forTests = { ...api, store, explorer: () => explorations.explorer(), models };
  return context.extensionMode === ExtensionMode.Test ? forTests : api;
}

/** Lets runs and the session server finish what they have before the window goes. */
export async function deactivate(): Promise<void> {
  await exploring?.end();
  await running?.stop();
}
