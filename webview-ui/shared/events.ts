/** The events by which the panels' elements ask for things, by name, with what each carries. */
export interface PanelEvents {
  'mp-open-link': { readonly url: string };
  'mp-open-full': { readonly index: number };
  'mp-open-session': { readonly sessionId: string; readonly reveal?: number };
  'mp-copy': { readonly text: string };
  /** A fold was opened or closed. */
  'mp-fold': { readonly key: string; readonly open: boolean };
  'mp-fork': { readonly index: number };
  /** The cursor came to a message. */
  'mp-focus': { readonly index: number };
  /** The scroll position changed. */
  'mp-moved': null;
  /** The shared prefix is to be shown or hidden. */
  'mp-expand': { readonly open: boolean };
  'mp-draft': { readonly text: string; readonly role: 'user' | 'assistant' };
  'mp-add': { readonly text: string; readonly role: 'user' | 'assistant' };
}

/** Tells whoever listens above this element. */
export function emit<K extends keyof PanelEvents>(
  from: EventTarget,
  name: K,
  detail: PanelEvents[K],
): void {
  from.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
}

/** Hears what `emit` tells on this element or below it. */
export function listen<K extends keyof PanelEvents>(
  to: EventTarget,
  name: K,
  run: (detail: PanelEvents[K]) => void,
): void {
  to.addEventListener(name, (event) => {
    // Only emit() makes events of these names, with the detail that belongs to each.
    run((event as CustomEvent<PanelEvents[K]>).detail);
  });
}
