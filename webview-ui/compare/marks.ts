/**
 * Marks changed words in rendered Markdown. The changes are known by their place in the source;
 * rendering drops its punctuation but keeps its words in order, so that each rendered word is
 * looked up in the source after the one before it. What is not found (an entity, a sentence of our
 * own) stays unmarked. Adds <ins> and <del> elements only, never markup from the text.
 */
import type { TextRun } from '../../src/core/comparison.ts';
import { linedCode, nodeOf, type Piece } from '../shared/linedCode.ts';

type Kind = TextRun['kind'];

/** How far ahead a word is looked for, in characters: past the target of a link. */
const REACH = 400;
const WORDS = /[\p{L}\p{N}_]+|[^\s\p{L}\p{N}_]/gu;

/** The runs that cover part of the text they stand for. */
export function sliceRuns(runs: readonly TextRun[], start: number, end: number): TextRun[] {
  const slice: TextRun[] = [];
  let at = 0;
  for (const { kind, text } of runs) {
    const part = text.slice(Math.max(0, start - at), Math.max(0, end - at));
    if (part !== '') slice.push({ kind, text: part });
    at += text.length;
  }
  return slice;
}

/** @param runs the changes of the text that `root` was rendered from */
export function markChanges(root: ParentNode & Node, runs: readonly TextRun[]): void {
  if (runs.every((run) => run.kind === 'same')) return;
  const finder = new KindFinder(runs);
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    if (node instanceof Text && !node.parentElement?.closest('button')) nodes.push(node);
  }
  for (const node of nodes) {
    const pieces = finder.piecesOf(node.data);
    if (pieces.every((piece) => piece.kind === 'same')) continue;
    const code = node.parentElement;
    if (code?.matches('pre > code')) {
      const language = code.parentElement?.dataset['lang'] ?? '';
      code.replaceWith(linedCode(pieces, language));
    } else node.replaceWith(...pieces.map(nodeOf));
  }
}

class KindFinder {
  readonly #source: string;
  readonly #runs: readonly TextRun[];
  #cursor = 0;
  #missed = 0;
  /** Run that the last asked place stands in, and where it begins: places are asked in order. */
  #run = 0;
  #runStart = 0;

  constructor(runs: readonly TextRun[]) {
    this.#runs = runs;
    this.#source = runs.map((run) => run.text).join('');
  }

  piecesOf(text: string): readonly Piece[] {
    const pieces: { kind: Kind; text: string }[] = [];
    const add = (kind: Kind, part: string): void => {
      const last = pieces.at(-1);
      if (last?.kind === kind) last.text += part;
      else if (part !== '') pieces.push({ kind, text: part });
    };
    let end = 0;
    for (const { 0: word, index } of text.matchAll(WORDS)) {
      const kinds = this.#kindsOf(word);
      const between = text.slice(end, index);
      // Space between two words of one change belongs to it.
      const joined = pieces.at(-1)?.kind === kinds[0]?.kind && !between.includes('\n');
      add(joined ? (kinds[0]?.kind ?? 'same') : 'same', between);
      for (const piece of kinds) add(piece.kind, piece.text);
      end = index + word.length;
    }
    add('same', text.slice(end));
    return pieces;
  }

  #kindsOf(word: string): readonly Piece[] {
    const reach = REACH + this.#missed * 40;
    const window = this.#source.slice(this.#cursor, this.#cursor + reach + word.length);
    const found = window.indexOf(word);
    if (found < 0) {
      this.#missed++;
      return [{ kind: 'same', text: word }];
    }
    this.#missed = 0;
    const start = this.#cursor + found;
    this.#cursor = start + word.length;
    const pieces: { kind: Kind; text: string }[] = [];
    for (let at = start; at < this.#cursor;) {
      const { kind, end } = this.#runAt(at);
      pieces.push({ kind, text: this.#source.slice(at, Math.min(end, this.#cursor)) });
      at = end;
    }
    return pieces;
  }

  #runAt(place: number): { readonly kind: Kind; readonly end: number } {
    for (;;) {
      const run = this.#runs[this.#run];
      if (!run) return { kind: 'same', end: this.#source.length };
      const end = this.#runStart + run.text.length;
      if (place < end) return { kind: run.kind, end };
      this.#run++;
      this.#runStart = end;
    }
  }
}
