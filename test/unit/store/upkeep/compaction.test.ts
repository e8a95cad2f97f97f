/** The archive written anew: what is given back, and what is never lost on the way. */
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../../src/core/message.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';

const IDS = ['1', '2', '3', '4'].map((digit) => `${digit.repeat(8)}-1111-4111-8111-111111111111`);

function segments(home: StoreFolder): string[] {
  const folder = path.join(home.storePath, 'archive');
  return existsSync(folder) ? readdirSync(folder).sort() : [];
}

async function idOf(store: LocalStore, nativeId: string): Promise<string> {
  const { sessions } = await store.listSessions({});
  return sessions.find((session) => session.origin?.nativeId === nativeId)?.id ?? '';
}

async function texts(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 100 });
  return messages.map((message) => textOf(message));
}

async function archived(home: StoreFolder): Promise<LocalStore> {
  IDS.forEach((id, index) => home.claude.write(id, turns(`m${index}`, 6)));
  const store = await imported(home);
  for (const id of IDS) {
    await store.migrateToTier(await idOf(store, id), 'cold', { reason: 'test' });
  }
  return store;
}

describe('compacting the archive', () => {
  it('writes a segment anew once most of it is garbage, and gives its bytes back', async () => {
    const home = new StoreFolder();
    const store = await archived(home);
    expect(await store.compactArchive()).toEqual({ freedBytes: 0 });
    expect(segments(home)).toEqual(['0001.cgz']);
    for (const id of IDS.slice(1)) {
      await store.migrateToTier(await idOf(store, id), 'warm', { reason: 'test' });
    }
    const before = statSync(path.join(home.storePath, 'archive', '0001.cgz')).size;
    const { freedBytes } = await store.compactArchive();
    expect(freedBytes).toBeGreaterThan(before / 2);
    expect(segments(home)).toEqual(['0002.cgz']);
    const kept = readFileSync(path.join(home.storePath, 'archive', '0002.cgz'));
    expect(gunzipSync(kept).toString()).toContain('user m0 0');
    expect((await store.getTierStatistics()).tiers.cold.sessions).toBe(1);
    const first = await idOf(store, IDS[0] ?? '');
    expect(await texts(store, first)).toHaveLength(6);
    const again = await home.reopen();
    expect(await texts(again, first)).toHaveLength(6);
  });

  it('keeps a segment in which a wanted member is damaged', async () => {
    const home = new StoreFolder();
    const store = await archived(home);
    for (const id of IDS.slice(1)) {
      await store.migrateToTier(await idOf(store, id), 'warm', { reason: 'test' });
    }
    await home.close();
    const file = path.join(home.storePath, 'archive', '0001.cgz');
    const bytes = readFileSync(file);
    bytes[400] = (bytes[400] ?? 0) ^ 0xff;
    writeFileSync(file, bytes);
    const again = await home.open();
    await again.compactArchive();
    expect(segments(home)).toContain('0001.cgz');
  });

  it('goes on where it was killed: a segment that nothing refers to is removed', async () => {
    const home = new StoreFolder();
    const store = await archived(home);
    for (const id of IDS) {
      await store.migrateToTier(await idOf(store, id), 'warm', { reason: 'test' });
    }
    await home.reopen().then((again) => again.compactArchive());
    expect(segments(home).filter((name) => name === '0001.cgz')).toEqual([]);
  });

  it('never shows a missing file to readers under way', async () => {
    const home = new StoreFolder();
    const store = await archived(home);
    for (const id of IDS.slice(1)) {
      await store.migrateToTier(await idOf(store, id), 'warm', { reason: 'test' });
    }
    const first = await idOf(store, IDS[0] ?? '');
    const reads = Array.from({ length: 20 }, (_, index) => store.readMessage(first, index % 6));
    await Promise.all([store.compactArchive(), ...reads]);
    await Promise.all(Array.from({ length: 6 }, (_, index) => store.readMessage(first, index)));
  });
});
