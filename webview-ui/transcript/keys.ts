/** What the keyboard does in the list of messages. Keys inside a message's own controls stay theirs. */
import type { ItemElement } from './item.ts';

interface Cursor {
  /** The message the cursor is on, or the first in the page. */
  readonly row: ItemElement | undefined;
  /** True when the message itself has the focus, not something in it. */
  readonly rowHasFocus: boolean;
  readonly viewport: DOMRect;
  readonly first: number;
  readonly last: number;
}

/** The index to go to, `'handled'` when the key did something else, `undefined` when it is not ours. */
export function nextTarget(event: KeyboardEvent, cursor: Cursor): number | 'handled' | undefined {
  const { row, first, last } = cursor;
  const index = row?.message?.index;
  if (row === undefined || index === undefined || event.defaultPrevented) return undefined;
  if (isCopy(event)) {
    if (getSelection()?.isCollapsed === false) return undefined;
    row.copy();
    return 'handled';
  }
  if (event.key.toLowerCase() === 'f' && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    row.fork();
    return 'handled';
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return undefined;
  if (event.key === 'e') {
    row.explore();
    return 'handled';
  }
  switch (event.key) {
    case 'ArrowDown':
      // The rest of a long message is scrolled into view before the next one is gone to.
      if (row.getBoundingClientRect().bottom > cursor.viewport.bottom + 1) return undefined;
      return Math.min(index + 1, last);
    case 'j':
      return Math.min(index + 1, last);
    case 'ArrowUp':
      if (row.getBoundingClientRect().top < cursor.viewport.top - 1) return undefined;
      return Math.max(index - 1, first);
    case 'k':
      return Math.max(index - 1, first);
    case 'Home':
      return first;
    case 'End':
      return last;
    case 'Enter':
    case ' ':
      if (!cursor.rowHasFocus) return undefined;
      row.toggleFolds();
      return 'handled';
    default:
      return undefined;
  }
}

function isCopy(event: KeyboardEvent): boolean {
  return event.key.toLowerCase() === 'c' && (event.ctrlKey || event.metaKey) && !event.altKey;
}
