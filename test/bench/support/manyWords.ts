/**
 * Messages made of tens of thousands of different words, a few of them very common: an index over
 * the few words of `prose` would measure something else. Lengths are log-normal, 600 bytes on
 * average, as measured over histories of code and prose.
 */

const VOCABULARY = 60_000;
const SYLLABLES =
  'ba co di fu ge ha jo ki lu me ni pa qui ro se tu va we xo za str ion ing er'.split(' ');

export interface Words {
  /** The word that is the nth most common, from 0. */
  at(rank: number): string;
  message(): string;
}

export function manyWords(random: () => number): Words {
  const known: string[] = [];
  const at = (rank: number): string => (known[rank] ??= spell(rank));
  const spell = (rank: number): string => {
    let word = '';
    for (let left = rank + SYLLABLES.length; left > 0; left = Math.floor(left / SYLLABLES.length)) {
      word += SYLLABLES[left % SYLLABLES.length] ?? '';
    }
    return word;
  };
  // A power law by the inverse of its sum, near enough.
  const pick = (): number => Math.floor(VOCABULARY ** random()) - 1;
  const normal = (): number =>
    Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return {
    at,
    message: () => {
      const count = Math.max(3, Math.min(2_000, Math.round(Math.exp(3.9 + 0.9 * normal()))));
      return Array.from({ length: count }, () => at(pick())).join(' ');
    },
  };
}
