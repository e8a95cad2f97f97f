/**
 * Keeps a session server running and hides its restarts: a request waits for the server that is
 * coming, and one whose server died is reported as lost, for the remote store to send again with
 * the id it had. It never gives up; how long it has been failing is there to be shown.
 */
import { EventEmitter, type LogOutputChannel } from 'vscode';
import type { Disposable } from './disposable.ts';
import { messageOf, MultipathError } from '../core/errors.ts';
import type { RpcConnection, Unsubscribe } from '../protocol/rpc.ts';
import { ConnectionLostError } from '../protocol/wireErrors.ts';

/** One life of the server process. */
export interface ServerLife {
  readonly connection: Pick<RpcConnection, 'sendRequest' | 'onNotification'>;
  /** Ends the process; resolves when it is gone. */
  stop(): Promise<void>;
}

/** Starts a process; `onClosed` is called when it ended, asked or not. */
export type Launch = (onClosed: () => void) => Promise<ServerLife>;
export type ServerState = 'idle' | 'starting' | 'running' | 'away' | 'stopped';

/** Milliseconds. `wait`: how long a request waits for a server that is not there. */
export interface Delays {
  readonly first: number;
  readonly longest: number;
  readonly stable: number;
  readonly wait: number;
}
const DELAYS: Delays = { first: 200, longest: 30_000, stable: 60_000, wait: 20_000 };
/** An ordinary restart is over before anybody sees it. */
const FAILURES_BEFORE_AWAY = 3;

interface CurrentLife {
  readonly server: Promise<ServerLife>;
  readonly startedAt: number;
  closed: boolean;
}

export class SessionServer implements Disposable {
  readonly #launch: Launch;
  readonly #log: LogOutputChannel;
  readonly #delays: Delays;
  readonly #stateChanged = new EventEmitter<ServerState>();
  readonly #restarted = new EventEmitter<void>();
  readonly onDidChangeState = this.#stateChanged.event;
  /** A new process answers: whatever was read from the one before may be out of date. */
  readonly onDidRestart = this.#restarted.event;
  #state: ServerState = 'idle';
  #life: CurrentLife | undefined;
  #failures = 0;
  #lives = 0;
  readonly #subscriptions = new Map<object, readonly [string, (params: unknown) => void]>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(launch: Launch, log: LogOutputChannel, delays: Delays = DELAYS) {
    this.#launch = launch;
    this.#log = log;
    this.#delays = delays;
  }

  get state(): ServerState {
    return this.#state;
  }

  /** How often in a row the server went or failed to start. */
  get failures(): number {
    return this.#failures;
  }

  /** True when it has not come back for so long that the person should know. */
  get isAway(): boolean {
    return this.#state !== 'running' && this.#failures >= FAILURES_BEFORE_AWAY;
  }

  /** Starts the server on first use. Rejects with `unavailable` when none comes in time. */
  async sendRequest(method: string, params: object, signal?: AbortSignal): Promise<unknown> {
    const life = await this.#running();
    try {
      const { connection } = await life.server;
      return await connection.sendRequest(method, params, signal);
    } catch (error) {
      if (life.closed) throw new ConnectionLostError({ cause: error });
      throw error;
    }
  }

  /** Hears of the notifications of this server and of all that follow it. */
  onNotification(method: string, handler: (params: unknown) => void): Unsubscribe {
    const key = {};
    this.#subscriptions.set(key, [method, handler]);
    // One that is still starting is subscribed to when it has.
    const life = this.#state === 'running' ? this.#life : undefined;
    if (life) void life.server.then((server) => this.#subscribe(server, key));
    return () => void this.#subscriptions.delete(key);
  }

  /** Ends the process, where there is one, and starts another at once. */
  async restart(): Promise<void> {
    clearTimeout(this.#timer);
    this.#failures = 0;
    this.#setState('starting');
    await this.#end();
    this.#life ??= this.#start();
    await this.#life.server;
  }

  /** Ends the process for good. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#setState('stopped');
    await this.#end();
  }

  dispose(): void {
    void this.stop();
    this.#stateChanged.dispose();
    this.#restarted.dispose();
    this.#subscriptions.clear();
  }

  async #end(): Promise<void> {
    const life = this.#life;
    if (!life) return;
    this.#life = undefined;
    life.closed = true;
    try {
      await (await life.server).stop();
    } catch (error) {
      this.#log.debug(`Ending the session server: ${messageOf(error)}`);
    }
  }

  /** The server that runs or is starting; waits for one that is to come. */
  async #running(): Promise<CurrentLife> {
    if (this.#state === 'stopped') throw gone();
    if (this.#state === 'idle') this.#life = this.#start();
    if (this.#life) return this.#life;
    return new Promise<CurrentLife>((resolve, reject) => {
      const finish = (settle: () => void) => {
        clearTimeout(timer);
        subscription.dispose();
        settle();
      };
      const timer = setTimeout(() => finish(() => reject(gone())), this.#delays.wait);
      const subscription = this.#stateChanged.event((state) => {
        const life = this.#life;
        if (state === 'stopped') finish(() => reject(gone()));
        else if (life && state === 'running') finish(() => resolve(life));
      });
    });
  }

  #start(): CurrentLife {
    this.#setState('starting');
    const server = Promise.resolve().then(() => this.#launch(() => this.#closed(life, 'ended')));
    const life: CurrentLife = { server, startedAt: Date.now(), closed: false };
    server.then(
      (opened) => this.#opened(life, opened),
      (error: unknown) => this.#closed(life, `did not start: ${messageOf(error)}`),
    );
    return life;
  }

  #opened(life: CurrentLife, server: ServerLife): void {
    if (this.#life !== life) return;
    for (const key of this.#subscriptions.keys()) this.#subscribe(server, key);
    this.#lives++;
    this.#log.info(`The session server answers after ${Date.now() - life.startedAt} ms.`);
    this.#setState('running');
    if (this.#lives > 1) this.#restarted.fire();
  }

  #subscribe(server: ServerLife, key: object): void {
    const method = this.#subscriptions.get(key)?.[0];
    if (method === undefined) return;
    server.connection.onNotification(method, (params) => this.#subscriptions.get(key)?.[1](params));
  }

  #closed(life: CurrentLife, what: string): void {
    life.closed = true;
    if (this.#life !== life) return;
    this.#life = undefined;
    if (this.#state === 'stopped') return;
    if (Date.now() - life.startedAt > this.#delays.stable) this.#failures = 0;
    const delay = Math.min(this.#delays.first * 2 ** this.#failures, this.#delays.longest);
    this.#failures++;
    this.#log.warn(`The session server ${what}; another one starts in ${delay} ms.`);
    this.#setState('away');
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#life ??= this.#start();
    }, delay);
  }

  #setState(state: ServerState): void {
    if (this.#state === state) return;
    this.#state = state;
    this.#stateChanged.fire(state);
  }
}

function gone(): MultipathError {
  return new MultipathError(
    'unavailable',
    'The session server does not answer. Run “Multipath: Restart Session Server”, or look at its log with “Multipath: Show Log”.',
  );
}
