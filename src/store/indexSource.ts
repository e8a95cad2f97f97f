/**
 * The store as the full-text index sees it: which logs changed, the parts of their outlines, and
 * the records of messages. A message belongs to the session that wrote it: what a fork inherits is
 * found with its parent, what a subagent said with the subagent.
 */
import { crc32 } from 'node:zlib';
import type { OutlineEntry } from '../core/reader.ts';
import { number, numberOrNull, text, type Database } from './database.ts';
import { CHUNK_ENTRIES, decodeOutline } from './outlineCodec.ts';
import type { Records } from './records.ts';

/** Parts of outlines read at a time: about 300 KB. */
const PARTS = 64;

export interface IndexedLog {
  readonly log: number;
  readonly agent: string;
  readonly revision: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

/** A part of a branch's outline; `hash` changes with what is to be indexed of it. */
export interface SourcePart {
  readonly branch: number;
  readonly chunk: number;
  readonly hash: number;
}

export interface SourceMessage {
  readonly log: number;
  readonly branch: number;
  /** Among the branch's own messages. */
  readonly position: number;
  /** Its first record. */
  readonly seq: number;
  /** Milliseconds since the epoch; for messages without a time, that of one before. */
  readonly at: number;
  /** Changes when the message does. */
  readonly mark: number;
  readonly entry: OutlineEntry;
}

export class IndexSource {
  readonly #database: Database;
  readonly #records: Records;
  #watching = false;

  constructor(database: Database, records: Records) {
    this.#database = database;
    this.#records = records;
  }

  /** Another one when the store was made anew and numbers its logs anew. */
  epoch(): string {
    const row = this.#database.get("SELECT value FROM meta WHERE key = 'search_epoch'");
    return row ? text(row, 'value') : '';
  }

