/**
 * Which sessions a search is about: those its filters choose, less what lies in the trash. Part of
 * the catalogue's reading, kept apart because only searches ask for it.
 */
import type { Session } from '../core/session.ts';
import { number, text, type Database, type Row, type SqlValue } from './database.ts';
import { SELECT_SESSIONS, sessionOf, type LiveState } from './sessionRows.ts';

/** What sessions are chosen by; empty lists choose all. Matching ignores the case of ASCII letters. */
export interface SessionChoice {
  /** All of these; `*` stands for anything. */
  readonly tags: readonly string[];
  /** Any of these, parts of names. */
  readonly agents: readonly string[];
  readonly projects: readonly string[];
  readonly notTags: readonly string[];
  readonly notAgents: readonly string[];
  readonly notProjects: readonly string[];
  /** Milliseconds since the epoch: with activity from `after` on, and before `before`. */
  readonly after?: number;
  readonly before?: number;
}

export interface BranchOfLog {
  readonly log: number;
  readonly branch: number;
}

export interface TitleOf {
  readonly id: string;
  readonly title: string;
  readonly updatedAt: number;
}

const FROM = `
  FROM session s JOIN log l ON l.num = s.log
  LEFT JOIN project p ON p.key = s.project_key
  LEFT JOIN fact f ON f.session_id = s.id`;

const TITLE = 'coalesce(f.title, s.title)';
const LOWER = `lower(${TITLE})`;

/** Branches of the sessions chosen. */
export function chosenBranches(database: Database, choice: SessionChoice): BranchOfLog[] {
  const { where, parameters } = conditionsOf(choice);
  return database.all(`SELECT s.log, s.branch ${FROM} WHERE ${where}`, parameters).map(branchOf);
}

/** Branches of sessions in the trash that no fork keeps in sight. */
export function trashedBranches(database: Database): BranchOfLog[] {
  return database
    .all(
      `SELECT s.log, s.branch FROM fact f JOIN session s ON s.id = f.session_id
       WHERE f.deleted_at IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM session c WHERE c.parent_id = s.id)`,
    )
    .map(branchOf);
}

/** Chosen sessions, newest first, and how many there are. */
export function chosenSessions(
  database: Database,
  choice: SessionChoice,
  live: LiveState,
  range: { readonly limit: number; readonly offset: number },
): { readonly sessions: Session[]; readonly total: number } {
  const { where, parameters } = conditionsOf(choice);
  const rows = database.all(
    `${SELECT_SESSIONS} WHERE ${where} ORDER BY s.updated_at DESC, s.id DESC LIMIT ? OFFSET ?`,
    [...parameters, range.limit, range.offset],
  );
  const counted = database.get(`SELECT count(*) AS n ${FROM} WHERE ${where}`, parameters);
  return {
    sessions: rows.map((row) => sessionOf(row, live)),
    total: counted ? number(counted, 'n') : 0,
  };
}

/**
 * Chosen sessions whose title has, of each list of pieces, at least one (pieces in lower case). Newest first, at most
 * `limit`: candidates for a closer look.
 */
export function titlesWith(
  database: Database,
  choice: SessionChoice,
  pieces: readonly (readonly string[])[],
  limit: number,
): TitleOf[] {
  const { where, parameters } = conditionsOf(choice);
  const clauses = [where];
  for (const some of pieces) {
    clauses.push(`(${some.map(() => `instr(${LOWER}, ?) > 0`).join(' OR ')})`);
    parameters.push(...some);
  }
  return database
    .all(
      `SELECT s.id, ${TITLE} AS title, s.updated_at ${FROM} WHERE ${clauses.join(' AND ')}
       ORDER BY s.updated_at DESC LIMIT ?`,
      [...parameters, limit],
    )
    .map((row) => ({
      id: text(row, 'id'),
      title: text(row, 'title'),
      updatedAt: number(row, 'updated_at'),
    }));
}

function branchOf(row: Row): BranchOfLog {
  return { log: number(row, 'log'), branch: number(row, 'branch') };
}

function conditionsOf(choice: SessionChoice): { where: string; parameters: SqlValue[] } {
  const clauses = ['s.listed = 1'];
  const parameters: SqlValue[] = [];
  const add = (clause: string, ...values: SqlValue[]): void => {
    clauses.push(clause);
    parameters.push(...values);
  };
  const tagged = "s.id IN (SELECT session_id FROM tag WHERE tag LIKE ? ESCAPE '\\')";
  const agent = "l.agent LIKE ? ESCAPE '\\'";
  const project = "(p.name LIKE ? ESCAPE '\\' OR p.path LIKE ? ESCAPE '\\')";
  for (const tag of choice.tags) add(tagged, pattern(tag));
  for (const tag of choice.notTags) add(`NOT ${tagged}`, pattern(tag));
  const anyOf = (clause: string, names: readonly string[], places: number): void => {
    if (names.length === 0) return;
    const values = names.flatMap((name) => new Array<SqlValue>(places).fill(`%${pattern(name)}%`));
    add(`(${names.map(() => clause).join(' OR ')})`, ...values);
  };
  const noneOf = (clause: string, names: readonly string[], places: number): void => {
    for (const name of names) {
      add(`NOT coalesce(${clause}, 0)`, ...new Array<SqlValue>(places).fill(`%${pattern(name)}%`));
    }
  };
  anyOf(agent, choice.agents, 1);
  noneOf(agent, choice.notAgents, 1);
  anyOf(project, choice.projects, 2);
  noneOf(project, choice.notProjects, 2);
  if (choice.after !== undefined) add('s.updated_at >= ?', choice.after);
  if (choice.before !== undefined) add('s.created_at < ?', choice.before);
  return { where: clauses.join(' AND '), parameters };
}

/** For LIKE: only `*` means something. */
function pattern(wanted: string): string {
  return wanted.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}
