/**
 * Which files were edited on both sides since two branches parted, by what their tool calls say. An
 * edit that failed has touched no file.
 */
import type { FileConflict, FileSide } from './merge.ts';
import { editedFiles, type ContentBlock } from './message.ts';

/** The edits of one branch, gathered message by message. */
export class FileEdits {
  readonly #edits: { path: string; added: number; removed: number; message: number }[] = [];

  add({ index, content }: { readonly index: number; readonly content: readonly ContentBlock[] }) {
    for (const block of content) {
      if (block.type !== 'tool') continue;
      for (const { path, added, removed } of editedFiles(block)) {
        this.#edits.push({ path, added, removed, message: index });
      }
    }
  }

  /** What became of each file; with `only` by these messages alone. In the order of first edits. */
  sides(only?: ReadonlySet<number>): Map<string, FileSide> {
    const sides = new Map<string, { added: number; removed: number; messages: number[] }>();
    for (const { path, added, removed, message } of this.#edits) {
      if (only && !only.has(message)) continue;
      const side = sides.get(path) ?? { added: 0, removed: 0, messages: [] };
      side.added += added;
      side.removed += removed;
      if (side.messages.at(-1) !== message) side.messages.push(message);
      sides.set(path, side);
    }
    return sides;
  }
}

/** Files that stand on both sides, in the order of the target's edits. */
export function editedOnBoth(
  target: ReadonlyMap<string, FileSide>,
  source: ReadonlyMap<string, FileSide>,
): FileConflict[] {
  return [...target].flatMap(([path, side]) => {
    const other = source.get(path);
    return other ? [{ path, target: side, source: other }] : [];
  });
}
