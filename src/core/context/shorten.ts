/**
 * Long texts made shorter: the beginning and the end stay, since that is where commands, errors and
 * results stand, and what is missing between them is named. Never cuts inside a character.
 */

/** Of what may stay, the part that the beginning gets. */
const HEAD = 0.6;
/** Characters of a text that still say something. */
const LEAST = 40;

/** At most `limit` characters and the note; the text itself where it is short enough. */
function shortened(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const [head, tail] = ends(text, limit);
  return `${head}${omitted(text.length - head.length - tail.length)}${tail}`;
}

/** The beginning and the end of a text, about `limit` characters together. */
export function ends(text: string, limit: number): readonly [head: string, tail: string] {
  const from = Math.ceil(limit * HEAD);
  const head = text.slice(0, from).replace(/[\uD800-\uDBFF]$/, '');
  const tail = text.slice(text.length - Math.max(0, limit - from)).replace(/^[\uDC00-\uDFFF]/, '');
  return [head, limit > from ? tail : ''];
}

export function omitted(characters: number): string {
  return `\n[… ${characters} characters left out …]\n`;
}

/**
 * The text made so short that it counts for at most `tokens`; empty where so little would stay that
 * it says nothing. Tries less and less of it, so that it is counted a few times only.
 */
export function shortenedTo(text: string, tokens: number, count: (text: string) => number): string {
  if (text.length <= tokens * 16 && count(text) <= tokens) return text;
  for (
    let limit = Math.min(text.length, tokens * 4);
    limit >= LEAST;
    limit = Math.floor(limit / 1.5)
  ) {
    const candidate = shortened(text, limit);
    if (count(candidate) <= tokens) return candidate;
  }
  return '';
}
