/** Sessions that an agent writes as whole documents: every change is a new generation of the log. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { StoreFolder } from './support/openStore.ts';

const ID = '33333333-3333-4333-8333-333333333333';

class GeminiHome extends StoreFolder {
  readonly root = path.join(this.folder, 'gemini');
  readonly document = path.join(this.root, 'tmp', 'shop', 'chats', 'session-x.json');

  async openGemini(): Promise<LocalStore> {
    mkdirSync(path.dirname(this.document), { recursive: true });
    const store = await this.open({ agentRoots: { gemini: [this.root] } });
    await store.setConsent('gemini', 'granted');
    return store;
  }

  /** A conversation of so many messages, as the agent rewrites it as a whole. */
  write(count: number): void {
    const { head, messages } = conversation(count);
    writeFileSync(this.document, JSON.stringify({ ...head, messages }, null, 2));
  }

  /** The agent goes over to its newer format; the document may stay. */
  writeLog(count: number): void {
    const { head, messages } = conversation(count);
    const lines = [head, ...messages].map((line) => `${JSON.stringify(line)}\n`);
    writeFileSync(`${this.document}l`, lines.join(''));
  }
}

function conversation(count: number) {
  const head = { sessionId: ID, startTime: '2026-05-04T09:00:00Z', lastUpdated: `${count}` };
  const messages = Array.from({ length: count }, (_, index) => ({
    id: `m${index}`,
    type: index % 2 === 0 ? 'user' : 'gemini',
    content: `message ${index}`,
  }));
  return { head, messages };
}

async function texts(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 100 });
  return messages.map((message) => textOf(message));
}

async function imported(store: LocalStore) {
  const { failures } = await store.importSessions();
  expect(failures).toEqual([]);
  const { sessions } = await store.listSessions({});
  return sessions.filter(({ origin }) => origin?.agent === 'gemini');
}

/** A store, closed, with one document in its archive. */
async function archived() {
  const home = new GeminiHome();
  const store = await home.openGemini();
  home.write(6);
  const [session] = await imported(store);
  const id = session?.id ?? '';
  const before = await texts(store, id);
  await store.migrateToTier(id, 'cold', { reason: 'test' });
  expect((await store.getSession(id))?.storageTier).toBe('cold');
  await home.close();
  return { home, id, before };
}

describe('documents of an agent', () => {
  it('are read from the archive as they were, whose records have lines within', async () => {
    const { home, id, before } = await archived();
    const again = await home.open({ agentRoots: { gemini: [home.root] } });
    expect(await texts(again, id)).toEqual(before);
    const kept: Uint8Array[] = [];
    for await (const batch of again.readSource(home.document)) kept.push(...batch);
    expect(Buffer.concat(kept).equals(readFileSync(home.document))).toBe(true);
    await again.migrateToTier(id, 'warm', { reason: 'test' });
    expect(await texts(again, id)).toEqual(before);
  });

  it('are mended by the doctor where a version before 0.5 archived them in one piece', async () => {
    const { home, id, before } = await archived();
    const core = await openStoreOver({ storePath: home.storePath, hotBytes: 1, readOnly: false });
    const { log = -1 } = core.catalogue.position(id) ?? {};
    const count = Number(
      core.database.get('SELECT cold_count FROM log WHERE num = ?', [log])?.['cold_count'],
    );
    const records = await core.records.read(log, [...Array(count).keys()]);
    const bytes = Buffer.concat([...records.values()]);
    const logId = core.logs.idOf(log);
    const to = await core.archive.appendMember({ logId, firstSeq: 0, count, bytes });
    await core.archive.sync();
    core.database.transaction(() => {
      core.database.run('DELETE FROM member WHERE log = ?', [log]);
      core.database.run(
        `INSERT INTO member (log, first_seq, count, segment, position, length, raw_bytes)
         VALUES (?, 0, ?, ?, ?, ?, ?)`,
        [log, count, to.segment, to.offset, to.length, bytes.length],
      );
    });
    core.database.flush();
    core.access.dispose();
    core.database.close();
    core.archive.close();
    const again = await home.open({ agentRoots: { gemini: [home.root] } });
    await expect(texts(again, id)).rejects.toMatchObject({ code: 'corrupt-file' });
    const { findings } = await again.runDoctor({ repair: true });
    expect(findings.map(({ area, repaired }) => [area, repaired])).toContainEqual([
      'archive',
      true,
    ]);
    expect(await texts(again, id)).toEqual(before);
  });

  it('stay one session while they are rewritten, and keep what was forked from them', async () => {
    const home = new GeminiHome();
    const store = await home.openGemini();
    home.write(4);
    const [first, ...others] = await imported(store);
    if (!first) throw new Error('no session');
    expect(others).toEqual([]);
    expect(first).toMatchObject({ messageCount: 4, origin: { nativeId: ID } });
    const { session: fork } = await store.forkSession(first.id, { atMessage: 1 });

    home.write(6);
    const after = await imported(store);
    expect(after.filter(({ kind }) => kind === 'imported')).toMatchObject([
      { id: first.id, messageCount: 6 },
    ]);
    expect(await texts(store, first.id)).toHaveLength(6);
    expect(await texts(store, fork.id)).toEqual(['message 0', 'message 1']);
    expect((await store.getSession(fork.id))?.parentId).toBe(first.id);
  });

  it.each([true, false])(
    'are the same session as the log that the agent goes over to (document gone: %s)',
    async (isGone) => {
      const home = new GeminiHome();
      const store = await home.openGemini();
      home.write(4);
      const [first] = await imported(store);
      if (!first) throw new Error('no session');
      const { session: fork } = await store.forkSession(first.id, { atMessage: 3 });
      home.writeLog(6);
      if (isGone) rmSync(home.document);
      const after = (await imported(store)).filter(({ kind }) => kind === 'imported');
      expect(after).toMatchObject([{ id: first.id, messageCount: 6 }]);
      expect(await texts(store, fork.id)).toHaveLength(4);
      expect(await store.importSessions()).toMatchObject({ filesTotal: 0 });
    },
  );

  it('read the rest of a document that was being written', async () => {
    const home = new GeminiHome();
    const store = await home.openGemini();
    const { head, messages } = conversation(4);
    const whole = JSON.stringify({ ...head, messages }, null, 2);
    writeFileSync(home.document, whole.slice(0, -40));
    const [torn] = await imported(store);
    expect(torn?.messageCount).toBe(3);
    writeFileSync(home.document, whole);
    expect(await imported(store)).toMatchObject([{ id: torn?.id, messageCount: 4 }]);
  });
});
