/** Lines added and removed, as everywhere: `+38 −4`, without the part that is zero. */
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount, UNKNOWN } from '../shared/format.ts';

export function renderLineCounts(added: number, removed: number): TemplateResult {
  if (added === 0 && removed === 0) return html`${UNKNOWN}`;
  return html`${added > 0 ? html`<span class="mp-added">+${formatCount(added)}</span>` : nothing}
  ${removed > 0 ? html`<span class="mp-removed">−${formatCount(removed)}</span>` : nothing}`;
}
