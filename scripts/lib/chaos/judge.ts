/** Holds what a store shows against the journal: what is lost, what is there twice, what is out of order. */
import { keyOf, type ExpectedSession, type Journal } from './journal.ts';

export interface ObservedSession {
  readonly id: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly inheritedCount: number;
  /** Whole texts, in order. */
  readonly texts: readonly string[];
}

export interface Verdict {
  readonly lost: number;
  readonly duplicates: number;
  /** In words, one for each thing that is wrong. */
  readonly problems: readonly string[];
}

/** All sessions that were not removed must be out of the trash by now. */
export function judge(journal: Journal, observed: readonly ObservedSession[]): Verdict {
  const byId = new Map(observed.map((session) => [session.id, session]));
  let lost = 0;
  let duplicates = 0;
  const problems: string[] = [];
  const loses = (count: number, what: string) => {
    lost += count;
    problems.push(`lost: ${what}`);
  };
  const doubles = (what: string) => {
    duplicates++;
    problems.push(`double: ${what}`);
  };

  const strangers = observed.filter(({ id }) => !journal.sessions.has(id));
  for (const { id } of strangers.slice(journal.unansweredBirths)) {
    doubles(`session ${id}, which nobody was told of`);
  }
  for (const expected of journal.sessions.values()) {
    const found = byId.get(expected.id);
    if (expected.purged) {
      if (found) doubles(`session ${found.id}, which was removed for good`);
      continue;
    }
    if (found === undefined) {
      const messages = expected.appends.filter(({ acknowledged }) => acknowledged);
      loses(1 + messages.flatMap(({ texts }) => texts).length, `session ${expected.id}`);
      continue;
    }
    if (!expected.titles.includes(found.title)) {
      loses(1, `title of ${found.id}: "${found.title}", not "${expected.titles.join('" or "')}"`);
    }
    const tags = [...found.tags].sort().join(',');
    if (!expected.tags.includes(tags)) {
      loses(1, `tags of ${found.id}: ${tags}, not ${expected.tags.join(' or ')}`);
    }
    const parent = journal.sessions.get(expected.parentId ?? '');
    const above = parent && (parent.purged ?? byId.get(parent.id)?.texts);
    judgePrefix(expected, found, above ?? [], loses);
    judgeMessages(expected, found.texts.slice(expected.inherited), { loses, doubles, problems });
  }
  return { lost, duplicates, problems };
}

function judgePrefix(
  expected: ExpectedSession,
  found: ObservedSession,
  parent: readonly string[],
  loses: (count: number, what: string) => void,
): void {
  if (found.inheritedCount !== expected.inherited) {
    loses(1, `prefix of ${found.id}: ${found.inheritedCount} instead of ${expected.inherited}`);
  }
  for (let index = 0; index < expected.inherited; index++) {
    if (found.texts[index] !== parent[index] || parent[index] === undefined) {
      loses(1, `message ${index} of the prefix of ${found.id}`);
    }
  }
}

interface Report {
  readonly loses: (count: number, what: string) => void;
  readonly doubles: (what: string) => void;
  readonly problems: string[];
}

function judgeMessages(
  { id, appends }: ExpectedSession,
  own: readonly string[],
  { loses, doubles, problems }: Report,
): void {
  const places = new Map<string, number>();
  for (const [place, text] of own.entries()) {
    const key = keyOf(text);
    if (places.has(key)) doubles(`message ${key} of ${id}`);
    else places.set(key, place);
  }
  const lastOf = new Map<string, number>();
  for (const { actor, texts, acknowledged } of appends) {
    const first = places.get(keyOf(texts[0] ?? ''));
    // One that was never answered is there as a whole or not at all.
    if (first === undefined && !acknowledged) continue;
    for (const [nth, text] of texts.entries()) {
      const key = keyOf(text);
      const place = places.get(key);
      places.delete(key);
      if (place === undefined) loses(1, `message ${key} of ${id}`);
      else if (own[place] !== text) loses(1, `text of message ${key} of ${id}`);
      else if (place !== (first ?? 0) + nth) problems.push(`order: message ${key} of ${id}`);
    }
    if (first === undefined) continue;
    if (first < (lastOf.get(actor) ?? 0)) problems.push(`order: ${actor}'s messages in ${id}`);
    lastOf.set(actor, first);
  }
  for (const key of places.keys()) doubles(`message ${key} of ${id}, which nobody sent there`);
}
