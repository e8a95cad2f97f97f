/**
 * A VS Code window as a user has it: the packaged extension installed, sample sessions in a home of
 * its own, driven by mouse and keyboard in a real browser. Every wait is bounded by the page's
 * time limit and ends with a message that says what was looked for.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Frame, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../../../scripts/lib/browser.ts';
import { out } from '../../../scripts/lib/paths.ts';
import { createSandbox, type Sandbox } from '../../../scripts/lib/sandbox.ts';
import { startWindowServer, type VscodeServer } from '../../../scripts/lib/vscodeServer.ts';
import { installedExtensions } from './installed.ts';

export interface WindowOptions {
  /** Names the log of the server in out/logs. */
  readonly name: string;
  /** User settings beside the quiet ones. */
  readonly settings?: Record<string, unknown>;
  /** Runs before VS Code starts, to add or change files of the sandbox. */
  readonly prepare?: (sandbox: Sandbox) => void;
}

/** Opens a window on the sample workspace. The caller closes it. */
export async function openWindow(options: WindowOptions): Promise<VscodeWindow> {
  const folder = mkdtempSync(join(tmpdir(), 'multipath-e2e-'));
  const sandbox = { ...createSandbox(folder, options.settings), extensions: installedExtensions };
  options.prepare?.(sandbox);
  const server = await startWindowServer(sandbox, join(out, 'logs', `${options.name}.log`));
  const browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1400, height: 900 } });
  context.setDefaultTimeout(30_000);
  const window = new VscodeWindow(sandbox, server, browser, await context.newPage());
  await window.load();
  return window;
}

export class VscodeWindow {
  readonly sandbox: Sandbox;
  readonly server: VscodeServer;
  readonly page: Page;
  readonly #browser: Browser;

  constructor(sandbox: Sandbox, server: VscodeServer, browser: Browser, page: Page) {
    this.sandbox = sandbox;
    this.server = server;
    this.#browser = browser;
    this.page = page;
  }

  /** Opens the workspace; returns once the window can be used. */
  async load(): Promise<void> {
    const query = new URLSearchParams({ folder: this.sandbox.workspace });
    await this.page.goto(`${this.server.address}/?${query.toString()}`);
    await this.page.locator('.monaco-workbench .statusbar').waitFor();
  }

  /** Reloads the window as a person does, so that VS Code saves what it restores afterwards. */
  async reload(): Promise<void> {
    const reloaded = this.page.waitForEvent('load');
    await this.command('Developer: Reload Window');
    await reloaded;
    await this.page.locator('.monaco-workbench .statusbar').waitFor();
  }

