/**
 * Four windows' session servers on one folder: killed, stopped and started again while they work.
 * It ends only processes it started, and every wait in it is bounded.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf, MultipathError } from '../../../src/core/errors.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { readOwnerRecord } from '../../../src/server/ownerRecord.ts';
import { startServer, type TestServer } from '../../../test/unit/server/support/startServer.ts';
import type { Dice } from './dice.ts';

/** A request that no window answered in this time is given up; the run has failed then. */
const PATIENCE_MS = 120_000;
const RETRY_PAUSE_MS = 15;
const LAST_WORDS = 6;

interface Window {
  /** Settles with the server in its place, once that is ready. */
  server: Promise<TestServer>;
  /** Of the server that was ready last. */
  pid: number;
  /** Nobody else may kill or stop it meanwhile. */
  handled: boolean;
}

export class Fleet {
  readonly #storePath: string;
  readonly #program: string;
  readonly #windows: Window[];
  kills = 0;
  stops = 0;
  /** What servers said that ended by themselves. */
  readonly crashes: string[] = [];
  #ending = false;

  constructor(storePath: string, size: number, program: string) {
    this.#storePath = storePath;
    this.#program = program;
    this.#windows = Array.from({ length: size }, () => {
      const window: Window = { server: this.#start(), pid: 0, handled: false };
      this.#fill(window, window.server);
      return window;
    });
  }

  get size(): number {
    return this.#windows.length;
  }

  /**
   * Asks a window, and when its server goes before it answers, the same window again or another
   * one. So whoever asks for a change gives it a request id.
   * @throws what the store said no with, or what it said last when patience is over
   */
  async ask<T>(
    window: number,
    dice: Dice,
    request: (store: SessionStore) => Promise<T>,
  ): Promise<T> {
    const giveUpAt = Date.now() + PATIENCE_MS;
    for (let at = window; ;) {
      try {
        const { store } = await this.#window(at).server;
        return await request(store);
      } catch (error) {
        if (!isPassing(error)) throw error;
        if (Date.now() > giveUpAt) {
          throw new Error(`Not answered in ${PATIENCE_MS} ms: ${messageOf(error)}`, {
            cause: error,
          });
        }
        if (dice.chance(0.5)) at = dice.between(0, this.size - 1);
      }
      await sleep(RETRY_PAUSE_MS);
    }
  }

  /** The window whose server owns the store, as far as the folder tells. */
  async ownerWindow(): Promise<number | undefined> {
    const owner = (await readOwnerRecord(this.#storePath))?.pid;
    const found = this.#windows.findIndex(({ pid }) => pid === owner);
    return found === -1 ? undefined : found;
  }

  /** `kill -9`, and after a while another server in its place. */
  async kill(number: number, restartAfterMs: number): Promise<void> {
    await this.#handle(number, async (window, server) => {
      server.kill('SIGKILL');
      this.kills++;
      // Requests of the time between find a dead server first, as a window's do.
      await server.exited;
      this.#fill(
        window,
        sleep(restartAfterMs).then(() => this.#start()),
      );
      await window.server;
    });
  }

  /** Stops a server for a while, as a machine that is put to sleep does. */
  async stop(number: number, forMs: number): Promise<void> {
    await this.#handle(number, async (_window, server) => {
      server.kill('SIGSTOP');
      this.stops++;
      await sleep(forMs);
      server.kill('SIGCONT');
    });
  }

  /** Ends all windows: orderly, or all at once by `kill -9`. */
  async end(how: 'orderly' | 'killed'): Promise<void> {
    this.#ending = true;
    const servers = await Promise.allSettled(this.#windows.map(({ server }) => server));
    const started = servers.flatMap((result) =>
      result.status === 'fulfilled' ? [result.value] : [],
    );
    await Promise.all(
      started.map(async (server) => {
        if (how === 'orderly') return server.shutDown();
        server.child.kill('SIGKILL');
        await server.exited;
      }),
    );
  }

  #fill(window: Window, server: Promise<TestServer>): void {
    window.server = server;
    // Whoever waits for the server hears of a failure.
    server.then(
      (started) => {
        window.pid = started.pid;
        void started.exited.then((code) => {
          if (window.handled || this.#ending || window.server !== server) return;
          const words = started.log.slice(-LAST_WORDS).join(' | ');
          this.crashes.push(`a server ended by itself (code ${code ?? 'none'}): ${words}`);
          this.#fill(window, this.#start());
        });
      },
      () => undefined,
    );
  }

  #start(): Promise<TestServer> {
    return startServer(this.#storePath, {}, this.#program);
  }

  #window(number: number): Window {
    const window = this.#windows[number];
    if (window === undefined) throw new RangeError(`There is no window ${number}.`);
    return window;
  }

  async #handle(
    number: number,
    work: (window: Window, server: TestServer) => Promise<void>,
  ): Promise<void> {
    const window = this.#window(number);
    if (window.handled) return;
    window.handled = true;
    try {
      await work(window, await window.server);
    } finally {
      window.handled = false;
    }
  }
}

/** Worth asking again: nobody said no, they only were not there to say yes. */
function isPassing(error: unknown): boolean {
  return (['unavailable', 'timeout', 'cancelled', 'poisoned'] as const).some((code) =>
    MultipathError.is(error, code),
  );
}
