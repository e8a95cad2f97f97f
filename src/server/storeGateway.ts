/**
 * The store as this window's server gives it to its extension host, whoever owns the files. It
 * becomes the owner when it can, else it forwards to the owner, and takes over when the owner dies.
 *
 * Invariant: the files are open for writing only while the lock is held; it is released last.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, MultipathError } from '../core/errors.ts';
import type { SessionStore } from '../core/sessionStore.ts';
import { invoke, storeOver } from '../protocol/storeProxy.ts';
import { contactOwner, type OwnerLink } from './clientSide.ts';
import { hasRoom, whyNoRoom } from './diskRoom.ts';
import { PROTOCOL_VERSION } from './handshake.ts';
import { endHungOwner } from './hungOwner.ts';
import type { OwnerLock } from './kernelLock.ts';
import { type OwnerRecord, readOwnerRecord } from './ownerRecord.ts';
import { type OwnerSide, startOwnerSide } from './ownerSide.ts';
import type { Ownership } from './ownership.ts';
import { readOnlyStore } from './readOnlyStore.ts';
import { type Route, RoutedStore } from './routedStore.ts';

export interface OpenedStore extends SessionStore {
  /** Why it may only be read though nobody else writes to it: a newer version did. */
  readonly readOnlyBecause?: string;
  /** Waits for what is under way and leaves everything on disk. */
  close(): Promise<void>;
}

export interface OpenMode {
  /** Set where this process may not write: another one does. */
  readonly readOnly: boolean;
}

/** All in milliseconds. */
export interface GatewayTiming {
  /** A request waits this long for a route before it is given up. */
  readonly routeMs: number;
  /** Between two looks at the lock, just after the owner has gone and later on. */
  readonly quickPollMs: number;
  readonly slowPollMs: number;
  /** The owner is asked for a sign of life this often, and has this long to give it. */
  readonly pingMs: number;
  readonly pingLimitMs: number;
  /** Between two attempts to open a store that would not open. */
  readonly reopenMs: number;
  /** Between two looks whether the owner's own socket is still there. */
  readonly socketCheckMs: number;
  /** Between two looks whether a full disk has room again. */
  readonly roomCheckMs: number;
}

const DEFAULT_TIMING: GatewayTiming = {
  routeMs: 15_000,
  quickPollMs: 5,
  slowPollMs: 250,
  pingMs: 2_000,
  pingLimitMs: 5_000,
  reopenMs: 2_000,
  socketCheckMs: 30_000,
  roomCheckMs: 5_000,
};
const QUICK_FOR_MS = 1_000;

export interface GatewayOptions {
  readonly storePath: string;
  readonly ownership: Ownership;
  readonly openStore: (mode: OpenMode) => Promise<OpenedStore>;
  readonly onProblem: (message: string) => void;
  readonly timing?: Partial<GatewayTiming>;
}

export interface StoreGateway {
  readonly store: SessionStore;
  /** Ends another process that owns the store and does not answer; false when there is none. */
  readonly endHungOwner: () => Promise<boolean>;
  /** Orderly end: the next owner finds everything on disk. Never rejects. */
  dispose(): Promise<void>;
}

/** Starts to look for a route at once; the store answers as soon as there is one. */
export function startGateway(options: GatewayOptions): StoreGateway {
  const gateway = new Gateway(options);
  const finished = gateway.run();
  return {
    store: gateway.store,
    endHungOwner: () => gateway.endHungOwner(),
    dispose: () => {
      gateway.stop();
      return finished;
    },
  };
}

