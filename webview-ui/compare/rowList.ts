/** The rows on show, in chunks that are drawn while they are near; or a word on why there are none. */
import { html, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { t } from '../shared/strings.ts';
import type { ChunkContext } from './chunk.ts';
import { chunksOf, rowsOf, type Item } from './rowItems.ts';

/** Items drawn or left out together. */
const CHUNK = 20;

/**
 * @param wanted the row one was at, where it may be on show or not
 * @param version changes when rows have arrived
 */
export function renderRowList(
  items: readonly Item[],
  context: ChunkContext,
  wanted: number | undefined,
  version: number,
): TemplateResult {
  if (context.rows.length === 0) {
    return renderNone(t('None of these branches has messages of its own yet.'));
  }
  if (items.length === 0) return renderNone(t('No message of this role.'));
  const shown = rowsOf(items);
  // The row that the tab key reaches: the active one, else the first on show.
  const active = wanted !== undefined && shown.includes(wanted) ? wanted : shown[0];
  return html`<div class="mp-rows" role="group" aria-label=${t('Messages side by side')}>
    ${repeat(
      chunksOf(items, CHUNK),
      (_, at) => at,
      (chunk) =>
        html`<mp-compare-chunk
          .items=${chunk}
          .context=${context}
          .active=${chunk.some((item) => item.kind === 'row' && item.row === active) ? active : undefined}
          .version=${version}
        ></mp-compare-chunk>`,
    )}
  </div>`;
}

function renderNone(words: string): TemplateResult {
  return html`<div class="mp-span"><p class="mp-none mp-dim">${words}</p></div>`;
}
