/** Derived tables, made anew from records and facts, are what they were. */
import { describe, expect, it, onTestFinished } from 'vitest';
import { deriveLog } from '../../../../src/server/deriveLog.ts';
import { openStoreOver } from '../../../../src/server/openLocalStore.ts';
import { rebuildDerived } from '../../../../src/store/doctor/rebuild.ts';
import type { StoreCore } from '../../../../src/store/storeCore.ts';
import { turns } from '../support/claudeHome.ts';
import { DERIVED, dumpDerived } from '../support/derived.ts';
import { imported, StoreFolder } from '../support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

/** Imported sessions, a rewritten file, a rewind, forks of forks, one in the trash. */
async function fill(home: StoreFolder): Promise<void> {
  home.claude.write(
    A,
    [...turns('a', 6), ...turns('x', 2, { parent: 'a-1', minute: 20 })],
    '{"torn',
  );
  const store = await imported(home);
  const parent = (await store.listSessions({})).sessions.find(
    (session) => session.kind === 'imported',
  );
  const id = parent?.id ?? '';
  const { session: fork } = await store.forkSession(id, { atMessage: 1 });
  await store.appendMessages(fork.id, [
    { role: 'user', text: 'what next' },
    {
      role: 'assistant',
      text: 'this',
      model: 'claude-sonnet-4-5',
      provider: 'anthropic',
      tokens: { input: 5, output: 6, cacheRead: 0, cacheWrite: 0 },
    },
  ]);
  await store.appendMessages(fork.id, [{ role: 'user', text: 'and then' }]);
  const { session: deeper } = await store.forkSession(fork.id, { atMessage: 3 });
  await store.appendMessages(deeper.id, [{ role: 'user', text: 'deeper' }]);
  await store.updateSession(fork.id, { tags: ['x'], title: 'my own' });
  const created = await store.createSession({ title: 'mine', project: '/tmp/mine' });
  await store.appendMessages(created.id, [{ role: 'user', text: 'hello' }]);
  await store.deleteSession(created.id);
  await store.migrateToTier(deeper.id, 'cold', { reason: 'test' });
  home.claude.write(B, turns('b', 4));
  await store.importSessions();
  home.claude.write(B, turns('c', 4));
  await store.importSessions();
  await home.close();
}

async function core(home: StoreFolder): Promise<StoreCore> {
  const opened = await openStoreOver({
    storePath: home.storePath,
    hotBytes: 1_000_000,
    readOnly: false,
  });
  onTestFinished(() => {
    opened.access.dispose();
    opened.database.close();
    opened.archive.close();
  });
  return opened;
}

describe('what is derived', () => {
  it('stays the same when it is derived again', async () => {
    const home = new StoreFolder();
    await fill(home);
    const opened = await core(home);
    const before = dumpDerived(opened);
    await rebuildDerived(opened, { derive: deriveLog });
    expect(dumpDerived(opened)).toEqual(before);
  });

  it('comes back from nothing', async () => {
    const home = new StoreFolder();
    await fill(home);
    const opened = await core(home);
    const before = dumpDerived(opened);
    const rows = opened.database.all('SELECT id, title, updated_at, project_key FROM session');
    for (const table of Object.keys(DERIVED)) opened.database.run(`DELETE FROM ${table}`);
    for (const log of opened.database.all('SELECT num FROM log')) {
      opened.outlines.changed(Number(log['num']));
    }
    await rebuildDerived(opened, {
      derive: deriveLog,
      hints: (id) => {
        const row = rows.find((one) => one['id'] === id);
        return (
          row && {
            shown: String(row['title']),
            updatedAt: Number(row['updated_at']),
            project: String(row['project_key']),
          }
        );
      },
    });
    expect(dumpDerived(opened)).toEqual(before);
  });
});
