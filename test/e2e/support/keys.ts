/**
 * Where keys go. The focus follows a click or a command some moments later, and a webview hears no
 * key before its document is there: a story waits here until what it presses keys for has the focus.
 */
import type { Frame } from 'playwright-core';
import { expect } from 'vitest';
import type { VscodeWindow } from './window.ts';

/** Gives the focus to the tree of sessions, by its command. */
export async function focusTree(window: VscodeWindow): Promise<void> {
  await window.command('Multipath: Focus on Sessions View');
  await window.page.locator('.sidebar .monaco-list:focus').first().waitFor();
}

/** Walks the tree from its first row with the arrows, to the row that holds this text. */
export async function walkTo(window: VscodeWindow, name: string): Promise<void> {
  await focusTree(window);
  const row = window.page.locator('.sidebar .monaco-list-row.focused');
  const first = window.page.locator('.sidebar .monaco-list-row[data-index="0"].focused');
  await window.page.keyboard.press('Home');
  await first.waitFor();
  for (let steps = 0; !(await row.innerText()).includes(name); steps++) {
    if (steps === 20) throw new Error(`the arrow does not lead to “${name}”`);
    const before = await row.innerText();
    await window.page.keyboard.press('ArrowDown');
    // The next key goes where this one leads: do not press it before the list has moved.
    await expect.poll(() => row.innerText()).not.toBe(before);
  }
}

/**
 * The visible panel of this kind, once its document has the focus and draws what is looked for: the
 * panel that was there before may still be seen for a moment.
 */
export async function focusedPanel(
  window: VscodeWindow,
  panel: string,
  drawn: string,
): Promise<Frame> {
  const isReady = async (frame: Frame) =>
    (await frame.evaluate<boolean>('document.hasFocus()')) &&
    (await frame.locator(drawn).first().isVisible());
  await expect
    .poll(
      async () => {
        const frame = await window.webview(panel);
        // A frame may go away while we look.
        return isReady(frame).catch(() => false);
      },
      { timeout: 30_000 },
    )
    .toBe(true);
  return window.webview(panel);
}
