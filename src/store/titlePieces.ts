/**
 * Which pieces of three letters each of many titles has, as bit maps of their hashes: says of 32
 * titles in one step which of them lack a piece, and at most that the others may have it.
 */

const BITS = 1024;
const LENGTH = 3;
/** Titles for which room is made at a time. */
const ROOM = 1_024;
/** One bit a title, so that a step looks at 32 titles. */
const WORDS = ROOM / 32;

export class TitlePieces {
  /** In each, by bit of a piece: which of its titles have it. */
  readonly #rooms: Uint32Array[] = [];
  readonly #free: number[] = [];
  #used = 0;

  /** Returns where it is kept, until `remove`. `title` is in lower case. */
  add(title: string): number {
    const place = this.#free.pop() ?? this.#used++;
    const room = (this.#rooms[Math.floor(place / ROOM)] ??= new Uint32Array(BITS * WORDS));
    const word = (place % ROOM) >> 5;
    const mark = 1 << (place & 31);
    for (let at = 0; at + LENGTH <= title.length; at++) {
      const where = bitOf(title, at) * WORDS + word;
      room[where] = (room[where] ?? 0) | mark;
    }
    return place;
  }

  remove(place: number): void {
    const room = this.#rooms[Math.floor(place / ROOM)] ?? new Uint32Array();
    const others = ~(1 << (place & 31));
    for (let at = (place % ROOM) >> 5; at < room.length; at += WORDS) {
      room[at] = (room[at] ?? 0) & others;
    }
    this.#free.push(place);
  }

  /**
   * How many of the pieces each title has at most, by place; 0 where it has none of some list. What
   * stands at places that were removed means nothing.
   */
  counts(bits: readonly (readonly number[])[]): Uint16Array {
    const counts = new Uint16Array(this.#rooms.length * ROOM);
    for (const [nth, room] of this.#rooms.entries()) {
      for (let word = 0; word < WORDS; word++) {
        let wanted = -1;
        for (const some of bits) {
          let any = 0;
          for (const bit of some) any |= titlesWith(room, bit, word);
          wanted &= any;
        }
        if (wanted === 0) continue;
        const first = nth * ROOM + word * 32;
        for (const some of bits) {
          for (const bit of some) countUp(counts, first, titlesWith(room, bit, word) & wanted);
        }
      }
    }
    return counts;
  }
}

/** Of 32 titles, those that have a piece. */
function titlesWith(room: Uint32Array, bit: number, word: number): number {
  return bit < 0 ? -1 : (room[bit * WORDS + word] ?? 0);
}

/** One more for each title whose bit is set. */
function countUp(counts: Uint16Array, first: number, titles: number): void {
  for (let left = titles; left !== 0; left &= left - 1) {
    const place = first + 31 - Math.clz32(left & -left);
    counts[place] = (counts[place] ?? 0) + 1;
  }
}

/** What `counts` takes for a piece in lower case. A short one may be in every title. */
export function bitOfPiece(piece: string): number {
  return piece.length < LENGTH ? -1 : bitOf(piece, 0);
}

/** Of the three letters from `at` on. */
function bitOf(text: string, at: number): number {
  const letters =
    (text.charCodeAt(at) * 31 + text.charCodeAt(at + 1)) * 31 + text.charCodeAt(at + 2);
  return Math.imul(letters, 0x9e37_79b1) >>> 22;
}
