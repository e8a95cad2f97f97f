/**
 * Whether a file has writes that are not on the disk for sure.
 *
 * Invariant: a sync covers what was written before it began, never what came while it ran.
 */

interface Syncs {
  sync(): void;
  /** Without holding up the thread. */
  syncLater(): Promise<void>;
}

export class Unsynced {
  readonly #syncs: Syncs;
  #writes = 0;
  #synced = 0;

  constructor(syncs: Syncs) {
    this.#syncs = syncs;
  }

  /** The file was written to. */
  note(): void {
    this.#writes++;
  }

  /** Returns when all that was written is on the disk; at once where it is. */
  sync(): void {
    if (this.#synced === this.#writes) return;
    this.#syncs.sync();
    this.#synced = this.#writes;
  }

  /** As `sync`, for what was written so far. */
  async syncLater(): Promise<void> {
    const upTo = this.#writes;
    if (this.#synced >= upTo) return;
    await this.#syncs.syncLater();
    this.#synced = Math.max(this.#synced, upTo);
  }
}
