/** What an agent deleted is in a second place soon, and comes back when the database is lost. */
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { deriveLog } from '../../../../src/server/deriveLog.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { rebuildDerived } from '../../../../src/store/doctor/rebuild.ts';
import { until } from '../../server/support/wait.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';
import { warm, withCore } from './support/damage.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const SAMPLE = path.join(
  import.meta.dirname,
  '../../../../../shared/samples/claude-code/entireio-cli/checkpoints-v1/68-e0ff0d6706-0.jsonl',
);
const nextTurn = () => Promise.resolve();

const copies = (home: StoreFolder): string => path.join(home.storePath, 'copies/rescued');
const segments = (home: StoreFolder): string[] =>
  existsSync(copies(home)) ? readdirSync(copies(home)) : [];

async function recordsOf(store: LocalStore, file: string): Promise<Buffer> {
  const kept: Uint8Array[] = [];
  for await (const batch of store.readSource(file)) kept.push(...batch);
  return Buffer.concat(kept);
}

/** Reads a session, loses its file, and waits until it was copied. */
async function rescued(home: StoreFolder, file: string): Promise<void> {
  const store = await imported(home);
  rmSync(file);
  await store.importSessions();
  await home.close();
  // What was not copied yet when the store was closed is at the next opening.
  await home.open();
  await home.close();
  await withCore(home, ({ rescued: copied }) => expect(copied.due()).toEqual([]));
}

/** As a disk would that lost the database and its log. */
function destroy(home: StoreFolder): void {
  for (const file of [warm(home), `${warm(home)}-redo`]) rmSync(file, { force: true });
}

async function rebuilt(home: StoreFolder): Promise<LocalStore> {
  const store = await home.open();
  let running = true;
  store.onDidChange((event) => {
    if (event.type === 'task' && event.task.kind === 'rebuild') {
      running = event.task.state === 'running';
    }
  });
  await until('the rebuild', () => !running);
  return store;
}

