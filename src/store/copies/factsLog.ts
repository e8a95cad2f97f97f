/**
 * The second copy of what only the person made: `facts.log`, written after the fact and off the
 * path of acknowledgements. Triggers note in memory which keys changed; within a second their
 * present state is appended and made durable. What a crash left out is found by comparing the file
 * with the database after each opening, and a file that is mostly out of date is written anew.
 *
 * Invariants: the file's last line of a key says what held when it was written; a new generation
 * takes the old one's place in one step. A disk that refuses costs nothing but the copy: it is tried
 * again. A file that says more than the database is kept beside the new one.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { messageOf } from '../../core/errors.ts';
import type { Commits } from '../commits.ts';
import { number, text, type Database, type Row } from '../database.ts';
import { makeDurableDirectory, type FileSystem } from '../pages/fileSystem.ts';
import type { Records } from '../records.ts';
import { checkOf, encodeFact, FACT_KINDS, packed, readFacts, type FactKind } from './factLines.ts';
import { factOf, factsOf } from './factRows.ts';

export interface FactsLogOptions {
  readonly database: Database;
  readonly records: Records;
  readonly commits: Commits;
  readonly disk: FileSystem;
  /** Absolute. */
  readonly file: string;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
}

/** How the file stands to the database. */
export interface FactsState {
  readonly lines: number;
  readonly bytes: number;
  readonly damaged: number;
  /** Keys that the file says nothing of, or something that no longer holds. */
  readonly missing: number;
  /** Keys that the database does not have. */
  readonly surplus: number;
  /** Bytes of lines that hold. */
  readonly liveBytes: number;
  readonly end: number;
}

const WRITE_MS = 1_000;
const COMPARE_MS = 2_000;
/** Bytes from which a file that is mostly out of date is written anew. */
const WORTH_BYTES = 1 << 20;
const BATCH_BYTES = 1 << 20;
const RECORDS = 64;
const FORMAT = 1;

