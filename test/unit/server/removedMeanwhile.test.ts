/** A session that is removed for good just when its records are to be written to a file. */
import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { agentById } from '../../../src/agents/agents.ts';
import { lostFile, writeBack } from '../../../src/server/agentFiles/restore.ts';
import { FileImport } from '../../../src/server/importing/fileImport.ts';
import { saveSession } from '../../../src/server/sessionFile/save.ts';
import { workerScript } from '../../support/serverFolder.ts';
import { turns } from '../store/support/claudeHome.ts';
import { openCore } from '../store/support/openCore.ts';
import { imported, StoreFolder } from '../store/support/openStore.ts';

const A = '0b5f7c1e-0000-4000-8000-00000000000a';

/** A store with one imported session, and what removes it for good. */
async function begin() {
  const home = new StoreFolder();
  home.claude.write(A, turns('m', 6));
  await imported(home);
  await home.close();
  const core = await openCore(home.storePath);
  const id = core.catalogue.list({}).sessions[0]?.id ?? '';
  const position = core.catalogue.position(id);
  if (!position) throw new Error('Nothing was imported.');
  const remove = () =>
    core.database.transaction(() => {
      core.edits.setDeleted(id, true);
      const removed = core.removal.remove(id);
      expect(removed.done).toBe(true);
      return removed;
    });
  return { home, core, file: home.claude.file(A), position, remove };
}

it('is not called saved, and no file without its messages is left', async () => {
  const { home, core, position, remove } = await begin();
  const file = path.join(home.folder, 'kept.multipath.jsonl');
  const saving = saveSession(core, position, { title: 't', file, overwrite: false, now: 0 });
  remove();
  await expect(saving).rejects.toMatchObject({ code: 'not-found' });
  expect(readdirSync(home.folder).filter((name) => name.includes('kept'))).toEqual([]);
});

it('is not called restored, and its agent gets no empty file', async () => {
  const { home, core, file, position, remove } = await begin();
  rmSync(file);
  const agent = agentById('claude-code');
  if (!agent) throw new Error('There is no such agent.');
  const lost = await lostFile(core, position.log, agent, [home.claude.folder]);
  remove();
  await expect(writeBack(core, lost)).rejects.toMatchObject({ code: 'not-found' });
  expect(readdirSync(path.dirname(file))).toEqual([]);
});

it('comes back whole or not at all where its file is just being read on', async () => {
  const { home, core, file, remove } = await begin();
  home.claude.append(A, turns('n', 3, { parent: 'm-5', minute: 6 }));
  const reader = new FileImport({
    core,
    workerFile: workerScript('import'),
    now: () => 1,
    onBytes: () => Promise.resolve(),
  });
  onTestFinished(() => reader.dispose());
  const read = () => {
    const { size, mtimeMs } = statSync(file);
    return reader.read({
      agent: 'claude-code',
      path: file,
      bytes: size,
      modifiedAt: Math.round(mtimeMs),
    });
  };
  const stored = async (): Promise<Buffer> => {
    const log = core.logs.ofFile(file)?.log ?? 0;
    const records: Uint8Array[] = [];
    for await (const batch of core.records.readAll(log)) records.push(...batch);
    return Buffer.concat(records);
  };
  const reading = read();
  const swept = core.removal.finish(remove());
  const outcome = await reading;
  await swept;
  expect(['', readFileSync(file, 'utf8')]).toContain((await stored()).toString());
  if (outcome.type !== 'done') expect((await read()).type).toBe('done');
  expect(await stored()).toEqual(readFileSync(file));
  const [session] = core.catalogue.list({}).sessions;
  expect(session?.messageCount).toBe(9);
});
