import { expect, it, onTestFinished, vi } from 'vitest';
import { parseQuery } from '../../../src/search/query.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { SearchScopes } from '../../../src/server/searchScopes.ts';
import { StoreFolder } from '../store/support/openStore.ts';

it('chooses again after it could not choose, though nothing changed since', async () => {
  const { storePath } = new StoreFolder();
  const core = await openStoreOver({ storePath, readOnly: false, hotBytes: 1_000_000 });
  onTestFinished(() => {
    vi.restoreAllMocks();
    core.access.dispose();
    core.database.close();
    core.archive.close();
  });
  const scopes = new SearchScopes(core.database);
  const query = parseQuery('needle tag:auth', 0);
  vi.spyOn(core.database, 'all').mockImplementationOnce(() => {
    throw new Error('A page could not be read.');
  });
  await expect(scopes.of(query)).rejects.toThrow('A page could not be read.');
  expect((await scopes.of(query)).sessions).toEqual(new Set());
});
