/** The events by which the message and transcript elements ask for things, by name, with what each carries. */
import { emit } from './element.ts';

export interface PanelEvents {
  'mp-open-link': { readonly url: string };
  'mp-open-full': { readonly index: number };
  /** `message` is the id of a message that is there, or was merged to there. */
  'mp-open-session': {
    readonly sessionId: string;
    readonly reveal?: number;
    readonly message?: string;
  };
  'mp-copy': { readonly text: string };
  /** A fold was opened or closed. */
  'mp-fold': { readonly key: string; readonly open: boolean };
  'mp-fork': { readonly index: number };
  'mp-explore': { readonly index: number };
  /** The run that fills this branch is to end, or to be tried again. */
  'mp-change-run': { readonly action: 'cancel' | 'retry' };
  /** The cursor came to a message, or to what is none yet. */
  'mp-focus': { readonly index: number | null };
  /** The scroll position changed. */
  'mp-moved': null;
  /** The shared prefix is to be shown or hidden. */
  'mp-expand': { readonly open: boolean };
  'mp-draft': { readonly text: string; readonly role: 'user' | 'assistant' };
  'mp-add': { readonly text: string; readonly role: 'user' | 'assistant' };
  /** Another branch is to be gone to. */
  'mp-navigate': { readonly to: 'forkPoint' | 'forks' | 'siblings' | 'next' | 'previous' };
  /** Folded rows of a comparison are to be shown. */
  'mp-unfold': { readonly rows: readonly number[] };
  /** A message of a comparison is to be opened in the diff editor beside its counterpart. */
  'mp-open-pair': { readonly row: number; readonly branch: number };
}

/** Tells whoever listens above this element. */
export function tell<K extends keyof PanelEvents>(
  from: EventTarget,
  name: K,
  detail: PanelEvents[K],
): void {
  emit(from, name, detail);
}

/** Hears what is told on this element or below it. */
export function hear<K extends keyof PanelEvents>(
  to: EventTarget,
  name: K,
  run: (detail: PanelEvents[K]) => void,
): void {
  to.addEventListener(name, (event) => {
    // Only tell() makes events of these names, with the detail that belongs to each.
    run((event as CustomEvent<PanelEvents[K]>).detail);
  });
}
