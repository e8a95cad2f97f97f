/** The second copy of what only the person made follows every change, whenever it comes. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openStoreOver } from '../../../../src/server/openLocalStore.ts';
import { nodeFileSystem } from '../../../../src/store/pages/fileSystem.ts';
import type { StoreCore } from '../../../../src/store/storeCore.ts';
import { StoreFolder } from '../support/openStore.ts';

async function opened(home = new StoreFolder()): Promise<StoreCore> {
  const core = await openStoreOver({
    storePath: home.storePath,
    hotBytes: 1_000_000,
    readOnly: false,
  });
  core.facts.start();
  onTestFinished(() => close(core));
  return core;
}

async function close(core: StoreCore): Promise<void> {
  await core.facts.close();
  core.access.dispose();
  core.database.close();
  core.archive.close();
}

it('a change that comes while an earlier one of the same session is written is written, too', async () => {
  const core = await opened();
  const { sessionId } = core.edits.create({ title: 'one' });
  await core.facts.flush();
  core.edits.update(sessionId, { title: 'two' });
  const real = { ...nodeFileSystem };
  vi.spyOn(nodeFileSystem, 'syncLater').mockImplementationOnce((handle) => {
    core.edits.update(sessionId, { title: 'three' });
    return real.syncLater(handle);
  });
  onTestFinished(() => void vi.restoreAllMocks());
  await core.facts.flush();
  await core.facts.flush();
  expect(await core.facts.inspect()).toMatchObject({ missing: 0, surplus: 0, damaged: 0 });
});

it('a change that could not be written is written once the disk takes it', async () => {
  const core = await opened();
  const { sessionId } = core.edits.create({ title: 'one' });
  await core.facts.flush();
  core.edits.update(sessionId, { title: 'two' });
  vi.spyOn(nodeFileSystem, 'syncLater').mockImplementationOnce(() =>
    Promise.reject(new Error('ENOSPC: no space left on device')),
  );
  onTestFinished(() => void vi.restoreAllMocks());
  await expect(core.facts.flush()).rejects.toThrow('ENOSPC');
  await core.facts.flush();
  expect(await core.facts.inspect()).toMatchObject({ missing: 0, surplus: 0, damaged: 0 });
});

it('what changes while it is looked at is no fault of it', async () => {
  const core = await opened();
  const ids = Array.from({ length: 3 }, () => core.edits.create({ tags: ['kept'] }).sessionId);
  await core.facts.flush();
  const looking = core.facts.inspect();
  for (let turn = 0; turn < 200; turn++) {
    core.edits.update(ids[0] ?? '', { tags: [`tag ${turn}`], title: `title ${turn}` });
    core.edits.update(ids[1] ?? '', { tags: [] });
    core.edits.append(ids[2] ?? '', [{ role: 'user', text: `${turn}` }]);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect(await looking).toMatchObject({ missing: 0, surplus: 0, damaged: 0 });
  await core.facts.flush();
  expect(await core.facts.inspect()).toMatchObject({ missing: 0, surplus: 0, damaged: 0 });
});

it('what changes while it is first looked at is added to it, and it is not written anew', async () => {
  const home = new StoreFolder();
  const before = await opened(home);
  const ids = Array.from({ length: 3 }, () => before.edits.create({ tags: ['kept'] }).sessionId);
  await before.facts.flush();
  const { file } = before.facts;
  await close(before);
  const { ino, size } = statSync(file);
  const core = await opened(home);
  core.edits.update(ids[0] ?? '', { title: 'changed before' });
  const looking = core.facts.flush();
  for (let turn = 0; turn < 200; turn++) {
    core.edits.update(ids[1] ?? '', { tags: turn % 2 === 0 ? [] : [`tag ${turn}`] });
    await new Promise((resolve) => setImmediate(resolve));
  }
  await looking;
  expect(readFileSync(file, 'utf8')).toContain('changed before');
  await core.facts.flush();
  expect(await core.facts.inspect()).toMatchObject({ missing: 0, surplus: 0, damaged: 0 });
  expect(statSync(file).ino).toBe(ino);
  expect(statSync(file).size).toBeGreaterThan(size);
  expect(readdirSync(path.dirname(file))).toEqual([path.basename(file)]);
});

it('a session that was removed for good is no disagreement, and is not kept beside a new one', async () => {
  const home = new StoreFolder();
  const store = await home.open();
  const own = await store.createSession({ title: 'kept' });
  const gone = await store.createSession({ title: 'removed' });
  for (const { id } of [own, gone]) {
    await store.appendMessages(id, [{ role: 'user', text: `said in ${id}` }]);
  }
  const again = await home.reopen();
  await again.deleteSession(gone.id);
  await again.purgeSessions(undefined);
  await home.close();
  const core = await opened(home);
  expect(await core.facts.inspect()).toMatchObject({ missing: 0, surplus: 0, damaged: 0 });
  core.edits.update(own.id, { note: 'said since' });
  await core.facts.flush();
  const folder = path.dirname(core.facts.file);
  expect(readdirSync(folder)).toEqual([path.basename(core.facts.file)]);
  const text = readFileSync(core.facts.file, 'utf8');
  expect(text).toContain(`said in ${own.id}`);
  expect(text).not.toContain(`said in ${gone.id}`);
});
