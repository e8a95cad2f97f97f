/**
 * Agents' files on this machine, by metadata alone. What could not be looked at is told with what
 * was found, so that nobody takes a file for gone that only cannot be seen.
 */
import { lstat, readdir } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import type { Agent, Environment, SourceFile } from '../../agents/agent.ts';
import { statOf, type OnFolder } from '../../agents/walk.ts';
import { messageOf } from '../../core/errors.ts';

export interface Found extends SourceFile {
  readonly agent: string;
}

export interface Scan {
  readonly agent: Agent;
  readonly files: readonly Found[];
  /** Roots that are there and hold something. */
  readonly present: readonly string[];
  /** What could not be listed or looked at. */
  readonly unseen: readonly string[];
}

export interface SourcesOptions {
  readonly agents: readonly Agent[];
  /** Folders per agent where a setting names them. */
  readonly roots: Readonly<Record<string, readonly string[]>>;
  readonly environment: Environment;
  readonly log: (message: string) => void;
}

export class Sources {
  readonly #options: SourcesOptions;

  constructor(options: SourcesOptions) {
    this.#options = options;
  }

  get agents(): readonly Agent[] {
    return this.#options.agents;
  }

  rootsOf(agent: Agent): readonly string[] {
    const configured = this.#options.roots[agent.id];
    return configured && configured.length > 0
      ? configured
      : agent.defaultRoots(this.#options.environment);
  }

  async scan(agent: Agent, onFolder?: OnFolder): Promise<Scan> {
    const files = new Map<string, Found>();
    const present: string[] = [];
    const unseen: string[] = [];
    const onProblem = (path: string, error: unknown): void => {
      unseen.push(path);
      this.#options.log(`${path}: ${messageOf(error)}`);
    };
    for (const root of this.rootsOf(agent)) {
      if (await holdsSomething(root)) present.push(root);
      for await (const file of agent.discover(root, onProblem, onFolder)) {
        // Roots may lie in each other.
        files.set(file.path, { ...file, agent: agent.id });
      }
    }
    return { agent, files: [...files.values()], present, unseen };
  }

  /**
   * Those of some paths that are truly gone, not only out of sight: the root they were below is
   * there, nothing on the way could not be looked at, and nothing is a link that leads nowhere, as
   * when a disk is not mounted.
   */
  async trulyGone(
    agent: Agent,
    paths: readonly string[],
    unseen: readonly string[] = [],
  ): Promise<string[]> {
    const roots: string[] = [];
    for (const root of this.rootsOf(agent)) if (await holdsSomething(root)) roots.push(root);
    const sound = new Map<string, boolean>();
    const gone: string[] = [];
    for (const path of paths) {
      const root = roots.find((folder) => isBelow(path, folder));
      if (root === undefined || unseen.some((other) => isBelow(path, other))) continue;
      if (await isAbsent(path, root, sound)) gone.push(path);
    }
    return gone;
  }
}

export function isBelow(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`);
}

/** An empty folder may be the place where something is mounted at other times. */
async function holdsSomething(root: string): Promise<boolean> {
  try {
    return (await readdir(root)).length > 0;
  } catch {
    return false; // Whatever is wrong with it shows when it is listed.
  }
}

/** `sound` remembers folders: true where they are there, or truly gone. */
async function isAbsent(path: string, root: string, sound: Map<string, boolean>): Promise<boolean> {
  try {
    if (await statOf(path)) return false;
    if (await isThere(path)) return false;
    for (let folder = dirname(path); isBelow(folder, root); folder = dirname(folder)) {
      const known = sound.get(folder);
      if (known !== undefined) return known;
      if (await statOf(folder)) {
        sound.set(folder, true);
        return true;
      }
      if (await isThere(folder)) {
        sound.set(folder, false);
        return false;
      }
    }
    return true;
  } catch {
    return false; // Cannot be looked at: out of sight.
  }
}

/** True for a link, wherever it leads. */
async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return false;
    throw error;
  }
}
