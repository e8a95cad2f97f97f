/**
 * A SessionStore over a route that comes and goes. Requests wait for a route for a bounded time; one
 * whose route is lost before its answer is carried out again over the next, with its request id.
 * It knows nothing of how routes are found.
 */
import { messageOf, MultipathError } from '../core/errors.ts';
import type { SessionStore, StoreEvent, StoreStatus } from '../core/sessionStore.ts';
import {
  METHODS,
  type StoreArguments,
  type StoreMethod,
  type StoreResult,
} from '../protocol/methods.ts';
import { invoke, storeOver } from '../protocol/storeProxy.ts';
import { ConnectionLostError } from '../protocol/wireErrors.ts';

export interface Route {
  readonly role: StoreStatus['role'];
  readonly ownerPid: number;
  readonly store: SessionStore;
  /** Why it is not the best of routes, in words for the person. */
  readonly notice?: string;
}

export interface RoutedStoreOptions {
  readonly storePath: string;
  /** Milliseconds a request waits for a route. */
  readonly routeMs: number;
  readonly onProblem: (message: string) => void;
}

/** `poisoned`: its store must be opened again before it is any use. */
export type RouteEnd = 'over' | 'poisoned';

/** How often one request may lose its owner before it is suspected of being what kills them. */
const MAX_LOSSES = 4;
/** Work without a time limit that went on this long before a loss was not what caused it. */
const INNOCENT_MS = 10_000;

export class RoutedStore {
  readonly store: SessionStore;
  readonly #options: RoutedStoreOptions;
  readonly #listeners = new Set<(event: StoreEvent) => void>();
  #route: Route | undefined;
  /** Set while waiting would be idle: requests fail with it at once instead of queueing up. */
  #problem: MultipathError | undefined;
  /** Reads under way, to be failed when there is a problem. */
  readonly #reading = new Set<(problem: MultipathError) => void>();
  #isClosed = false;
  #change = Promise.withResolvers<undefined>();
  #endRoute: ((why: RouteEnd) => void) | undefined;
  #lastStatus: StoreStatus;

  constructor(options: RoutedStoreOptions) {
    this.#options = options;
    this.#lastStatus = {
      role: 'client',
      ownerPid: 0,
      serverPid: process.pid,
      storePath: options.storePath,
      storageMode: 'paged',
      revision: 0,
      sessions: 0,
    };
    const carried = storeOver(
      (name, args) => this.#call(name, args),
      (listener) => {
        this.#listeners.add(listener);
        return () => void this.#listeners.delete(listener);
      },
    );
    this.store = { ...carried, getStatus: () => this.#status() };
  }

  /**
   * Takes the route until `end`, until a request has lost it, or until this is closed. Rejects where
   * `end` does; the route is left then, too.
   */
  async use(route: Route, end: Promise<unknown>): Promise<RouteEnd> {
    if (this.#isClosed) return 'over';
    const left = Promise.withResolvers<RouteEnd>();
    this.#endRoute = left.resolve;
    const unsubscribe = route.store.onDidChange((event) => {
      this.#emit(
        event.type === 'status' ? { ...event, status: this.#decorate(event.status) } : event,
      );
    });
    this.#problem = undefined;
    this.#setRoute(route);
    void this.#announce(route);
    try {
      return await Promise.race([end.then(() => 'over' as const), left.promise]);
    } finally {
      unsubscribe();
      this.#setRoute(undefined);
    }
  }

  /**
   * Says why requests cannot be answered now, or with `undefined` that they can be again. Reads under
   * way fail with it, too. A change may still take effect, and long work goes on once it is answered:
   * whoever asked for one waits for what comes of it.
   */
  setProblem(problem: MultipathError | undefined): void {
    const isNew = this.#problem?.message !== problem?.message;
    this.#problem = problem;
    this.#wake();
    if (problem !== undefined) for (const fail of this.#reading) fail(problem);
    if (!isNew) return;
    if (problem !== undefined) this.#options.onProblem(problem.message);
    void this.#announceStatus();
  }

  /** Leaves the route; what waits for one fails. */
  close(): void {
    this.#isClosed = true;
    this.#endRoute?.('over');
    this.#wake();
  }

  async #call<K extends StoreMethod>(name: K, args: StoreArguments<K>): Promise<StoreResult<K>> {
    let losses = 0;
    for (;;) {
      const sentAt = performance.now();
      const route = await this.#awaitRoute();
      try {
        const answer = invoke(route.store, name, args);
        return await (isShortRead(name) ? this.#unlessProblem(answer) : answer);
      } catch (error) {
        const poisoned = MultipathError.is(error, 'poisoned');
        if (!poisoned && !(error instanceof ConnectionLostError)) throw error;
        const workedMs = performance.now() - sentAt;
        const innocent = METHODS[name].timeoutMs === Infinity && workedMs > INNOCENT_MS;
        losses = innocent ? 1 : losses + 1;
        // A poisoned store is opened again once; poisoned a second time, the fault lasts.
        if (losses >= (poisoned ? 2 : MAX_LOSSES)) throw error;
        this.#leave(route, poisoned ? 'poisoned' : 'over');
      }
    }
  }

  #unlessProblem<T>(answer: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#reading.add(reject);
      answer.then(resolve, reject).finally(() => this.#reading.delete(reject));
    });
  }

