/** The person's own rating of a branch: five stars to click, or a slider for the keyboard. */
import { html, type TemplateResult } from 'lit';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';

const STARS = [1, 2, 3, 4, 5] as const;

/** @param rate is told 1 to 5, or `null` to take the rating back */
export function renderStars(
  title: string,
  rating: number | undefined,
  rate: (rating: number | null) => void,
): TemplateResult {
  const set = (wanted: number): void => {
    const bounded = Math.min(5, Math.max(0, wanted));
    if (bounded !== (rating ?? 0)) rate(bounded === 0 ? null : bounded);
  };
  const onKey = (event: KeyboardEvent): void => {
    const wanted = ratingOf(event.key, rating ?? 0);
    if (wanted === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    set(wanted);
  };
  return html`<span
    class="mp-stars ${rating === undefined ? 'mp-unrated' : ''}"
    role="slider"
    tabindex="0"
    aria-label=${t('Your rating of {0}', title)}
    aria-valuemin="0"
    aria-valuemax="5"
    aria-valuenow=${rating ?? 0}
    aria-valuetext=${rating === undefined ? t('not rated') : t('{0} of {1}', rating, 5)}
    title=${t('Your rating: click a star, again to take it back')}
    @keydown=${onKey}
    >${STARS.map(
      (star) =>
        html`<span class="mp-star" @click=${() => set(star === rating ? 0 : star)}
          >${icon(star <= (rating ?? 0) ? 'star-full' : 'star-empty')}</span
        >`,
    )}</span
  >`;
}

function ratingOf(key: string, now: number): number | undefined {
  switch (key) {
    case 'ArrowRight':
    case 'ArrowUp':
      return now + 1;
    case 'ArrowLeft':
    case 'ArrowDown':
      return now - 1;
    case 'Home':
    case 'Delete':
    case 'Backspace':
      return 0;
    case 'End':
      return 5;
    default:
      return /^[0-5]$/.test(key) ? Number(key) : undefined;
  }
}
