/** Windows of two versions on one store, as after an update until all windows are reloaded. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { loadSqlJs } from '../../../src/store/pages/loadSqlJs.ts';
import { openPagedDatabase } from '../../../src/store/pages/openDatabase.ts';
import { serverScript } from '../../support/serverFolder.ts';
import { ownFolder } from './support/ownFolder.ts';
import { NEWER, startServer, type TestServer } from './support/startServer.ts';
import { until } from './support/wait.ts';

// Several processes start in each of these; a busy machine takes its time.
vi.setConfig({ testTimeout: 180_000 });

const folder = ownFolder();
const start = (program: string) => startServer(folder.path, {}, program);
const statusOf = ({ store }: TestServer) => store.getStatus();
const said = (text: string) => [{ role: 'user' as const, text }];

async function untilRole(server: TestServer, role: string): Promise<void> {
  await until(`the role is ${role}`, async () => (await statusOf(server)).role === role);
}

/** Names, sizes and contents of the store's own files. */
function filesOfStore(): string[] {
  const names = readdirSync(folder.path).filter((name) => /^warm\.db|^archive$|^blobs$/.test(name));
  return names.sort().map((name) => {
    if (!name.startsWith('warm.db'))
      return `${name} ${readdirSync(join(folder.path, name)).join()}`;
    const bytes = readFileSync(join(folder.path, name));
    return `${name} ${createHash('sha256').update(bytes).digest('hex')}`;
  });
}

it('an older window reads a newer store and changes nothing of it', async () => {
  const newer = await start(NEWER);
  const { id } = await newer.store.createSession({ title: 'kept' });
  await newer.store.appendMessages(id, said('by the newer one'));
  await newer.shutDown();
  const before = filesOfStore();

  const older = await start(serverScript());
  expect(await statusOf(older)).toMatchObject({
    role: 'read-only',
    notice: expect.stringMatching(/newer version of Multipath.*update Multipath/i) as unknown,
  });
  expect((await older.store.readMessages(id, { start: 0, end: 9 })).total).toBe(1);
  for (const change of [
    older.store.createSession({}),
    older.store.appendMessages(id, said('x')),
    older.store.deleteSession(id),
    older.store.migrateToTier(id, 'cold', { reason: 'x' }),
    older.store.importSessions(),
  ]) {
    await expect(change).rejects.toMatchObject({ code: 'read-only' });
  }
  await older.shutDown();
  expect(filesOfStore()).toEqual(before);
});

it('an older window works through a newer owner, steps back when it dies, and comes again', async () => {
  let newer = await start(NEWER);
  await untilRole(newer, 'owner');
  const older = await start(serverScript());
  await untilRole(older, 'client');
  const { id } = await older.store.createSession({ title: 'through the newer one' });
  await older.store.appendMessages(id, said('one'));

  newer.kill('SIGKILL');
  await newer.exited;
  await untilRole(older, 'read-only');
  expect((await statusOf(older)).notice).toMatch(/newer version/);
  expect((await older.store.getSession(id))?.messageCount).toBe(1);
  await expect(older.store.appendMessages(id, said('x'))).rejects.toMatchObject({
    code: 'read-only',
  });

  // The older window holds nothing that keeps the newer one from owning the store again.
  newer = await start(NEWER);
  await untilRole(newer, 'owner');
  await newer.store.appendMessages(id, said('two'));
  await untilRole(older, 'client');
  await older.store.appendMessages(id, said('three'));
  expect((await newer.store.getSession(id))?.messageCount).toBe(3);
  expect((await statusOf(older)).notice).toBeUndefined();
});

it('a newer window brings an older store up to date, and what was in it stays', async () => {
  const older = await start(serverScript());
  const { id } = await older.store.createSession({ title: 'old' });
  await older.store.appendMessages(id, said('before the update'));
  const newer = await start(NEWER);
  await untilRole(newer, 'client');
  await older.shutDown();
  await untilRole(newer, 'owner');
  expect((await newer.store.getSession(id))?.messageCount).toBe(1);
  await newer.shutDown();
  const file = join(folder.path, 'warm.db');
  const database = openPagedDatabase(await loadSqlJs(), file, { readOnly: true });
  expect(database.all('SELECT id FROM migration').map(({ id }) => id)).toContain('future/1');
  database.close();
});
