/**
 * Notes in memory which facts changed, by triggers of a temporary table: nothing that changes a row
 * can forget to say so.
 */
import { text, type Database } from '../database.ts';
import { FACT_KINDS, type FactKind } from './factLines.ts';
import { KEY } from './factRows.ts';

/** `own`: records were added to one of our own logs, whose id is the key. */
export interface ChangedFact {
  readonly kind: FactKind | 'own';
  readonly key: string;
}

const TRIGGERS: readonly (readonly [
  table: FactKind,
  event: string,
  kind: ChangedFact['kind'],
  key: string,
])[] = [
  ...FACT_KINDS.filter((kind) => kind !== 'log').flatMap((table) => {
    const key = KEY[table];
    return [
      [table, 'INSERT', table, `NEW.${key}`],
      [table, 'UPDATE', table, `NEW.${key}`],
      [table, 'DELETE', table, `OLD.${key}`],
    ] as const;
  }),
  ['log', 'INSERT', 'log', 'NEW.id'],
  ['log', 'UPDATE OF path, native_id, superseded', 'log', 'NEW.id'],
  ['log', 'UPDATE OF record_count', 'own', 'NEW.id'],
  ['log', 'UPDATE OF record_count', 'log', 'NEW.id'],
  ['log', 'DELETE', 'log', 'OLD.id'],
];

export class ChangedFacts {
  readonly #database: Database;
  #started = false;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Notes changes from now on. */
  start(): void {
    const database = this.#database;
    this.#started = true;
    database.run(
      `CREATE TEMP TABLE changed_fact (kind TEXT NOT NULL, key TEXT NOT NULL,
         PRIMARY KEY (kind, key)) WITHOUT ROWID`,
    );
    TRIGGERS.forEach(([table, event, kind, key], nth) => {
      const when =
        kind === 'own'
          ? "WHEN NEW.agent = 'multipath'"
          : event === 'UPDATE OF record_count'
            ? 'WHEN OLD.record_count = 0 OR NEW.record_count = 0'
            : event.startsWith('UPDATE OF')
              ? `WHEN OLD.path IS NOT NEW.path OR OLD.native_id <> NEW.native_id
                 OR OLD.superseded <> NEW.superseded`
              : '';
      database.run(
        `CREATE TEMP TRIGGER fact_change_${nth} AFTER ${event} ON main.${table} ${when} BEGIN
           INSERT OR IGNORE INTO changed_fact (kind, key) VALUES ('${kind}', ${key}); END`,
      );
    });
  }

  get any(): boolean {
    return this.#database.get('SELECT 1 FROM temp.changed_fact LIMIT 1') !== undefined;
  }

  /** What changed since the last time. */
  take(): ChangedFact[] {
    const rows = this.#database.all('SELECT kind, key FROM temp.changed_fact');
    this.#database.run('DELETE FROM temp.changed_fact');
    // Only the triggers above write there.
    return rows.map((row) => ({
      kind: text(row, 'kind') as ChangedFact['kind'],
      key: text(row, 'key'),
    }));
  }

  /** True for a fact, named by kind and id, that was noted and not taken. */
  isPending(fact: string): boolean {
    if (!this.#started) return false;
    const space = fact.indexOf(' ');
    const [kind, id] = [fact.slice(0, space), fact.slice(space + 1)];
    if (kind === 'record') return this.#isNoted('own', id.split('/', 1)[0] ?? '');
    if (this.#isNoted(kind, id)) return true;
    if (kind !== 'native') return false;
    // A session's fact also says how far its log goes.
    const log = this.#database.get(
      'SELECT l.id FROM native n JOIN log l ON l.num = n.log WHERE n.session_id = ?',
      [id],
    );
    return log !== undefined && this.#isNoted('own', text(log, 'id'));
  }

  #isNoted(kind: string, key: string): boolean {
    const found = this.#database.get('SELECT 1 FROM temp.changed_fact WHERE kind = ? AND key = ?', [
      kind,
      key,
    ]);
    return found !== undefined;
  }
}
