/**
 * Cuts text into the terms that are indexed and searched. Both sides must cut alike, so this is the
 * only place that does. A term holds lower-case ASCII letters, digits and characters above ASCII
 * only: SQLite's `simple` tokenizer then finds exactly these terms between spaces, and nothing that
 * a person types can be an operator of its query language.
 */

/** Longer words are cut: hashes are found whole, and a blob of base64 is one term, not a kilobyte. */
const MAX_TERM = 64;
/** More parts than an identifier has: random characters. */
const MAX_PARTS = 8;

const WORD = /[\p{L}\p{N}\p{M}_]+/gu;
/** Scripts that are written without spaces between words. */
const UNSPACED =
  /[[\p{scx=Han}\p{scx=Hira}\p{scx=Kana}\p{scx=Hang}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmr}\p{scx=Mymr}]&&[\p{L}\p{M}]]+/gv;
const ABOVE_ASCII = /[^\u0000-\u007f]/;
const PARTED = /_|[a-z0-9][A-Z]|[A-Z][A-Z][a-z]/;
const PART = /[A-Z]+(?![a-z])|[A-Z]?[^A-Z_]+|[A-Z]+/g;

export interface Part {
  readonly term: string;
  /** Offsets in the text that was cut, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

export interface Token extends Part {
  /** The words an identifier is made of: `user` and `name` of `userName`. */
  readonly parts: readonly Part[];
  /**
   * `pair`: two characters of a script without spaces; each begins one character after the one
   * before. `last`: the final character of such a run by itself.
   */
  readonly kind: 'word' | 'pair' | 'last';
}

/** The terms of a text, in order. */
export function* tokensOf(text: string): Generator<Token> {
  for (const match of text.matchAll(WORD)) {
    const [word] = match;
    if (ABOVE_ASCII.test(word)) yield* mixedTokens(word, match.index);
    else {
      const token = wordToken(word, match.index);
      if (token) yield token;
    }
  }
}

/** A word that may change between scripts: runs without spaces become pairs of characters. */
function* mixedTokens(word: string, offset: number): Generator<Token> {
  let done = 0;
  for (const run of word.matchAll(UNSPACED)) {
    const before = wordToken(word.slice(done, run.index), offset + done);
    if (before) yield before;
    yield* pairs(run[0], offset + run.index);
    done = run.index + run[0].length;
  }
  const rest = wordToken(word.slice(done), offset + done);
  if (rest) yield rest;
}

function* pairs(run: string, offset: number): Generator<Token> {
  const characters = Array.from(run);
  let start = offset;
  for (const [index, character] of characters.entries()) {
    const next = characters[index + 1];
    const term = fold(character + (next ?? ''));
    const end = start + character.length + (next?.length ?? 0);
    if (term !== '') {
      yield { term, start, end, parts: [], kind: next === undefined ? 'last' : 'pair' };
    }
    start += character.length;
  }
}

function wordToken(word: string, start: number): Token | undefined {
  const term = fold(word).slice(0, MAX_TERM);
  if (term === '') return undefined;
  const end = start + word.length;
  return { term, start, end, parts: partsOf(word, start), kind: 'word' };
}

function partsOf(word: string, offset: number): readonly Part[] {
  if (word.length > MAX_TERM || !PARTED.test(word)) return [];
  const parts: Part[] = [];
  for (const match of word.matchAll(PART)) {
    const term = fold(match[0]);
    if (term.length < 2) continue;
    const start = offset + match.index;
    parts.push({ term, start, end: start + match[0].length });
  }
  return parts.length < 2 || parts.length > MAX_PARTS ? [] : parts;
}

/** Lower case, without accents, underscores and what `simple` would take for the end of a word. */
export function fold(word: string): string {
  if (!ABOVE_ASCII.test(word)) return word.replaceAll('_', '').toLowerCase();
  return word
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\u0000-\u002f\u003a-\u0060\u007b-\u007f]/g, '');
}
