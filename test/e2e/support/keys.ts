/**
 * Where keys go. The focus follows a click or a command some moments later, and a webview hears no
 * key before its document is there: a story waits here until what it presses keys for has the focus.
 */
import type { Frame } from 'playwright-core';
import { expect } from 'vitest';
import type { VscodeWindow } from './window.ts';

/** Of an element, as the page knows it. */
interface InDocument {
  readonly ownerDocument: { readonly activeElement: unknown };
}

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
 * The panel of this kind that has the focus, once it draws what is looked for. Another of its kind may
 * be visible beside it, or still be seen for a moment where it stands now.
 */
export async function focusedPanel(
  window: VscodeWindow,
  panel: string,
  drawn: string,
): Promise<Frame> {
  const isReady = async (frame: Frame) =>
    (await hasFocus(frame)) && (await frame.locator(drawn).first().isVisible());
  let found: Frame | undefined;
  const find = async () => {
    for (const frame of await window.webviews(panel)) {
      // A frame may go away while we look.
      if (await isReady(frame).catch(() => false)) found = frame;
    }
    return found;
  };
  await expect.poll(find, { timeout: 30_000 }).toBeDefined();
  if (found === undefined) throw new Error(`no ${panel} has the focus`);
  return found;
}

/** A webview is a document in a document of the window: each has to be where the focus is. */
async function hasFocus(frame: Frame): Promise<boolean> {
  const parent = frame.parentFrame();
  if (parent === null) return true;
  const isActive = (element: InDocument) => element.ownerDocument.activeElement === element;
  const element = await frame.frameElement();
  return (await element.evaluate(isActive)) && hasFocus(parent);
}
