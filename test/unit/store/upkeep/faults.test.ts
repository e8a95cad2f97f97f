/** Faults of several parts at once: a doctor that is killed, the search index, torn tails. */
import { appendFileSync, cpSync, existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { until } from '../../server/support/wait.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';
import { flip, snapshotOf, withCore } from './support/damage.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';

function blobs(home: StoreFolder): string[] {
  const folder = path.join(home.storePath, 'blobs');
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.gz'))
    .map((name) => path.join(folder, name));
}

describe('a doctor that is killed on the way', () => {
  it('leaves a store that the next one mends', async () => {
    const home = new StoreFolder();
    home.claude.write(A, [
      ...turns('a', 4),
      ...turns('l', 2, { parent: 'a-3', minute: 9, text: 'x'.repeat(300_000) }),
    ]);
    home.claude.write(B, turns('b', 30));
    const store = await imported(home);
    const { sessions } = await store.listSessions({});
    const b = sessions.find(({ origin }) => origin?.nativeId === B)?.id ?? '';
    await store.migrateToTier(b, 'cold', { reason: 'test' });
    const snapshot = await snapshotOf(home);
    const archive = path.join(home.storePath, 'archive', '0001.cgz');
    flip(archive, Math.floor(statSync(archive).size / 2));
    flip(blobs(home)[0] ?? '', 200);
    flip(snapshot, 2000);
    await withCore(home, ({ database }) => {
      database.run('UPDATE session SET message_count = 1');
      database.flush();
    });
    const copies: StoreFolder[] = [];
    const open = await home.open();
    const said = new Set<string>();
    open.onDidChange((event) => {
      if (event.type !== 'task' || said.has(event.task.message) || copies.length > 5) return;
      said.add(event.task.message);
      const copy = new StoreFolder();
      cpSync(home.storePath, copy.storePath, { recursive: true });
      cpSync(home.claude.folder, copy.claude.folder, { recursive: true });
      copies.push(copy);
    });
    await open.runDoctor({ repair: true });
    expect(copies.length).toBeGreaterThan(1);
    // The copies know the agent's files by the paths they had.
    for (const copy of copies) {
      const again = await copy.open();
      await again.runDoctor({ repair: true });
      const { findings } = await again.runDoctor({ repair: false });
      expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      expect((await again.readMessages(b, { start: 0, end: 50 })).messages).toHaveLength(30);
      await copy.close();
    }
  });
});

describe('a shard of the search index', () => {
  it('is made again when it is damaged', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('needle', 6));
    const store = await imported(home, { search: true });
    await until('the index', async () => {
      return (await store.searchSessionsByContent('needle')).hits.length > 0;
    });
    await home.close();
    const again = await home.open({ search: true });
    // A second after an opening the index is compared, which may find the damage before the doctor.
    await until('the comparison', async () => {
      return (await again.searchSessionsByContent('needle')).pending === 0;
    });
    const shard = path.join(home.storePath, 'index', 'active.db');
    flip(shard, statSync(shard).size - 2000);
    const { findings } = await again.runDoctor({ repair: true });
    expect(findings.filter(({ area }) => area === 'index')).toMatchObject([{ repaired: true }]);
    await until('the index', async () => {
      const { hits: found } = await again.searchSessionsByContent('needle');
      return found.length > 0;
    });
    const after = await again.runDoctor({ repair: false });
    expect(after.findings.filter(({ area }) => area === 'index')).toEqual([]);
  });

  it('is made again when it is missing', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('needle', 6));
    const store = await imported(home, { search: true });
    await until('the index', async () => {
      return (await store.searchSessionsByContent('needle')).hits.length > 0;
    });
    await home.close();
    for (const name of ['active.db', 'active.db-redo']) {
      rmSync(path.join(home.storePath, 'index', name), { force: true });
    }
    const again = await home.open({ search: true });
    await until('the index', async () => {
      return (await again.searchSessionsByContent('needle')).hits.length > 0;
    });
  });
});

describe('a large torn tail that grows', () => {
  it('leaves no blob behind', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2), `{"type":"user","uuid":"t","text":"${'y'.repeat(300_000)}`);
    const store = await imported(home);
    expect(blobs(home)).toHaveLength(1);
    appendFileSync(home.claude.file(A), `${'z'.repeat(1000)}"}\n`);
    await store.importSessions();
    expect(blobs(home)).toHaveLength(1);
    const { findings } = await store.runDoctor({ repair: false });
    expect(findings.filter(({ area }) => area === 'blobs')).toEqual([]);
  });
});
