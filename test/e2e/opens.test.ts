/** The installed extension shows up in a real window. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { screenshotThemes } from './support/screenshots.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({ name: 'opens' });
});

afterAll(() => window.close());

test('the Multipath view opens from the activity bar', async () => {
  await window.openView('Multipath');
  await screenshotThemes(window, 'opens');
  expect(await window.page.locator('.sidebar').innerText()).toContain('Multipath');
});
