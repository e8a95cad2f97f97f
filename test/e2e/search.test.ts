/** Searching by keyboard alone, from the palette to the message in its transcript. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeManySessions } from './support/manySessions.ts';
import { inputOf } from './support/quickInput.ts';
import { screenshot, screenshotFailures, screenshotThemes } from './support/screenshots.ts';
import { allowAgents, drawnTranscript } from './support/sessions.ts';
import { openWindow, type VscodeWindow } from './support/window.ts';

const SESSIONS = 300;
let window: VscodeWindow;

beforeAll(async () => {
  window = await openWindow({
    name: 'search',
    prepare: (sandbox) => writeManySessions(sandbox, SESSIONS),
  });
  await allowAgents(window);
  await window.page
    .locator('.statusbar')
    .getByText(`Multipath ${SESSIONS + 7}`)
    .waitFor();
});

afterAll(() => window.close());

screenshotFailures(() => window);

test('says what can be typed before anything is', async () => {
  await search();
  await window.pick('tag:').waitFor();
  await screenshot(window, 'search-hints');
});

test('finds while one types, and marks what was found', async () => {
  await type('backoff jitter 24');
  const hit = window.pick('Retry failed uploads, part 24').first();
  await hit.waitFor();
  await window.pick('backoff').first().waitFor();
  await press('Escape');
  await screenshotThemes(window, 'search', async () => {
    await search();
    await type('backoff');
    // Rows of an earlier picker may still be there, out of sight.
    await window.pick('words that stand together').waitFor({ state: 'hidden' });
    await window.pick('Why not').filter({ visible: true }).first().waitFor();
  });
});

test('says when there is nothing', async () => {
  await search();
  await type('zyzzyva');
  await window.pick('Nothing found').waitFor();
  await screenshot(window, 'search-nothing');
});

test('opens the transcript at the message with Enter', async () => {
  await type('"exponential backoff" part 24');
  // What is found while the words are still being typed is not what is opened.
  const hit = window.pick('part 24#').filter({ hasText: 'Why not' });
  await hit.waitFor();
  await expect.poll(() => window.pick('Why not').count(), { timeout: 10_000 }).toBe(3);
  expect(await hit.getAttribute('class')).toContain('focused');
  await press('Enter');
  const frame = await drawnTranscript(window);
  const message = frame.locator('mp-item', { hasText: 'Why not exponential backoff' });
  await message.waitFor();
  await expect
    .poll(
      async () => {
        const [box, view] = [
          await message.boundingBox(),
          await frame.locator('mp-list').boundingBox(),
        ];
        return box !== null && view !== null && box.y >= view.y && box.y < view.y + view.height;
      },
      { timeout: 10_000 },
    )
    .toBe(true);
  await screenshot(window, 'search-opened');
});

async function search(): Promise<void> {
  await window.command('Multipath: Search Sessions…');
  await window.page.locator('.quick-input-title', { hasText: 'Search Sessions' }).waitFor();
}

/** Letter by letter into the line of the picker, instead of what stands there. */
async function type(text: string): Promise<void> {
  await press('ControlOrMeta+A');
  await inputOf(window).pressSequentially(text);
}

function press(key: string): Promise<void> {
  return inputOf(window).press(key);
}
