/** Where sql.js cannot be trusted with pages, the second copies hold just the same. */
import { rmSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { until } from '../../server/support/wait.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';
import { snapshotOf, warm } from './support/damage.ts';

vi.mock(import('../../../../src/store/pages/hookProof.ts'), async (original) => ({
  ...(await original()),
  proveHook: () => {
    throw new Error('this sql.js is different');
  },
}));

const A = '11111111-1111-4111-8111-111111111111';

describe('a store that is kept by whole snapshots', () => {
  it('has its second copies, is examined, and comes back from them', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 6));
    const store = await imported(home);
    expect((await store.getStatus()).storageMode).toBe('snapshot');
    const [session] = (await store.listSessions({})).sessions;
    const { session: fork } = await store.forkSession(session?.id ?? '', { atMessage: 2 });
    await store.appendMessages(fork.id, [{ role: 'user', text: 'mine' }]);
    await snapshotOf(home);
    const open = await home.open();
    await open.updateSession(fork.id, { tags: ['later'] });
    const { findings } = await open.runDoctor({ repair: true });
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    await home.close();
    rmSync(home.claude.folder, { recursive: true });
    rmSync(warm(home));
    const again = await home.open();
    expect((await again.getStatus()).notice).toMatch(/snapshot of/);
    await until('the rebuild', async () => (await again.listSessions({})).total === 2);
    const back = await again.getSession(fork.id);
    expect(back).toMatchObject({ tags: ['later'], messageCount: 4, parentId: session?.id });
  });
});
