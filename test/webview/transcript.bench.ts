/**
 * Opening a transcript of 50,000 messages in the panel, in a real browser, and scrolling in it. The
 * host is played and answers at once, so what is measured is the panel. It stands here and not in
 * test/bench because its code runs in a page and is typed with the page's library.
 */
import type { Page } from 'playwright-core';
import { launchBrowser } from '../../scripts/lib/browser.ts';
import { defineBenchmark, type Bench } from '../bench/support/benchmark.ts';
import { longScene } from './support/scenes.ts';
import { servePanels } from './support/server.ts';
import { PlayedTranscriptHost } from './support/transcriptHost.ts';

const ROUNDS = 7;
const WHEEL_TURNS = 80;

interface Seen {
  /** Milliseconds from the start of the navigation until a message was to be seen. */
  firstMessage: number;
  /** Durations of the tasks over 50 ms: the browser reports no shorter ones. */
  longTasks: number[];
}

declare global {
  interface Window {
    seen: Seen;
  }
}

export const benchmark = defineBenchmark({
  name: 'transcript',
  limitSeconds: 90,
  figures: {
    open: {
      unit: 'ms',
      statistic: 'median',
      baseline: 'the panel with 50 messages',
      goal: { atMost: 1_000 },
    },
    'longest task while scrolling': { unit: 'ms', statistic: 'max', goal: { atMost: 50 } },
  },
  run: async (bench) => {
    const { long, brief } = await openBoth(bench);
    const opened: { subject: number[]; baseline: number[] } = { subject: [], baseline: [] };
    for (let round = 0; round <= ROUNDS; round++) {
      const subject = await timeToFirstMessage(long);
      const baseline = await timeToFirstMessage(brief);
      if (round === 0) continue;
      opened.subject.push(subject);
      opened.baseline.push(baseline);
    }
    const tasks = await longTasksWhileScrolling(long);
    return { open: opened, 'longest task while scrolling': { subject: [0, ...tasks] } };
  },
});

async function openBoth(bench: Bench): Promise<{ readonly long: Page; readonly brief: Page }> {
  const server = await servePanels();
  bench.onEnd(() => server.close());
  const browser = await launchBrowser();
  bench.onEnd(() => browser.close());
  const open = async (messages: number): Promise<Page> => {
    const { page } = await new PlayedTranscriptHost(longScene(messages)).open(browser, server);
    await page.addInitScript(watch);
    return page;
  };
  return { long: await open(50_000), brief: await open(50) };
}

/** Runs in the page before anything else. */
function watch(): void {
  window.seen = { firstMessage: 0, longTasks: [] };
  const observer = new PerformanceObserver((list) => {
    window.seen.longTasks.push(...list.getEntries().map(({ duration }) => duration));
  });
  observer.observe({ type: 'longtask' });
  const look = (): void => {
    const message = document.querySelector('mp-item');
    if (message !== null && message.getBoundingClientRect().height > 0) {
      window.seen.firstMessage = performance.now();
    } else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}

async function timeToFirstMessage(page: Page): Promise<number> {
  await page.bringToFront();
  await page.reload();
  await page.waitForFunction(() => window.seen.firstMessage > 0);
  return page.evaluate(() => window.seen.firstMessage);
}

/** By the wheel, as a person does, then to places far away, as on the scrollbar. */
async function longTasksWhileScrolling(page: Page): Promise<number[]> {
  await page.bringToFront();
  await page.mouse.move(400, 300);
  await page.evaluate(() => (window.seen.longTasks = []));
  for (let turn = 0; turn < WHEEL_TURNS; turn++) {
    await page.mouse.wheel(0, -600);
    await nextFrame(page);
  }
  for (const share of [0.5, 0.1, 0.9]) {
    await page.locator('mp-list').evaluate((list, part) => {
      list.scrollTop = (list.scrollHeight - list.clientHeight) * part;
    }, share);
    for (let frame = 0; frame < 30; frame++) await nextFrame(page);
  }
  return page.evaluate(() => window.seen.longTasks);
}

function nextFrame(page: Page): Promise<unknown> {
  return page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
}
