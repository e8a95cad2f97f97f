/** What the store says and keeps when a write fails, a transaction fails or the file is damaged. */
import { closeSync, openSync, readdirSync, writeSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { MultipathError } from '../../../src/core/errors.ts';
import { finishLog } from '../../../src/server/fileSink.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { Catalogue } from '../../../src/store/catalogue.ts';
import { encodeLog } from '../../../src/store/encodedLog.ts';
import { nodeFileSystem } from '../../../src/store/pages/fileSystem.ts';
import { loadSqlJs } from '../../../src/store/pages/loadSqlJs.ts';
import { openPagedDatabase } from '../../../src/store/pages/openDatabase.ts';
import { turns } from './support/claudeHome.ts';
import { imported, StoreFolder } from './support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

/** From now on the disk refuses to make anything durable. */
function breakDisk(): () => void {
  const spies = (['sync', 'syncLater'] as const).map((name) =>
    vi.spyOn(nodeFileSystem, name).mockImplementation(() => {
      throw Object.assign(new Error('ENOSPC: no space left on device'), { code: 'ENOSPC' });
    }),
  );
  const repair = (): void => spies.forEach((spy) => spy.mockRestore());
  onTestFinished(repair);
  return repair;
}

function isPoisoned(error: unknown): boolean {
  return MultipathError.is(error, 'poisoned');
}

describe('a disk that refuses', () => {
  it('fails the request, and every one after it, until the store is opened again', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const { id } = await store.createSession({ title: 'before' });
    const repair = breakDisk();
    const hello = [{ role: 'user', text: 'hello' }] as const;
    await expect(store.appendMessages(id, hello, { requestId: 'r1' })).rejects.toSatisfy(
      isPoisoned,
    );
    await expect(store.getSession(id)).rejects.toSatisfy(isPoisoned);
    await expect(store.readMessages(id, { start: 0, end: 1 })).rejects.toSatisfy(isPoisoned);
    await expect(Promise.resolve().then(() => store.createSession({}))).rejects.toSatisfy(
      isPoisoned,
    );
    // Not thrown at the caller, who waits for a promise.
    const status = store.getStatus();
    await expect(status).rejects.toSatisfy(isPoisoned);
    repair();
    const again = await home.reopen();
    await again.appendMessages(id, hello, { requestId: 'r1' });
    expect((await again.getSession(id))?.messageCount).toBe(1);
  });

  it('fails an import and an archive, and both can be asked for again', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await imported(home);
    const id = (await store.listSessions({})).sessions[0]?.id ?? '';
    home.claude.append(A, turns('b', 2, { parent: 'a-3', minute: 9 }));
    const repair = breakDisk();
    await expect(store.migrateToTier(id, 'cold', { reason: 'asked' })).rejects.toBeInstanceOf(
      MultipathError,
    );
    expect(await store.importSessions()).toMatchObject({ state: 'failed' });
    repair();
    const again = await home.reopen();
    expect(await again.importSessions()).toMatchObject({ state: 'done' });
    await again.migrateToTier(id, 'cold', { reason: 'asked' });
    expect((await again.readMessages(id, { start: 0, end: 10 })).messages).toHaveLength(6);
  });
});

describe('a file that cannot be taken in', () => {
  it('is named, and the others are imported', async () => {
    const home = new StoreFolder();
    const ids = [A, A.replaceAll('1', '2'), A.replaceAll('1', '3')];
    for (const id of ids) home.claude.write(id, turns(id.slice(0, 1), 4));
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    const taken = vi.spyOn(Catalogue.prototype, 'save').mockImplementationOnce(() => {
      throw new TypeError('nobody thought of that');
    });
    onTestFinished(() => taken.mockRestore());
    const { state, failures, sessionsAdded } = await store.importSessions();
    expect({ state, sessionsAdded }).toEqual({ state: 'done', sessionsAdded: 2 });
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringContaining('nobody thought of that'),
    ]);
    expect(await store.importSessions()).toMatchObject({ failures: [], sessionsAdded: 1 });
  });
});

describe('a damaged database', () => {
  it.each(['sqlite_autoindex_migration_1', 'request'])(
    'is moved aside when it cannot be opened, else what is damaged says so: %s',
    async (table) => {
      const home = new StoreFolder();
      await (await home.open()).createSession({ title: 'one' });
      await home.close();
      const file = path.join(home.storePath, 'warm.db');
      const database = openPagedDatabase(await loadSqlJs(), file, { readOnly: true });
      const root = Number(
        database.get('SELECT rootpage FROM sqlite_schema WHERE name = ?', [table])?.['rootpage'],
      );
      database.close();
      const handle = openSync(file, 'r+');
      writeSync(handle, Buffer.from('damage'), 0, 6, 4096 + (root - 1) * 4100 + 100);
      closeSync(handle);
      const store = await home.open();
      if (table !== 'request') {
        expect((await store.getStatus()).notice).toMatch(/damaged/);
        expect(readdirSync(home.storePath).some((name) => name.includes('damaged-'))).toBe(true);
      } else {
        await expect(store.createSession({ title: 'two' })).rejects.toSatisfy((error) =>
          MultipathError.is(error, 'corrupt-block'),
        );
      }
    },
  );
});

describe('a derived log that cannot be saved', () => {
  it('leaves nothing of itself in memory', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    await imported(home);
    await home.close();
    const core = await openStoreOver({
      storePath: home.storePath,
      hotBytes: 1_000_000,
      readOnly: false,
    });
    onTestFinished(() => {
      core.access.dispose();
      core.database.close();
      core.archive.close();
    });
    const log = core.logs.ofFile(home.claude.file(A))?.log ?? 0;
    const hang = vi.spyOn(core.catalogue, 'hang').mockImplementation(() => {
      throw new Error('no');
    });
    const derived = encodeLog({
      nativeId: A,
      title: 't',
      branches: [{ key: 'main', entries: [{ role: 'user', seqs: [0] }] }],
      models: [],
      providers: [],
      problems: [],
    });
    const file = { path: home.claude.file(A), bytes: 1, modifiedAt: 1 };
    await expect(finishLog(core, log, file, derived)).rejects.toThrow('no');
    hang.mockRestore();
    expect(core.outlines.length(log, 0)).toBe(2);
  });
});
