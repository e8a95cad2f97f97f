/** The ordinary keeper: sql.js over a page image over the page store. */
import type { Keeper } from './database.ts';
import type { PageImage } from './pageImage.ts';
import type { PageStore } from './pageStore.ts';

export function pagedKeeper(store: PageStore, image: PageImage): Keeper {
  /** @throws MultipathError `poisoned` where sql.js and the pages no longer agree */
  const check = (pageCount: number): void => {
    if (store.poison) throw store.poison;
    if (image.broken) throw store.refuse(image.broken);
    // A file shortened to a page or less looks like a read of it; the lengths tell.
    if (pageCount !== store.pageCount) {
      throw store.refuse(
        new Error(`SQLite counts ${pageCount} pages, the page store ${store.pageCount}`),
      );
    }
  };
  return {
    mode: 'paged',
    recovery: store.recovery,
    get stats() {
      return store.stats;
    },
    get poison() {
      return store.poison;
    },
    opened: () => undefined,
    flush(_db, pageCount) {
      check(pageCount);
      return store.flush();
    },
    async flushLater(_db, pageCount) {
      check(pageCount);
      await store.flushLater();
    },
    checkpoint: () => store.checkpoint(),
    hold: () => store.hold(),
    takeFault: () => {
      if (image.broken) store.refuse(image.broken);
      return image.takeFault();
    },
    refuse: (cause) => store.refuse(cause),
    close: () => store.close(),
  };
}
