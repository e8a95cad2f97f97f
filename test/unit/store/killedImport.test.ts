/** What a server that is killed in the middle of an import leaves behind, and that it goes on there. */
import { cpSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { textOf } from '../../../src/core/message.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { StoreFolder } from './support/openStore.ts';

const FILES = Array.from({ length: 2 }, (_, at) => `${at}0000000-1111-4111-8111-111111111111`);
const MOST_KILLS = 4;
const MOST_APPENDS = 1000;
/** By how much the database grew between two kills, in bytes. */
const APART = 256 * 1024;

async function bytesOf(store: LocalStore, file: string): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  try {
    for await (const records of store.readSource(file)) parts.push(...records);
  } catch (error) {
    expect(error).toMatchObject({ code: 'not-found' }); // it was not begun
  }
  return Buffer.concat(parts);
}

it('keeps what others were told is stored, and of each file its beginning', async () => {
  const home = new StoreFolder();
  for (const name of FILES) {
    home.claude.write(name, turns(name, 700, { text: ' and more'.repeat(900) }));
  }
  const store = await home.open();
  await store.setConsent('claude-code', 'granted');
  const { id } = await store.createSession({ title: 'mine' });
  const pages = path.join(home.storePath, 'warm.db');
  const killed: { folder: string; said: number }[] = [];
  const importing = store.importSessions();
  let copied = 0;
  // Each time the server could be killed right after an answer, in another place of the import.
  for (let said = 1; said <= MOST_APPENDS && killed.length < MOST_KILLS; said++) {
    await store.appendMessages(id, [{ role: 'user', text: `said ${said}` }]);
    const { size } = statSync(pages);
    if (size < copied + APART) continue;
    copied = size;
    const folder = path.join(home.folder, `killed-${said}`);
    cpSync(home.storePath, folder, {
      recursive: true,
      filter: (name) => !/owner\.\w+$/.test(name),
    });
    killed.push({ folder, said });
  }
  expect((await importing).state).toBe('done');
  expect(killed.length).toBeGreaterThan(1);

  let partial = 0;
  for (const { folder, said } of killed) {
    await home.close();
    home.replaceBy(folder);
    const left = await home.open();
    const { messages } = await left.readMessages(id, { start: 0, end: MOST_APPENDS });
    expect(messages.map((message) => textOf(message))).toEqual(
      Array.from({ length: said }, (_, at) => `said ${at + 1}`),
    );
    for (const name of FILES) {
      const file = home.claude.file(name);
      const whole = readFileSync(file);
      const found = await bytesOf(left, file);
      expect(whole.subarray(0, found.length).equals(found)).toBe(true);
      if (found.length > 0 && found.length < whole.length) partial++;
    }
    expect(await left.importSessions()).toMatchObject({ state: 'done', failures: [] });
    for (const name of FILES) {
      const file = home.claude.file(name);
      expect((await bytesOf(left, file)).equals(readFileSync(file))).toBe(true);
    }
    expect((await left.listSessions({})).total).toBe(FILES.length + 1);
  }
  expect(partial).toBeGreaterThan(0);
});
