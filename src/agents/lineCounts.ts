/** How many lines an edit added and removed. */

export interface LineCounts {
  readonly added: number;
  readonly removed: number;
}

/** Compares two texts by their common first and last lines; what is no text counts as empty. */
export function changedLines(old: unknown, now: unknown): LineCounts {
  const before = linesOf(old);
  const after = linesOf(now);
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { added: after.length - start - end, removed: before.length - start - end };
}

/** Counts a unified diff's lines, without the names of the files at its beginning. */
export function diffLines(diff: string): LineCounts {
  let added = 0;
  let removed = 0;
  for (const line of diff.split('\n')) {
    if (/^(?:\+\+\+|---)(?: |$)/.test(line)) continue;
    if (line.startsWith('+')) added++;
    else if (line.startsWith('-')) removed++;
  }
  return { added, removed };
}

function linesOf(text: unknown): readonly string[] {
  return typeof text === 'string' && text !== '' ? text.replace(/\n$/, '').split('\n') : [];
}
