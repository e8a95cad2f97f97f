/**
 * Finds a Chromium to drive: the one named by CHROME_PATH, else an installed Chrome, Edge or
 * Chromium at its usual places, else one that npm can bring, else a message that says what to
 * install.
 */
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { npmBrowser, type NpmBrowser } from './npmBrowser.ts';

const flags = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
];

function findBrowser(): NpmBrowser {
  const wished = process.env['CHROME_PATH'];
  if (wished !== undefined && !existsSync(wished)) {
    throw new Error(`CHROME_PATH names ${wished}, which does not exist.`);
  }
  const found = wished ?? candidates().find((path) => existsSync(path));
  if (found !== undefined) return { program: found, env: {} };
  const brought = npmBrowser();
  if (brought !== undefined) return brought;
  throw new Error(
    'No browser found for the tests in a real window. Install Google Chrome, Microsoft Edge or ' +
      'Chromium (Debian and Ubuntu: sudo apt-get install chromium; macOS: brew install --cask ' +
      'google-chrome; Windows: winget install Google.Chrome), or set CHROME_PATH to its program.',
  );
}

/**
 * Starts the browser without a window. The caller closes it. Rejects with a message that says what
 * to install where there is none.
 */
export async function launchBrowser(): Promise<Browser> {
  const { program, env } = findBrowser();
  return chromium.launch({
    executablePath: program,
    env: { ...process.env, ...env },
    args: flags,
    timeout: 60_000,
  });
}

function candidates(): string[] {
  switch (process.platform) {
    case 'darwin':
      return [
        '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
        '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
        '/Applications/Chromium.app/Contents/MacOS/Chromium',
      ];
    case 'win32':
      return ['ProgramFiles', 'ProgramFiles(x86)', 'LOCALAPPDATA'].flatMap((variable) => {
        const base = process.env[variable];
        if (base === undefined) return [];
        return [
          join(base, 'Google', 'Chrome', 'Application', 'chrome.exe'),
          join(base, 'Microsoft', 'Edge', 'Application', 'msedge.exe'),
          join(base, 'Chromium', 'Application', 'chrome.exe'),
        ];
      });
    default: {
      const names = [
        ...['google-chrome', 'google-chrome-stable', 'microsoft-edge', 'microsoft-edge-stable'],
        ...['chromium', 'chromium-browser'],
      ];
      const folders = (process.env['PATH'] ?? '').split(delimiter);
      return names.flatMap((name) => folders.map((folder) => join(folder, name)));
    }
  }
}
