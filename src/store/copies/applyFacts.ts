/**
 * Puts what the facts log says into a database: one that was made anew, a snapshot of yesterday, or
 * one whose last changes are lost.
 */
import { existsSync } from 'node:fs';
import * as v from 'valibot';
import { number, text, type Database } from '../database.ts';
import type { NativeHints } from '../nativeSessions.ts';
import { recordId } from '../records.ts';
import { FACT_KINDS, readFacts, unpacked, type FactKind } from './factLines.ts';
import { emptyLog } from './emptied.ts';
import { factsOf, KEY, nativeFact, putFact } from './factRows.ts';

export interface Facts {
  readonly kinds: ReadonlyMap<FactKind, ReadonlyMap<string, unknown>>;
  /** Own records in the file. */
  readonly records: number;
  readonly damaged: number;
  /** When it was last written, in milliseconds since the epoch; 0 when that is unknown. */
  readonly at: number;
}

export interface FactsApplied {
  readonly sessions: number;
  readonly records: number;
  /** What could not be put back, as kind and key. */
  readonly refused: readonly string[];
}

const BATCH = 1_000;
const moment = v.looseObject({ at: v.number() });

/** `undefined` when there is no file. */
export async function loadFacts(file: string): Promise<Facts | undefined> {
  if (!existsSync(file)) return undefined;
  const kinds = new Map(FACT_KINDS.map((kind) => [kind, new Map<string, unknown>()]));
  let [records, damaged, at] = [0, 0, 0];
  for await (const read of readFacts(file)) {
    damaged += read.damaged;
    for (const { kind, id, value } of read.lines) {
      const known = FACT_KINDS.find((one) => one === kind);
      if (known !== undefined) {
        if (value === undefined) kinds.get(known)?.delete(id);
        else kinds.get(known)?.set(id, value);
      } else if (kind === 'record') records++;
      else if (kind === 'head') {
        const parsed = v.safeParse(moment, value);
        if (parsed.success) at = Math.max(at, parsed.output.at);
      }
    }
  }
  return { kinds, records, damaged, at };
}

/** What facts say of sessions of our own beside their rows. */
export function hintsOf(facts: Facts | undefined): (sessionId: string) => NativeHints | undefined {
  return (id) => nativeFact(facts?.kinds.get('native')?.get(id));
}

/**
 * Puts facts back, and own records that the database does not have. `fill` adds what is missing,
 * `override` also puts them in the place of what stands there, `replace` removes what they do not
 * name as well.
 */
export async function applyFacts(
  database: Database,
  file: string,
  facts: Facts,
  how: 'fill' | 'override' | 'replace',
): Promise<FactsApplied> {
  const refused: string[] = [];
  const trash = deletedIn(database);
  const before = number(database.get('SELECT count(*) AS n FROM native') ?? {}, 'n');
  for (const kind of FACT_KINDS) {
    const known = facts.kinds.get(kind) ?? new Map<string, unknown>();
    const present = new Set<string>();
    for (const page of factsOf(database, kind)) for (const { id } of page) present.add(id);
    const wanted = [...known].filter(([id]) => how !== 'fill' || !present.has(id));
    for (let from = 0; from < wanted.length; from += BATCH) {
      database.transaction(() => {
        for (const [id, value] of wanted.slice(from, from + BATCH)) {
          if (!putFact(database, kind, id, value)) refused.push(`${kind} ${id}`);
        }
      });
      database.flush();
    }
    if (how !== 'replace') continue;
    const surplus = [...present].filter((id) => !known.has(id));
    database.transaction(() => surplus.forEach((id) => removeFact(database, kind, id)));
    database.flush();
  }
  listAsDeleted(database, trash);
  const records = await applyRecords(database, file);
  const after = number(database.get('SELECT count(*) AS n FROM native') ?? {}, 'n');
  return { sessions: after - before, records, refused };
}

function deletedIn(database: Database): Set<string> {
  const rows = database.all('SELECT session_id FROM fact WHERE deleted_at IS NOT NULL');
  return new Set(rows.map((row) => text(row, 'session_id')));
}

/** Rows of a snapshot know the trash as it was then. */
function listAsDeleted(database: Database, before: ReadonlySet<string>): void {
  const now = deletedIn(database);
  database.transaction(() => {
    for (const id of now) database.run('UPDATE session SET listed = 0 WHERE id = ?', [id]);
    for (const id of before) {
      if (now.has(id)) continue;
      database.run(
        'UPDATE session SET listed = CASE WHEN trunk_id IS NULL THEN 1 ELSE 2 END WHERE id = ?',
        [id],
      );
    }
  });
  database.flush();
}

async function applyRecords(database: Database, file: string): Promise<number> {
  let added = 0;
  for await (const { lines } of readFacts(file)) {
    database.transaction(() => {
      for (const { kind, id, value } of lines) {
        const bytes = kind === 'record' ? unpacked(value) : undefined;
        if (bytes && addRecord(database, id, bytes)) added++;
      }
    });
    database.flush();
  }
  return added;
}

/** Adds a record of our own where none stands. */
function addRecord(database: Database, id: string, bytes: Uint8Array): boolean {
  const [logId = '', seqText = ''] = id.split('/');
  const seq = Number(seqText);
  const row = database.get(
    'SELECT l.num, l.cold_count FROM log l JOIN native n ON n.log = l.num WHERE l.id = ?',
    [logId],
  );
  if (!row || !Number.isSafeInteger(seq) || seq < number(row, 'cold_count')) return false;
  const key = recordId(number(row, 'num'), seq);
  if (database.get('SELECT 1 FROM record WHERE id = ?', [key])) return false;
  database.run('INSERT INTO record (id, bytes) VALUES (?, ?)', [key, bytes]);
  return true;
}

function removeFact(database: Database, kind: FactKind, id: string): void {
  if (kind === 'log') removeLog(database, id);
  else if (kind === 'native') {
    const row = database.get('SELECT log FROM native WHERE session_id = ?', [id]);
    if (row) emptyLog(database, number(row, 'log'));
  } else {
    database.run(`DELETE FROM ${kind} WHERE ${KEY[kind]} = ?`, [id]);
  }
}

/** A log that was removed for good, with everything that is of it. */
function removeLog(database: Database, id: string): void {
  const row = database.get('SELECT num, id FROM log WHERE id = ?', [id]);
  if (!row) return;
  emptyLog(database, number(row, 'num'));
  database.run('DELETE FROM log WHERE id = ?', [text(row, 'id')]);
}
