/**
 * What this window knows of runs, for the tree, the transcripts and the status bar: those that it
 * drives, told at once, and those of other windows, told by the store.
 *
 * Invariant: of a run that is driven here, what the store says never takes back text that arrived.
 */
import { EventEmitter, type LogOutputChannel } from 'vscode';
import { messageOf } from '../../core/errors.ts';
import type { Explorer, ExploreEvent, Run, RunQuery } from '../../core/exploration.ts';
import type { Session } from '../../core/session.ts';
import type { SessionStore, StoreEvent } from '../../core/sessionStore.ts';
import type { Disposable } from '../disposable.ts';
import type { SessionServer } from '../sessionServer.ts';

export interface RunsParts {
  readonly store: Pick<SessionStore, 'getRuns' | 'onDidChange'>;
  readonly log: Pick<LogOutputChannel, 'debug'>;
  readonly server: Pick<SessionServer, 'onDidRestart' | 'onDidChangeState'>;
}

/** Questions about forks that are drawn one after the other are asked together. */
const GATHER_MS = 50;

export class Runs implements Disposable {
  readonly #store: RunsParts['store'];
  readonly #log: RunsParts['log'];
  readonly #bySession = new Map<string, Run>();
  /** Forks that have no run, or whose run is asked for. */
  readonly #asked = new Set<string>();
  readonly #wanted = new Set<string>();
  /** When the model is asked again, by run. */
  readonly #waiting = new Map<string, number>();
  readonly #changed = new EventEmitter<readonly string[]>();
  readonly #unsubscribe: (() => void)[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Told with the ids of forks whose run changed, or got more text. */
  readonly onDidChange = this.#changed.event;

  constructor({ store, log, server }: RunsParts) {
    this.#store = store;
    this.#log = log;
    const restarted = server.onDidRestart(() => this.#askAll());
    const started = server.onDidChangeState((state) => {
      // What another window runs, and what this one left when it was reloaded.
      if (state === 'running') void this.#read({ live: true });
    });
    this.#unsubscribe = [
      store.onDidChange((event) => this.#follow(event)),
      () => void restarted.dispose(),
      () => void started.dispose(),
    ];
  }

  /** The runs of this window. */
  attach(explorer: Pick<Explorer, 'onDidChange'>): void {
    this.#unsubscribe.push(explorer.onDidChange((event) => this.#take(event)));
  }

  /** Of a fork; `undefined` where there is none, or it is not known yet: then a change is told. */
  of(sessionId: string): Run | undefined {
    return this.#bySession.get(sessionId);
  }

  /** The same for a session that is drawn: only forks that an exploration made are asked for. */
  ofSession(session: Pick<Session, 'id' | 'metadata'>): Run | undefined {
    const known = this.#bySession.get(session.id);
    if (known || session.metadata['explore'] === undefined) return known;
    this.want(session.id);
    return undefined;
  }

  /** Asks for the run of a fork, once. */
  want(sessionId: string): void {
    if (this.#asked.has(sessionId)) return;
    this.#asked.add(sessionId);
    this.#wanted.add(sessionId);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const sessionIds = [...this.#wanted];
      this.#wanted.clear();
      void this.#read({ sessionIds });
    }, GATHER_MS);
  }

  /** Those that are queued or running, as far as is known. */
  get live(): readonly Run[] {
    return [...this.#bySession.values()].filter(isLive);
  }

  /** Milliseconds since the epoch; `undefined` while nothing is waited for. */
  waitsUntil(runId: string): number | undefined {
    return this.#waiting.get(runId);
  }

  /** All that the store has of an exploration, or of what is under way. */
  async read(query: RunQuery): Promise<readonly Run[]> {
    const runs = await this.#store.getRuns(query);
    this.#note(runs);
    return runs;
  }

  dispose(): void {
    clearTimeout(this.#timer);
    for (const end of this.#unsubscribe) end();
    this.#changed.dispose();
  }

  #follow(event: StoreEvent): void {
    if (event.type === 'runs') void this.#read({ ids: event.runs });
    if (event.type !== 'sessions') return;
    for (const id of event.removed) this.#bySession.delete(id);
    // What became a fork of an exploration meanwhile is asked for when it is drawn.
    if (event.all === true) this.#askAll();
  }

  #askAll(): void {
    this.#asked.clear();
    const known = [...this.#bySession.values()].map(({ id }) => id);
    if (known.length > 0) void this.#read({ ids: known.slice(-1000) });
  }

  #take(event: ExploreEvent): void {
    if (event.type === 'run') {
      this.#waiting.delete(event.run.id);
      this.#note([event.run]);
      return;
    }
    if (event.type === 'waiting') this.#waiting.set(event.runId, event.until);
    else {
      this.#waiting.delete(event.runId);
      const run = this.#bySession.get(event.sessionId);
      if (run?.id !== event.runId) return;
      const { step, at, text } = event;
      const before = run.step === step ? run.partial.slice(0, at) : '';
      this.#bySession.set(event.sessionId, { ...run, step, partial: before + text });
    }
    this.#changed.fire([event.sessionId]);
  }

  async #read(query: RunQuery): Promise<void> {
    try {
      await this.read(query);
    } catch (error) {
      // The store is away: when it is back it is asked again.
      for (const id of query.sessionIds ?? []) this.#asked.delete(id);
      this.#log.debug(`Runs: ${messageOf(error)}`);
    }
  }

  #note(runs: readonly Run[]): void {
    if (runs.length === 0) return;
    for (const run of runs) {
      const known = this.#bySession.get(run.sessionId);
      if (known && known.id !== run.id && known.createdAt > run.createdAt) continue;
      this.#asked.add(run.sessionId);
      this.#bySession.set(run.sessionId, known ? newer(known, run) : run);
    }
    this.#changed.fire(runs.map(({ sessionId }) => sessionId));
  }
}

export function isLive({ state }: Pick<Run, 'state'>): boolean {
  return state === 'queued' || state === 'running';
}

/** True for a run that can be gone on with. */
export function isBroken({ state }: Pick<Run, 'state'>): boolean {
  return state === 'failed' || state === 'cancelled' || state === 'interrupted';
}

/** What was told here may be ahead of what the store was told. */
function newer(known: Run, run: Run): Run {
  const isSame = known.id === run.id && known.attempt === run.attempt && isLive(run);
  if (!isSame) return run;
  if (known.step > run.step) return { ...run, step: known.step, partial: known.partial };
  const isAhead = known.step === run.step && known.partial.startsWith(run.partial);
  return isAhead ? { ...run, partial: known.partial } : run;
}
