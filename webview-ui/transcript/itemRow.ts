/** A message as a row of the feed: its place among all is told to screen readers. */
import { html, type TemplateResult } from 'lit';
import { formatCount } from '../shared/format.ts';
import { t } from '../shared/strings.ts';
import './item.ts';
import type { Pages } from './pages.ts';

/** What a row takes from its list. */
export interface ItemSource {
  readonly pages: Pages;
  readonly folds: Set<string>;
  readonly sessionId: string;
  readonly inherited: number;
  /** Rows there are, those of answers that are coming included. */
  readonly rowCount: number;
  /** Rows are only looked at: nothing can be done to a message. */
  readonly bare: boolean;
}

export function renderItem(list: ItemSource, index: number, isTabStop: boolean): TemplateResult {
  const { pages, rowCount } = list;
  return html`<mp-item
    role="article"
    tabindex=${isTabStop ? 0 : -1}
    aria-posinset=${index + 1}
    aria-setsize=${rowCount}
    aria-label=${t('Message {0} of {1}', formatCount(index + 1), formatCount(rowCount))}
    .message=${pages.message(index)}
    .forks=${pages.forks(index)}
    .merges=${pages.merges(index)}
    .folds=${list.folds}
    .sessionId=${list.sessionId}
    .bare=${list.bare}
    .isForkPoint=${index === list.inherited - 1}
  ></mp-item>`;
}
