/**
 * The fallback where the page hook cannot be trusted: the database lives in memory, and each flush
 * puts a whole new file, in the format of the page store, in the place of the old one. So a later
 * start with pages finds an ordinary file, and blocks are checked either way.
 */
import type { Database } from 'sql.js';
import type { MultipathError } from '../../core/errors.ts';
import type { Keeper } from './database.ts';
import { PAGE_SIZE, PageFile } from './pageFile.ts';
import { poisonedBy, PageStore, type PageStoreOptions } from './pageStore.ts';

interface LoadedSnapshot {
  readonly image: Uint8Array;
  readonly keeper: Keeper;
}

/** Moves between states that differ for SQLite, so that a flush without changes writes nothing. */
const CHANGE_MARKS = [
  'SELECT total_changes()',
  'PRAGMA schema_version',
  'PRAGMA user_version',
  'PRAGMA application_id',
].join(';');

/** Reads (and recovers) the file at once and lets go of it, since it is about to be replaced. */
export function loadSnapshot(settings: PageStoreOptions): LoadedSnapshot {
  const { disk, file, codec, readOnly } = settings;
  const store = new PageStore(settings);
  const { recovery, stats } = store;
  const { id, generation: found } = store.identity;
  const image = new Uint8Array(store.pageCount * PAGE_SIZE);
  try {
    for (let page = 0; page < store.pageCount; page++) {
      image.set(store.readPage(page), page * PAGE_SIZE);
    }
  } finally {
    store.close();
  }

  let generation = found;
  let flushes = 0;
  let flushedPages = 0;
  let pageCount = stats.pageCount;
  let poison: MultipathError | undefined;
  let marks: string | undefined;
  const flush = (db: Database): number => {
    if (poison) throw poison;
    const now = JSON.stringify(db.exec(CHANGE_MARKS));
    if (readOnly || now === marks) return 0;
    try {
      const bytes = db.export();
      generation++;
      PageFile.create(disk, file, codec, bytes, { id, generation });
      pageCount = bytes.length / PAGE_SIZE;
    } catch (error) {
      throw (poison = poisonedBy(file, error));
    }
    marks = now;
    flushes++;
    flushedPages += pageCount;
    return pageCount;
  };
  const keeper: Keeper = {
    mode: 'snapshot',
    recovery,
    get stats() {
      return { ...stats, pageCount, flushes, flushedPages, loggedPages: 0 };
    },
    get poison() {
      return poison;
    },
    opened(db) {
      marks = JSON.stringify(db.exec(CHANGE_MARKS));
    },
    flush,
    // One file, written and put in place as a whole.
    flushLater: (db) => Promise.resolve(db).then((open) => void flush(open)),
    checkpoint: () => undefined,
    // Each flush puts another file in the place of this one: what was opened before stays as it is.
    hold: () => () => undefined,
    takeFault: () => undefined,
    refuse: (cause) => (poison ??= poisonedBy(file, cause)),
    close: () => undefined,
  };
  return { image, keeper };
}