describe('a session whose file is gone', () => {
  it.each([
    ['whole', ''],
    ['with a last line that was never ended', '{"type":"user","uuid":"torn'],
    [
      'with a record that is kept in a file of its own',
      `${JSON.stringify({ x: 'y'.repeat(400_000) })}\n`,
    ],
  ])('comes back with all its bytes when the database is destroyed: %s', async (_how, tail) => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 700), tail);
    home.claude.write(B, turns('b', 2));
    const file = home.claude.file(A);
    const bytes = home.claude.bytes(A);
    await rescued(home, file);
    expect(segments(home)).toHaveLength(1);
    destroy(home);
    const store = await rebuilt(home);
    expect((await recordsOf(store, file)).equals(bytes)).toBe(true);
    expect((await store.getStatus()).notice).toMatch(/copies of rescued sessions/);
    const { sessions } = await store.listSessions({});
    const id = sessions.find(({ origin }) => origin?.nativeId === A)?.id ?? '';
    expect((await store.getSession(id))?.messageCount).toBe(700);
    await store.restoreToAgent(id);
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  it.skipIf(!existsSync(SAMPLE))(
    'comes back so from a recording without a final newline',
    async () => {
      const home = new StoreFolder();
      const file = home.claude.file(A);
      const bytes = readFileSync(SAMPLE);
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(file, bytes);
      await rescued(home, file);
      destroy(home);
      expect((await recordsOf(await rebuilt(home), file)).equals(bytes)).toBe(true);
    },
  );

  it('is copied when it leaves the archive, which had it until then', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 20));
    const store = await imported(home);
    const [session] = (await store.listSessions({})).sessions;
    const id = session?.id ?? '';
    await store.migrateToTier(id, 'cold', { reason: 'test' });
    rmSync(home.claude.file(A));
    await store.importSessions();
    expect(segments(home)).toEqual([]);
    await store.migrateToTier(id, 'warm', { reason: 'test' });
    await until('the copy', () => segments(home).length > 0);
    await home.close();
    await withCore(home, ({ rescued: copied }) => expect(copied.due()).toEqual([]));
  });

  it('comes back without the log of facts, too', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 6));
    await rescued(home, home.claude.file(A));
    destroy(home);
    rmSync(path.join(home.storePath, 'copies/facts.log'));
    await withCore(home, async (core) => {
      await rebuildDerived(core, { derive: deriveLog });
      const row = core.database.get('SELECT record_count FROM log WHERE native_id = ?', [A]);
      expect(row?.['record_count']).toBe(6);
      expect(core.database.get('SELECT message_count FROM session')?.['message_count']).toBe(6);
    });
  });

  it('is copied again where the copy was cut short, wherever that was', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 700));
    const bytes = home.claude.bytes(A);
    await imported(home);
    rmSync(home.claude.file(A));
    await withCore(home, async ({ database, rescued: copied }) => {
      database.run('UPDATE log SET gone_at = 1');
      let members = 0;
      const killed = () => (++members === 2 ? Promise.reject(new Error('killed')) : nextTurn());
      const [log = 0] = copied.due();
      await expect(copied.copy(log, killed)).rejects.toThrow('killed');
      expect(copied.due()).toEqual([log]);
    });
    const [segment = ''] = segments(home);
    truncateSync(path.join(copies(home), segment), 1_000);
    await withCore(home, async ({ rescued: copied }) => {
      const [log = 0] = copied.due();
      await copied.copy(log, nextTurn);
      expect(copied.due()).toEqual([]);
    });
    destroy(home);
    const store = await rebuilt(home);
    expect((await recordsOf(store, home.claude.file(A))).equals(bytes)).toBe(true);
  });

  it('is copied as it was last, also when it was there again in between', async () => {
    const home = new StoreFolder();
    const whole = home.claude.text(A, turns('a', 6));
    const file = home.claude.file(A);
    home.claude.write(A, [], whole.slice(0, -20));
    await rescued(home, file);
    const store = await home.open();
    home.claude.write(A, [], whole);
    await store.importSessions();
    rmSync(file);
    await store.importSessions();
    await home.close();
    await home.open();
    await home.close();
    destroy(home);
    expect((await recordsOf(await rebuilt(home), file)).toString()).toBe(whole);
  });

  it('needs its copy until two snapshots have it', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 6));
    const bytes = home.claude.bytes(A);
    await rescued(home, home.claude.file(A));
    const store = await home.open();
    await store.takeSnapshot();
    expect(segments(home)).toContain('0001.cgz');
    await new Promise((resolve) => setTimeout(resolve, 2));
    await store.takeSnapshot();
    expect(segments(home)).not.toContain('0001.cgz');
    await home.close();
    destroy(home);
    const again = await rebuilt(home);
    expect((await recordsOf(again, home.claude.file(A))).equals(bytes)).toBe(true);
  });

  it('is copied again, under new numbers, where a person took the copies away', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 6));
    home.claude.write(B, turns('b', 4));
    const [a, b] = [A, B].map((id) => home.claude.bytes(id));
    await rescued(home, home.claude.file(A));
    expect(segments(home)).toEqual(['0001.cgz']);
    rmSync(copies(home), { recursive: true });
    await rescued(home, home.claude.file(B));
    expect(segments(home)).toEqual(['0002.cgz']);
    // The first snapshot after that takes nothing away: it is the only one that has it.
    const store = await home.open();
    await store.takeSnapshot();
    expect(segments(home)).toContain('0002.cgz');
    await home.close();
    destroy(home);
    const again = await rebuilt(home);
    expect((await recordsOf(again, home.claude.file(A))).equals(a ?? Buffer.alloc(0))).toBe(true);
    expect((await recordsOf(again, home.claude.file(B))).equals(b ?? Buffer.alloc(0))).toBe(true);
  });

  it('stays away when it was removed for good', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 6));
    home.claude.write(B, turns('b', 2));
    await rescued(home, home.claude.file(A));
    const store = await home.open();
    const { sessions } = await store.listSessions({});
    const id = sessions.find(({ origin }) => origin?.nativeId === A)?.id ?? '';
    await store.deleteSession(id);
    await store.purgeSessions([id]);
    await home.close();
    destroy(home);
    const again = await rebuilt(home);
    expect((await again.listSessions({})).sessions.map(({ origin }) => origin?.nativeId)).toEqual([
      B,
    ]);
    expect(await again.listTrash()).toEqual([]);
  });
});
