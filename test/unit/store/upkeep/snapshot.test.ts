/** A copy of the database that a person asks for. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { listSnapshots } from '../../../../src/store/copies/snapshots.ts';
import { nodeFileSystem } from '../../../../src/store/pages/fileSystem.ts';
import { loadSqlJs } from '../../../../src/store/pages/loadSqlJs.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';

const ID = '11111111-1111-4111-8111-111111111111';

describe('taking a snapshot', () => {
  it('writes a plain SQLite file of this moment, and tells that it does', async () => {
    const home = new StoreFolder();
    home.claude.write(ID, turns('a', 3));
    const store = await imported(home);
    const kinds = new Set<string>();
    store.onDidChange((event) => {
      if (event.type === 'task') kinds.add(`${event.task.kind} ${event.task.state}`);
    });
    await store.createSession({ title: 'made just before' });
    const { file, bytes } = await store.takeSnapshot();
    expect(bytes).toBe(statSync(file).size);
    expect([...kinds]).toEqual(['snapshot running', 'snapshot done']);

    const plain = path.join(home.folder, 'plain.db');
    writeFileSync(plain, gunzipSync(readFileSync(file)));
    const sql = await loadSqlJs();
    const copy = new sql.Database(readFileSync(plain));
    const titles = copy.exec('SELECT title FROM session ORDER BY title')[0]?.values.flat();
    copy.close();
    expect(titles).toContain('made just before');
    expect(titles).toHaveLength(2);
  });

  it('keeps the two newest', async () => {
    const home = new StoreFolder();
    home.claude.write(ID, turns('a', 3));
    let now = 1_800_000_000_000;
    await imported(home);
    const store = await home.open({ now: () => (now += 1_000) });
    const taken = [];
    for (let nth = 0; nth < 3; nth++) taken.push((await store.takeSnapshot()).file);
    const kept = readdirSync(path.join(home.storePath, 'copies'))
      .filter((name) => name.endsWith('.gz'))
      .map((name) => path.join(home.storePath, 'copies', name));
    expect(kept.sort()).toEqual(taken.slice(1).sort());
  });

  it('keeps the one just taken where the clock was set back', async () => {
    const home = new StoreFolder();
    home.claude.write(ID, turns('a', 3));
    await imported(home);
    let now = 1_900_000_000_000;
    const store = await home.open({ now: () => now });
    for (; now < 1_900_000_000_003; now++) await store.takeSnapshot();
    now = 1_800_000_000_000;
    await store.createSession({ title: 'said since' });
    const { file, at } = await store.takeSnapshot();
    expect(at).toBe(now);
    const copies = path.join(home.storePath, 'copies');
    const [newest, before, ...others] = listSnapshots(nodeFileSystem, copies);
    expect(newest?.file).toBe(file);
    expect(gunzipSync(readFileSync(newest?.file ?? '')).includes('said since')).toBe(true);
    expect(before?.at).toBeLessThan(now);
    expect(gunzipSync(readFileSync(before?.file ?? '')).includes('said since')).toBe(false);
    expect(others).toEqual([]);
  });

  it('takes away what a crash left of one', async () => {
    const home = new StoreFolder();
    home.claude.write(ID, turns('a', 3));
    const store = await imported(home);
    await store.takeSnapshot();
    const left = path.join(home.storePath, 'copies', 'warm-5.db.gz.new');
    writeFileSync(left, 'half of it');
    await store.takeSnapshot();
    expect(existsSync(left)).toBe(false);
  });

  it('is refused where the store may only be read', async () => {
    const home = new StoreFolder();
    home.claude.write(ID, turns('a', 3));
    await imported(home);
    const store = await home.open({ readOnly: true });
    await expect(store.takeSnapshot()).rejects.toMatchObject({ code: 'read-only' });
  });
});
