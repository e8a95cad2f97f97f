import { expect, it } from 'vitest';
import { killMergesAt, undisturbed } from './support/killedMerges.ts';

it('a process killed while it merges leaves each merge whole or not at all, and asked again does it once', async () => {
  const pictures = await undisturbed();
  // Each step shows, or a merge half done could not be told from a whole one.
  expect(new Set(pictures.map((picture) => JSON.stringify(picture))).size).toBeGreaterThan(3);
  let operation = 0;
  while (await killMergesAt(operation, pictures)) operation++;
  expect(operation).toBeGreaterThan(20);
}, 300_000);
