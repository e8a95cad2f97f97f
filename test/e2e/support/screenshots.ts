/** Pictures of what a user sees, kept in out/screenshots for people to look at. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { out } from '../../../scripts/lib/paths.ts';
import type { Theme, VscodeWindow } from './window.ts';

const folder = join(out, 'screenshots');

/** One picture, `NAME.png`. */
export async function screenshot(window: VscodeWindow, name: string): Promise<void> {
  mkdirSync(folder, { recursive: true });
  await window.page.screenshot({ path: join(folder, `${name}.png`) });
}

/** The same view in every kind of theme, `NAME-THEME.png`. Leaves the window dark. */
export async function screenshotThemes(
  window: VscodeWindow,
  name: string,
  each: (theme: Theme) => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (const theme of ['light', 'contrast-light', 'contrast', 'dark'] as const) {
    await window.theme(theme);
    await each(theme);
    await screenshot(window, `${name}-${theme}`);
  }
}

/** Call in a test file: keeps a picture of what the window showed when a test failed. */
export function screenshotFailures(opened: () => VscodeWindow | undefined): void {
  afterEach(async ({ task }) => {
    const window = opened();
    if (task.result?.state !== 'fail' || window === undefined) return;
    await screenshot(window, `failed-${task.name.replaceAll(/\W+/g, '-')}`);
  });
}
