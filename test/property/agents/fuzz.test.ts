/** Files of the five agents damaged in every way: a few of each; `npm run test:long` reads 100,000. */
import { expect, it } from 'vitest';
import { checkFile, damagedFile, FORMATS } from './support/fuzz.ts';
import { readBytes } from '../../unit/agents/support/agentFiles.ts';

const FILES = 150;

it.each(FORMATS.map((format) => [format.name, format] as const))(
  'whole, a file of %s is all messages; damaged, no exception and no good line lost',
  (_name, format) => {
    const { log } = readBytes(format.agent, format.path, format.whole);
    expect(log.problems).toEqual([]);
    expect(log.branches.flatMap(({ entries }) => entries).length).toBeGreaterThan(2);
    for (let seed = 0; seed < FILES; seed++) {
      const bytes = damagedFile(format, seed);
      try {
        checkFile(format, bytes);
      } catch (error) {
        throw new Error(`seed ${seed} of ${format.name}`, { cause: error });
      }
    }
  },
);
