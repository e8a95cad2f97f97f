/**
 * Runs inside the extension host, as a test suite would: measures what only the host can see and
 * writes it to a file of the folder named by MULTIPATH_BENCH_RESULTS, one file per window.
 */
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { MultipathApi } from '../../../src/core/api.ts';

/** Times in milliseconds. */
export interface HostFigures {
  /** Of the extension that the window was opened with. */
  readonly activation: number;
  /** Absent for the extension that does nothing. */
  readonly tree?: {
    /** The longest that the extension host did nothing else while the view was shown. */
    readonly longestTask: number;
    readonly storePath: string;
    readonly sessions: number;
  };
}

/** How long a new window is left to itself, and how long the view may be busy after its answers. */
const SETTLE_MS = 1_500;

/** What a window's file holds: why there are no figures, where there are none. */
export type HostResult = HostFigures | { readonly failure: string };

export async function run(): Promise<void> {
  const folder = process.env['MULTIPATH_BENCH_RESULTS'];
  if (folder === undefined) throw new Error('MULTIPATH_BENCH_RESULTS names no folder.');
  const window = readdirSync(folder).length;
  const result = await measure().catch((error: unknown): HostResult => {
    return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  });
  // Whoever waits for the file must never see half of it.
  const part = join(folder, '..', 'part.json');
  writeFileSync(part, JSON.stringify(result));
  renameSync(part, join(folder, `${window}.json`));
}

async function measure(): Promise<HostFigures> {
  const multipath = vscode.extensions.getExtension<MultipathApi>('multipath.multipath');
  const extension = multipath ?? vscode.extensions.getExtension('bench.empty');
  if (!extension) throw new Error('Neither extension is loaded in this window.');
  await sleep(SETTLE_MS);
  const started = performance.now();
  await extension.activate();
  const activation = performance.now() - started;
  if (!multipath) return { activation };

  const { store } = multipath.exports;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await vscode.commands.executeCommand('workbench.view.extension.multipath');
  const { storePath, sessions } = await store.getStatus();
  const [project] = await store.listProjects();
  await store.listSessions({ ...(project && { project: project.key }), parentId: null });
  await sleep(SETTLE_MS);
  delay.disable();
  return { activation, tree: { longestTask: delay.max / 1e6, storePath, sessions } };
}
