/**
 * What changed between two versions of a page, as ranges of bytes: (offset u16, length u16, bytes)
 * one behind the other. A message that is added changes a few hundred bytes of each page it
 * touches; the rest need not be written again, or waited for.
 */
import { PAGE_SIZE } from './pageFile.ts';

const RANGE_HEADER = 4;
/** Equal words between two ranges that cost less than a range of their own. */
const JOINED_GAP = 1;
/** A patch above this is not worth its ranges. */
const MOST_BYTES = (PAGE_SIZE * 3) / 4;

/** Ranges found last: offset and end of each, in words. Reused, since a flush asks for many. */
const found = new Int32Array(PAGE_SIZE / 4);

/** Ranges where the page differs from its base; `bytes` is what a patch of them takes. */
export interface PagePatch {
  /** Offset and end of each range in words of 4 bytes. */
  readonly ranges: Int32Array;
  readonly bytes: number;
}

/** `undefined` where writing the whole page is no worse. */
export function comparePages(base: Uint8Array, page: Uint8Array): PagePatch | undefined {
  if ((base.byteOffset | page.byteOffset) % 4 !== 0) return undefined;
  const before = new Int32Array(base.buffer, base.byteOffset, PAGE_SIZE / 4);
  const after = new Int32Array(page.buffer, page.byteOffset, PAGE_SIZE / 4);
  let count = 0;
  let bytes = 0;
  let end = -JOINED_GAP - 1;
  for (let word = 0; word < after.length; word++) {
    if (before[word] === after[word]) continue;
    if (word - end <= JOINED_GAP) bytes += 4 * (word + 1 - end);
    else {
      found[count++] = word;
      count++;
      bytes += RANGE_HEADER + 4;
    }
    end = word + 1;
    found[count - 1] = end;
  }
  return bytes > MOST_BYTES ? undefined : { ranges: found.slice(0, count), bytes };
}

/** Writes a patch into `target` at `at`; returns where it ends. */
export function putPatch(
  target: Buffer,
  at: number,
  { ranges }: PagePatch,
  page: Uint8Array,
): number {
  for (let nth = 0; nth < ranges.length; nth += 2) {
    const from = (ranges[nth] ?? 0) * 4;
    const to = (ranges[nth + 1] ?? 0) * 4;
    target.writeUInt16LE(from, at);
    target.writeUInt16LE(to - from, at + 2);
    target.set(page.subarray(from, to), at + RANGE_HEADER);
    at += RANGE_HEADER + to - from;
  }
  return at;
}

/** The page that a patch makes of its base. */
export function applyPatch(base: Uint8Array, patch: Uint8Array): Uint8Array {
  const page = Uint8Array.from(base);
  const view = new DataView(patch.buffer, patch.byteOffset, patch.length);
  for (let at = 0; at < patch.length;) {
    const offset = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    at += RANGE_HEADER;
    page.set(patch.subarray(at, at + length), offset);
    at += length;
  }
  return page;
}
