/** Records of what was removed for good go some at a time, also when a process ended in between. */
import { describe, expect, it } from 'vitest';
import { Mover } from '../../../src/server/upkeep/mover.ts';
import { number } from '../../../src/store/database.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { turns } from './support/claudeHome.ts';
import { openCore } from './support/openCore.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

function rowsOf({ database }: StoreCore): number {
  const row = database.get('SELECT count(*) AS n FROM record');
  return row ? number(row, 'n') : 0;
}

/** A store of one session, removed for good by a process that ended before it had swept it. */
async function removed(home: StoreFolder, records: number): Promise<StoreCore> {
  home.claude.write(A, turns('a', records));
  const store = await imported(home);
  const [session] = (await store.listSessions({})).sessions;
  if (!session) throw new Error('There is a session.');
  await store.deleteSession(session.id);
  await home.close();
  const core = await openCore(home.storePath);
  const { done } = core.database.transaction(() => core.removal.remove(session.id));
  expect(done).toBe(true);
  core.database.flush();
  return core;
}

describe('removing for good', () => {
  it('holds nobody up for long, however many records there are', async () => {
    const core = await removed(new StoreFolder(), 3_000);
    expect(rowsOf(core)).toBe(3_000);
    const left: number[] = [];
    let looked = setImmediate(function look() {
      left.push(rowsOf(core));
      looked = setImmediate(look);
    });
    await core.removal.finish({ logs: core.removal.unswept() });
    clearImmediate(looked);
    expect(rowsOf(core)).toBe(0);
    // Others saw it on its way, and never was much removed at a time.
    const steps = [3_000, ...left, 0].map((count, at, all) => (all[at - 1] ?? count) - count);
    expect(Math.max(...steps)).toBeLessThanOrEqual(1_024);
    expect(core.removal.unswept()).toEqual([]);
  });

  it('is taken to its end by the next process', async () => {
    const core = await removed(new StoreFolder(), 40);
    const mover = new Mover({ core, isImporting: () => false, announce: () => undefined });
    await mover.sweep();
    expect(rowsOf(core)).toBe(0);
  });

  it('leaves alone what the agent has written to the same file since', async () => {
    const home = new StoreFolder();
    const core = await removed(home, 40);
    const logs = core.removal.unswept();
    expect(logs).toHaveLength(1);
    core.access.dispose();
    core.database.close();
    core.archive.close();
    home.claude.write(A, turns('a', 60));
    const store = await imported(home);
    expect((await store.listSessions({})).sessions).toMatchObject([{ messageCount: 60 }]);
    await home.close();
    const again = await openCore(home.storePath);
    expect(again.removal.unswept()).toEqual([]);
    await again.removal.finish({ logs });
    expect(rowsOf(again)).toBe(60);
  });
});
