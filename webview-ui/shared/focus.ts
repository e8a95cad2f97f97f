/**
 * Keeps the focus in the panel where an element that had it goes, while the panel has it. A frame that
 * gives an element the focus takes it from the window around it: a question that VS Code asks there
 * would close, with what was typed.
 */
export function keepFocus(to: HTMLElement): void {
  if (document.hasFocus()) to.focus({ preventScroll: true });
}
