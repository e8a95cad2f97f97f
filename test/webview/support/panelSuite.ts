/** One browser and one server for the tests of a file, and every panel it opened closed after each. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchBrowser } from '../../../scripts/lib/browser.ts';
import type { PanelOptions, PanelPage } from './page.ts';
import type { PlayedHost } from './playedHost.ts';
import { servePanels, type PanelServer } from './server.ts';

/** Call at the top of a test file; what it returns opens a panel on what `play` is given. */
export function panelSuite<Given, Host extends Pick<PlayedHost<never, never>, 'open'>>(
  play: (given: Given) => Host,
): (
  given: Given,
  options?: PanelOptions,
  prepare?: (host: Host) => void,
) => Promise<PanelPage & { readonly host: Host }> {
  let browser: Browser | undefined;
  let server: PanelServer | undefined;
  const open: PanelPage[] = [];

  beforeAll(async () => {
    [browser, server] = await Promise.all([launchBrowser(), servePanels()]);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((panel) => panel.close()));
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  return async (given, options, prepare) => {
    if (browser === undefined || server === undefined) throw new Error('The suite has not begun.');
    const host = play(given);
    prepare?.(host);
    const panel = await host.open(browser, server, options);
    open.push(panel);
    return { ...panel, host };
  };
}
