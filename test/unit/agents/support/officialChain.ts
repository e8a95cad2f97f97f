/**
 * What Anthropic's SDK returns as a session's messages, written down again from its published source
 * (`_build_conversation_chain`), without any of our reader: tests hold our files against it.
 */
type Entry = Readonly<Record<string, unknown>>;

const TYPES = new Set(['user', 'assistant', 'progress', 'system', 'attachment']);

/** Records of the conversation, in the file's order; lines that are no JSON object are passed over. */
export function entriesIn(text: string): Entry[] {
  return text.split('\n').flatMap((line) => {
    try {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
      const entry = value as Entry;
      return TYPES.has(String(entry['type'])) && typeof entry['uuid'] === 'string' ? [entry] : [];
    } catch {
      return [];
    }
  });
}

export function idOf(entry: Entry | undefined): string {
  return String(entry?.['uuid']);
}

/** The chain of the leaf that the SDK would choose, with what it does not show. */
export function officialChain(entries: readonly Entry[]): Entry[] {
  const byId = new Map(entries.map((entry) => [idOf(entry), entry]));
  const place = new Map(entries.map((entry, index) => [idOf(entry), index]));
  const parents = new Set(entries.map((entry) => entry['parentUuid']).filter(Boolean));
  const parentOf = ({ parentUuid }: Entry): Entry | undefined =>
    typeof parentUuid === 'string' ? byId.get(parentUuid) : undefined;
  const leaves: Entry[] = [];
  for (const terminal of entries.filter((entry) => !parents.has(entry['uuid']))) {
    const seen = new Set<string>();
    for (
      let at: Entry | undefined = terminal;
      at && !seen.has(idOf(at));
      seen.add(idOf(at)), at = parentOf(at)
    ) {
      if (at['type'] !== 'user' && at['type'] !== 'assistant') continue;
      leaves.push(at);
      break;
    }
  }
  const main = leaves.filter(
    (leaf) => !leaf['isSidechain'] && !leaf['teamName'] && !leaf['isMeta'],
  );
  const candidates = main.length > 0 ? main : leaves;
  let leaf = candidates[0];
  for (const candidate of candidates) {
    if ((place.get(idOf(candidate)) ?? -1) > (place.get(idOf(leaf)) ?? -1)) leaf = candidate;
  }
  const chain: Entry[] = [];
  for (let at = leaf; at && !chain.includes(at); at = parentOf(at)) chain.push(at);
  return chain.reverse();
}

export function isShown(entry: Entry): boolean {
  if (entry['type'] !== 'user' && entry['type'] !== 'assistant') return false;
  return !entry['isMeta'] && !entry['isSidechain'] && !entry['teamName'];
}
