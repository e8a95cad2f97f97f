/**
 * Makes the file of a sealed shard small: merging leaves as much behind as it makes. Everything is
 * copied into a new file, some rows at a time so that questions are answered in between, and the
 * new file takes the old one's place. The index's own tables are copied as they are, for there are
 * no texts.
 *
 * Invariants: the source takes no new documents; the old file is whole until the new one, complete
 * and durable, is renamed over it.
 */
import type { SqlJsStatic } from 'sql.js';
import { unfinishedName, type IndexFiles } from './indexFiles.ts';
import { Shard } from './shard.ts';

/** The tables of a shard, those of an FTS4 table among them, and rows copied at a time. */
const TABLES = [
  ['text_segments', 128],
  ['text_docsize', 1_000],
  ['text_segdir', 64],
  ['text_stat', 64],
  ['doc', 1_000],
] as const;
/** All rows have higher numbers. */
const BEFORE_ALL = -1;

export class ShardCopy {
  readonly source: Shard;
  readonly #files: IndexFiles;
  readonly #target: Shard;
  readonly #changed = new Set<number>();
  #table = 0;
  /** Up to which row of the table was copied. */
  #copied = BEFORE_ALL;

  constructor(sql: SqlJsStatic, source: Shard, files: IndexFiles) {
    this.source = source;
    this.#files = files;
    const file = unfinishedName(source.file);
    files.remove(file);
    const { id, purpose } = source;
    this.#target = Shard.open(sql, file, { id, purpose });
  }

  /** Documents that were marked or moved meanwhile. */
  note(ids: Iterable<number>): void {
    for (const id of ids) this.#changed.add(id);
  }

  /** Copies some more. False when nothing is left to be copied. */
  step(): boolean {
    const current = TABLES[this.#table];
    if (!current) return false;
    const [table, count] = current;
    const copied = this.source.copyRows(this.#target, table, this.#copied, count);
    if (copied === undefined) this.#table++;
    this.#copied = copied ?? BEFORE_ALL;
    return true;
  }

  /** Puts the new file in the place of the old one. */
  finish(): void {
    this.source.finishCopy(this.#target, [...this.#changed]);
    this.#target.close();
    this.source.close();
    this.#files.replace(this.#target.file, this.source.file);
  }

  abandon(): void {
    this.#target.close();
    this.#files.remove(this.#target.file);
  }
}
