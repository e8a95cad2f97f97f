/**
 * Which pieces of three letters each of many titles has, as a bit map of their hashes: says of a
 * title in a few steps that it lacks a piece, and at most that it may have one.
 */

const BITS = 1024;
const WORDS = BITS / 32;
const LENGTH = 3;
/** Titles for which room is made at a time. */
const ROOM = 1_024;

export class TitlePieces {
  readonly #rooms: Uint32Array[] = [];
  readonly #free: number[] = [];
  #used = 0;

  /** Returns where it is kept, until `remove`. `title` is in lower case. */
  add(title: string): number {
    const place = this.#free.pop() ?? this.#used++;
    const words = this.#wordsAt(place).fill(0);
    for (let at = 0; at + LENGTH <= title.length; at++) {
      const bit = bitOf(title, at);
      words[bit >> 5] = (words[bit >> 5] ?? 0) | (1 << (bit & 31));
    }
    return place;
  }

  remove(place: number): void {
    this.#free.push(place);
  }

  /** How many of the pieces a title has at most; 0 where it has none of some list. */
  countAt(place: number, bits: readonly (readonly number[])[]): number {
    const room = this.#rooms[Math.floor(place / ROOM)];
    const start = (place % ROOM) * WORDS;
    let count = 0;
    for (const some of bits) {
      let found = 0;
      for (const bit of some) {
        if (bit < 0 || ((room?.[start + (bit >> 5)] ?? 0) & (1 << (bit & 31))) !== 0) found++;
      }
      if (found === 0) return 0;
      count += found;
    }
    return count;
  }

  #wordsAt(place: number): Uint32Array {
    const room = (this.#rooms[Math.floor(place / ROOM)] ??= new Uint32Array(ROOM * WORDS));
    const start = (place % ROOM) * WORDS;
    return room.subarray(start, start + WORDS);
  }
}

/** What `countAt` takes for a piece in lower case. A short one may be in every title. */
export function bitOfPiece(piece: string): number {
  return piece.length < LENGTH ? -1 : bitOf(piece, 0);
}

/** Of the three letters from `at` on. */
function bitOf(text: string, at: number): number {
  const letters =
    (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2);
  return Math.imul(letters, 0x9e37_79b1) >>> 22;
}
