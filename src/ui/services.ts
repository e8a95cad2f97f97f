/** What every feature of the extension host is built from. Constructed once, in extension.ts. */
import type { ExtensionContext, LogOutputChannel } from 'vscode';
import type { SessionStore } from '../core/sessionStore.ts';
import type { Runs } from './explore/runs.ts';
import type { SessionServer } from './sessionServer.ts';

export interface HostServices {
  readonly context: ExtensionContext;
  readonly log: LogOutputChannel;
  /** Survives restarts of the session server; calls wait for it to come back. */
  readonly store: SessionStore;
  readonly server: SessionServer;
  /** What is known of runs of explorations, here and in other windows. */
  readonly runs: Runs;
}
