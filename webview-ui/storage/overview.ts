/** What the tiers hold and what is on disk, in one glance: a bar each and the figures under it. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { TierStatistics } from '../../src/core/sessionStore.ts';
import type { Tier } from '../../src/core/session.ts';
import type { MoveQueue } from '../../src/core/storage.ts';
import { formatCount, formatRate, formatSize } from '../shared/format.ts';
import { icon } from '../shared/icons.ts';
import { t } from '../shared/strings.ts';

export const TIERS: readonly Tier[] = ['hot', 'warm', 'cold'];

/** What the tiers are called, and where that is. */
export function tierName(tier: Tier): string {
  switch (tier) {
    case 'hot':
      return t('Hot');
    case 'warm':
      return t('Warm');
    case 'cold':
      return t('Cold');
  }
}

function tierPlace(tier: Tier): string {
  switch (tier) {
    case 'hot':
      return t('in memory');
    case 'warm':
      return t('in the database');
    case 'cold':
      return t('in the archive');
  }
}

interface Part {
  readonly name: string;
  readonly label: string;
  readonly bytes: number;
}

/** Bytes on disk; the copy in memory takes none. */
export function bytesOnDisk({ files }: TierStatistics): number {
  return files.database + files.archive + files.blobs + files.index + files.copies;
}

/** What archiving spares, in bytes; 0 where it spares nothing. */
function savedBytes({ tiers, coldRawBytes }: TierStatistics): number {
  return Math.max(0, coldRawBytes - tiers.cold.bytes);
}

export function renderOverview(
  statistics: TierStatistics,
  openSettings: () => void,
): TemplateResult {
  const { tiers, files } = statistics;
  const parts: Part[] = [
    { name: 'database', label: t('Database'), bytes: files.database },
    {
      name: 'archive',
      label: t('Archive'),
      bytes: Math.max(0, files.archive - files.archiveGarbage),
    },
    { name: 'garbage', label: t('Archive, no longer used'), bytes: files.archiveGarbage },
    { name: 'blobs', label: t('Large records'), bytes: files.blobs },
    { name: 'index', label: t('Search index'), bytes: files.index },
    { name: 'copies', label: t('Second copies'), bytes: files.copies },
  ];
  const saved = savedBytes(statistics);
  return html`<div class="mp-overview">
    <section aria-labelledby="mp-tiers">
      <h2 id="mp-tiers">${t('Tiers')}</h2>
      ${renderBar(TIERS.map((tier) => ({ name: tier, label: tierName(tier), bytes: tiers[tier].bytes })))}
      <table class="mp-figures-table">
        <thead>
          <tr>
            <th scope="col"><span class="mp-hidden">${t('Tier')}</span></th>
            <th scope="col">${t('Sessions')}</th>
            <th scope="col">${t('Size')}</th>
            <th scope="col" title=${t('How often sessions were opened lately, per hour')}>
              ${t('Accesses per hour')}
            </th>
          </tr>
        </thead>
        <tbody>
          ${TIERS.map(
            (tier) =>
              html`<tr>
                <th scope="row">
                  <span class="mp-key mp-${tier}"></span>${tierName(tier)}
                  <span class="mp-dim">${tierPlace(tier)}</span>
                </th>
                <td>${formatCount(tiers[tier].sessions)}</td>
                <td>${formatSize(tiers[tier].bytes)}</td>
                <td>${formatRate(tiers[tier].accessesPerHour)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
      <p class="mp-line">${renderSaved(saved, statistics)}</p>
      <p class="mp-line">${renderQueue(statistics.queue, openSettings)}</p>
    </section>
    <section aria-labelledby="mp-disk">
      <h2 id="mp-disk">${t('On Disk')} <span>${formatSize(bytesOnDisk(statistics))}</span></h2>
      ${renderBar(parts)}
      <table class="mp-figures-table">
        <thead class="mp-hidden">
          <tr>
            <th scope="col">${t('What')}</th>
            <th scope="col">${t('Size')}</th>
          </tr>
        </thead>
        <tbody>
          ${parts.map(
            ({ name, label, bytes }) =>
              html`<tr>
                <th scope="row"><span class="mp-key mp-${name}"></span>${label}</th>
                <td>${formatSize(bytes)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </section>
  </div>`;
}

function renderSaved(saved: number, { coldRawBytes }: TierStatistics): TemplateResult {
  if (saved === 0) {
    return html`${icon('archive')}<span class="mp-dim">${t('Nothing is archived yet.')}</span>`;
  }
  const percent = formatCount(Math.round((saved / coldRawBytes) * 100));
  return html`${icon('archive')}<span
      >${t('The archive saves {0} ({1} %).', formatSize(saved), percent)}</span
    >`;
}

function renderQueue(queue: MoveQueue, openSettings: () => void): TemplateResult {
  const settings = html`<button type="button" class="mp-link-button" @click=${openSettings}>
    ${t('Settings')}
  </button>`;
  if (queue.state === 'off') {
    return html`${icon('circle-slash')}<span
        >${t('Sessions move only when you ask.')} ${settings}</span
      >`;
  }
  const waiting =
    queue.pending === 0
      ? t('Sessions move by themselves; none is due.')
      : queue.pending === 1
        ? t('Sessions move by themselves; 1 is due.')
        : t('Sessions move by themselves; {0} are due.', formatCount(queue.pending));
  if (queue.state === 'paused') {
    const because = queue.pausedBecause ?? '';
    return html`${icon('debug-pause')}<span
        >${waiting} ${because === '' ? t('Paused.') : t('Paused: {0}.', because)} ${settings}</span
      >`;
  }
  return html`${icon(queue.state === 'running' ? 'sync' : 'check')}<span
      >${queue.state === 'running' ? t('Moving sessions; {0} are due.', formatCount(queue.pending)) : waiting}
      ${settings}</span
    >`;
}

/** Shares as rectangles; the table under it says the same in figures. */
function renderBar(parts: readonly Part[]): TemplateResult {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let from = 0;
  return html`<svg
    class="mp-share-bar"
    viewBox="0 0 1000 8"
    preserveAspectRatio="none"
    aria-hidden="true"
  >
    ${
      total === 0
        ? nothing
        : parts.map(({ name, label, bytes }) => {
            const width = (bytes / total) * 1000;
            const x = from;
            from += width;
            // The smallest share that is there at all is still seen.
            return bytes === 0
              ? nothing
              : svg`<rect class="mp-${name}" x=${x} y="0" width=${Math.max(3, width)} height="8"><title>${label}</title></rect>`;
          })
    }
  </svg>`;
}
