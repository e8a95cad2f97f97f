/**
 * The spans that a branch runs through, each with what comes before it.
 *
 * Invariant: what branches share is one object; none is changed once it is made.
 */

/** Messages [0, end) of a branch's own part; `cutSeq` bounds the records of the last one. */
export interface Span {
  readonly log: number;
  readonly branch: number;
  readonly end: number;
  readonly cutSeq?: number;
}

/**
 * A branch's last span, and what comes before it. What branches share is kept once: a recording may
 * have thousands, each of which left the one before.
 */
export interface Chain {
  readonly above: Chain | undefined;
  /** Messages before the span. */
  readonly start: number;
  readonly span: Span;
}

export function* upwards(chain: Chain | undefined): Generator<Chain> {
  for (let at = chain; at; at = at.above) yield at;
}

export function lengthOf(chain: Chain | undefined): number {
  return chain ? chain.start + chain.span.end : 0;
}

/** The first `length` messages of a branch. */
export function cut(chain: Chain | undefined, length: number, cutSeq?: number): Chain | undefined {
  let last = chain;
  while (last && (last.start >= length || last.span.end === 0)) last = last.above;
  if (!last) return undefined;
  const { cutSeq: inherited, ...whole } = last.span;
  const end = Math.min(whole.end, length - last.start);
  const isReached = length <= last.start + whole.end;
  const seq =
    isReached && cutSeq !== undefined ? cutSeq : end === whole.end ? inherited : undefined;
  if (end === whole.end && seq === inherited) return last;
  const span = { ...whole, end, ...(seq !== undefined && { cutSeq: seq }) };
  return { above: last.above, start: last.start, span };
}
