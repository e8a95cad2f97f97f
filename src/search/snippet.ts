/**
 * A short part of a message around what was searched for, with the places of the hits in it. Cut
 * from the message's own text with the terms that the index was made of, so every hit that the
 * index found is seen here.
 */
import type { MarkedText, TextRange } from '../core/search.ts';
import type { Phrase } from './query.ts';
import { tokensOf, type Token } from './tokens.ts';

/** Characters of a snippet. */
const LENGTH = 180;
/** How much of it may come before the first hit. */
const LEAD = 50;
/** Hits looked at in one message. */
const MAX_HITS = 200;

interface Hit extends TextRange {
  readonly phrase: number;
}

/** `undefined` when none of the phrases is in the pieces. */
export function snippetOf(
  pieces: readonly string[],
  phrases: readonly Phrase[],
): MarkedText | undefined {
  let best: { readonly piece: string; readonly window: Window } | undefined;
  for (const piece of pieces) {
    const window = bestWindow(hitsIn(piece, phrases));
    if (window && (!best || window.worth > best.window.worth)) best = { piece, window };
  }
  return best && cut(best.piece, best.window);
}

/** The beginning of a message, where there is nothing to mark. */
export function beginningOf(pieces: readonly string[]): MarkedText {
  return cut(pieces[0] ?? '', { hits: [], start: 0, worth: 0 });
}

interface Window {
  readonly hits: readonly Hit[];
  /** Where the first hit begins. */
  readonly start: number;
  /** How many different phrases it shows. */
  readonly worth: number;
}

/** The stretch with the most different phrases; the first of several. */
function bestWindow(hits: readonly Hit[]): Window | undefined {
  let best: Window | undefined;
  for (const [index, first] of hits.entries()) {
    const end = first.start + LENGTH - LEAD;
    const shown: Hit[] = [];
    for (let next = index; next < hits.length; next++) {
      const hit = hits[next];
      if (!hit || hit.end > end) break;
      shown.push(hit);
    }
    const kept = shown.length > 0 ? shown : [first];
    const worth = new Set(kept.map(({ phrase }) => phrase)).size;
    if (!best || worth > best.worth) best = { hits: kept, start: first.start, worth };
  }
  return best;
}

function hitsIn(text: string, phrases: readonly Phrase[]): Hit[] {
  const tokens = [...tokensOf(text)];
  const hits: Hit[] = [];
  for (const [index, token] of tokens.entries()) {
    for (const [number, phrase] of phrases.entries()) {
      const range = rangeAt(tokens, index, phrase) ?? partRange(token, phrase);
      if (range) hits.push({ ...range, phrase: number });
    }
    if (hits.length >= MAX_HITS) break;
  }
  return hits;
}

function rangeAt(tokens: readonly Token[], from: number, phrase: Phrase): TextRange | undefined {
  const { terms, prefix } = phrase;
  for (const [offset, term] of terms.entries()) {
    const token = tokens[from + offset];
    if (!token || !fits(token.term, term, prefix && offset === terms.length - 1)) return undefined;
  }
  const [first, last] = [tokens[from], tokens[from + terms.length - 1]];
  if (!first || !last) return undefined;
  // A single character that begins a pair is found by the pair; the pair's second one is no hit.
  const only = prefix && terms.length === 1 && last.kind === 'pair' ? terms[0]?.length : undefined;
  return { start: first.start, end: only === undefined ? last.end : first.start + only };
}

/** Parts of an identifier, one after the other. */
function partRange({ parts }: Token, { terms, prefix }: Phrase): TextRange | undefined {
  for (let from = 0; from + terms.length <= parts.length; from++) {
    const matches = terms.every((term, offset) => {
      const part = parts[from + offset];
      return part !== undefined && fits(part.term, term, prefix && offset === terms.length - 1);
    });
    const [first, last] = [parts[from], parts[from + terms.length - 1]];
    if (matches && first && last) return { start: first.start, end: last.end };
  }
  return undefined;
}

function fits(term: string, wanted: string, prefix: boolean): boolean {
  return prefix ? term.startsWith(wanted) : term === wanted;
}

/** One line: white space and control characters become single spaces, and the hits move along. */
function cut(piece: string, { hits, start }: Window): MarkedText {
  const from = start <= LEAD ? 0 : wordStart(piece, start - LEAD, start);
  const longest = hits.reduce((end, hit) => Math.max(end, hit.end), 0);
  const to = wordEnd(piece, Math.max(from + LENGTH, Math.min(longest, from + 2 * LENGTH)));
  const places = new Map<number, number>();
  let text = from > 0 ? '…' : '';
  let spaced = true;
  for (let index = from; index < to; index++) {
    places.set(index, text.length);
    const character = piece.charAt(index);
    const blank = BLANK.test(character);
    if (!blank) text += character;
    else if (!spaced) text += ' ';
    spaced = blank;
  }
  places.set(to, text.length);
  if (to < piece.length) text = `${text.trimEnd()}…`;
  const ranges = hits
    .map((hit) => ({ start: places.get(hit.start), end: places.get(Math.min(hit.end, to)) }))
    .filter((range): range is TextRange => range.start !== undefined && range.end !== undefined)
    .filter((range) => range.end > range.start);
  return { text, ranges: merged(ranges) };
}

const BLANK = /[\s\u0000-\u001f\u007f-\u009f]/;

/** A place not before `from` where a word begins, if there is one before `limit`. */
function wordStart(text: string, from: number, limit: number): number {
  for (let at = from; at < limit; at++) if (BLANK.test(text.charAt(at - 1))) return at;
  return onCharacter(text, from);
}

function wordEnd(text: string, wanted: number): number {
  if (wanted >= text.length) return text.length;
  for (let at = wanted; at > wanted - 20; at--) if (BLANK.test(text.charAt(at))) return at;
  return onCharacter(text, wanted);
}

/** Never between the two halves of a character. */
function onCharacter(text: string, at: number): number {
  return /[\udc00-\udfff]/.test(text.charAt(at)) ? at - 1 : at;
}

/** Ascending, and each place once: phrases may overlap. */
function merged(ranges: readonly TextRange[]): TextRange[] {
  const result: TextRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = result.at(-1);
    if (last && range.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else result.push(range);
  }
  return result;
}
