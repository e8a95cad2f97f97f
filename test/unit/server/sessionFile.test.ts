/** Sessions saved to files and loaded: into an empty store, into their own, damaged, twice. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.ts';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { turns } from '../store/support/claudeHome.ts';
import { imported, StoreFolder } from '../store/support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

async function all(store: SessionStore, id: string): Promise<readonly Message[]> {
  return (await store.readMessages(id, { start: 0, end: 1000 })).messages;
}

/** A store with an agent's session, a fork of it, and a fork of that; and a place for files. */
async function family() {
  const home = new StoreFolder();
  home.claude.write(A, turns('a', 6));
  const store = await imported(home);
  const root = (await store.listSessions({})).sessions[0]?.id ?? '';
  const first = await store.forkSession(root, { atMessage: 3 });
  const added = [
    { role: 'user', text: 'Another way, with \u2028 and “quotes”' } as const,
    { role: 'assistant', text: 'Done.', model: 'm', provider: 'p' } as const,
  ];
  await store.appendMessages(first.session.id, added);
  const second = await store.forkSession(first.session.id, { atMessage: 4 });
  const fork = await store.appendMessages(second.session.id, [{ role: 'user', text: 'Third' }]);
  await store.updateSession(fork.id, {
    title: 'Kept',
    tags: ['one', 'two'],
    pinned: true,
    note: 'First line\nand “second”',
    metadata: { strategy: 'dialectical' },
    retentionPolicy: 'critical',
  });
  const file = path.join(home.folder, 'kept.multipath.jsonl');
  return { home, store, root, first: first.session.id, fork: fork.id, file };
}

