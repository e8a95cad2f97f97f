/**
 * BM25 from what SQLite tells of a hit (`matchinfo` with `pcnalx`): how often each phrase occurs in
 * the message and in how many messages, and how long the message is.
 */

const K1 = 1.2;
const B = 0.75;
/** A phrase that most messages have still counts a little. */
const LEAST_IDF = 1e-3;

/** One index's figures, which the scores of its hits share. */
export interface Collection {
  readonly documents: number;
  readonly averageLength: number;
  /** Messages that hold each phrase. */
  readonly frequencies: readonly number[];
}

/** One hit's figures. */
export interface Occurrences {
  readonly length: number;
  readonly counts: readonly number[];
}

/** Reads a `matchinfo(text, 'pcnalx')` of a table with one column. */
export function readMatchInfo(bytes: Uint8Array): {
  readonly collection: Collection;
  readonly hit: Occurrences;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (index: number): number => view.getUint32(index * 4, true);
  const phrases = Array.from({ length: at(0) }, (_, phrase) => 5 + phrase * 3);
  return {
    collection: {
      documents: at(2),
      averageLength: at(3),
      frequencies: phrases.map((start) => at(start + 2)),
    },
    hit: { length: at(4), counts: phrases.map((start) => at(start)) },
  };
}

/** Figures of several indexes as those of one. */
export function combine(collections: readonly Collection[]): Collection {
  const documents = collections.reduce((sum, one) => sum + one.documents, 0);
  const length = collections.reduce((sum, one) => sum + one.averageLength * one.documents, 0);
  const phrases = collections[0]?.frequencies ?? [];
  return {
    documents,
    averageLength: length / Math.max(1, documents),
    frequencies: phrases.map((_, phrase) =>
      collections.reduce((sum, one) => sum + (one.frequencies[phrase] ?? 0), 0),
    ),
  };
}

export function bm25(collection: Collection, { length, counts }: Occurrences): number {
  const { documents, averageLength, frequencies } = collection;
  const norm = K1 * (1 - B + (B * length) / Math.max(1, averageLength));
  let score = 0;
  for (const [phrase, count] of counts.entries()) {
    if (count === 0) continue;
    const frequency = frequencies[phrase] ?? 0;
    const idf = Math.max(LEAST_IDF, Math.log((documents - frequency + 0.5) / (frequency + 0.5)));
    score += (idf * count * (K1 + 1)) / (count + norm);
  }
  return score;
}
