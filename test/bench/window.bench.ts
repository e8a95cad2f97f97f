/**
 * A real VS Code with a store of 10,000 sessions: how long activation takes beside an extension
 * that does nothing, how long the extension host is busy at a stretch while the tree is shown, and
 * when the tree's first row is to be seen after the first click in a new window: activation, start
 * of the session server and opening of the store included.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/lib/browser.ts';
import { out } from '../../scripts/lib/paths.ts';
import { createSandbox, type Sandbox } from '../../scripts/lib/sandbox.ts';
import {
  installVscodeServer,
  startHostServer,
  type VscodeServer,
} from '../../scripts/lib/vscodeServer.ts';
import { buildExtensions, type BuiltExtensions } from './host/builtExtension.ts';
import type { HostFigures, HostResult } from './host/measure.ts';
import { defineBenchmark, type Bench } from './support/benchmark.ts';
import { fillCatalogue } from './support/catalogue.ts';

const SESSIONS = 10_000;
const HOST_ROUNDS = 3;
const PAINT_WINDOWS = 3;
const WINDOW_MS = 60_000;

export const benchmark = defineBenchmark({
  name: 'window',
  limitSeconds: 300,
  figures: {
    activation: {
      unit: 'ms',
      statistic: 'median',
      baseline: 'an extension that does nothing',
      goal: { atMost: 30 },
    },
    'longest task in the host': { unit: 'ms', statistic: 'median', goal: { atMost: 50 } },
    'first paint of the tree': { unit: 'ms', statistic: 'median', goal: { atMost: 300 } },
  },
  run: async (bench) => {
    const window = await prepare(bench);
    const activation = { subject: [] as number[], baseline: [] as number[] };
    const longestTasks: number[] = [];
    for (let round = 0; round <= HOST_ROUNDS; round++) {
      const ours = await measureInHost(window, window.extensions.multipath);
      const empty = await measureInHost(window, window.extensions.empty);
      if (round === 0) continue; // the first windows warm the server's caches
      activation.subject.push(ours.activation);
      activation.baseline.push(empty.activation);
      longestTasks.push(longestTask(window, ours));
    }
    const paints: number[] = [];
    for (let number = 0; number < PAINT_WINDOWS; number++) paints.push(await firstPaint(window));
    return {
      activation,
      'longest task in the host': { subject: longestTasks },
      'first paint of the tree': { subject: paints },
    };
  },
});

interface Prepared {
  readonly sandbox: Sandbox;
  readonly server: VscodeServer;
  readonly browser: Browser;
  readonly extensions: BuiltExtensions;
  readonly results: string;
  readonly storePath: string;
}

async function prepare(bench: Bench): Promise<Prepared> {
  installVscodeServer();
  const results = join(bench.folder, 'results');
  mkdirSync(results);
  const made = createSandbox(join(bench.folder, 'sandbox'));
  const sandbox = { ...made, env: { ...made.env, MULTIPATH_BENCH_RESULTS: results } };
  const storePath = join(sandbox.userData, 'data/User/globalStorage/multipath.multipath');
  await fillCatalogue(storePath, { sessions: SESSIONS });
  const extensions = await buildExtensions(bench.folder);
  const server = await startHostServer(sandbox, join(out, 'logs', 'bench-window.log'));
  bench.onEnd(() => server.stop());
  const browser = await launchBrowser();
  bench.onEnd(() => browser.close());
  return { sandbox, server, browser, extensions, results, storePath };
}

/** Opens a window that runs host/measure.ts and waits for what it writes. */
async function measureInHost(window: Prepared, extension: string): Promise<HostFigures> {
  const file = join(window.results, `${readdirSync(window.results).length}.json`);
  const page = await openWindow(window, extension, window.extensions.measure);
  const deadline = Date.now() + WINDOW_MS;
  while (!existsSync(file)) {
    if (Date.now() > deadline) {
      const log = readFileSync(window.server.logFile, 'utf8').slice(-2_000);
      throw new Error(`The extension host gave no figures:\n${log}`);
    }
    await sleep(100);
  }
  await page.context().close();
  // Written by host/measure.ts, whole.
  const figures = JSON.parse(readFileSync(file, 'utf8')) as HostResult;
  if ('failure' in figures) throw new Error(figures.failure);
  return figures;
}

/** @throws Error where the window did not show the store that was filled for it */
function longestTask({ storePath }: Prepared, { tree }: HostFigures): number {
  if (tree?.storePath !== storePath || tree.sessions < SESSIONS) {
    throw new Error(`The window used another store: ${JSON.stringify(tree)}`);
  }
  return tree.longestTask;
}

/** Milliseconds from the click on the view's icon until its first row is there. */
async function firstPaint(window: Prepared): Promise<number> {
  const page = await openWindow(window, window.extensions.multipath);
  page.setDefaultTimeout(WINDOW_MS);
  await page.locator('.monaco-workbench .statusbar').waitFor();
  const tab = page.locator('.activitybar').getByRole('tab', { name: 'Multipath' }).first();
  await tab.waitFor();
  await sleep(2_000); // the window's own start is not what is measured
  const painted = page.evaluate(
    `new Promise((resolve) => {
      let clicked;
      addEventListener('pointerdown', (event) => (clicked ??= event.timeStamp), true);
      const look = () => {
        const row = document.querySelector('.sidebar .monaco-list-row[aria-level="2"]');
        if (clicked !== undefined && row) resolve(performance.now() - clicked);
        else requestAnimationFrame(look);
      };
      look();
    })`,
  );
  await tab.click();
  const time = Number(await painted);
  await page.context().close();
  return time;
}

async function openWindow(window: Prepared, extension: string, tests?: string): Promise<Page> {
  const { server, sandbox, browser } = window;
  const remote = `vscode-remote://127.0.0.1:${server.port}`;
  const payload = [
    ['extensionDevelopmentPath', `${remote}${extension}`],
    ...(tests === undefined ? [] : [['extensionTestsPath', `${remote}${tests}`]]),
  ];
  const query = new URLSearchParams({
    folder: sandbox.workspace,
    payload: JSON.stringify(payload),
  });
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  const page = await context.newPage();
  await page.goto(`${server.address}/?${query.toString()}`);
  return page;
}
