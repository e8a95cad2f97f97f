/**
 * Begins the work once there is somebody to see it: nothing starts before the view is visible, and
 * the agents' newest sessions are fetched when the person comes back to it.
 */
import { window } from 'vscode';
import { disposeAll, type Disposable } from './disposable.ts';
import type { Consent } from './consent/consent.ts';
import type { Importer } from './importer.ts';
import type { SessionsView } from './tree/sessionsView.ts';

/** Milliseconds between two looks at the agents' folders that nobody asked for. */
const INTERVAL_MS = 30_000;

export function registerCatchUp(
  consent: Consent,
  importer: Importer,
  { view }: SessionsView,
): Disposable {
  let lookedAt = Number.NEGATIVE_INFINITY;
  const look = async () => {
    // The first look does not wait for the focus: a window may open in the background.
    const due = window.state.focused || lookedAt === Number.NEGATIVE_INFINITY;
    if (!view.visible || !due) return;
    if (Date.now() - lookedAt < INTERVAL_MS) return;
    lookedAt = Date.now();
    await consent.surveyQuietly();
    if (consent.granted) await importer.runInBackground();
  };
  const subscriptions = [
    view.onDidChangeVisibility(() => void look()),
    window.onDidChangeWindowState(() => void look()),
  ];
  void look();
  return {
    dispose: () => {
      disposeAll(subscriptions);
    },
  };
}
