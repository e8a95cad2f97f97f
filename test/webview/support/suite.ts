/** One browser and one server for the tests of a file, and every panel it opened closed after it. */
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { launchBrowser } from '../../../scripts/lib/browser.ts';
import type { PanelOptions, PanelPage } from './page.ts';
import { servePanels, type PanelServer } from './server.ts';
import { PlayedHost, type Scene } from './transcriptHost.ts';

export interface Opened extends PanelPage {
  readonly host: PlayedHost;
}

/** Call at the top of a test file; what it returns opens a transcript panel on a scene. */
export function transcriptSuite(): (scene: Scene, options?: PanelOptions) => Promise<Opened> {
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

  return async (scene, options) => {
    if (browser === undefined || server === undefined) throw new Error('The suite has not begun.');
    const host = new PlayedHost(scene);
    const panel = await host.open(browser, server, options);
    open.push(panel);
    return { ...panel, host };
  };
}
