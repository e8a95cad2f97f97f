/**
 * A process that fills a store for the scale benchmark, so that what it takes to do that is not
 * counted as the owner's: `fillScale.ts STORE SESSIONS BYTES`. The older nine tenths are archived.
 */
import { fillCatalogue } from './catalogue.ts';
import { BEGAN } from './claudeHistory.ts';
import { manyWords } from './manyWords.ts';
import { randomNumbers } from './random.ts';
import { openStoreAt } from './store.ts';

const [storePath = '', sessions = '0', bytes = '0'] = process.argv.slice(2);
const words = manyWords(randomNumbers(3));
const count = Number(sessions);
await fillCatalogue(storePath, {
  sessions: count,
  sessionBytes: Number(bytes) / count,
  newestAt: BEGAN,
  text: () => words.message(),
  related: true,
});

/** Moves under way at a time: one is compressed while another is read and written. */
const AT_ONCE = 4;
const PAGE = 1_000;
const store = await openStoreAt(storePath, { folder: storePath });
const older: string[] = [];
for (let offset = Math.floor(count / 10); ; offset += PAGE) {
  const { sessions: page } = await store.listSessions({ offset, limit: PAGE });
  older.push(...page.filter(({ kind }) => kind === 'imported').map(({ id }) => id));
  if (page.length < PAGE) break;
}
const queue = older.values();
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (const id of queue) await store.migrateToTier(id, 'cold', { reason: 'benchmark' });
  }),
);
await store.close();
