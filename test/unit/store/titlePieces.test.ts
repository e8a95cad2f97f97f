/** Bit maps of pieces against the titles themselves: no title that has them is left out. */
import { expect, it } from 'vitest';
import { bitOfPiece, TitlePieces } from '../../../src/store/titlePieces.ts';

const WORDS = ['parser', 'handler', 'session', 'token', 'str', 'of'];

/** More titles than there is room for at a time; some go and others take their places. */
function filled(): { readonly pieces: TitlePieces; readonly titles: Map<number, string> } {
  const pieces = new TitlePieces();
  const titles = new Map<number, string>();
  const add = (nth: number): void => {
    const title = `${WORDS[nth % 6] ?? ''} ${WORDS[(nth >> 3) % 6] ?? ''} ${nth % 7}`;
    titles.set(pieces.add(title), title);
  };
  for (let nth = 0; nth < 2_500; nth++) add(nth);
  for (const place of [...titles.keys()].filter((one) => one % 3 === 0)) {
    pieces.remove(place);
    titles.delete(place);
  }
  for (let nth = 0; nth < 500; nth++) add(nth * 5);
  return { pieces, titles };
}

function countIn(title: string, lists: readonly (readonly string[])[]): number {
  const each = lists.map((some) => some.filter((piece) => title.includes(piece)).length);
  return each.includes(0) ? 0 : each.reduce((sum, count) => sum + count, 0);
}

it('count at least the pieces that a title has, and nearly always no more', () => {
  const { pieces, titles } = filled();
  for (const lists of [[['par', 'ars', 'xyz']], [['ses', 'ssi'], ['tok']], [['han'], ['of']]]) {
    const counts = pieces.counts(lists.map((some) => some.map(bitOfPiece)));
    let over = 0;
    for (const [place, title] of titles) {
      const exact = countIn(title, lists);
      // A piece of two letters may be anywhere.
      if (exact > 0) expect(counts[place]).toBeGreaterThanOrEqual(exact);
      if (lists.flat().every((piece) => piece.length === 3) && counts[place] !== exact) over++;
    }
    expect(over).toBeLessThan(titles.size / 20);
  }
});
