/** What the keyboard does in the graph. */
import type { Laid, Layout } from './layout.ts';
import { siblingsOf } from './twin.ts';

export type KeyAction =
  | { readonly type: 'go'; readonly to: Laid }
  | { readonly type: 'open'; readonly atFork: boolean }
  | { readonly type: 'choose' | 'compare' | 'zoom-in' | 'zoom-out' | 'show-all' | 'clear' };

/** `undefined` for a key that is not the graph's. */
export function actionOf(event: KeyboardEvent, layout: Layout, focus: Laid): KeyAction | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  const go = (to: Laid | undefined): KeyAction => ({ type: 'go', to: to ?? focus });
  switch (event.key) {
    case 'ArrowLeft':
      return go(focus.parent);
    case 'ArrowRight':
      return go(focus.children[0]);
    case 'ArrowDown':
      return go(beside(focus, layout, 1));
    case 'ArrowUp':
      return go(beside(focus, layout, -1));
    case 'Home':
      return go(layout.branches[0]);
    case 'End':
      return go(layout.branches.at(-1));
    case 'Enter':
      return { type: 'open', atFork: event.shiftKey };
    case ' ':
      return { type: 'choose' };
    case 'c':
    case 'C':
      return { type: 'compare' };
    case '+':
    case '=':
      return { type: 'zoom-in' };
    case '-':
      return { type: 'zoom-out' };
    case '0':
      return { type: 'show-all' };
    case 'Escape':
      return { type: 'clear' };
    default:
      return undefined;
  }
}

/** The next sibling; after the last, the next branch of the tree, so that all can be reached. */
function beside(focus: Laid, { branches }: Layout, step: 1 | -1): Laid | undefined {
  const siblings = siblingsOf(focus, branches);
  return siblings[siblings.indexOf(focus) + step] ?? branches[branches.indexOf(focus) + step];
}
