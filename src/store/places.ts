/**
 * Folders and the projects they are. Sessions keep the folder they were recorded in; the project
 * they stand under is where that folder is now, found by what was seen of it or said by the person.
 *
 * Invariant: moves never lead in a circle, and a session's project is where its folder's moves end.
 * What was seen and where folders went are facts: of a folder that is gone nothing can be found out.
 */
import { number, text, textOrNull, type Database } from './database.ts';

/** What a folder is known by beside its path. */
export interface PlaceIdentity {
  /** The first commit of its history, in hex. */
  readonly root?: string;
  /** Address of its remote repository, without protocol, user, password and `.git`. */
  readonly remote?: string;
  /** How the clone began: the first line of its log of HEAD. */
  readonly birth?: string;
  /** Where the folder is in its repository; empty for the top. */
  readonly within?: string;
}

/** Who said that a folder is another one now. */
export type MovedBy = 'found' | 'person';

export interface Place {
  readonly folder: string;
  readonly identity?: PlaceIdentity;
  readonly movedTo?: string;
  /** Also of a folder that the person said is itself. */
  readonly movedBy?: MovedBy;
}

/** A project without what only a look at the disk tells. */
export interface StoredProject {
  readonly key: string;
  readonly path: string;
  readonly name: string;
  readonly sessionCount: number;
  readonly updatedAt: number;
  readonly formerPaths: readonly string[];
}

/** Where a folder's sessions stand: itself, unless it moved. */
export function currentFolder(database: Database, folder: string): string {
  const seen = new Set([folder]);
  for (let at = folder; ;) {
    const row = database.get('SELECT moved_to FROM place WHERE folder = ?', [at]);
    const next = row && textOrNull(row, 'moved_to');
    if (next === undefined || seen.has(next)) return at;
    seen.add(next);
    at = next;
  }
}

/** A project is known by its folder. */
export function addProject(database: Database, folder: string): void {
  database.run('INSERT OR IGNORE INTO project (key, path, name) VALUES (?, ?, ?)', [
    folder,
    folder,
    // The last part of the path, on either kind of system.
    folder.split(/[\\/]/).filter(Boolean).at(-1) ?? folder,
  ]);
}

