/** The inputs that an exploration is asked with: one step of several, from which an arrow leads back. */
import {
  QuickInputButtons,
  window,
  type Disposable,
  type QuickInput,
  type QuickPickItem,
} from 'vscode';
import { showInput } from '../ask.ts';
import { plain } from '../text.ts';
import { MOST_RUNS } from './summary.ts';

export const BACK = Symbol('back');
/** `undefined` when the person went away. */
export type Answer<T> = T | typeof BACK | undefined;
export const STEPS = 5;

interface ManyOptions {
  readonly step: number;
  readonly title: string;
  readonly placeholder: string;
  /** Stand over the list, each on a line of its own. */
  readonly problems: readonly string[];
  readonly none: string;
}

export function pickMany<T>(
  items: readonly (QuickPickItem & { readonly value: T })[],
  { step, title, placeholder, problems, none }: ManyOptions,
): Promise<Answer<T[]>> {
  const picker = window.createQuickPick<QuickPickItem & { readonly value: T }>();
  picker.title = title;
  picker.placeholder = placeholder;
  if (problems.length > 0) picker.prompt = problems.map((one) => plain(one, 400)).join(' ');
  picker.canSelectMany = true;
  picker.matchOnDescription = true;
  picker.items = items;
  picker.selectedItems = items.filter((item) => item.picked === true);
  return answered<T[]>(picker, step, (resolve) => [
    picker.onDidAccept(() => {
      const values = picker.selectedItems.map(({ value }) => value);
      if (values.length > 0) resolve(values.slice(0, MOST_RUNS));
      else picker.placeholder = none;
    }),
  ]);
}

export function pickOne(
  items: readonly QuickPickItem[],
  { step, title, placeholder }: Omit<ManyOptions, 'none' | 'problems'>,
): Promise<Answer<QuickPickItem>> {
  const picker = window.createQuickPick();
  picker.title = title;
  picker.placeholder = placeholder;
  picker.items = items;
  return answered<QuickPickItem>(picker, step, (resolve) => [
    picker.onDidAccept(() => {
      const [item] = picker.selectedItems;
      if (item) resolve(item);
    }),
  ]);
}

/** Shows an input until it is answered, left by the arrow, or closed. */
export async function answered<T>(
  input: QuickInput & {
    buttons: readonly unknown[];
    readonly onDidTriggerButton: (listener: (button: unknown) => void) => Disposable;
  },
  step: number,
  listen: (resolve: (value: T) => void) => readonly Disposable[],
): Promise<Answer<T>> {
  input.step = step;
  input.totalSteps = STEPS;
  input.ignoreFocusOut = true;
  if (step > 1) input.buttons = [QuickInputButtons.Back];
  const listeners: Disposable[] = [];
  try {
    return await new Promise<Answer<T>>((resolve) => {
      listeners.push(
        ...listen(resolve),
        input.onDidTriggerButton((button) => {
          if (button === QuickInputButtons.Back) resolve(BACK);
        }),
      );
      showInput(input, () => resolve(undefined));
    });
  } finally {
    for (const listener of listeners) listener.dispose();
    input.dispose();
  }
}
