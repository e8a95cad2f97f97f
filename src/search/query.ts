/**
 * The query language. Words must all occur; `"several words"` stand together; `prefix*`; `-not`;
 * `this OR that`; `tag:`, `agent:`, `project:` choose sessions; `before:` and `after:` take a date.
 * Any text is a query: what cannot be read as an operator is read as words, and nothing throws.
 */
import type { SessionChoice } from '../core/sessionChoice.ts';
import { tokensOf } from './tokens.ts';

/** Longer input is cut. */
const MAX_LENGTH = 1000;
/** Bounds what SQLite's parser has to nest. */
const MAX_PHRASES = 32;
const MAX_TERMS = 16;
const DAY_MS = 86_400_000;

/** Terms that stand together, one or more; the last one may be the beginning of a word. */
export interface Phrase {
  readonly terms: readonly string[];
  readonly prefix: boolean;
  /** As it was typed. */
  readonly text: string;
}

export interface SearchQuery {
  /** Each must occur: one of its alternatives. */
  readonly groups: readonly (readonly Phrase[])[];
  /** None may occur. */
  readonly excluded: readonly Phrase[];
  readonly filter: SessionChoice;
  /** Milliseconds since the epoch: from `after` on, and before `before`. */
  readonly after?: number;
  readonly before?: number;
}

const ITEM = /(-?)(?:(\p{L}+):)?(?:"([^"]*)(?:"|$)(\*?)|(\S+))/gu;

/** `now` (milliseconds since the epoch) is what `7d` and `today` count from. */
export function parseQuery(input: string, now: number): SearchQuery {
  const groups: Phrase[][] = [];
  const excluded: Phrase[] = [];
  const filter = {
    tags: new Array<string>(),
    agents: new Array<string>(),
    projects: new Array<string>(),
    notes: new Array<string>(),
    notTags: new Array<string>(),
    notAgents: new Array<string>(),
    notProjects: new Array<string>(),
    notNotes: new Array<string>(),
  };
  const times: { after?: number; before?: number } = {};
  let left = MAX_PHRASES;
  let joins = false;

  for (const match of input.slice(0, MAX_LENGTH).normalize('NFC').matchAll(ITEM)) {
    const [whole, minus = '', field = '', quoted, star = '', bare = ''] = match;
    if (whole === 'OR' || whole === '|') {
      joins = groups.length > 0;
      continue;
    }
    const value = quoted ?? bare;
    // A filter that is still being typed.
    if (bare.endsWith(':') && fieldOf(bare.slice(0, -1)) !== undefined) continue;
    if (takeFilter(filter, times, { not: minus !== '', field, value, now })) continue;
    const text = field === '' ? value : `${field} ${value}`;
    const phrase = phraseOf(text, star !== '' || value.endsWith('*'));
    if (!phrase || left-- <= 0) continue;
    if (minus !== '') excluded.push(phrase);
    else if (joins) groups.at(-1)?.push(phrase);
    else groups.push([phrase]);
    joins = false;
  }
  return { groups, excluded, filter, ...times };
}

/** True when the query asks for words; else it only chooses sessions. */
export function hasWords(query: SearchQuery): boolean {
  return query.groups.length > 0;
}

/** True when something but times is asked of sessions. */
export function hasSessionFilter(filter: SessionChoice): boolean {
  return Object.values(filter).some((values: readonly string[]) => values.length > 0);
}

export function hasFilter({ filter, after, before }: SearchQuery): boolean {
  return hasSessionFilter(filter) || after !== undefined || before !== undefined;
}

/** The query as SQLite's full-text index takes it; `undefined` when it asks for no word. */
export function matchExpression({ groups, excluded }: SearchQuery): string | undefined {
  if (groups.length === 0) return undefined;
  const wanted = groups.map(alternatives).join(' AND ');
  return excluded.length === 0 ? wanted : `(${wanted}) NOT ${alternatives(excluded)}`;
}

function alternatives(phrases: readonly Phrase[]): string {
  return `(${phrases.map(expression).join(' OR ')})`;
}

/** Terms hold nothing that means anything inside quotes. */
function expression({ terms, prefix }: Phrase): string {
  return `"${terms.join(' ')}${prefix ? '*' : ''}"`;
}

function phraseOf(text: string, star: boolean): Phrase | undefined {
  const tokens = [...tokensOf(text)].slice(0, MAX_TERMS);
  const final = tokens.at(-1);
  if (!final) return undefined;
  // A run without spaces may go on in the text: its last pair says all, its last character alone
  // stands in the index only where the run ends. A single character begins a pair.
  const goesOn = final.kind === 'last' && tokens.at(-2)?.kind === 'pair';
  const kept = goesOn ? tokens.slice(0, -1) : tokens;
  return {
    terms: kept.map(({ term }) => term),
    prefix: goesOn ? false : star || final.kind === 'last',
    text: text.replace(/\*$/, ''),
  };
}

interface FilterItem {
  readonly not: boolean;
  readonly field: string;
  readonly value: string;
  readonly now: number;
}

/** False when it is no filter: an unknown field, no value, a date that cannot be read. */
function takeFilter(
  filter: Record<keyof SessionChoice, string[]>,
  times: { after?: number; before?: number },
  { not, field, value, now }: FilterItem,
): boolean {
  const wanted = value.trim();
  if (wanted === '') return field !== '' && fieldOf(field) !== undefined;
  const known = fieldOf(field);
  switch (known) {
    case 'tag':
      filter[not ? 'notTags' : 'tags'].push(wanted);
      return true;
    case 'agent':
      filter[not ? 'notAgents' : 'agents'].push(wanted);
      return true;
    case 'project':
      filter[not ? 'notProjects' : 'projects'].push(wanted);
      return true;
    case 'note':
      filter[not ? 'notNotes' : 'notes'].push(wanted);
      return true;
    case 'before':
    case 'after': {
      const at = parseDate(wanted, now);
      if (at === undefined) return false;
      // "Not before" is "after", and the other way round.
      times[(known === 'after') === not ? 'before' : 'after'] = at;
      return true;
    }
    case undefined:
      return false;
  }
}

const FIELDS = ['tag', 'agent', 'project', 'note', 'before', 'after'] as const;

function fieldOf(field: string): (typeof FIELDS)[number] | undefined {
  const name = field.toLowerCase();
  return FIELDS.find((known) => known === name);
}

/**
 * `2026`, `2026-05`, `2026-05-04`, `today`, `yesterday`, or so long ago: `12h`, `7d`, `2w`, `3m`,
 * `1y`. A date is its beginning, where the person is.
 */
function parseDate(text: string, now: number): number | undefined {
  const word = text.toLowerCase();
  const today = new Date(now);
  today.setHours(0, 0, 0, 0);
  if (word === 'today') return today.getTime();
  if (word === 'yesterday') return today.setDate(today.getDate() - 1);
  const ago = /^(\d{1,4})([hdwmy])$/.exec(word);
  if (ago) {
    const unit = { h: DAY_MS / 24, d: DAY_MS, w: 7 * DAY_MS, m: 30 * DAY_MS, y: 365 * DAY_MS };
    return now - Number(ago[1]) * (unit[ago[2] as keyof typeof unit] satisfies number);
  }
  const date = /^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?$/.exec(word);
  if (!date) return undefined;
  const month = Number(date[2] ?? 1);
  const day = Number(date[3] ?? 1);
  const at = new Date(Number(date[1]), month - 1, day);
  // Day 31 of a short month is no date.
  return at.getMonth() === month - 1 && at.getDate() === day ? at.getTime() : undefined;
}
