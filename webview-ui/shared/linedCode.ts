/**
 * Code with changes, line by line: a sign at the lines that changed, marks at the words, and the
 * language's colours under both once it is seen. Adds elements of our own only, never markup from
 * the text; the element's text stays the code.
 */
import type { TextRun } from '../../src/core/comparison.ts';
import { highlightWhenSeen } from './highlight.ts';

export interface Piece {
  readonly kind: TextRun['kind'];
  readonly text: string;
}

/** A piece of one colour: the highlighter's class names. */
interface ColouredPiece extends Piece {
  readonly colour: string;
}

/** A code element of lines; coloured when it is first seen, where the language is known. */
export function linedCode(pieces: readonly Piece[], language: string): HTMLElement {
  const code = document.createElement('code');
  code.className = 'mp-lines';
  code.append(...linesIn(pieces.map((piece) => ({ ...piece, colour: '' }))));
  highlightWhenSeen(code, language, (element, coloured) => {
    element.replaceChildren(...linesIn(withColours(pieces, coloured)));
  });
  return code;
}

/** Text, or an <ins> or <del> of it. */
export function nodeOf({ kind, text }: Piece): Text | HTMLElement {
  if (kind === 'same') return document.createTextNode(text);
  const mark = document.createElement(kind === 'added' ? 'ins' : 'del');
  mark.textContent = text;
  return mark;
}

function linesIn(pieces: readonly ColouredPiece[]): readonly HTMLElement[] {
  return linesOf(pieces).map((line) => {
    const element = document.createElement('span');
    element.className = 'mp-line';
    const first = line.find(({ kind }) => kind !== 'same');
    if (first) element.classList.add(first.kind === 'added' ? 'mp-line-added' : 'mp-line-removed');
    const whole = line.every(({ kind, text }) => kind !== 'same' || text.trim() === '');
    if (first && whole) element.classList.add('mp-line-whole');
    element.append(...line.map(colouredNode));
    return element;
  });
}

function colouredNode({ colour, ...piece }: ColouredPiece): Text | HTMLElement {
  const node = nodeOf(piece);
  if (colour === '') return node;
  const span = document.createElement('span');
  span.className = colour;
  span.append(node);
  return span;
}

/** Pieces by line, the line break at the end of its line. */
function linesOf(pieces: readonly ColouredPiece[]): readonly (readonly ColouredPiece[])[] {
  const lines: ColouredPiece[][] = [[]];
  for (const piece of pieces) {
    for (const [at, text] of piece.text.split(/(?<=\n)/).entries()) {
      if (at > 0) lines.push([]);
      if (text !== '') lines.at(-1)?.push({ ...piece, text });
    }
    if (piece.text.endsWith('\n')) lines.push([]);
  }
  if (lines.at(-1)?.length === 0) lines.pop();
  return lines;
}

/** The pieces cut where colours change too. Both stand for the same text. */
function withColours(pieces: readonly Piece[], coloured: DocumentFragment): ColouredPiece[] {
  const walker = document.createTreeWalker(coloured, NodeFilter.SHOW_TEXT);
  const out: ColouredPiece[] = [];
  let node = walker.nextNode();
  let used = 0;
  for (const { kind, text } of pieces) {
    let rest = text;
    while (rest !== '' && node instanceof Text) {
      const part = rest.slice(0, node.data.length - used);
      out.push({ kind, text: part, colour: node.parentElement?.className ?? '' });
      rest = rest.slice(part.length);
      used += part.length;
      if (used >= node.data.length) {
        node = walker.nextNode();
        used = 0;
      }
    }
    if (rest !== '') out.push({ kind, text: rest, colour: '' });
  }
  return out;
}
