/** The tables of a shard, the ids of its documents, and its rows as values. */
import { number, type Row } from '../store/database.ts';
import type { MessagePlace, StoredDocument } from './documents.ts';

/** Ids count steps of so many milliseconds, from FIRST on; a taken id passes a message on to the next. */
const STEP_MS = 4000;
const FIRST = Date.UTC(2000, 0, 1);
const LAST_SLOT = 2_000_000_000;
export const HIGHEST_ID = 0x7fff_ffff;
export const FORMAT = 1;
export const SCHEMA = `
  CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
  CREATE TABLE doc (
    id INTEGER PRIMARY KEY,
    log INTEGER NOT NULL,
    branch INTEGER NOT NULL,
    position INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    at INTEGER NOT NULL,
    mark INTEGER NOT NULL,
    dead INTEGER NOT NULL DEFAULT 0
  );
  CREATE INDEX doc_by_place ON doc (log, branch, position) WHERE dead = 0;
  CREATE VIRTUAL TABLE text USING fts4 (content="", body, order=DESC, tokenize=simple);
`;

/** Within what SQLite takes for an integer from JavaScript, whatever a clock has said. */
export function slotOf(at: number): number {
  return Math.min(LAST_SLOT, Math.max(1, Math.floor((at - FIRST) / STEP_MS)));
}

export function placeOf(row: Row): MessagePlace {
  return {
    log: number(row, 'log'),
    branch: number(row, 'branch'),
    position: number(row, 'position'),
    seq: number(row, 'seq'),
  };
}

export function documentOf(row: Row): StoredDocument {
  return {
    ...placeOf(row),
    id: number(row, 'id'),
    at: number(row, 'at'),
    mark: number(row, 'mark'),
  };
}
