/** What an earlier version understood less of is derived again, once, from what is stored. */
import { describe, expect, it } from 'vitest';
import { READINGS } from '../../../src/agents/reading.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const CURRENT = READINGS.at(-1)?.number;

/** The store by itself, without anything that works in the background. */
async function inStore<T>(home: StoreFolder, work: (core: StoreCore) => T): Promise<T> {
  const core = await openStoreOver({ storePath: home.storePath, hotBytes: 1, readOnly: false });
  const result = work(core);
  core.database.flush();
  core.access.dispose();
  core.database.close();
  core.archive.close();
  return result;
}

const readingOf = ({ database }: StoreCore): unknown[] =>
  database.all("SELECT key, value FROM meta WHERE key LIKE 'reading%' ORDER BY key");

describe('a store of an earlier version', () => {
  it('is understood anew, and then left alone', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    home.claude.write(B, turns('b', 4));
    await imported(home);
    await home.close();
    const asBefore = (core: StoreCore): void =>
      core.database.transaction(() => {
        core.database.run('UPDATE session SET message_count = 1');
        core.database.run("DELETE FROM meta WHERE key = 'reading'");
      });
    await inStore(home, (core) => {
      expect(readingOf(core)).toEqual([{ key: 'reading', value: String(CURRENT) }]);
      asBefore(core);
    });
    const counts = async (): Promise<number[]> => {
      const { sessions } = await (await home.open()).listSessions({});
      return sessions.map(({ messageCount }) => messageCount);
    };
    await expect.poll(counts).toEqual([4, 4]);
    await home.close();
    await inStore(home, (core) => {
      expect(readingOf(core)).toEqual([{ key: 'reading', value: String(CURRENT) }]);
      core.database.transaction(() => core.database.run('UPDATE session SET message_count = 1'));
    });
    // Read with the reading in use, it is not read again.
    expect(await counts()).toEqual([1, 1]);
  });

  it('goes on where it was cut short', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    home.claude.write(B, turns('b', 4));
    await imported(home);
    await home.close();
    const [first] = await inStore(home, ({ database }) =>
      database.transaction(() => {
        database.run('UPDATE session SET message_count = 1');
        database.run("DELETE FROM meta WHERE key = 'reading'");
        const logs = database.all('SELECT num FROM log ORDER BY num');
        database.run("INSERT INTO meta (key, value) VALUES ('reading_left', ?)", [
          Number(logs[0]?.['num']),
        ]);
        return logs;
      }),
    );
    expect(first).toBeDefined();
    const store = await home.open();
    const counts = async (): Promise<number[]> => {
      const { sessions } = await store.listSessions({});
      return sessions.map(({ messageCount }) => messageCount).sort();
    };
    await expect.poll(counts).toEqual([1, 4]);
    await home.close();
    await inStore(home, (core) => {
      expect(readingOf(core)).toEqual([{ key: 'reading', value: String(CURRENT) }]);
    });
  });
});