/** Columns that rows are known by, where that is not the session. */
const KEYS: Readonly<Record<string, string>> = {
  consent: 'agent',
  place: 'folder',
  resume: 'native_id',
  exploration: 'id',
  run: 'id',
  judgement: 'id',
};
const TRIGGERS: readonly (readonly [table: string, event: string, kind: string, key: string])[] = [
  ...FACT_KINDS.filter((kind) => kind !== 'log').flatMap((table) => {
    const key = KEYS[table] ?? 'session_id';
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

export class FactsLog {
  readonly #options: FactsLogOptions;
  /** Own records in the file, by log id. */
  readonly #written = new Map<string, number>();
  #queue: Promise<void> = Promise.resolve();
  #end = 0;
  /** Bytes appended since the file was last compared. */
  #appended = 0;
  #liveBytes = 0;
  #compared = false;
  /** Changes were forgotten that may not have been written. */
  #behind = false;
  #timers: NodeJS.Timeout[] = [];
  /** Changes are noted: the store is written to. */
  #started = false;

  constructor(options: FactsLogOptions) {
    this.#options = options;
  }

  get file(): string {
    return this.#options.file;
  }

  /** Notes changes from now on, and compares the file with the database a moment later. */
  start(): void {
    const { database } = this.#options;
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
    const compare = setTimeout(() => void this.#quietly(() => this.#compare()), COMPARE_MS);
    const write = setInterval(() => void this.#quietly(() => this.#write()), WRITE_MS);
    this.#timers = [compare, write];
    for (const timer of this.#timers) timer.unref();
  }

  /** Resolves when everything that holds now is in the file. @throws what the disk says */
  flush(): Promise<void> {
    return this.#run(() => this.#write());
  }

  /** Writes the file anew from the database; the old one may be kept beside it. */
  rewrite(keepOld: boolean): Promise<void> {
    return this.#run(() => this.#rewrite(keepOld));
  }

  /** Compares the file with the database and changes nothing. */
  inspect(): Promise<FactsState> {
    let state: FactsState | undefined;
    return this.#run(async () => {
      // What changes while this looks is not in the file yet, and will be.
      state = await this.#inspect((fact) => this.#isPending(fact));
    }).then(() => state ?? NO_FILE);
  }

  /** Writes what is left, unless it fails, and ends. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#quietly(() => this.#write());
  }

  #run(work: () => Promise<void>): Promise<void> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #quietly(work: () => Promise<void>): Promise<void> {
    await this.#run(work).catch((error: unknown) => {
      this.#options.onError(new Error(`The second copy of your own sessions: ${messageOf(error)}`));
    });
  }

  async #write(): Promise<void> {
    const { database, commits } = this.#options;
    const pending = database.all('SELECT kind, key FROM temp.changed_fact LIMIT 1');
    if (pending.length === 0 && !this.#behind) return;
    if (!this.#compared) return this.#compare();
    commits.settle();
    const changed = database.all('SELECT kind, key FROM temp.changed_fact');
    // Forgotten before they are read: what changes while this is written is noted anew.
    database.run('DELETE FROM temp.changed_fact');
    try {
      await this.#append(await this.#linesOf(changed));
    } catch (error) {
      this.#lose();
      throw error;
    }
    if (this.#appended > WORTH_BYTES + this.#liveBytes) await this.#compare();
  }

  async #linesOf(changed: readonly Row[]): Promise<Buffer[]> {
    const { database } = this.#options;
    const lines: Buffer[] = [];
    for (const row of changed) {
      const [kind, key] = [text(row, 'kind'), text(row, 'key')];
      if (kind === 'own') lines.push(...(await this.#ownLines(key)));
      else if (isKind(kind)) lines.push(encodeFact(kind, key, factOf(database, kind, key)));
    }
    lines.push(encodeFact('head', 'facts', { format: FORMAT, at: this.#options.now() }));
    return lines;
  }

  /** What of the changes reached the file is found out before it is gone on with. */
  #lose(): void {
    this.#compared = false;
    this.#behind = true;
  }

  /** Records of one of our own logs that are not in the file, and how its session stands now. */
  async #ownLines(logId: string): Promise<Buffer[]> {
    const { database, records } = this.#options;
    const row = database.get(
      `SELECT l.num, l.record_count, n.session_id FROM log l JOIN native n ON n.log = l.num
       WHERE l.id = ?`,
      [logId],
    );
    if (!row) return [];
    const log = number(row, 'num');
    const end = number(row, 'record_count');
    const lines: Buffer[] = [];
    for (let seq = this.#written.get(logId) ?? 0; seq < end; seq += RECORDS) {
      const seqs = Array.from({ length: Math.min(RECORDS, end - seq) }, (_, nth) => seq + nth);
      const found = await records.read(log, seqs);
      for (const one of seqs) {
        lines.push(encodeFact('record', `${logId}/${one}`, packed(found.get(one))));
      }
    }
    this.#written.set(logId, end);
    const session = text(row, 'session_id');
    lines.push(encodeFact('native', session, factOf(database, 'native', session)));
    return lines;
  }

  async #append(lines: readonly Buffer[]): Promise<void> {
    if (lines.length === 0) return;
    const { disk, file } = this.#options;
    const handle = disk.open(file, 'write');
    try {
      const bytes = Buffer.concat(lines);
      disk.write(handle, bytes, this.#end);
      await disk.syncLater(handle);
      this.#end += bytes.length;
      this.#appended += bytes.length;
    } finally {
      disk.close(handle);
    }
  }

  async #compare(): Promise<void> {
    const { disk, file } = this.#options;
    this.#options.commits.settle();
    if (!existsSync(file)) return this.#rewrite(false);
    // Counted before: what is added meanwhile is then written once more rather than never.
    const own = this.#ownLogs();
    const state = await this.#inspect();
    const stale = state.bytes > WORTH_BYTES && state.liveBytes < state.bytes / 2;
    if (state.damaged + state.missing + state.surplus > 0 || stale) {
      return this.#rewrite(state.surplus + state.damaged > 0);
    }
    for (const { logId, count } of own) this.#written.set(logId, count);
    const handle = disk.open(file, 'write');
    try {
      // A torn line was never acknowledged to anybody; the next one must not be glued to it.
      disk.truncate(handle, state.end);
    } finally {
      disk.close(handle);
    }
    this.#settle(state.end, state.liveBytes);
  }

  /** `isLeftOut` may take facts, named by kind and id, out of what is missing or too much. */
  async #inspect(isLeftOut: (fact: string) => boolean = () => false): Promise<FactsState> {
    const { database, file } = this.#options;
    if (!existsSync(file)) return NO_FILE;
    const known = new Map<string, { readonly check: number; readonly bytes: number }>();
    let [lines, bytes, damaged, end] = [0, 0, 0, 0];
    for await (const read of readFacts(file)) {
      damaged += read.damaged;
      end = read.end;
      for (const { kind, id, value, check, bytes: size } of read.lines) {
        lines++;
        bytes += size;
        if (value === undefined) known.delete(`${kind} ${id}`);
        else known.set(`${kind} ${id}`, { check, bytes: size });
      }
    }
    let liveBytes = 0;
    const missing: string[] = [];
    const compare = (kind: string, id: string, line: () => Buffer | undefined): void => {
      const there = known.get(`${kind} ${id}`);
      known.delete(`${kind} ${id}`);
      const expected = line();
      const isThere = there !== undefined && (!expected || checkOf(expected) === there.check);
      if (isThere) liveBytes += there.bytes;
      else missing.push(`${kind} ${id}`);
    };
    for (const kind of FACT_KINDS) {
      for (const facts of factsOf(database, kind)) {
        for (const { id, value } of facts) compare(kind, id, () => encodeFact(kind, id, value));
        await nextTurn();
      }
    }
    for (const { logId, count } of this.#ownLogs()) {
      // Records are never changed: that they are there is enough.
      for (let seq = 0; seq < count; seq++) compare('record', `${logId}/${seq}`, () => undefined);
      await nextTurn();
    }
    known.delete('head facts');
    const counts = (facts: readonly string[]): number =>
      facts.filter((fact) => !isLeftOut(fact)).length;
    const [left, surplus] = [counts(missing), counts([...known.keys()])];
    return { lines, bytes, damaged, missing: left, surplus, liveBytes, end };
  }

  /** True for a fact that is noted to be written. */
  #isPending(fact: string): boolean {
    if (!this.#started) return false;
    const [kind = '', id = ''] = fact.split(' ', 2);
    const { database } = this.#options;
    const isNoted = (of: string, key: string): boolean =>
      database.get('SELECT 1 FROM temp.changed_fact WHERE kind = ? AND key = ?', [of, key]) !==
      undefined;
    if (kind === 'record') return isNoted('own', id.split('/', 1)[0] ?? '');
    if (isNoted(kind, id)) return true;
    if (kind !== 'native') return false;
    // A session's fact also says how far its log goes.
    const log = database.get(
      'SELECT l.id FROM native n JOIN log l ON l.num = n.log WHERE n.session_id = ?',
      [id],
    );
    return log !== undefined && isNoted('own', text(log, 'id'));
  }

  #ownLogs(): { readonly logId: string; readonly count: number }[] {
    return this.#options.database
      .all('SELECT l.id, l.record_count FROM native n JOIN log l ON l.num = n.log')
      .map((row) => ({ logId: text(row, 'id'), count: number(row, 'record_count') }));
  }

  async #rewrite(keepOld: boolean): Promise<void> {
    const { database, disk, file, now } = this.#options;
    makeDurableDirectory(disk, path.dirname(file));
    const beside = `${file}.new`;
    const handle = disk.open(beside, 'create');
    let end = 0;
    let batch: Buffer[] = [encodeFact('head', 'facts', { format: FORMAT, at: now() })];
    const write = (): void => {
      const bytes = Buffer.concat(batch);
      disk.write(handle, bytes, end);
      end += bytes.length;
      batch = [];
    };
    try {
      for (const kind of FACT_KINDS) {
        for (const facts of factsOf(database, kind)) {
          for (const { id, value } of facts) batch.push(encodeFact(kind, id, value));
          write();
          await nextTurn();
        }
      }
      this.#written.clear();
      for (const { logId } of this.#ownLogs()) {
        batch.push(...(await this.#ownLines(logId)));
        if (batch.reduce((sum, line) => sum + line.length, 0) >= BATCH_BYTES) write();
      }
      write();
      await disk.syncLater(handle);
      disk.close(handle);
    } catch (error) {
      disk.close(handle);
      disk.remove(beside);
      this.#lose(); // what is noted as written was written to what is gone
      throw error;
    }
    if (keepOld && existsSync(file)) disk.rename(file, `${file}.replaced-${now()}`);
    disk.rename(beside, file);
    disk.syncDirectory(path.dirname(file));
    this.#settle(end, end);
  }

  #settle(end: number, liveBytes: number): void {
    this.#end = end;
    this.#liveBytes = liveBytes;
    this.#appended = 0;
    this.#compared = true;
    this.#behind = false;
  }
}

const NO_FILE: FactsState = {
  lines: 0,
  bytes: 0,
  damaged: 0,
  missing: 0,
  surplus: 0,
  liveBytes: 0,
  end: 0,
};

function isKind(kind: string): kind is FactKind {
  return FACT_KINDS.some((known) => known === kind);
}
