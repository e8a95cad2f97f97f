/**
 * Questions to the person, asked with VS Code's quick inputs. When the palette closes VS Code gives
 * the focus back to the page that had it; that arrives some moments later, and a picker that is open
 * by then would close before anybody saw it. So a question stays while it is new, and takes the focus
 * back from a page. Escape closes it at any time.
 */
import {
  window,
  type InputBoxOptions,
  type InputBoxValidationMessage,
  type QuickInput,
  type QuickPick,
  type QuickPickItem,
  type QuickPickOptions,
} from 'vscode';

/** How long a question is new, in milliseconds: a busy page takes the focus late. */
const NEW_MS = 1_500;
/** How often it takes the focus back: the person may mean it. */
const MOST_TIMES = 3;

/** What new questions do when a page took the focus. */
const retaking = new Set<() => void>();

/** Call when one of our pages took the focus. */
export function pageTookFocus(): void {
  for (const retake of [...retaking]) retake();
}

/**
 * Shows a quick input, in place of its own `show`.
 * @param hidden is told once, when it is over; in place of the input's own `onDidHide`
 */
export function showInput(input: QuickInput, hidden: () => void): void {
  const stays = input.ignoreFocusOut;
  let left = MOST_TIMES;
  let hidings = 0;
  const retake = (): void => {
    if (left === 0) return;
    left--;
    // An input that is shown takes the focus only where it was hidden.
    hidings++;
    input.hide();
    giveItemsAgain(input);
    input.show();
  };
  const grown = (): void => {
    clearTimeout(timer);
    retaking.delete(retake);
    input.ignoreFocusOut = stays;
  };
  const listener = input.onDidHide(() => {
    if (hidings > 0) {
      hidings--;
      return;
    }
    listener.dispose();
    grown();
    hidden();
  });
  const timer = setTimeout(grown, NEW_MS);
  retaking.add(retake);
  input.ignoreFocusOut = true;
  input.show();
}

/** VS Code empties the list of a picker that is shown again, but for what it is given while hidden. */
function giveItemsAgain(input: QuickInput): void {
  if (!isPicker(input)) return;
  const { items, activeItems, selectedItems } = input;
  input.items = items;
  if (activeItems.length > 0) input.activeItems = activeItems;
  if (input.canSelectMany) input.selectedItems = selectedItems;
}

function isPicker(input: QuickInput): input is QuickPick<QuickPickItem> {
  return 'activeItems' in input;
}

type Items<T> = readonly T[] | Thenable<readonly T[]>;
type Many = QuickPickOptions & { readonly canPickMany: true };
type One = QuickPickOptions & { readonly canPickMany?: false };

/** Asks for one of the items, or several; `undefined` where the person went away. */
export function pickFrom<T extends QuickPickItem>(
  items: Items<T>,
  options: Many,
): Promise<T[] | undefined>;
export function pickFrom<T extends QuickPickItem>(
  items: Items<T>,
  options: One,
): Promise<T | undefined>;
export async function pickFrom<T extends QuickPickItem>(
  items: Items<T>,
  options: QuickPickOptions,
): Promise<T | T[] | undefined> {
  const { canPickMany: several = false, prompt } = options;
  const picker = window.createQuickPick<T>();
  picker.title = options.title;
  picker.placeholder = options.placeHolder;
  if (prompt !== undefined) picker.prompt = prompt;
  picker.canSelectMany = several;
  picker.matchOnDescription = options.matchOnDescription ?? false;
  picker.matchOnDetail = options.matchOnDetail ?? false;
  picker.ignoreFocusOut = options.ignoreFocusOut ?? false;
  const fill = (all: readonly T[]): void => {
    picker.busy = false;
    picker.items = all;
    if (several) picker.selectedItems = all.filter(({ picked }) => picked === true);
  };
  try {
    return await new Promise<T | T[] | undefined>((resolve, reject) => {
      picker.onDidAccept(() => {
        if (several) resolve([...picker.selectedItems]);
        else if (picker.selectedItems[0]) resolve(picker.selectedItems[0]);
      });
      picker.busy = true;
      if ('then' in items) items.then(fill, reject);
      else fill(items);
      showInput(picker, () => resolve(undefined));
    });
  } finally {
    picker.dispose();
  }
}

type LineOptions = Omit<InputBoxOptions, 'validateInput'> & {
  readonly validateInput?: (value: string) => string | undefined;
};

/** Asks for a line; what was typed stays when the person looks something up elsewhere. */
export async function askText(options: LineOptions): Promise<string | undefined> {
  const { prompt, validateInput = () => undefined } = options;
  const input = window.createInputBox();
  input.title = options.title;
  input.value = options.value ?? '';
  input.placeholder = options.placeHolder;
  if (prompt !== undefined) input.prompt = prompt;
  input.password = options.password ?? false;
  input.ignoreFocusOut = true;
  const validate = (): InputBoxValidationMessage | string | undefined =>
    (input.validationMessage = validateInput(input.value));
  try {
    return await new Promise<string | undefined>((resolve) => {
      input.onDidChangeValue(validate);
      input.onDidAccept(() => {
        if (validate() === undefined) resolve(input.value);
      });
      showInput(input, () => resolve(undefined));
    });
  } finally {
    input.dispose();
  }
}
