/** 100,000 damaged files of the five agents. Set MULTIPATH_FUZZ_SEED to begin at another one. */
import { it } from 'vitest';
import { checkFile, damagedFile, FORMATS } from '../../property/agents/support/fuzz.ts';

const FILES = 100_000;
const FIRST = Number(process.env['MULTIPATH_FUZZ_SEED'] ?? 1_000_000);

it.each(FORMATS.map((format) => [format.name, format] as const))(
  'a damaged file of %s: no exception, no good line lost',
  (_name, format) => {
    const count = FILES / FORMATS.length;
    for (let seed = FIRST; seed < FIRST + count; seed++) {
      try {
        checkFile(format, damagedFile(format, seed));
      } catch (error) {
        throw new Error(`seed ${seed} of ${format.name}`, { cause: error });
      }
    }
  },
);
