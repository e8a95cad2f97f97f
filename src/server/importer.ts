/**
 * Brings agents' histories into the store: looks at their files by metadata alone, reads only what
 * the person agreed to, one file at a time in a worker, and goes on reading them while they are
 * written to. Every batch is a checkpoint, so an import that was cancelled or killed goes on where
 * it stopped. Agents' files are only ever read.
 */
import type { Agent, Environment, SessionFolder } from '../agents/agent.ts';
import { messageOf } from '../core/errors.ts';
import type { AgentSurvey, ImportProgress } from '../core/sessionStore.ts';
import { LogFiles, type LogFile } from '../store/logFiles.ts';
import type { StoreCore } from '../store/storeCore.ts';
import { Announcements } from './importing/announcements.ts';
import { FileImport } from './importing/fileImport.ts';
import { HungryFiles } from './importing/hungryFiles.ts';
import { LiveWatch, type LiveTiming } from './importing/liveWatch.ts';
import { Looks, type Look } from './importing/looks.ts';
import { MovedFiles } from './importing/movedFiles.ts';
import { Permission } from './importing/permission.ts';
import { sumOf, ToldProgress } from './importing/progress.ts';
import { ImportQueue, type Queued } from './importing/queue.ts';
import { Sources } from './importing/sources.ts';
import { surveyOf } from './importing/survey.ts';
import { UnderWay, type Begun } from './importing/underWay.ts';
import { UnpackedRoom } from './importing/unpackedRoom.ts';
import { WaitingFiles } from './importing/waitingFiles.ts';
import type { ImportedLogs } from './upkeep/importedLogs.ts';
import type { WorkerBounds } from './workerLimits.ts';

export interface ImporterOptions {
  readonly core: StoreCore;
  readonly agents: readonly Agent[];
  /** Folders per agent where a setting names them. */
  readonly roots: Readonly<Record<string, readonly string[]>>;
  readonly environment: Environment;
  /** The import worker's script. */
  readonly workerFile: string | URL;
  readonly now: () => number;
  readonly log: (message: string) => void;
  /** Follows the agents' folders from the first import on; without it only `run` looks at them. */
  readonly live?: boolean | LiveTiming;
  /** Of the import worker, in tests. */
  readonly workers?: WorkerBounds;
}

export class Importer {
  readonly #options: ImporterOptions;
  readonly #sources: Sources;
  readonly permission: Permission;
  readonly #files: LogFiles;
  readonly #looks: Looks;
  readonly #reader: FileImport;
  readonly #underWay: UnderWay;
  readonly #announcements: Announcements;
  readonly #hungry: HungryFiles;
  readonly #queue = new ImportQueue();
  readonly #moved = new MovedFiles();
  /** What was found and is not in the store. */
  readonly waiting: WaitingFiles;
  #live: LiveWatch | undefined;
  #running: Promise<ImportProgress> | undefined;
  #draining: Promise<void> | undefined;
  #abort = new AbortController();
  #isDisposed = false;
  readonly #told = new ToldProgress((progress) => this.onProgress(progress));
  /** Set by the store: sessions whose rows changed. */
  onImported: (changed: readonly string[], removed: readonly string[]) => void = () => undefined;
  onProgress: (progress: ImportProgress) => void = () => undefined;
  /** Set by the store: all that was found is in, for now. */
  onCaughtUp: () => void = () => undefined;
  /** Called when files are found gone. */
  onGone: () => void = () => undefined;
  /** Set by the store: where logs of old files go right when they are in. */
  oldLogs: Pick<ImportedLogs, 'add' | 'finish'> | undefined;

