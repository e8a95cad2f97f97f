/**
 * The same family as a tree for screen readers: what the drawing shows is hidden from them. Of
 * thousands of branches those around the one that has the focus are in the page.
 */
import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Laid, Layout } from './layout.ts';
import { spoken, type BranchContext } from './words.ts';

/** Branches kept in the page on either side. */
const AROUND = 40;

export function itemId(branchId: string): string {
  return `mp-item-${branchId}`;
}

export function renderTwin(
  { branches }: Layout,
  context: BranchContext,
  focus: string,
  open: (branchId: string) => void,
): TemplateResult {
  const at = Math.max(
    0,
    branches.findIndex(({ branch }) => branch.id === focus),
  );
  const near = branches.slice(Math.max(0, at - AROUND), at + AROUND + 1);
  return html`<div class="mp-hidden" role="none">
    ${repeat(
      near,
      ({ branch }) => branch.id,
      (laid) => {
        const siblings = siblingsOf(laid, branches);
        return html`<div
          role="treeitem"
          id=${itemId(laid.branch.id)}
          aria-level=${laid.depth + 1}
          aria-setsize=${siblings.length}
          aria-posinset=${siblings.indexOf(laid) + 1}
          aria-selected=${context.chosen.has(laid.branch.id)}
          aria-current=${laid.branch.id === context.current}
          @click=${() => open(laid.branch.id)}
        >
          ${spoken(laid.branch, context)}
        </div>`;
      },
    )}
  </div>`;
}

/** Those that leave the same parent, in the order of the tree; the roots among themselves. */
export function siblingsOf({ parent }: Laid, branches: readonly Laid[]): readonly Laid[] {
  return parent ? parent.children : branches.filter((laid) => !laid.parent);
}
