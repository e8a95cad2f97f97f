/**
 * Begins the work once there is somebody to see it: nothing starts before the view is visible. From
 * then on the session server follows the agents' folders by itself; agents that came to this machine
 * since are looked for when the person comes back to the window.
 */
import { window, workspace } from 'vscode';
import { messageOf } from '../core/errors.ts';
import { disposeAll, type Disposable } from './disposable.ts';
import type { Consent } from './consent/consent.ts';
import type { Importer } from './importer.ts';
import type { HostServices } from './services.ts';
import type { SessionsView } from './tree/sessionsView.ts';

/** Milliseconds between two looks for agents that nobody asked for. */
const INTERVAL_MS = 600_000;

export function registerCatchUp(
  consent: Consent,
  importer: Importer,
  { view }: SessionsView,
  { store, log }: Pick<HostServices, 'store' | 'log'>,
): Disposable {
  /** A project that was moved or renamed is found where it is open now. */
  const noteFolders = async () => {
    const folders = (workspace.workspaceFolders ?? [])
      .filter(({ uri }) => uri.scheme === 'file')
      .map(({ uri }) => uri.fsPath);
    try {
      if (consent.granted && folders.length > 0) await store.noteFolders(folders);
    } catch (error) {
      log.warn(`Projects that were moved are looked for later: ${messageOf(error)}`);
    }
  };
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async () => {
    // The first look does not wait for the focus: a window may open in the background.
    const isFirst = lookedAt === Number.NEGATIVE_INFINITY;
    if (!view.visible || !(window.state.focused || isFirst)) return;
    if (Date.now() - lookedAt < INTERVAL_MS) return;
    lookedAt = Date.now();
    await consent.surveyQuietly();
    void noteFolders();
    // The server catches up when it starts; this shows it. What a person stopped is not begun again.
    if (isFirst && consent.granted) await importer.runInBackground();
  };
  const subscriptions = [
    view.onDidChangeVisibility(() => void look()),
    window.onDidChangeWindowState(() => void look()),
    workspace.onDidChangeWorkspaceFolders(() => void noteFolders()),
  ];
  void look();
  return {
    dispose: () => {
      disposeAll(subscriptions);
    },
  };
}
