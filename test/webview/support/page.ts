/**
 * A panel in a real browser page, with what VS Code gives a webview: `acquireVsCodeApi`, the theme
 * as variables on the root element, the default styles, and state that survives a reload.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { root } from '../../../scripts/lib/paths.ts';
import type { PanelServer } from './server.ts';

export const THEMES = ['dark', 'light', 'high-contrast', 'high-contrast-light'] as const;
export type Theme = (typeof THEMES)[number];

export interface PanelPage {
  readonly page: Page;
  /** Sends a message to the panel, as the host does. */
  post(message: unknown): Promise<void>;
  /** Addresses the page asked for that are not the panel's own. */
  readonly strayRequests: readonly string[];
  readonly dialogs: readonly string[];
  /** Uncaught errors and console errors, refusals by the policy among them. */
  readonly errors: readonly string[];
  close(): Promise<void>;
}

export interface PanelOptions {
  readonly theme?: Theme;
  readonly width?: number;
  readonly height?: number;
  readonly reducedMotion?: boolean;
}

/** Opens a panel; `receive` gets every message it sends, with a way to answer. */
export async function openPanel(
  browser: Browser,
  server: PanelServer,
  panel: string,
  receive: (message: unknown, post: (message: unknown) => Promise<void>) => void,
  { theme = 'dark', width = 848, height = 700, reducedMotion = false }: PanelOptions = {},
): Promise<PanelPage> {
  const context = await browser.newContext({
    viewport: { width, height },
    reducedMotion: reducedMotion ? 'reduce' : 'no-preference',
    colorScheme: theme.includes('light') ? 'light' : 'dark',
    timezoneId: 'UTC',
    locale: 'en-US',
  });
  const page = await context.newPage();
  const strayRequests: string[] = [];
  const dialogs: string[] = [];
  const errors: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(`${server.origin}/`) && !request.url().startsWith('data:,')) {
      strayRequests.push(request.url());
    }
  });
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  const post = async (message: unknown): Promise<void> => {
    await page
      .evaluate((data) => window.postMessage(data, '*'), message)
      // The page may be gone or reloading; then nobody waits for the answer either.
      .catch(() => undefined);
  };
  await page.exposeFunction('panelPosted', (message: unknown) => receive(message, post));
  await page.addInitScript(emulateWebview, { theme, variables: variablesOf(theme) });
  await page.goto(`${server.origin}/${panel}`);
  return { page, post, strayRequests, dialogs, errors, close: () => context.close() };
}

/** The theme's variables, as a real VS Code 1.139 sets them. */
function variablesOf(theme: Theme): Record<string, string> {
  const file = join(root, 'test/webview/themes', `${theme}.json`);
  // Written by a script from what VS Code sets: a flat table of strings.
  return JSON.parse(readFileSync(file, 'utf8')) as Record<string, string>;
}

/** Runs in the page before anything else. */
function emulateWebview({
  theme,
  variables,
}: {
  theme: string;
  variables: Record<string, string>;
}): void {
  const api = {
    postMessage: (message: unknown) =>
      (window as unknown as { panelPosted(message: unknown): void }).panelPosted(message),
    getState: (): unknown => JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined,
    setState: (state: unknown) => sessionStorage.setItem('state', JSON.stringify(state)),
  };
  Object.assign(window, { acquireVsCodeApi: () => api });
  const style = new CSSStyleSheet();
  style.replaceSync(`@layer vscode-default {
    html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
    body { margin: 0; padding: 0 20px; overscroll-behavior-x: none; color: var(--vscode-editor-foreground);
      font: var(--vscode-font-weight) var(--vscode-font-size) var(--vscode-font-family); }
    code { padding: 1px 3px; border-radius: 4px; color: var(--vscode-textPreformat-foreground);
      background-color: var(--vscode-textPreformat-background); font-family: monospace; }
    pre code { padding: 0; }
    a:focus, input:focus, select:focus, textarea:focus {
      outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
  }`);
  document.adoptedStyleSheets = [style];
  const apply = (): void => {
    for (const [name, value] of Object.entries(variables)) {
      document.documentElement.style.setProperty(name, value);
    }
    document.body.className = `vscode-body vscode-${theme}`;
    document.body.dataset['vscodeThemeKind'] = `vscode-${theme}`;
  };
  // The body comes after this: VS Code, too, sets the theme as soon as there is one.
  const observer = new MutationObserver(() => {
    if (document.querySelector('body') === null) return;
    observer.disconnect();
    apply();
  });
  observer.observe(document, { childList: true, subtree: true });
}
