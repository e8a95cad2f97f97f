/**
 * A played host for the storage panel: the real channel and schemas over figures that are made up.
 * What crosses to the panel goes through JSON, as in VS Code. It notes everything it is asked.
 */
import type { Locator, Page } from 'playwright-core';
import type { MigrationEntry } from '../../../src/core/sessionStore.ts';
import type { PlannedMove, TrashEntry } from '../../../src/core/storage.ts';
import type { Handlers } from '../../../src/protocol/channel.ts';
import {
  storageHostSchemas,
  type StorageHost,
  type StorageState,
  type StorageView,
} from '../../../src/protocol/panels.ts';
import { session } from '../../unit/core/messages.ts';
import { panelSuite } from './panelSuite.ts';
import { PlayedHost } from './playedHost.ts';

const NOW = Date.now();
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const TITLES = [
  'Fix login race when two tabs wake up',
  'Migrate the bundler to Vite',
  'Add rate limiting to the public API',
  'Elevation profile below the map',
  'Idempotency keys for payments',
  'Why is the nightly build red?',
  'Rewrite the retry loop as a queue',
  'Rounding of invoice totals in euros',
];

export function titleAt(index: number): string {
  return `${TITLES[index % TITLES.length] ?? ''}${index < TITLES.length ? '' : ` (${index})`}`;
}

export function planned(count: number): PlannedMove[] {
  return Array.from({ length: count }, (_, index) => ({
    sessionId: `p${index}`,
    title: titleAt(index),
    from: 'warm',
    to: index === 3 ? 'trash' : 'cold',
    rule: index === 3 ? 'temporary-expired' : 'low-access',
    reason:
      index === 3
        ? `temporary, and not used for ${8 + index} days (limit 7 days)`
        : `not used for ${8 + index} days (limit 7 days), 0 times an hour (limit 1)`,
    bytes: 4_200_000 / (index + 1),
    retentionPolicy: index === 3 ? 'temporary' : 'standard',
    lastAccessedAt: NOW - (8 + index) * DAY,
  }));
}

function trashed(count: number): TrashEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    session: { ...SESSION, id: `t${index}`, title: titleAt(index + 4) },
    deletedAt: NOW - index * DAY,
    removedAt: NOW + (30 - index) * DAY,
    neededBy: index % 3 === 1 ? 2 : 0,
  }));
}

export function moved(count: number): MigrationEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    sessionId: `m${index}`,
    ...(index !== 2 && { title: titleAt(index + 2) }),
    from: index % 4 === 1 ? 'cold' : 'warm',
    to: index % 4 === 1 ? 'warm' : 'cold',
    rule: index % 4 === 1 ? 'opened' : 'low-access',
    reason:
      index % 4 === 1
        ? 'it was opened'
        : 'not used for 9 days (limit 7 days), 0 times an hour (limit 1)',
    bytes: 310_000 + index * 11_000,
    milliseconds: 3 + (index % 17),
    at: NOW - index * 11 * 60_000,
  }));
}

export const SESSION = session('s', {
  title: 'Session',
  createdAt: NOW - 40 * DAY,
  updatedAt: NOW - 12 * DAY,
  lastAccessedAt: NOW - 12 * DAY,
  accessCount: 3,
  estimatedSizeBytes: 620_000,
  messageCount: 42,
});

/** A store in use. */
export const usedStore: StorageState = {
  statistics: {
    tiers: {
      hot: { sessions: 3, bytes: 9_100_000, accessesPerHour: 61.4 },
      warm: { sessions: 212, bytes: 96_000_000, accessesPerHour: 4.2 },
      cold: { sessions: 1004, bytes: 131_000_000, accessesPerHour: 0.02 },
    },
    coldRawBytes: 982_000_000,
    files: {
      database: 118_000_000,
      archive: 164_000_000,
      archiveGarbage: 33_000_000,
      blobs: 21_000_000,
      index: 74_000_000,
      copies: 52_000_000,
    },
    queue: { state: 'paused', pending: 12, pausedBecause: 'you are working' },
    trash: { sessions: 5, bytes: 21_000_000 },
    hints: [
      {
        id: 'compact',
        message: '33 MB of the archive are no longer used. Compact it to get them back.',
      },
    ],
  },
  planned: planned(12),
  plannedCount: 12,
  trash: trashed(5),
  moves: moved(500),
  tasks: [],
  canWrite: true,
  canUndo: true,
  notice: null,
  strings: {},
};

/** A store that nothing was done with yet. */
export const emptyStore: StorageState = {
  ...usedStore,
  statistics: {
    tiers: {
      hot: { sessions: 0, bytes: 0, accessesPerHour: 0 },
      warm: { sessions: 0, bytes: 0, accessesPerHour: 0 },
      cold: { sessions: 0, bytes: 0, accessesPerHour: 0 },
    },
    coldRawBytes: 0,
    files: { database: 16_000, archive: 0, archiveGarbage: 0, blobs: 0, index: 0, copies: 0 },
    queue: { state: 'idle', pending: 0 },
    trash: { sessions: 0, bytes: 0 },
    hints: [],
  },
  planned: [],
  plannedCount: 0,
  trash: [],
  moves: [],
  canUndo: false,
};

class PlayedStorageHost extends PlayedHost<StorageHost, StorageView> {
  protected override readonly panel = {
    name: 'storage',
    schemas: storageHostSchemas,
    size: { width: 1180, height: 760 },
  };
  protected override readonly answers: Handlers<StorageHost> = {
    ready: () => this.state,
    readMoves: ({ limit }) => ({ moves: moved(limit) }),
    openSession: () => null,
    run: () => null,
    moveNow: () => null,
    keep: () => null,
    restore: () => null,
    purge: () => null,
    cancelTask: () => null,
  };
  state: StorageState;

  constructor(state: StorageState) {
    super();
    this.state = state;
  }

  /** Tells the panel of another state, as the host does when the store changed. */
  async change(change: Partial<StorageState>): Promise<void> {
    this.state = { ...this.state, ...change };
    await this.channel.request('changed', { state: this.state });
  }
}

/** Call at the top of a test file; what it returns opens the panel on a state. */
export function storageSuite(): ReturnType<typeof panelSuite<StorageState, PlayedStorageHost>> {
  return panelSuite((given: StorageState) => new PlayedStorageHost(given));
}

/** Brings a list to the front. */
export async function showList(page: Page, name: RegExp): Promise<void> {
  await page.getByRole('tab', { name }).click();
}

/** A row of the list in front, by its position from 0. */
export function listRow(page: Page, index: number): Locator {
  return page.locator(`mp-table-rows tr[data-index="${String(index)}"]`);
}
