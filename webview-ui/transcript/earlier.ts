/** The line that stands for the messages shared with the parent, and folds them in and out. */
import { html, nothing, type TemplateResult } from 'lit';
import { formatCount } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';

/** `count`: messages that fold; no line where there are none. */
export function renderEarlier(
  count: number,
  parentTitle: string,
  expanded: boolean,
  toggle: () => void,
): TemplateResult | typeof nothing {
  if (count < 1) return nothing;
  return html`<button
    type="button"
    class="mp-earlier"
    aria-expanded=${expanded ? 'true' : 'false'}
    @click=${toggle}
  >
    ${icon(expanded ? 'chevron-down' : 'chevron-right')}
    ${
      count === 1
        ? t('1 earlier message, shared with {0}', parentTitle)
        : t('{0} earlier messages, shared with {1}', formatCount(count), parentTitle)
    }
  </button>`;
}