  /** Opens another window on the same store, as a second VS Code window would be. */
  async openSecond(): Promise<VscodeWindow> {
    const page = await this.page.context().newPage();
    const second = new VscodeWindow(this.sandbox, this.server, this.#browser, page);
    await second.load();
    return second;
  }

  /** Ends browser and server and removes the sandbox. */
  async close(): Promise<void> {
    await this.#browser.close();
    await this.server.stop();
    rmSync(this.sandbox.folder, { recursive: true, force: true });
  }

  /** Runs a command by its full title in the palette, by keyboard alone. */
  async command(title: string): Promise<void> {
    await this.#choose(title, () => this.#palette(`>${title}`));
  }

  /** The row of the open quick pick that holds this text. */
  pick(label: string): Locator {
    return this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: label });
  }

  /** Opens a view container by the name on its icon in the activity bar. */
  async openView(name: string): Promise<void> {
    const tab = this.page.locator('.activitybar').getByRole('tab', { name }).first();
    await tab.waitFor();
    if ((await tab.getAttribute('aria-selected')) !== 'true') await tab.click();
    await this.page.locator('.sidebar').getByText(name, { exact: false }).first().waitFor();
  }

  /** The rows of the side bar's trees whose accessible name holds this text. */
  treeItem(name: string | RegExp): Locator {
    return this.page.locator('.sidebar').getByRole('treeitem', { name });
  }

  /** The tab of an editor: the whole title, or a pattern. */
  tab(name: string | RegExp): Locator {
    return this.page.locator('.tabs-container').getByRole('tab', { name, exact: true });
  }

  /** Notifications and their buttons. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  /**
   * The document of the visible webview of a panel, named as its folder in webview-ui. Waits until
   * it is there; with several of the same kind visible, takes the first.
   */
  async webview(panel: string): Promise<Frame> {
    const deadline = Date.now() + 30_000;
    while (Date.now() < deadline) {
      const [frame] = await this.webviews(panel);
      if (frame !== undefined) return frame;
      await this.page.waitForTimeout(100);
    }
    throw new Error(`no visible webview runs webview/${panel}.js`);
  }

  /** The documents of all visible webviews of a panel, as of now. */
  async webviews(panel: string): Promise<Frame[]> {
    const found: Frame[] = [];
    for (const frame of this.page.frames()) if (await isPanel(frame, panel)) found.push(frame);
    return found;
  }

  /** Takes the pointer off whatever it rested on, until nothing is shown for it any more. */
  async restPointer(): Promise<void> {
    const hover = this.page.locator('.monaco-hover.workbench-hover').filter({ visible: true });
    for (let attempt = 1; ; attempt++) {
      // In steps: what lies on the way hears that the pointer has left.
      await this.page.mouse.move(900, 400 + 20 * attempt, { steps: 5 });
      try {
        await hover.first().waitFor({ state: 'hidden', timeout: 2_000 });
        return;
      } catch (error) {
        if (attempt === 5) throw error;
        // It outlives the row that it was shown for, until the mouse is pressed somewhere.
        await this.page.locator('.sidebar .title-label').first().click();
      }
    }
  }

  /** Changes the colour theme as a user does and waits until the window wears it. */
  async theme(theme: Theme): Promise<void> {
    const worn = this.page.locator(`.monaco-workbench.${themes[theme].className}`);
    await this.#choose(themes[theme].name, async () => {
      await this.command('Preferences: Color Theme');
      const input = this.page.getByPlaceholder(/Color Theme/);
      await input.fill(themes[theme].name);
      return input;
    });
    await worn.waitFor();
  }

  /**
   * Chooses the row with exactly this label from a quick pick. A quick pick lists what there is at
   * the moment it opens, so it is opened again until the row is there.
   */
  async #choose(label: string, open: () => Promise<Locator>): Promise<void> {
    const rows = this.page.locator('.quick-input-list .monaco-list-row');
    const wanted = rows.filter({ has: this.page.getByText(label, { exact: true }) }).first();
    for (let attempt = 1; ; attempt++) {
      let input: Locator | undefined;
      try {
        input = await open();
        await wanted.waitFor({ timeout: 3_000 });
        await this.#moveTo(wanted, input);
        await input.press('Enter');
        return;
      } catch (error) {
        if (attempt === 10) throw new Error(`no "${label}" to choose`, { cause: error });
        // A quick pick that something else has closed takes no key.
        if (await input?.isVisible()) await input?.press('Escape');
      }
    }
  }

  /** Moves the focus of a quick pick down to a row. */
  async #moveTo(row: Locator, input: Locator): Promise<void> {
    for (let steps = 0; steps < 20; steps++) {
      if (/\bfocused\b/.test((await row.getAttribute('class')) ?? '')) return;
      await input.press('ArrowDown');
    }
    throw new Error('the row is not among the first of the list');
  }

  async #palette(text: string): Promise<Locator> {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget input[type="text"]');
    await input.waitFor({ timeout: 5_000 });
    await input.fill(text, { timeout: 5_000 });
    return input;
  }
}

export type Theme = 'dark' | 'light' | 'contrast' | 'contrast-light';

const themes = {
  dark: { name: 'Dark Modern', className: 'vs-dark' },
  light: { name: 'Light Modern', className: 'vs' },
  contrast: { name: 'Default High Contrast', className: 'hc-black' },
  'contrast-light': { name: 'Default High Contrast Light', className: 'hc-light' },
};

async function isPanel(frame: Frame, panel: string): Promise<boolean> {
  const holder = frame.parentFrame();
  if (!holder?.parentFrame()) return false;
  try {
    const script = frame.locator(`script[src*="/webview/${panel}.js"]`);
    if ((await script.count()) === 0) return false;
    return await (await holder.frameElement()).isVisible();
  } catch {
    // The frame went away while we looked; the next round sees what took its place.
    return false;
  }
}
