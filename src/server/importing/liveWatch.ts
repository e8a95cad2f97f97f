/**
 * Follows the folders of the agents that may be read, and only those: tells which paths changed, and
 * from time to time asks for a look at all of them, so that a change that was missed (a network
 * folder, a limit of the system) only comes later. A scan shows it the folders there are.
 */
import { basename, dirname, relative, sep } from 'node:path';
import type { Agent, SessionFolder } from '../../agents/agent.ts';
import { sessionFolders, statOf, type OnFolder } from '../../agents/walk.ts';
import { messageOf } from '../../core/errors.ts';
import { FolderWatch } from './folderWatch.ts';
import { Gatherer } from './gatherer.ts';
import type { Sources } from './sources.ts';

/** All in milliseconds. */
export interface LiveTiming {
  readonly quietMs?: number;
  readonly latestMs?: number;
  /** Between two looks at everything: when all of it is watched, and when some of it is not. */
  readonly rescanMs?: number;
  readonly partialRescanMs?: number;
}

const RESCAN_MS = 300_000;
const PARTIAL_RESCAN_MS = 30_000;

export interface LiveWatchOptions {
  readonly sources: Sources;
  /** Paths of an agent changed, by path; `undefined`: any may have. */
  readonly onChanges: (
    agent: Agent,
    changes: ReadonlyMap<string, SessionFolder> | undefined,
  ) => Promise<void>;
  /** Everything is to be looked at again. Never rejects. */
  readonly onRescan: () => Promise<void>;
  readonly log: (message: string) => void;
  readonly timing?: LiveTiming;
}

interface Watched {
  readonly agent: Agent;
  readonly watch: FolderWatch;
  readonly gatherer: Gatherer<SessionFolder>;
  /** Which place a watched folder belongs to. */
  readonly places: Map<string, SessionFolder>;
  /** By folder: names in it that change what there is to watch. */
  expected: ReadonlyMap<string, ReadonlySet<string>>;
  /** Folders that the scan under way has come by. */
  seen: Set<string>;
}

export class LiveWatch {
  readonly #options: LiveWatchOptions;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;
  #rescanning: Promise<void> | undefined;
  #isClosed = false;

  constructor(options: LiveWatchOptions) {
    this.#options = options;
    this.#plan();
  }