  constructor(options: ImporterOptions) {
    const { core } = options;
    this.#options = options;
    this.#sources = new Sources(options);
    this.#files = new LogFiles(core.database);
    this.permission = new Permission({
      database: core.database,
      files: this.#files,
      sources: this.#sources,
      now: options.now,
    });
    this.#hungry = new HungryFiles(core.database);
    this.#looks = new Looks({
      sources: this.#sources,
      files: this.#files,
      moved: this.#moved,
      limits: (agent) => this.permission.limits(agent),
      log: options.log,
    });
    this.#announcements = new Announcements(core, (...ids) => this.onImported(...ids));
    this.#reader = new FileImport({
      ...options,
      onBytes: (bytes) => this.#announcements.flushAfter(bytes),
    });
    this.waiting = new WaitingFiles({
      files: this.#files,
      queue: this.#queue,
      hungry: this.#hungry,
      permission: this.permission,
      sources: this.#sources,
      glimpse: (files) => this.#reader.glimpse(files),
      isBeingRead: (path) => this.#underWay.has(path),
      drain: () => this.#drain(),
      flush: () => this.#announcements.flush(),
    });
    this.#underWay = new UnderWay({
      queue: this.#queue,
      reader: this.#reader,
      moved: this.#moved,
      hungry: this.#hungry,
      room: new UnpackedRoom(core.database, (agent) => this.permission.consentOf(agent)?.budget),
      mayRead: (queued, before) => this.#mayBegin(queued, before),
    });
  }

  /** Counts files and bytes per agent by metadata; opens none. */
  async survey(): Promise<AgentSurvey[]> {
    const surveys: AgentSurvey[] = [];
    for (const agent of this.#sources.agents) {
      const scan = await this.#sources.scan(agent);
      const roots = this.#sources.rootsOf(agent);
      const consent = this.permission.consentOf(agent.id);
      surveys.push(await surveyOf(scan, roots, consent, this.#files, this.#options.now()));
    }
    return surveys;
  }

  /** From here on an agent is read, or read no more. */
  consentChanged(agent: string): void {
    if (this.permission.isAllowed(agent)) return;
    this.#live?.forget(agent);
    this.#queue.drop(agent);
    this.waiting.forget(agent);
    this.#underWay.stop(({ file }) => file.agent === agent);
  }

  /** Catches up with what was written since, and follows it from then on. Never rejects. */
  async start(): Promise<void> {
    if (!this.#options.live) return;
    // What the person stopped is not begun again by itself, also not after the store was closed.
    if (this.#sources.agents.some(({ id }) => this.permission.isAllowed(id))) await this.#runOn();
  }

  /** Folders that an agent's sessions are looked for in. */
  rootsOf(agentId: string): readonly string[] {
    const agent = this.#agentOf(agentId);
    return agent ? this.#sources.rootsOf(agent) : [];
  }

  /** Starts an import, or joins the one under way. Never rejects: failures are in the progress. */
  run(): Promise<ImportProgress> {
    const running = this.#files.stoppedAt === undefined ? undefined : this.#running;
    this.#files.noteStopped(undefined);
    this.#hungry.forget();
    // The one under way leaves out what the person stopped, and is now asked for.
    return running ? running.then(() => this.#runOn()) : this.#runOn();
  }

  #runOn(): Promise<ImportProgress> {
    this.#running ??= this.#import().finally(() => {
      this.#running = undefined;
    });
    return this.#running;
  }

  /** True while files are being taken in. */
  get isRunning(): boolean {
    return this.#running !== undefined || this.#draining !== undefined;
  }

  /** Ids of the agents whose folders are followed. */
  get followed(): readonly string[] {
    return this.#live?.agents ?? [];
  }

  /** Resolves when the import has stopped. What is written from then on is still taken in. */
  async cancel(): Promise<void> {
    if (!this.#running) return;
    this.#files.noteStopped(this.#options.now());
    this.#abort.abort();
    this.#queue.dropPlanned();
    this.#underWay.stop(({ file, isPlanned }) => isPlanned && !this.waiting.isAsked(file.path));
    await this.#running;
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    await this.#live?.close();
    this.#abort.abort();
    this.#queue.clear();
    this.waiting.close();
    this.#underWay.stop(() => true);
    await this.#running;
    await this.#draining?.catch(() => undefined); // Whoever drained has been told.
    await this.#announcements.settled();
    await this.#reader.dispose();
  }

  /** Something went wrong that no caller waits for. */
  report(error: unknown): void {
    this.#options.log(messageOf(error));
  }

  async #import(): Promise<ImportProgress> {
    this.#abort = new AbortController();
    const { signal } = this.#abort;
    try {
      this.#told.clear();
      const looks: Look[] = [];
      for (const agent of this.#sources.agents) {
        if (!this.permission.isAllowed(agent.id)) continue;
        looks.push(await this.#lookAtAll(agent));
        if (isAborted(signal)) break;
      }
      await this.#mark(
        looks.flatMap((look) => look.returned),
        undefined,
      );
      const changed = this.permission.inOrder(looks.flatMap((look) => look.changed));
      this.#told.begin(changed, sumOf(looks.map((look) => look.overBudget)));
      if (!isAborted(signal)) this.#queue.plan(changed);
      await this.#drain();
      // What was moved has another name by now.
      if (!isAborted(signal)) await this.#setGone(looks.flatMap((look) => look.missing));
      return this.#told.end(isAborted(signal) ? 'cancelled' : 'done');
    } catch (error) {
      this.report(error);
      return this.#told.end('failed', messageOf(error));
    }
  }

  async #lookAtAll(agent: Agent): Promise<Look> {
    const look = await this.#looks.atAll(agent, this.#watch());
    this.waiting.found(agent.id, look.unknown);
    return look;
  }

  /** Looks at what is said to have changed, or, where that is not known, at everything. */
  async #noticed(
    agent: Agent,
    changes: ReadonlyMap<string, SessionFolder> | undefined,
  ): Promise<void> {
    if (!this.#mayFollow(agent)) return;
    const { changed, missing, returned } = await (changes
      ? this.#looks.at(agent, changes, this.#live)
      : this.#lookAtAll(agent));
    if (!this.#mayFollow(agent)) return;
    await this.#mark(returned, undefined);
    await this.#setGone(missing);
    this.#queue.notice(this.permission.inOrder(changed.filter((file) => !this.#hungry.has(file))));
    this.#drain().catch((error: unknown) => this.report(error));
  }

  /** Now and then, in case something was missed. Never rejects. */
  async #rescan(): Promise<void> {
    if (this.#running) return;
    for (const agent of this.#sources.agents) {
      await this.#noticed(agent, undefined).catch((error: unknown) => this.report(error));
    }
  }

  /** Reads what waits in the queue; resolves when nothing does. Rejects when the store fails. */
  async #drain(): Promise<void> {
    for (;;) {
      this.#draining ??= this.#work().finally(() => {
        this.#draining = undefined;
      });
      await this.#draining;
      if (this.#isDrained()) return;
    }
  }

  /** Somebody else who waited may have begun with what was left. */
  #isDrained(): boolean {
    return this.#queue.isEmpty && this.#draining === undefined;
  }

  async #work(): Promise<void> {
    const { signal } = this.#abort;
    try {
      for (let next = await this.#underWay.next(); next; next = await this.#underWay.next()) {
        await this.#finish(next);
      }
      await this.oldLogs?.finish(signal);
      await this.#announcements.flush();
      this.onCaughtUp();
    } catch (error) {
      this.#queue.clear();
      await this.#underWay.giveUp();
      await this.#announcements.settled();
      throw error;
    }
  }

  async #finish(begun: Begun): Promise<void> {
    const { file, isPlanned, before } = begun;
    const outcome = await begun.outcome;
    this.#underWay.end(begun);
    this.waiting.ended(file, outcome);
    if (before && !this.#files.at(before.path)) this.#moved.remove(file.agent, before.path);
    if (outcome.type === 'cancelled') return;
    if (outcome.type === 'done') {
      this.#announcements.add(outcome.result);
      await this.#announcements.flushAfter(0);
      await this.oldLogs?.add(outcome.log, file.modifiedAt, this.#abort.signal);
    }
    if (!isPlanned) {
      if (outcome.type === 'failed') this.#options.log(`${file.path}: ${outcome.message}`);
      return;
    }
    this.#told.add(file, outcome);
  }

  async #setGone(paths: readonly string[]): Promise<void> {
    const still = paths.filter((path) => this.#files.at(path) !== undefined);
    await this.#mark(still, this.#options.now());
    if (still.length > 0) this.onGone();
  }

  async #mark(paths: readonly string[], goneAt: number | undefined): Promise<void> {
    if (paths.length === 0) return;
    this.#options.core.database.transaction(() => this.#files.setGone(paths, goneAt));
    this.#announcements.add({ changed: this.#files.sessionsOf(paths), removed: [] });
    await this.#announcements.flush();
  }

  #watch(): LiveWatch | undefined {
    const { live, log } = this.#options;
    if (!live || this.#isDisposed) return undefined;
    this.#live ??= new LiveWatch({
      sources: this.#sources,
      onChanges: (agent, changes) => this.#noticed(agent, changes),
      onRescan: () => this.#rescan(),
      log,
      ...(live !== true && { timing: live }),
    });
    return this.#live;
  }

  #mayBegin({ file, isPlanned }: Queued, before: LogFile | undefined): boolean {
    // Stopping the reader stops only what it has begun.
    const isAsked = this.waiting.isAsked(file.path);
    const isStopped = isPlanned && !isAsked && isAborted(this.#abort.signal);
    return !this.#isDisposed && !isStopped && this.permission.mayRead(file, before, isAsked);
  }

  #mayFollow({ id }: Agent): boolean {
    return !this.#isDisposed && this.permission.isAllowed(id);
  }

  #agentOf(id: string): Agent | undefined {
    return this.#sources.agents.find((agent) => agent.id === id);
  }
}

/** A call, because what was false before a wait need not be after it. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
