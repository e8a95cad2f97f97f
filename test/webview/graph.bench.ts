/**
 * Drawing a family of 2,000 sessions in the panel, in a real browser: from the moment the store's
 * answer reaches the page until it is painted. The baseline lays the same nodes out with d3's tidy
 * tree in the same page and draws nothing. It stands here and not in test/bench because its code
 * runs in a page and is typed with the page's library.
 */
import * as esbuild from 'esbuild';
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/lib/browser.ts';
import { root } from '../../scripts/lib/paths.ts';
import type { FamilyBranch } from '../../src/core/family.ts';
import { defineBenchmark } from '../bench/support/benchmark.ts';
import { graphState, PlayedGraphHost } from './support/graphHost.ts';
import { largeFamily } from './support/graphScenes.ts';
import { servePanels } from './support/server.ts';

const SESSIONS = 2_000;
const ROUNDS = 7;

interface Drawing {
  /** When the answer came, and when what was drawn of it was painted; from the navigation on. */
  answered: number;
  painted: number;
}

declare global {
  interface Window {
    drawing: Drawing;
    /** Returns the width of the layout. */
    plainTree: (branches: readonly Pick<FamilyBranch, 'id' | 'parentId'>[]) => number;
  }
}

export const benchmark = defineBenchmark({
  name: 'graph',
  limitSeconds: 90,
  figures: {
    'draw 2,000 sessions': {
      unit: 'ms',
      statistic: 'median',
      baseline: 'd3’s tree layout of the same nodes, nothing drawn',
      goal: { atMost: 300 },
    },
  },
  run: async (bench) => {
    const server = await servePanels();
    bench.onEnd(() => server.close());
    const browser = await launchBrowser();
    bench.onEnd(() => browser.close());
    const host = new PlayedGraphHost(graphState(largeFamily(SESSIONS)));
    const { page } = await host.open(browser, server);
    await page.addInitScript(watch);
    const plain = await plainTree();
    const times = { subject: [] as number[], baseline: [] as number[] };
    for (let round = 0; round <= ROUNDS; round++) {
      const subject = await timeToPaint(page);
      const baseline = await timeOfPlainTree(page, plain, host.state.graph.branches);
      if (round === 0) continue;
      times.subject.push(subject);
      times.baseline.push(baseline);
    }
    return { 'draw 2,000 sessions': times };
  },
});

/** Runs in the page before anything else. */
function watch(): void {
  window.drawing = { answered: 0, painted: 0 };
  window.addEventListener('message', () => {
    if (window.drawing.answered === 0) window.drawing.answered = performance.now();
  });
  const look = (): void => {
    if (document.querySelector('[data-branch]') === null) requestAnimationFrame(look);
    else {
      // What this frame shows is on the screen when the next one begins.
      requestAnimationFrame(() => {
        window.drawing.painted = performance.now();
      });
    }
  };
  requestAnimationFrame(look);
}

async function timeToPaint(page: Page): Promise<number> {
  await page.bringToFront();
  await page.evaluate(() => sessionStorage.clear());
  await page.reload();
  await page.waitForFunction(() => window.drawing.painted > 0);
  return page.evaluate(() => window.drawing.painted - window.drawing.answered);
}

/** As a script for the page. */
async function plainTree(): Promise<string> {
  const { outputFiles } = await esbuild.build({
    stdin: {
      contents: `import { stratify, tree } from 'd3-hierarchy';
        window.plainTree = (branches) => {
          const laid = tree().nodeSize([1, 1])(stratify()(branches));
          let width = 0;
          laid.each(({ x }) => (width = Math.max(width, x)));
          return width;
        };`,
      resolveDir: root,
    },
    bundle: true,
    format: 'iife',
    write: false,
  });
  return outputFiles[0]?.text ?? '';
}

async function timeOfPlainTree(
  page: Page,
  script: string,
  branches: readonly FamilyBranch[],
): Promise<number> {
  await page.evaluate(script);
  const nodes = branches.map(({ id, parentId }) => ({ id, ...(parentId && { parentId }) }));
  return page.evaluate((all) => {
    const began = performance.now();
    const width = window.plainTree(all);
    if (!(width > 0)) throw new Error('Nothing was laid out.');
    return performance.now() - began;
  }, nodes);
}
