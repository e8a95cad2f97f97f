/**
 * Runs inside the extension host, as a test suite would: measures what only the host can see and
 * writes it to a file of the folder named by MULTIPATH_BENCH_RESULTS, one file per window.
 */
import { readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import * as vscode from 'vscode';
import type { MultipathApi } from '../../../src/extension.ts';

export interface HostFigures {
  /** Milliseconds. */
  readonly activation: number;
  readonly emptyActivation: number;
  /** The longest that the extension host did nothing else while the view was shown. */
  readonly longestTask: number;
  readonly storePath: string;
  readonly sessions: number;
}

/** What the view asks for when it is shown is answered within this, or it asks again later. */
const SETTLE_MS = 1_000;

export async function run(): Promise<void> {
  const folder = process.env['MULTIPATH_BENCH_RESULTS'];
  if (folder === undefined) throw new Error('MULTIPATH_BENCH_RESULTS names no folder.');
  const window = readdirSync(folder).length;
  const times = new Map<string, number>();
  const ids = ['multipath.multipath', 'bench.empty'];
  // Whichever comes first pays for what the host sets up once.
  for (const id of window % 2 === 0 ? ids : ids.toReversed()) {
    const extension = find(id);
    const started = performance.now();
    await extension.activate();
    times.set(id, performance.now() - started);
  }

  const { store } = find('multipath.multipath').exports as MultipathApi;
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await vscode.commands.executeCommand('workbench.view.extension.multipath');
  const { storePath, sessions } = await store.getStatus();
  const [project] = await store.listProjects();
  await store.listSessions({ ...(project && { project: project.key }), parentId: null });
  await sleep(SETTLE_MS);
  delay.disable();

  const figures: HostFigures = {
    activation: times.get('multipath.multipath') ?? NaN,
    emptyActivation: times.get('bench.empty') ?? NaN,
    longestTask: delay.max / 1e6,
    storePath,
    sessions,
  };
  // Whoever waits for the file must never see half of it.
  const part = join(folder, '..', 'part.json');
  writeFileSync(part, JSON.stringify(figures));
  renameSync(part, join(folder, `${window}.json`));
}

function find(id: string): vscode.Extension<unknown> {
  const extension = vscode.extensions.getExtension(id);
  if (!extension) throw new Error(`${id} is not loaded in this window.`);
  return extension;
}
