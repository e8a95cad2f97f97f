/** What the keyboard means in the comparison. Inside a row, keys belong to what has the focus. */
export type Intent =
  | { readonly kind: 'step'; readonly by: 1 | -1 }
  | { readonly kind: 'go'; readonly row: number }
  | { readonly kind: 'open-pair' }
  | { readonly kind: 'merge' }
  /** The next branch becomes the one that the others are compared with. */
  | { readonly kind: 'next-reference' }
  | { readonly kind: 'follow'; readonly link: HTMLElement }
  /** Back from inside a row to the row itself. */
  | { readonly kind: 'leave'; readonly row: HTMLElement };

/** @param shown the rows on show, in order */
export function intentOf(event: KeyboardEvent, shown: readonly number[]): Intent | undefined {
  if (event.ctrlKey || event.metaKey || event.altKey) return undefined;
  if (event.key === 'F7') return { kind: 'step', by: event.shiftKey ? -1 : 1 };
  const { target } = event;
  if (!(target instanceof HTMLElement)) return undefined;
  if (event.key === 'Enter' && target.matches('a[data-href]')) {
    return { kind: 'follow', link: target };
  }
  const element = target.closest<HTMLElement>('[data-row]');
  if (element === null) {
    // Before anything has the focus, the keys that need no row work, and arrows lead to the rows.
    if (target !== document.body) return undefined;
    const first = goalOf(event.key, -1, shown);
    return first === undefined ? ofPanel(event.key) : { kind: 'go', row: first };
  }
  if (element !== target) {
    return event.key === 'Escape' ? { kind: 'leave', row: element } : undefined;
  }
  if (event.key === 'Enter') return { kind: 'open-pair' };
  const row = goalOf(event.key, Number(element.dataset['row']), shown);
  return row === undefined ? ofPanel(event.key) : { kind: 'go', row };
}

function ofPanel(key: string): Intent | undefined {
  switch (key.toLowerCase()) {
    case 'm':
      return { kind: 'merge' };
    case 'r':
      return { kind: 'next-reference' };
    default:
      return undefined;
  }
}

function goalOf(key: string, from: number, shown: readonly number[]): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return shown.find((row) => row > from);
    case 'ArrowUp':
      return shown.findLast((row) => row < from);
    case 'Home':
      return shown[0];
    case 'End':
      return shown.at(-1);
    default:
      return undefined;
  }
}
