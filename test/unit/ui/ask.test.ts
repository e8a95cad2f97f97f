/** Questions that stay while they are new, whoever takes the focus. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { askText, pageTookFocus, pickFrom } from '../../../src/ui/ask.ts';
import { inputBoxes, quickPicks } from '../support/vscode.ts';

const items = ['one', 'two'].map((label) => ({ label, picked: label === 'two' }));

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function shown() {
  const [picker] = quickPicks.splice(0);
  if (!picker) throw new Error('nothing is asked');
  return { picker, show: vi.spyOn(picker, 'show') };
}

it('stays and takes the focus back while it is new, and closes like any other later', async () => {
  const picked = pickFrom(items, { title: 'Which?' });
  const { picker, show } = shown();
  expect(picker).toMatchObject({ title: 'Which?', ignoreFocusOut: true, shown: true });
  for (let nth = 0; nth < 5; nth++) pageTookFocus();
  // The person may mean it.
  expect(show).toHaveBeenCalledTimes(3);
  expect(picker.drawn).toEqual(items);
  await vi.advanceTimersByTimeAsync(2_000);
  expect(picker).toMatchObject({ ignoreFocusOut: false, shown: true });
  pageTookFocus();
  expect(show).toHaveBeenCalledTimes(3);
  picker.accept(items[1]);
  expect(await picked).toBe(items[1]);
  expect(vi.getTimerCount()).toBe(0);
});

it('is over for whoever presses Escape, however new it is', async () => {
  const picked = pickFrom(Promise.resolve(items), { ignoreFocusOut: true });
  const { picker, show } = shown();
  await vi.advanceTimersByTimeAsync(10);
  expect(picker.items).toBe(items);
  pageTookFocus();
  picker.hide();
  expect(await picked).toBeUndefined();
  pageTookFocus();
  expect(show).toHaveBeenCalledTimes(1);
  expect(picker).toHaveProperty('ignoreFocusOut', true);
  expect(vi.getTimerCount()).toBe(0);
});

it('lets several be ticked, and says what its items failed with', async () => {
  const picked = pickFrom(items, { canPickMany: true });
  const { picker } = shown();
  expect(picker).toHaveProperty('selectedItems', [items[1]]);
  picker.accept(items);
  expect(await picked).toEqual(items);
  const failing = pickFrom(Promise.reject(new Error('The store is away.')), { title: 'Which?' });
  await expect(failing).rejects.toThrow('The store is away.');
  shown();
  await vi.advanceTimersByTimeAsync(2_000);
});

it('asks for a line that stays when one looks elsewhere, and takes none that does not do', async () => {
  const answer = askText({
    title: 'Title',
    validateInput: (value) => (value === '' ? 'Give it a title.' : undefined),
  });
  const [box] = inputBoxes.splice(0);
  box?.accept();
  expect(box).toMatchObject({ ignoreFocusOut: true, validationMessage: 'Give it a title.' });
  box?.type('Fork');
  box?.accept();
  expect(await answer).toBe('Fork');
  const left = askText({});
  inputBoxes.splice(0)[0]?.hide();
  expect(await left).toBeUndefined();
});