  /** From now on changes are noted, in memory. Not for a database that is only read. */
  watch(): void {
    if (this.#watching) return;
    this.#watching = true;
    this.#database.run('CREATE TEMP TABLE changed_log (num INTEGER PRIMARY KEY)');
    this.#database.run(`CREATE TEMP TRIGGER log_revised AFTER UPDATE OF revision ON main.log BEGIN
      INSERT OR IGNORE INTO changed_log (num) VALUES (NEW.num); END`);
    this.#database.run(`CREATE TEMP TRIGGER log_removed AFTER DELETE ON main.log BEGIN
      INSERT OR IGNORE INTO changed_log (num) VALUES (OLD.num); END`);
  }

  /** Logs that changed since the last call. */
  takeChanged(): number[] {
    const rows = this.#database.all('SELECT num FROM temp.changed_log');
    if (rows.length > 0) this.#database.run('DELETE FROM temp.changed_log');
    return rows.map((row) => number(row, 'num'));
  }

  /** Logs after `after`, by number, with their revisions. */
  revisions(after: number, limit: number): { readonly log: number; readonly revision: number }[] {
    return this.#database
      .all('SELECT num, revision FROM log WHERE num > ? ORDER BY num LIMIT ?', [after, limit])
      .map((row) => ({ log: number(row, 'num'), revision: number(row, 'revision') }));
  }

  /** `undefined` when there is none. */
  find(log: number): IndexedLog | undefined {
    const row = this.#database.get('SELECT agent, revision, created_at FROM log WHERE num = ?', [
      log,
    ]);
    return (
      row && {
        log,
        agent: text(row, 'agent'),
        revision: number(row, 'revision'),
        createdAt: number(row, 'created_at'),
      }
    );
  }

  /** All parts of a log, some at a time. */
  *parts(log: number): Generator<readonly SourcePart[]> {
    const from = this.#indexedFrom(log);
    let [branch, chunk] = [-1, -1];
    for (;;) {
      const rows = this.#database.all(
        // What is behind a branch's own messages is not there yet, or no more.
        `SELECT o.branch, o.chunk, o.data FROM outline o
         CROSS JOIN branch b ON b.log = o.log AND b.number = o.branch
           AND o.chunk * ${CHUNK_ENTRIES} < b.own_count
         WHERE o.log = ? AND (o.branch, o.chunk) > (?, ?) ORDER BY o.branch, o.chunk LIMIT ?`,
        [log, branch, chunk, PARTS],
      );
      if (rows.length === 0) return;
      yield rows.map((row) => {
        branch = number(row, 'branch');
        chunk = number(row, 'chunk');
        const left = (from.get(branch) ?? Infinity) - chunk * CHUNK_ENTRIES;
        const skipped = Math.min(CHUNK_ENTRIES, Math.max(0, left));
        return { branch, chunk, hash: crc32(`${skipped} ${text(row, 'data')}`) };
      });
    }
  }

  /** The messages of some parts that are to be indexed. */
  messages(
    { log, createdAt }: IndexedLog,
    parts: readonly Pick<SourcePart, 'branch' | 'chunk'>[],
  ): SourceMessage[] {
    const from = this.#indexedFrom(log);
    const messages: SourceMessage[] = [];
    for (const { branch, chunk } of parts) {
      let at = createdAt;
      for (const [index, entry] of this.#entries(log, branch, chunk).entries()) {
        at = entry.timestamp ?? at;
        const position = chunk * CHUNK_ENTRIES + index;
        if (position < (from.get(branch) ?? Infinity)) continue;
        messages.push({ log, branch, position, at, ...identityOf(entry), entry });
      }
    }
    return messages;
  }

  /** One message by its place; `undefined` when another one stands there now. */
  message(
    place: Pick<SourceMessage, 'log' | 'branch' | 'position' | 'seq' | 'at'>,
  ): SourceMessage | undefined {
    const { log, branch, position, seq, at } = place;
    const chunk = Math.floor(position / CHUNK_ENTRIES);
    const entry = this.#entries(log, branch, chunk)[position % CHUNK_ENTRIES];
    if (!entry) return undefined;
    const identity = identityOf(entry);
    return identity.seq === seq ? { log, branch, position, at, ...identity, entry } : undefined;
  }

  /**
   * Each message's records, in order. A message whose records cannot be read gets empty ones and is
   * told to `onUnreadable`: one damaged block must not keep all others from being found.
   */
  async records(
    log: number,
    messages: readonly SourceMessage[],
    onUnreadable: (error: unknown) => void,
  ): Promise<(readonly Uint8Array[])[]> {
    const read = async (some: readonly SourceMessage[]): Promise<(readonly Uint8Array[])[]> => {
      const found = await this.#records.read(
        log,
        some.flatMap(({ entry }) => entry.seqs),
      );
      return some.map(({ entry }) => entry.seqs.map((seq) => found.get(seq) ?? new Uint8Array()));
    };
    try {
      return await read(messages);
    } catch {
      const each: (readonly Uint8Array[])[] = [];
      for (const message of messages) {
        const [records] = await read([message]).catch((error: unknown) => {
          onUnreadable(error);
          return [message.entry.seqs.map(() => new Uint8Array())];
        });
        each.push(records ?? []);
      }
      return each;
    }
  }

  #entries(log: number, branch: number, chunk: number): OutlineEntry[] {
    const row = this.#database.get(
      'SELECT data FROM outline WHERE log = ? AND branch = ? AND chunk = ?',
      [log, branch, chunk],
    );
    return row ? decodeOutline(text(row, 'data')) : [];
  }

  /** By branch: the first own message that is indexed with it; none at all where it is missing. */
  #indexedFrom(log: number): Map<number, number> {
    const rows = this.#database.all(
      `SELECT b.number, b.parent_number, b.parent_length, coalesce(n.fork_log, r.fork_log) AS fork_log,
         s.inherited,
         s.listed > 0 OR f.deleted_at IS NOT NULL AS shown,
         EXISTS (SELECT 1 FROM native fork WHERE fork.fork_log = b.log)
           OR EXISTS (SELECT 1 FROM base fork WHERE fork.fork_log = b.log) AS forked
       FROM branch b
       LEFT JOIN session s ON s.log = b.log AND s.branch = b.number
       LEFT JOIN fact f ON f.session_id = s.id
       LEFT JOIN native n ON n.log = b.log
       LEFT JOIN base r ON r.log = b.log
       WHERE b.log = ?`,
      [log],
    );
    const from = new Map<number, number>();
    for (const row of rows) {
      const inherited = numberOrNull(row, 'inherited');
      const branch = number(row, 'number');
      if (inherited === undefined) {
        // An older generation of a file: its messages are seen through forks of it only.
        if (row['forked'] === 1) from.set(branch, 0);
      } else if (row['shown'] === 1) {
        const throughParent = row['parent_number'] !== null || row['fork_log'] !== null;
        // A copied fork holds what it inherits in its own log; others read it through the parent.
        from.set(branch, throughParent ? 0 : inherited);
      }
    }
    return from;
  }
}

function identityOf(entry: OutlineEntry): Pick<SourceMessage, 'seq' | 'mark'> {
  const { seqs, role, nativeId = '', notice = '' } = entry;
  return { seq: seqs[0] ?? 0, mark: crc32([role, nativeId, notice, ...seqs].join('\n')) };
}