describe('a saved session', () => {
  it('is the same in another store: messages, ids, lineage and notes', async () => {
    const { store, root, first, fork, file } = await family();
    const { bytes } = await store.saveSessionToDisk(fork, file);
    expect(readFileSync(file).length).toBe(bytes);

    const other = await new StoreFolder().open();
    const loaded = await other.loadSessionFromDisk(file);
    expect(loaded.id).toBe(fork);
    const before = await store.getSession(fork);
    expect(loaded).toMatchObject({
      title: 'Kept',
      tags: ['one', 'two'],
      pinnedAt: before?.pinnedAt,
      note: 'First line\nand “second”',
      metadata: { strategy: 'dialectical' },
      retentionPolicy: 'critical',
      parentId: first,
      forkPoint: before?.forkPoint,
      inheritedCount: before?.inheritedCount,
      messageCount: before?.messageCount,
      ownTokens: before?.ownTokens,
      project: before?.project,
    });
    expect(await all(other, fork)).toEqual(await all(store, fork));
    expect(await all(other, root)).toEqual(await all(store, root));
    expect((await other.getSessionTree(fork)).session.id).toBe(root);

    // And from there once more: the file is the same but for its time.
    const again = `${file}.again`;
    await other.saveSessionToDisk(fork, again);
    const records = (name: string): string[] =>
      readFileSync(name, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('{"type":"record"'));
    expect(records(again)).toEqual(records(file));
  });

  it('changes nothing in the store it came from', async () => {
    const { store, fork, file } = await family();
    await store.saveSessionToDisk(fork, file);
    await store.updateSession(fork, { title: 'Named since', tags: [] });
    const before = await store.listSessions({});
    const loaded = await store.loadSessionFromDisk(file);
    expect(loaded).toMatchObject({ id: fork, title: 'Named since', tags: [] });
    expect((await store.listSessions({})).total).toBe(before.total);
  });

  it('comes back out of the trash', async () => {
    const { store, fork, file } = await family();
    await store.saveSessionToDisk(fork, file);
    await store.deleteSession(fork);
    expect((await store.loadSessionFromDisk(file)).id).toBe(fork);
    expect(await store.getSession(fork)).toBeDefined();
  });

  it('comes back after it was removed for good', async () => {
    const { store, root, first, fork, file } = await family();
    const before = await all(store, fork);
    await store.saveSessionToDisk(fork, file);
    // The parent stays hidden for its fork; with the fork, everything goes.
    await store.deleteSession(first);
    await store.purgeSessions([first]);
    expect((await store.loadSessionFromDisk(file)).id).toBe(fork);
    for (const id of [fork, first, root]) {
      if (await store.getSession(id)) await store.deleteSession(id);
    }
    await store.purgeSessions(undefined);
    expect((await store.listSessions({})).total).toBe(0);

    const loaded = await store.loadSessionFromDisk(file);
    expect(loaded).toMatchObject({ id: fork, title: 'Kept', tags: ['one', 'two'] });
    expect(await all(store, fork)).toEqual(before);
    expect(await all(store, root)).toHaveLength(6);
    expect((await store.getSessionTree(fork)).session.id).toBe(root);
  });

  it('brings what was added elsewhere, and leaves alone what went another way', async () => {
    const { store, fork, file } = await family();
    await store.saveSessionToDisk(fork, file);
    const other = await new StoreFolder().open();
    await other.loadSessionFromDisk(file);
    await other.appendMessages(fork, [{ role: 'assistant', text: 'Elsewhere' }]);
    await other.saveSessionToDisk(fork, file, { overwrite: true });
    const longer = await store.loadSessionFromDisk(file);
    expect(await all(store, fork)).toEqual(await all(other, fork));
    expect(longer.messageCount).toBe((await other.getSession(fork))?.messageCount);

    await store.appendMessages(fork, [{ role: 'user', text: 'Here' }]);
    await other.appendMessages(fork, [
      { role: 'user', text: 'There' },
      { role: 'user', text: 'And there' },
    ]);
    await other.saveSessionToDisk(fork, file, { overwrite: true });
    const here = await all(store, fork);
    await store.loadSessionFromDisk(file);
    expect(await all(store, fork)).toEqual(here);
  });

  it('keeps bytes that are no text, and records larger than a row', async () => {
    const home = new StoreFolder();
    const lines = turns('a', 4, { text: 'x'.repeat(300_000) });
    home.claude.write(A, lines);
    const source = home.claude.file(A);
    const broken = Buffer.concat([readFileSync(source), Buffer.from([0xff, 0xfe, 0x7b, 0x0a])]);
    writeFileSync(source, broken);
    const store = await imported(home);
    const id = (await store.listSessions({})).sessions[0]?.id ?? '';
    const file = path.join(home.folder, 'kept');
    await store.saveSessionToDisk(id, file);
    const otherHome = new StoreFolder();
    const other = await otherHome.open();
    await other.loadSessionFromDisk(file);
    expect(await all(other, id)).toEqual(await all(store, id));
    const again = `${file}.again`;
    await other.saveSessionToDisk(id, again);
    const recordsOf = (name: string): Buffer =>
      Buffer.concat(
        readFileSync(name, 'utf8')
          .split('\n')
          .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, string>]))
          .filter(({ type }) => type === 'record')
          .map(({ text, base64 }) =>
            base64 === undefined ? Buffer.from(text ?? '') : Buffer.from(base64, 'base64'),
          ),
      );
    expect(recordsOf(file).equals(broken)).toBe(true);
    expect(recordsOf(again).equals(broken)).toBe(true);
  });

  it('never takes the place of a file that nobody offered, and leaves nothing half-written', async () => {
    const { home, store, fork, file } = await family();
    writeFileSync(file, 'mine');
    await expect(store.saveSessionToDisk(fork, file)).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    await expect(store.saveSessionToDisk(fork, 'relative')).rejects.toMatchObject({
      code: 'bad-request',
    });
    await expect(
      store.saveSessionToDisk(fork, path.join(home.folder, 'no', 'such', 'folder')),
    ).rejects.toMatchObject({ code: 'io' });
    expect(readdirSync(home.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    await store.saveSessionToDisk(fork, file, { overwrite: true });
    expect(readFileSync(file, 'utf8')).toMatch(/^\{"type":"multipath-session","version":1,/);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, text.length * 0.6), /line \d+/],
    ['without its end', (text: string) => text.replace(/\{"type":"end".*\n/, ''), /goes on/],
    ['changed', (text: string) => text.replace('Third', 'Fourth'), /changed since/],
    ['no saved session', () => 'hello\n', /line 1: this is no line/],
    ['empty', () => '', /not a saved session/],
  ])('is refused when it is %s, and nothing changes', async (_what, damage, message) => {
    const { store, fork, file } = await family();
    await store.saveSessionToDisk(fork, file);
    writeFileSync(file, damage(readFileSync(file, 'utf8')));
    const other = await new StoreFolder().open();
    await expect(other.loadSessionFromDisk(file)).rejects.toThrow(message);
    expect((await other.listSessions({})).total).toBe(0);
  });

  it('says when a newer version wrote it, or it is not there', async () => {
    const { home, store, fork, file } = await family();
    await store.saveSessionToDisk(fork, file);
    writeFileSync(file, readFileSync(file, 'utf8').replace('"version":1', '"version":2'));
    await expect(store.loadSessionFromDisk(file)).rejects.toMatchObject({ code: 'newer-store' });
    await expect(
      store.loadSessionFromDisk(path.join(home.folder, 'nothing')),
    ).rejects.toMatchObject({ code: 'not-found' });
  });
});