  /** Ids of the agents that are watched. */
  get agents(): readonly string[] {
    return [...this.#watched.keys()];
  }

  /** A scan of an agent begins: what it comes by is watched from then on. */
  begin(agent: Agent): OnFolder {
    this.#of(agent).seen = new Set();
    return this.follow(agent);
  }

  /** For a part of an agent's folders that is looked at anew. */
  follow(agent: Agent): OnFolder {
    const watched = this.#of(agent);
    return (place, folder) => {
      watched.seen.add(folder);
      watched.places.set(folder, place);
      watched.watch.add(folder, folder === place.folder);
    };
  }

  /** A folder is gone, or is another one than before. */
  replaced(agent: Agent, folder: string): void {
    this.#watched.get(agent.id)?.watch.forget(folder);
  }

  /** The scan has ended: folders that are gone are let go, those to come are waited for. */
  async settle(agent: Agent): Promise<void> {
    const watched = this.#watched.get(agent.id);
    if (!watched) return;
    const { watch, places, seen } = watched;
    const expected = await this.#expected(agent, seen);
    if (this.#isClosed || this.#watched.get(agent.id) !== watched) return;
    watched.expected = expected;
    for (const folder of expected.keys()) watch.add(folder, false);
    for (const folder of places.keys()) if (!seen.has(folder)) places.delete(folder);
    watch.keepOnly(new Set([...seen, ...expected.keys()]));
    this.#plan();
  }

  /** Names in folders that lead to roots and to places of sessions, whether they are there or not. */
  async #expected(
    agent: Agent,
    seen: ReadonlySet<string>,
  ): Promise<Map<string, ReadonlySet<string>>> {
    const expected = new Map<string, ReadonlySet<string>>();
    const expect = (folder: string, names: readonly string[]): void => {
      expected.set(folder, new Set([...(expected.get(folder) ?? []), ...names]));
    };
    for (const root of this.#options.sources.rootsOf(agent)) {
      const [folder, name] = await nearest(root);
      expect(folder, name === '' ? [] : [name]);
      if (folder !== root) continue;
      for (const place of await sessionFolders(agent.watch, root, () => undefined)) {
        const [above, missing] = await nearest(place.folder);
        if (missing !== '') expect(above, [missing]);
        else if (seen.has(place.folder) && place.folder !== root) {
          expect(dirname(place.folder), [basename(place.folder)]);
        }
      }
    }
    return expected;
  }

  /** Stops watching an agent, at once. */
  forget(agentId: string): void {
    const watched = this.#watched.get(agentId);
    if (!watched) return;
    this.#watched.delete(agentId);
    watched.watch.close();
    void watched.gatherer.close();
  }

  /** Resolves when nothing is under way any more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    const all = [...this.#watched.values()];
    this.#watched.clear();
    for (const { watch } of all) watch.close();
    await Promise.all([this.#rescanning, ...all.map(({ gatherer }) => gatherer.close())]);
  }

  #of(agent: Agent): Watched {
    const known = this.#watched.get(agent.id);
    if (known) return known;
    const { onChanges, log, timing } = this.#options;
    const gatherer = new Gatherer<SessionFolder>({
      onBatch: (changes) => onChanges(agent, changes),
      report: (error) => log(messageOf(error)),
      ...timing,
    });
    const watch = new FolderWatch({
      onChange: (folder, path, isNew) => this.#change(agent.id, folder, path, isNew),
      onProblem: (folder, error) => {
        log(`${folder} is not watched, only looked at now and then: ${messageOf(error)}`);
        this.#plan();
      },
    });
    const watched: Watched = {
      agent,
      watch,
      gatherer,
      places: new Map(),
      expected: new Map(),
      seen: new Set(),
    };
    this.#watched.set(agent.id, watched);
    return watched;
  }

  #change(agentId: string, folder: string, path: string | undefined, isNew: boolean): void {
    const watched = this.#watched.get(agentId);
    if (!watched) return;
    if (path === undefined) {
      watched.gatherer.addAll();
      return;
    }
    const place = watched.places.get(folder);
    if (place && matters(place, path)) watched.gatherer.add(path, place);
    const name = basename(path);
    if (!isNew) return;
    // A folder that was removed tells so under its own name.
    if (name === basename(folder)) {
      watched.watch.forget(folder);
      watched.gatherer.addAll();
    } else if (this.#isExpected(watched, folder, name)) {
      watched.watch.forget(path);
      watched.gatherer.addAll();
    }
  }

  /** Names that lead to a root, or in the root itself change what its sessions are. */
  #isExpected({ agent, expected }: Watched, folder: string, name: string): boolean {
    if (expected.get(folder)?.has(name)) return true;
    if (!this.#options.sources.rootsOf(agent).includes(folder)) return false;
    return agent.watch(folder, [name]).some((place) => place.folder !== folder);
  }

  /** The next look at everything. */
  #plan(): void {
    if (this.#isClosed) return;
    clearTimeout(this.#timer);
    const { rescanMs = RESCAN_MS, partialRescanMs = PARTIAL_RESCAN_MS } =
      this.#options.timing ?? {};
    const isWhole = [...this.#watched.values()].every(({ watch }) => watch.isWhole);
    this.#timer = setTimeout(
      () => {
        this.#rescanning = this.#options.onRescan().finally(() => {
          this.#rescanning = undefined;
          this.#plan();
        });
      },
      isWhole ? rescanMs : partialRescanMs,
    );
    this.#timer.unref();
  }
}

/** True for a path that is, or may lead to, sessions of a place. */
function matters(place: SessionFolder, path: string): boolean {
  const from = relative(place.folder, path);
  if (from === '') return true;
  const parts = from.split(sep);
  return place.isSession(parts) || (place.leads?.(parts) ?? true);
}

/** The folder itself where it is there, else the nearest one above it that is, and what is missing in it. */
async function nearest(path: string): Promise<readonly [folder: string, name: string]> {
  let [folder, name] = [path, ''];
  while (folder !== dirname(folder)) {
    try {
      if ((await statOf(folder))?.isDirectory()) return [folder, name];
    } catch {
      // Not to be looked at: what is above it may be.
    }
    [folder, name] = [dirname(folder), basename(folder)];
  }
  return [folder, name];
}
