/**
 * Fuzzy search in titles. The store first gives the titles that have the most pieces of each word
 * in them; fuse.js then says how near each comes, misspelt or not.
 */
import Fuse, { type FuseResult } from 'fuse.js';
import type { MarkedText, TextRange } from '../core/search.ts';
import { fold } from './tokens.ts';
import type { Phrase, SearchQuery } from './query.ts';

/** What fuse.js goes through in two milliseconds: what has fewer pieces than so many others is not near. */
export const MAX_CANDIDATES = 120;
/** fuse.js compares no longer patterns well. */
const MAX_PATTERN = 32;
const MAX_GROUPS = 6;
const PIECE = 3;
const MAX_PIECES = 8;
/** How far a title may be from what was typed; fuse.js's scale, 0 is equal. */
const THRESHOLD = 0.28;

export interface RankedTitle<T> {
  readonly item: T;
  readonly title: MarkedText;
  /** From 0 to 1, higher is better. */
  readonly score: number;
}

/**
 * Pieces of three letters of each word, in lower case: a title has one of them unless every part of
 * the word is misspelt in it.
 */
export function titlePieces({ groups }: SearchQuery): string[][] {
  return groups.slice(0, MAX_GROUPS).map((alternatives) => {
    const pieces = new Set<string>();
    for (const { text } of alternatives) {
      for (const word of text.toLowerCase().split(/\s+/)) {
        for (let at = 0; at === 0 || at + PIECE <= word.length; at++) {
          if (word !== '') pieces.add(word.slice(at, at + PIECE));
        }
      }
    }
    return spread([...pieces], MAX_PIECES);
  });
}

/** Titles that come near to every group of the query, best first, newest first among equals. */
export function rankTitles<T extends { readonly title: string }>(
  { groups, excluded }: SearchQuery,
  candidates: readonly T[],
): RankedTitle<T>[] {
  const fuse = new Fuse([...candidates], {
    keys: ['title'],
    includeScore: true,
    includeMatches: true,
    ignoreLocation: true,
    ignoreDiacritics: true,
    minMatchCharLength: 2,
    threshold: THRESHOLD,
  });
  let found: Map<number, { score: number; ranges: TextRange[] }> | undefined;
  for (const alternatives of groups.slice(0, MAX_GROUPS)) {
    const matches = new Map<number, { score: number; ranges: TextRange[] }>();
    for (const result of alternatives.flatMap(({ text }) => search(fuse, text))) {
      const score = 1 - (result.score ?? 1);
      const before = found === undefined ? undefined : found.get(result.refIndex);
      if (found && !before) continue;
      const best = matches.get(result.refIndex);
      if (best && best.score >= score) continue;
      matches.set(result.refIndex, {
        score: Math.min(score, before?.score ?? 1),
        ranges: [...(before?.ranges ?? []), ...rangesOf(result)],
      });
    }
    found = matches;
  }
  const ranked: (RankedTitle<T> & { readonly order: number })[] = [];
  for (const [order, { score, ranges }] of found ?? []) {
    const item = candidates[order];
    if (!item || excluded.some((phrase) => has(item.title, phrase))) continue;
    ranked.push({ item, score, order, title: { text: item.title, ranges: joined(ranges) } });
  }
  return ranked
    .sort((a, b) => b.score - a.score || a.order - b.order)
    .map(({ item, title, score }) => ({ item, title, score }));
}

function search<T>(fuse: Fuse<T>, text: string): FuseResult<T>[] {
  return fuse.search(text.slice(0, MAX_PATTERN));
}

/** fuse.js counts the last character in. */
function rangesOf<T>({ matches = [] }: FuseResult<T>): TextRange[] {
  return matches.flatMap(({ indices }) =>
    indices.map(([start, last]) => ({ start, end: last + 1 })),
  );
}

function joined(ranges: readonly TextRange[]): TextRange[] {
  const result: TextRange[] = [];
  for (const range of [...ranges].sort((a, b) => a.start - b.start)) {
    const last = result.at(-1);
    if (last && range.start <= last.end) {
      result[result.length - 1] = { start: last.start, end: Math.max(last.end, range.end) };
    } else result.push(range);
  }
  return result;
}

function has(title: string, { text }: Phrase): boolean {
  return fold(title).includes(fold(text));
}

/** `count` of the items, evenly from all of them. */
function spread<T>(items: readonly T[], count: number): T[] {
  if (items.length <= count) return [...items];
  return items.filter(
    (_, index) =>
      Math.floor((index * count) / items.length) !==
      Math.floor(((index - 1) * count) / items.length),
  );
}