class Gateway {
  readonly #options: GatewayOptions;
  readonly #timing: GatewayTiming;
  readonly #routed: RoutedStore;
  readonly #stop = new AbortController();
  /** Of an owner whose store is poisoned: it closes, and answers nothing well until then. */
  #spentToken: string | undefined;

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#timing = { ...DEFAULT_TIMING, ...options.timing };
    const { storePath, onProblem } = options;
    this.#routed = new RoutedStore({ storePath, onProblem, routeMs: this.#timing.routeMs });
  }

  get store(): SessionStore {
    return this.#routed.store;
  }

  endHungOwner(): Promise<boolean> {
    const { storePath, onProblem } = this.#options;
    return endHungOwner(storePath, { timeoutMs: this.#timing.pingLimitMs, onProblem });
  }

  stop(): void {
    this.#stop.abort();
    this.#routed.close();
  }

  /** Takes routes and follows each to its end, until stopped. */
  async run(): Promise<void> {
    let lostAt = performance.now();
    while (!this.#stop.signal.aborted) {
      try {
        if (await this.#takeRoute()) lostAt = performance.now();
      } catch (error) {
        this.#routed.setProblem(asProblem(error));
        await this.#pause(this.#timing.reopenMs);
      }
      const { quickPollMs, slowPollMs } = this.#timing;
      await this.#pause(performance.now() - lostAt < QUICK_FOR_MS ? quickPollMs : slowPollMs);
    }
    this.#options.ownership.close();
  }

  /** False when there was none to take. */
  async #takeRoute(): Promise<boolean> {
    const { ownership, storePath, onProblem } = this.#options;
    const { lock, noRoom } = this.#tryLock();
    if (lock !== undefined) {
      await this.#own(lock);
      return true;
    }
    const record = await readOwnerRecord(storePath);
    if (record !== undefined && record.token !== this.#spentToken) {
      const timeoutMs = this.#timing.pingLimitMs;
      const contact = await contactOwner(record, { timeoutMs, onProblem });
      switch (contact.kind) {
        case 'linked':
          await this.#follow(contact.link, record);
          return true;
        case 'silent':
          this.#routed.setProblem(silenceOf(record.pid));
          return false;
        case 'other-version':
          this.#routed.setProblem(otherVersion(record.pid, contact.version));
          return false;
        case 'gone':
      }
    }
    const why = noRoom ?? ownership.whyReadOnly();
    if (why === undefined) return false;
    await this.#readAlone(why);
    return true;
  }

  /** `noRoom`: a lock may be free, and the disk is too full to say who took it. */
  #tryLock(): { readonly lock?: OwnerLock | undefined; readonly noRoom?: string } {
    const { ownership, storePath } = this.#options;
    try {
      return { lock: ownership.tryLock() };
    } catch (error) {
      const noRoom = whyNoRoom(error, storePath);
      if (noRoom === undefined) throw error;
      return { noRoom };
    }
  }

  async #own(lock: OwnerLock): Promise<void> {
    const { storePath } = this.#options;
    let store: OpenedStore;
    try {
      store = await this.#options.openStore({ readOnly: false });
    } catch (error) {
      const why = whyNoRoom(error, storePath);
      if (why === undefined) {
        lock.release();
        throw error;
      }
      await this.#readUntilThereIsRoom(lock, why);
      return;
    }
    if (store.readOnlyBecause !== undefined) {
      await this.#readBeside(store, lock);
      return;
    }
    // A poisoned store must be opened again: this route ends, and the lock is up for the taking.
    const poisoned = Promise.withResolvers<undefined>();
    const watched = watchErrors(store, (error) => {
      if (MultipathError.is(error, 'poisoned')) poisoned.resolve(undefined);
    });
    await this.#serve(lock, store, { role: 'owner', store: watched }, poisoned.promise);
  }

  /** Keeps the lock and lets all windows read: nobody else could write either. */
  async #readUntilThereIsRoom(lock: OwnerLock, why: string): Promise<void> {
    const { storePath, openStore } = this.#options;
    let store: OpenedStore;
    try {
      store = await openStore({ readOnly: true });
    } catch (error) {
      lock.release();
      // There is no store yet to be read.
      throw MultipathError.is(error, 'not-found') ? new MultipathError('io', why) : error;
    }
    const roomCame = async () => {
      while (!this.#stop.signal.aborted) {
        await this.#pause(this.#timing.roomCheckMs);
        if (hasRoom(storePath)) return;
      }
    };
    const shown = readOnlyStore(store, why);
    await this.#serve(lock, store, { role: 'read-only', store: shown }, roomCame());
  }

  /** Answers this window and the others until `end`; then closes the store and frees the lock. */
  async #serve(
    lock: OwnerLock,
    opened: OpenedStore,
    { role, store }: Pick<Route, 'role' | 'store'>,
    end: Promise<unknown>,
  ): Promise<void> {
    const { storePath, onProblem } = this.#options;
    let side: OwnerSide | undefined;
    let notice: string | undefined;
    try {
      const checkMs = this.#timing.socketCheckMs;
      side = await startOwnerSide(storePath, store, { checkMs, onProblem });
    } catch (error) {
      notice = `Other windows cannot reach the store: ${messageOf(error)}`;
      onProblem(notice);
    }
    try {
      await this.#routed.use(
        { role, ownerPid: process.pid, store, ...(notice && { notice }) },
        end,
      );
    } finally {
      const report = (error: unknown) => onProblem(`While closing the store: ${messageOf(error)}`);
      // Callers are cut off first: what the closing store would refuse them, they ask the next owner.
      await side?.close().catch(report);
      await opened.close().catch(report);
      lock.release();
    }
  }

  async #follow(link: OwnerLink, record: OwnerRecord): Promise<void> {
    const why = this.#options.ownership.whyReadOnly();
    const ownerPid = record.pid;
    const route: Route =
      why === undefined
        ? { role: 'client', ownerPid, store: link.store }
        : { role: 'read-only', ownerPid, store: readOnlyStore(link.store, why) };
    let linked = true;
    let asking = false;
    const watch = setInterval(() => {
      if (asking) return;
      asking = true;
      void link.ping(this.#timing.pingLimitMs).then((answered) => {
        asking = false;
        if (linked) this.#routed.setProblem(answered ? undefined : silenceOf(ownerPid));
      });
    }, this.#timing.pingMs);
    try {
      const end = await this.#routed.use(route, link.closed);
      if (end === 'poisoned') this.#spentToken = record.token;
    } finally {
      linked = false;
      clearInterval(watch);
      // The silence was this owner's; the next one speaks for itself.
      this.#routed.setProblem(undefined);
      link.dispose();
    }
  }

  /**
   * Reads a store that this version may not write to. The lock is given back, so that a window of
   * the newer version can own the store; this one then goes through it.
   */
  async #readBeside(store: OpenedStore, lock: OwnerLock): Promise<void> {
    const { storePath } = this.#options;
    const before = (await readOwnerRecord(storePath))?.token;
    lock.release();
    const ownerCame = async () => {
      while (!this.#stop.signal.aborted) {
        await this.#pause(this.#timing.reopenMs);
        const now = (await readOwnerRecord(storePath))?.token;
        if (now !== undefined && now !== before) return;
      }
    };
    try {
      await this.#routed.use({ role: 'read-only', ownerPid: 0, store }, ownerCame());
    } finally {
      await store.close();
    }
  }

  /** Reads the files beside an owner that cannot be reached, until there is another way. */
  async #readAlone(why: string): Promise<void> {
    let store: OpenedStore;
    try {
      store = await this.#options.openStore({ readOnly: true });
    } catch (error) {
      // There is no store yet to be read: what is in the way of one is worth knowing.
      throw MultipathError.is(error, 'not-found') ? new MultipathError('read-only', why) : error;
    }
    try {
      const shown = readOnlyStore(store, why);
      await this.#routed.use({ role: 'read-only', ownerPid: 0, store: shown }, this.#anotherWay());
    } finally {
      await store.close();
    }
  }

  /** Resolves when the lock has become free or another owner has come. */
  async #anotherWay(): Promise<void> {
    const { storePath } = this.#options;
    const before = (await readOwnerRecord(storePath))?.address;
    while (!this.#stop.signal.aborted) {
      await this.#pause(this.#timing.reopenMs);
      const { lock } = this.#tryLock();
      lock?.release();
      if (lock !== undefined) return;
      const now = (await readOwnerRecord(storePath))?.address;
      if (now !== undefined && now !== before) return;
    }
  }

  /** Ends early on the stop. */
  async #pause(ms: number): Promise<void> {
    const { signal } = this.#stop;
    await sleep(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

function watchErrors(store: SessionStore, onError: (error: unknown) => void): SessionStore {
  return storeOver(
    (name, args) =>
      invoke(store, name, args).catch((error: unknown) => {
        onError(error);
        throw error;
      }),
    (listener) => store.onDidChange(listener),
  );
}

function silenceOf(pid: number): MultipathError {
  return new MultipathError(
    'unavailable',
    `The window that owns the store does not answer (process ${pid}). Wait for it, or run “Multipath: Restart Session Server” to end it.`,
  );
}

function otherVersion(pid: number, version: number): MultipathError {
  const owner = `the window that owns the store (process ${pid})`;
  return new MultipathError(
    'unavailable',
    version > PROTOCOL_VERSION
      ? `This window runs an older version of Multipath than ${owner}. Reload this window.`
      : `This window runs a newer version of Multipath than ${owner}. Reload that window.`,
  );
}

function asProblem(error: unknown): MultipathError {
  return error instanceof MultipathError
    ? error
    : new MultipathError('unavailable', `The store could not be opened: ${messageOf(error)}`, {
        cause: error,
      });
}