export class Places {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Projects with sessions in them, the one used last first. */
  projects(): StoredProject[] {
    const former = this.#formerPaths();
    const rows = this.#database.all(
      // Grouped before it is joined: the index of the tree alone answers that.
      `SELECT p.key, p.path, p.name, each_one.sessions, each_one.updated_at
       FROM (SELECT project_key, count(*) AS sessions, max(updated_at) AS updated_at FROM session
             WHERE tree_parent_id IS NULL AND listed = 1 GROUP BY project_key) each_one
       JOIN project p ON p.key = each_one.project_key ORDER BY each_one.updated_at DESC`,
    );
    return rows.map((row) => {
      const key = text(row, 'key');
      return {
        key,
        path: text(row, 'path'),
        name: text(row, 'name'),
        sessionCount: number(row, 'sessions'),
        updatedAt: number(row, 'updated_at'),
        formerPaths: former.get(key) ?? [],
      };
    });
  }

  /** Every folder that something is known of. */
  all(): Place[] {
    const rows = this.#database.all(
      'SELECT folder, identity, moved_to, moved_by FROM place ORDER BY folder',
    );
    return rows.map((row) => {
      const identity = parseIdentity(textOrNull(row, 'identity'));
      const movedTo = textOrNull(row, 'moved_to');
      const movedBy = textOrNull(row, 'moved_by');
      return {
        folder: text(row, 'folder'),
        ...(identity && { identity }),
        ...(movedTo !== undefined && { movedTo }),
        ...(movedBy !== undefined && { movedBy: movedBy === 'found' ? 'found' : 'person' }),
      };
    });
  }

  /** Notes what a folder is known by. Inside a transaction. */
  see(folder: string, identity: PlaceIdentity): void {
    this.#add(folder);
    this.#database.run('UPDATE place SET identity = ? WHERE folder = ?', [
      JSON.stringify(identity),
      folder,
    ]);
  }

  /**
   * Puts the sessions of a folder, and of those that had moved there, under another one; under their
   * own again without one. What the person said is remembered, so that nothing undoes it by itself.
   * Inside a transaction. Returns the sessions whose project changed.
   */
  move(from: string, to: string | undefined, by: MovedBy, now: number): string[] {
    const before = this.#leadingThrough(from);
    if (to !== undefined && to !== from) {
      // The target is where it is: a move of its own would lead in a circle, or further than asked.
      for (const folder of [to, ...this.#leadingThrough(to).keys()]) {
        if (!before.has(folder)) before.set(folder, currentFolder(this.#database, folder));
      }
      this.#database.run(
        'UPDATE place SET moved_to = NULL, moved_by = NULL, moved_at = NULL WHERE folder = ?',
        [to],
      );
    }
    const target = to === from ? undefined : to;
    this.#add(from);
    this.#database.run(
      'UPDATE place SET moved_to = ?, moved_by = ?, moved_at = ? WHERE folder = ?',
      [target ?? null, by, now, from],
    );
    return [...before].flatMap(([folder, project]) => this.#regroup(folder, project));
  }

  /** What an agent's records say of a folder's repository, where nothing was seen of it. */
  hear(folder: string, remote: string): void {
    this.#database.run('INSERT OR IGNORE INTO place (folder, identity) VALUES (?, ?)', [
      folder,
      JSON.stringify({ remote }),
    ]);
  }

  /** No upsert: its way with conflicts would hold in the triggers of the facts log, too. */
  #add(folder: string): void {
    this.#database.run('INSERT OR IGNORE INTO place (folder) VALUES (?)', [folder]);
  }

  /** Folders whose moves pass through one, itself included, with the project that each is now. */
  #leadingThrough(folder: string): Map<string, string> {
    const rows = this.#database.all(
      `WITH RECURSIVE back (folder) AS (
         SELECT ?1 UNION SELECT p.folder FROM back JOIN place p ON p.moved_to = back.folder)
       SELECT folder FROM back`,
      [folder],
    );
    return new Map(
      rows.map((row) => {
        const one = text(row, 'folder');
        return [one, currentFolder(this.#database, one)];
      }),
    );
  }

  #regroup(folder: string, before: string): string[] {
    const project = currentFolder(this.#database, folder);
    if (project === before) return [];
    const rows = this.#database.all(
      `SELECT id FROM session WHERE project_key = ? AND coalesce(folder, project_key) = ?`,
      [before, folder],
    );
    if (rows.length === 0) return [];
    addProject(this.#database, project);
    this.#database.run(
      `UPDATE session SET project_key = ?, folder = ?
       WHERE project_key = ? AND coalesce(folder, project_key) = ?`,
      [project, project === folder ? null : folder, before, folder],
    );
    return rows.map((row) => text(row, 'id'));
  }

  #formerPaths(): ReadonlyMap<string, readonly string[]> {
    const former = new Map<string, string[]>();
    const rows = this.#database.all(
      'SELECT folder FROM place WHERE moved_to IS NOT NULL ORDER BY moved_at DESC, folder',
    );
    for (const row of rows) {
      const folder = text(row, 'folder');
      const project = currentFolder(this.#database, folder);
      const recorded = this.#database.get(
        'SELECT 1 FROM session WHERE project_key = ? AND folder = ? AND listed = 1 LIMIT 1',
        [project, folder],
      );
      if (!recorded) continue;
      former.set(project, [...(former.get(project) ?? []), folder]);
    }
    return former;
  }
}

/** `undefined` for what is no identity: a fact may come from a file that somebody changed. */
function parseIdentity(json: string | undefined): PlaceIdentity | undefined {
  let value: unknown;
  try {
    value = json === undefined ? undefined : JSON.parse(json);
  } catch {
    return undefined; // Not ours; the folder is looked at again.
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const parts: ReadonlyMap<string, unknown> = new Map(Object.entries(value));
  const part = (name: keyof PlaceIdentity): Partial<PlaceIdentity> => {
    const found = parts.get(name);
    return typeof found === 'string' ? { [name]: found } : {};
  };
  return { ...part('root'), ...part('remote'), ...part('birth'), ...part('within') };
}
