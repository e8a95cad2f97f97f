/** The parts of a store opened by themselves, for what no operation of it does alone. */
import { mkdirSync } from 'node:fs';
import { onTestFinished } from 'vitest';
import { openStoreOver } from '../../../../src/server/openLocalStore.ts';
import type { StoreCore } from '../../../../src/store/storeCore.ts';

/** Expects no store to be open over the folder. Closed when the test ends. */
export async function openCore(storePath: string): Promise<StoreCore> {
  mkdirSync(storePath, { recursive: true });
  const core = await openStoreOver({ storePath, readOnly: false, hotBytes: 1_000_000 });
  onTestFinished(() => {
    core.access.dispose();
    core.database.close();
    core.archive.close();
  });
  return core;
}
