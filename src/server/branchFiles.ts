/**
 * Finds what a branch wrote into a file. Which messages touched which file is remembered of the last
 * branches that were asked about; their texts are read whole, and let go, for each question.
 */
import { LRUCache } from 'lru-cache';
import { fileEditsOf, seenTextOf } from '../core/fileEdits.ts';
import type { BranchFile } from '../core/comparison.ts';
import { Slices } from '../core/compare/slices.ts';
import { FileReplay } from '../core/fileReplay.ts';
import { editedFiles, type Message } from '../core/message.ts';
import type { StoreCore } from '../store/storeCore.ts';
import type { SessionPosition } from '../store/transcripts.ts';

/** Messages gone through at a time. */
const PAGE = 200;
/** Branches whose touched files are remembered: as many as are compared at a time, twice. */
const KEPT = 16;

/** Positions of the messages that edit a file or look at it, by path, ascending. */
type Places = ReadonlyMap<string, readonly number[]>;

export class BranchFiles {
  readonly #core: Pick<StoreCore, 'transcripts'>;
  readonly #places = new LRUCache<string, Promise<Places>>({ max: KEPT });

  constructor(core: Pick<StoreCore, 'transcripts'>) {
    this.#core = core;
  }

  /**
   * @param revision tells the state of the branch that `position` stands for
   * @param end message before which to stop; the branch's end when absent
   */
  async read(
    position: SessionPosition,
    revision: string,
    path: string,
    end = Infinity,
  ): Promise<BranchFile> {
    const places = await this.#placesOf(position, revision);
    const replay = new FileReplay(path);
    const slices = new Slices();
    for (const index of places.get(path) ?? []) {
      if (index >= end) break;
      goThrough(replay, path, await this.#core.transcripts.readWhole(position, index));
      await slices.pass();
    }
    return replay.file;
  }

  #placesOf(position: SessionPosition, revision: string): Promise<Places> {
    const known = this.#places.get(revision);
    if (known) return known;
    const places = this.#find(position);
    this.#places.set(revision, places);
    places.catch(() => this.#places.delete(revision)); // its caller is told; the next one tries again
    return places;
  }

  async #find(position: SessionPosition): Promise<Places> {
    const { transcripts } = this.#core;
    const places = new Map<string, number[]>();
    const total = transcripts.total(position);
    for (let start = 0; start < total; start += PAGE) {
      for (const message of await transcripts.read(position, start, start + PAGE)) {
        for (const path of pathsIn(message)) {
          const indexes = places.get(path);
          if (indexes) indexes.push(message.index);
          else places.set(path, [message.index]);
        }
      }
    }
    return places;
  }
}

function pathsIn({ content }: Message): ReadonlySet<string> {
  const paths = content.flatMap((block) => {
    if (block.type !== 'tool') return [];
    // The line that says what a look does is the path, where it looks at all of the file.
    if (block.name === 'Read') return [block.summary];
    return editedFiles(block).map(({ path }) => path);
  });
  return new Set(paths);
}

function goThrough(replay: FileReplay, path: string, { content, index }: Message): void {
  for (const block of content) {
    if (block.type !== 'tool') continue;
    const seen = block.summary === path ? seenTextOf(block) : undefined;
    if (seen !== undefined) replay.seen(seen);
    for (const edit of fileEditsOf(block)) if (edit.path === path) replay.apply(edit, index);
  }
}
