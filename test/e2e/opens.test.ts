/** The installed extension shows up in a real window and finds the sample histories. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({ name: 'opens' });
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('the Multipath view opens from the activity bar and says what it found', async () => {
  await window.openView('Multipath');
  await window.treeItem(/Claude Code/).waitFor();
  await screenshotThemes(window, 'opens');
  expect(await window.treeItem(/Claude Code/).innerText()).toContain('6 files');
});
