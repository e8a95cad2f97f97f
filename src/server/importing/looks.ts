/**
 * Looks at agents' files by metadata and says how they differ from what the store has: which are to
 * be read, which are gone, which are back.
 */
import { sep } from 'node:path';
import type { Agent, SessionFolder } from '../../agents/agent.ts';
import { lookAt, walk } from '../../agents/walk.ts';
import { messageOf } from '../../core/errors.ts';
import type { LogFiles } from '../../store/logFiles.ts';
import { knownByPath } from './knownFiles.ts';
import type { LiveWatch } from './liveWatch.ts';
import type { MovedFiles } from './movedFiles.ts';
import { planReading, type Limits, type Planned } from './plan.ts';
import type { Found, Sources } from './sources.ts';

export interface Look extends Planned {
  /** Files that are gone since the last look. */
  readonly missing: readonly string[];
}

export interface LooksParts {
  readonly sources: Sources;
  readonly files: LogFiles;
  readonly moved: MovedFiles;
  readonly limits: (agent: string) => Limits;
  readonly log: (message: string) => void;
}

export class Looks {
  readonly #parts: LooksParts;

  constructor(parts: LooksParts) {
    this.#parts = parts;
  }

  /** At all folders of an agent, which are followed from then on with `live`. */
  async atAll(agent: Agent, live: LiveWatch | undefined): Promise<Look> {
    const { sources, files, moved, limits } = this.#parts;
    const scan = await sources.scan(agent, live?.begin(agent));
    await live?.settle(agent);
    const known = await knownByPath(files, agent.id);
    const found = new Set(scan.files.map((file) => file.path));
    const absent = [...known.values()].filter((file) => !found.has(file.path));
    moved.add(agent.id, absent);
    const planned = planReading(
      scan.files,
      (path) => known.get(path),
      limits(agent.id),
      (file) => moved.mayBe(file),
    );
    const paths = absent.filter((file) => file.goneAt === undefined).map((file) => file.path);
    return { ...planned, missing: await sources.trulyGone(agent, paths, scan.unseen) };
  }

  /** At what is said to have changed. */
  async at(
    agent: Agent,
    changes: ReadonlyMap<string, SessionFolder>,
    live: LiveWatch | undefined,
  ): Promise<Look> {
    const { sources, files, moved, limits } = this.#parts;
    const { found, vanished } = await this.#found(agent, changes, live);
    const absent = vanished
      .flatMap((path) => [files.at(path) ?? [], files.below(path, sep)].flat())
      .filter((file) => file.goneAt === undefined);
    moved.add(agent.id, absent);
    const planned = planReading(
      found,
      (path) => files.at(path),
      limits(agent.id),
      (file) => moved.mayBe(file),
    );
    const paths = absent.map((file) => file.path);
    return { ...planned, missing: await sources.trulyGone(agent, paths) };
  }

  async #found(
    agent: Agent,
    changes: ReadonlyMap<string, SessionFolder>,
    live: LiveWatch | undefined,
  ): Promise<{ readonly found: readonly Found[]; readonly vanished: readonly string[] }> {
    const { log } = this.#parts;
    const onProblem = (path: string, error: unknown): void => log(`${path}: ${messageOf(error)}`);
    const found = new Map<string, Found>();
    const vanished: string[] = [];
    for (const [path, place] of changes) {
      try {
        const seen = await lookAt(place, path);
        if (seen === 'missing') vanished.push(path);
        if (seen === 'missing' || seen === 'folder') live?.replaced(agent, path);
        if (seen === 'folder') {
          for await (const file of walk(place, path, onProblem, live?.follow(agent))) {
            found.set(file.path, { ...file, agent: agent.id });
          }
        } else if (typeof seen === 'object') found.set(seen.path, { ...seen, agent: agent.id });
      } catch (error) {
        onProblem(path, error);
      }
    }
    return { found: [...found.values()], vanished };
  }
}
