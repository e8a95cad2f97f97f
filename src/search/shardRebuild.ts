/**
 * Makes a shard anew from its living documents, because a contentless index cannot let go of the
 * dead ones. The new one grows beside it, while the old one answers and changes, and takes its
 * place once the two agree.
 *
 * Invariant: the old file is whole until the new one, complete and durable, is renamed over it.
 */
import type { SqlJsStatic } from 'sql.js';
import { unfinishedName, type IndexFiles } from './indexFiles.ts';
import type { NewDocument, StoredDocument } from './documents.ts';
import { Shard } from './shard.ts';

export class ShardRebuild {
  readonly source: Shard;
  readonly #files: IndexFiles;
  readonly #target: Shard;
  /** Up to which document of the source texts were asked for. */
  #asked = 0;

  constructor(sql: SqlJsStatic, source: Shard, files: IndexFiles) {
    this.source = source;
    this.#files = files;
    const file = unfinishedName(source.file);
    files.remove(file);
    const { id, purpose } = source;
    this.#target = Shard.open(sql, file, { id, purpose, active: true });
  }

  /** Documents of the source that the new shard has not; none once both agree. */
  next(limit: number): readonly StoredDocument[] {
    const further = this.source.living(this.#asked, limit);
    const last = further.at(-1);
    if (last) {
      this.#asked = last.id;
      return further;
    }
    return this.#align().slice(0, limit);
  }

  /** `lost`: documents of the source whose text is not to be had any more. */
  add(documents: readonly NewDocument[], lost: readonly number[]): void {
    this.#target.transaction(() => this.#target.add(documents));
    this.#target.flush();
    this.source.transaction(() => this.source.kill(lost));
  }

  /** Puts the new shard in the place of the old one. False when nothing lives: both are gone then. */
  finish(): boolean {
    const empty = this.#target.documents === this.#target.dead;
    this.#target.close();
    this.source.close();
    if (empty) {
      this.#files.remove(this.#target.file);
      this.#files.remove(this.source.file);
      return false;
    }
    this.#files.replace(this.#target.file, this.source.file);
    return true;
  }

  abandon(): void {
    this.#target.close();
    this.#files.remove(this.#target.file);
  }

  /** What the source lost or moved meanwhile is done here, too; what it gained is returned. */
  #align(): StoredDocument[] {
    const wanted = new Map(all(this.source).map((document) => [keyOf(document), document]));
    const dead: number[] = [];
    this.#target.transaction(() => {
      for (const document of all(this.#target)) {
        const match = wanted.get(keyOf(document));
        if (!match) dead.push(document.id);
        else {
          wanted.delete(keyOf(document));
          if (match.position !== document.position) {
            this.#target.move(document.id, match.position);
          }
        }
      }
      this.#target.kill(dead);
    });
    this.#target.flush();
    return [...wanted.values()];
  }
}

function all(shard: Shard): StoredDocument[] {
  return shard.living(0, Number.MAX_SAFE_INTEGER);
}

function keyOf({ log, branch, seq, mark }: StoredDocument): string {
  return `${log}:${branch}:${seq}:${mark}`;
}
