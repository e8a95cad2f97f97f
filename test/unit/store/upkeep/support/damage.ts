/** Damage done to the files of a closed store, and copies made of them. */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { openStoreOver } from '../../../../../src/server/openLocalStore.ts';
import { takeSnapshot } from '../../../../../src/store/copies/snapshots.ts';
import { nodeFileSystem } from '../../../../../src/store/pages/fileSystem.ts';
import { loadSqlJs } from '../../../../../src/store/pages/loadSqlJs.ts';
import { openPagedDatabase } from '../../../../../src/store/pages/openDatabase.ts';
import type { StoreCore } from '../../../../../src/store/storeCore.ts';
import type { Work } from '../../../../../src/store/work.ts';
import type { StoreFolder } from '../../support/openStore.ts';

const QUIET: Work = {
  signal: new AbortController().signal,
  report: () => undefined,
  breathe: () => Promise.resolve(),
};

export function warm(home: StoreFolder): string {
  return path.join(home.storePath, 'warm.db');
}

export function flip(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes[at] = (bytes[at] ?? 0) ^ 0x40;
  writeFileSync(file, bytes);
}

/** Damages the first page of a table or index. */
export async function damageTable(home: StoreFolder, name: string): Promise<void> {
  const database = openPagedDatabase(await loadSqlJs(), warm(home), { readOnly: true });
  const row = database.get('SELECT rootpage FROM sqlite_schema WHERE name = ?', [name]);
  database.close();
  flip(warm(home), 4096 + (Number(row?.['rootpage']) - 1) * 4100 + 100);
}

/** Works on the parts of a closed store. */
export async function withCore<T>(
  home: StoreFolder,
  work: (core: StoreCore) => T | Promise<T>,
): Promise<T> {
  await home.close();
  const core = await openStoreOver({
    storePath: home.storePath,
    hotBytes: 1_000_000,
    readOnly: false,
  });
  try {
    return await work(core);
  } finally {
    core.access.dispose();
    core.database.close();
    core.archive.close();
  }
}

/** Returns the snapshot's file; the store is closed. */
export function snapshotOf(home: StoreFolder): Promise<string> {
  return withCore(home, async ({ database }) => {
    const { file } = await takeSnapshot(
      {
        database,
        disk: nodeFileSystem,
        file: warm(home),
        folder: path.join(home.storePath, 'copies'),
        now: Date.now,
      },
      QUIET,
    );
    return file;
  });
}