  async #awaitRoute(): Promise<Route> {
    let limit: AbortSignal | undefined;
    for (;;) {
      if (this.#isClosed) {
        throw new MultipathError('unavailable', 'The session server is shutting down.');
      }
      if (this.#problem !== undefined) throw this.#problem;
      if (this.#route !== undefined) return this.#route;
      limit ??= AbortSignal.timeout(this.#options.routeMs);
      if (limit.aborted) {
        throw new MultipathError(
          'unavailable',
          'Another window holds the store and cannot be reached. Reload that window, or close all windows and open them again.',
        );
      }
      await Promise.race([this.#change.promise, aborted(limit)]);
    }
  }

  #leave(route: Route, why: RouteEnd): void {
    if (this.#route !== route) return;
    this.#setRoute(undefined);
    this.#endRoute?.(why);
  }

  #setRoute(route: Route | undefined): void {
    this.#route = route;
    this.#wake();
  }

  #wake(): void {
    this.#change.resolve(undefined);
    this.#change = Promise.withResolvers<undefined>();
  }

  async #announce(route: Route): Promise<void> {
    const status = await this.#status();
    if (this.#route !== route) return;
    this.#emit({ type: 'status', status });
    const { revision } = status;
    this.#emit({ type: 'sessions', revision, changed: [], removed: [], all: true });
  }

  async #announceStatus(): Promise<void> {
    this.#emit({ type: 'status', status: await this.#status() });
  }

  #emit(event: StoreEvent): void {
    for (const listener of [...this.#listeners]) listener(event);
  }

  /** Always answers: from the store while it answers, else from what was last heard of it. */
  async #status(): Promise<StoreStatus> {
    try {
      const route = await this.#awaitRoute();
      this.#lastStatus = await route.store.getStatus();
    } catch (error) {
      return { ...this.#decorate(this.#lastStatus), notice: messageOf(error) };
    }
    return this.#decorate(this.#lastStatus);
  }

  #decorate(status: StoreStatus): StoreStatus {
    const route = this.#route;
    const { notice: own, ...rest } = status;
    const notices = [route?.notice, this.#problem?.message, own];
    const notice = notices.filter((part) => part !== undefined).join(' ');
    return {
      ...rest,
      role: status.role === 'read-only' ? 'read-only' : (route?.role ?? 'client'),
      ownerPid: route?.ownerPid ?? 0,
      serverPid: process.pid,
      ...(notice !== '' && { notice }),
    };
  }
}

function isShortRead(name: StoreMethod): boolean {
  const { mutates, timeoutMs } = METHODS[name];
  return !mutates && timeoutMs !== Infinity;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
