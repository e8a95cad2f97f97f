/**
 * Which sessions a search is about: those its filters choose, less what lies in the trash. Part of
 * the catalogue's reading, kept apart because only searches ask for it.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Session } from '../core/session.ts';
import type { SessionChoice } from '../core/sessionChoice.ts';
import { number, text, type Database, type Row, type SqlValue } from './database.ts';
import { SELECT_SESSIONS, sessionOf, type LiveState } from './sessionRows.ts';

/** Milliseconds since the epoch: with activity from `after` on, and before `before`. */
export interface DatedChoice extends SessionChoice {
  readonly after?: number;
  readonly before?: number;
}

export interface BranchOfLog {
  readonly log: number;
  readonly branch: number;
}

export interface ChosenSession extends BranchOfLog {
  readonly id: string;
}

const FROM = `
  FROM session s JOIN log l ON l.num = s.log
  LEFT JOIN project p ON p.key = s.project_key
  LEFT JOIN fact f ON f.session_id = s.id`;

/** Rows looked at between two turns of the event loop. */
const PART = 1_000;

/**
 * The sessions chosen, and their subagents: what those said is found with the session they worked
 * for, whose tags, notes and project are theirs. Read a part at a time: in a large store most
 * sessions may be chosen.
 */
export async function chosenSessions(
  database: Database,
  choice: DatedChoice,
): Promise<ChosenSession[]> {
  const { where, parameters } = conditionsOf(choice);
  // Behind the plus, no index of all listed sessions is walked through for a part of them.
  const select = `SELECT s.id, s.log, s.branch ${FROM} WHERE +${where}`;
  const chosen: ChosenSession[] = [];
  if (choice.tags.length + choice.notTags.length > 0) {
    // All tags are looked through for each part.
    chosen.push(...database.all(select, parameters).map(chosenOf));
  } else {
    for await (const row of inParts(database, select, parameters)) chosen.push(chosenOf(row));
  }
  const ids = new Set(chosen.map(({ id }) => id));
  if (ids.size === 0) return [];
  const subagents = 'SELECT s.id, s.log, s.branch, s.trunk_id FROM session s WHERE +s.listed = 2';
  for await (const row of inParts(database, subagents, [])) {
    if (ids.has(text(row, 'trunk_id'))) chosen.push(chosenOf(row));
  }
  return chosen;
}

async function* inParts(
  database: Database,
  select: string,
  parameters: readonly SqlValue[],
): AsyncGenerator<Row> {
  const last = Number(database.get('SELECT max(rowid) AS last FROM session')?.['last'] ?? 0);
  for (let from = 0; from < last; from += PART) {
    if (from > 0) await nextTurn();
    const part = `${select} AND s.rowid > ? AND s.rowid <= ?`;
    yield* database.all(part, [...parameters, from, from + PART]);
  }
}

function chosenOf(row: Row): ChosenSession {
  return { id: text(row, 'id'), ...branchOf(row) };
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

/** Chosen sessions as they are shown, newest first, and how many there are. */
export function listChosen(
  database: Database,
  choice: DatedChoice,
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

function branchOf(row: Row): BranchOfLog {
  return { log: number(row, 'log'), branch: number(row, 'branch') };
}

function conditionsOf(choice: DatedChoice): { where: string; parameters: SqlValue[] } {
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
  const noted = "f.note LIKE ? ESCAPE '\\'";
  for (const note of choice.notes) add(noted, `%${pattern(note)}%`);
  noneOf(noted, choice.notNotes, 1);
  if (choice.after !== undefined) add('s.updated_at >= ?', choice.after);
  if (choice.before !== undefined) add('s.created_at < ?', choice.before);
  return { where: clauses.join(' AND '), parameters };
}

/** For LIKE: only `*` means something. */
function pattern(wanted: string): string {
  return wanted.replaceAll(/[\\%_]/g, '\\$&').replaceAll('*', '%');
}
