/** Saved sessions as somebody else may have written them: whole by their hash, and meant to harm. */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import type { SessionStore } from '../../../src/core/sessionStore.ts';
import { turns } from '../store/support/claudeHome.ts';
import { imported, StoreFolder } from '../store/support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';

/** A fork with a message of its own, merged into another fork: the saved file of that, and all ids. */
async function merged() {
  const home = new StoreFolder();
  home.claude.write(A, turns('a', 6));
  const store = await imported(home);
  const root = (await store.listSessions({})).sessions[0]?.id ?? '';
  const source = (await store.forkSession(root, { atMessage: 3 })).session.id;
  await store.appendMessages(source, [{ role: 'user', text: 'Another way' }]);
  const target = (await store.forkSession(root, { atMessage: 3 })).session.id;
  const { mergeId } = await store.mergeFork(target, source);
  const file = path.join(home.folder, 'kept.multipath.jsonl');
  await store.saveSessionToDisk(target, file);
  return { home, store, root, source, target, mergeId, file };
}

/** Writes the file anew with other lines, and an end that fits them. */
function rewritten(file: string, change: (line: string) => string | readonly string[]): string {
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(0, -1).flatMap(change);
  const text = lines.map((line) => `${line}\n`).join('');
  const sha256 = createHash('sha256').update(text).digest('hex');
  const to = `${file}.hostile`;
  writeFileSync(to, `${text}${JSON.stringify({ type: 'end', lines: lines.length, sha256 })}\n`);
  return to;
}

/** Changes the text of our own records. */
function withRecord(file: string, change: (record: string) => string): string {
  return rewritten(file, (line) => {
    const value = JSON.parse(line) as { type: string; text?: string };
    const isOurs = value.type === 'record' && value.text?.includes('"type":"message"') === true;
    return isOurs ? JSON.stringify({ ...value, text: change(value.text ?? '') }) : line;
  });
}

/** Everything that is shown of a session works, over the protocol's own JSON. */
async function looksWell(store: SessionStore, id: string): Promise<void> {
  const { sessions } = await store.listSessions({});
  expect(JSON.stringify(sessions)).not.toMatch(/At":null/);
  const { messages } = await store.readMessages(id, { start: 0, end: 100 });
  expect(JSON.stringify(messages)).not.toMatch(/"(?:timestamp|at)":null/);
  expect(JSON.stringify(await store.getMerges([id]))).not.toMatch(/"at":null/);
  expect(await faults(store)).toEqual([]);
}

/** What the store doctor finds, but for notes. */
async function faults(store: SessionStore) {
  const { findings } = await store.runDoctor({ repair: false });
  return findings.filter(({ severity }) => severity !== 'note');
}

const DEEP = 20_000;

it.each([
  [
    'a time that is no number of this world',
    (text: string) => text.replace(/"timestamp":[\d.]+/, '"timestamp":1e999'),
  ],
  [
    'a time before all times',
    (text: string) => text.replace(/"timestamp":[\d.]+/, '"timestamp":-1e300'),
  ],
  ['a merge at no time', (text: string) => text.replace(/"at":[\d.]+/, '"at":1e999')],
  ['a merge at half a time', (text: string) => text.replace(/"at":[\d.]+/, '"at":1.5')],
  [
    'a block within blocks',
    (text: string) =>
      text.replace('"content":[', `"content":[${'['.repeat(DEEP)}${']'.repeat(DEEP)},`),
  ],
  [
    'endless use',
    (text: string) =>
      text.replace(
        '"id":',
        '"tokens":{"input":1e999,"output":1e308,"cacheRead":0.5,"cacheWrite":0},"id":',
      ),
  ],
  [
    'a prototype',
    (text: string) =>
      text.replace(
        '"id":',
        '"__proto__":{"polluted":1},"metadata":{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}},"id":',
      ),
  ],
  [
    'metadata within metadata',
    (text: string) =>
      text.replace('"id":', `"metadata":{"a":${'['.repeat(DEEP)}${']'.repeat(DEEP)}},"id":`),
  ],
  [
    'many origins',
    (text: string) =>
      text.replace(
        '"origins":[',
        `"origins":[${Array.from({ length: 40_000 }, (_, n) => `"o${n}",`).join('')}`,
      ),
  ],
])('holds %s', async (_name, change) => {
  const { file, target } = await merged();
  const hostile = withRecord(file, change);
  expect(readFileSync(hostile, 'utf8')).not.toBe(readFileSync(file, 'utf8'));
  const store = await new StoreFolder().open();
  await store.loadSessionFromDisk(hostile);
  await looksWell(store, target);
  // Taking it back works on it as on any other, and leaves nothing wrong behind.
  for (const { mergeId } of await store.getMerges([target])) {
    await store.undoMerge(mergeId).catch(() => undefined);
  }
  await looksWell(store, target);
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
});

it('holds a merge of the same id in two sessions, and takes each back by itself', async () => {
  const { store, target, source, mergeId, file } = await merged();
  const before = await store.getMerges([target, source]);
  const text = readFileSync(file, 'utf8');
  const ids = [...text.matchAll(/"id":"([^"]+)"/g)].flatMap(([, id]) => id ?? []);
  const own = ids.filter((id) => text.includes(`"type":"log","id":"${id}","agent":"multipath"`));
  const other = (id: string): string => id.replace(/.{8}$/, '00000000');
  const hostile = rewritten(file, (line) =>
    [...own, target].reduce((changed, id) => changed.replaceAll(id, other(id)), line),
  );
  const loaded = await store.loadSessionFromDisk(hostile);
  expect(loaded.id).not.toBe(target);
  expect(await store.getMerges([target])).toEqual(before);
  expect(await store.getMerges([loaded.id])).toEqual([{ ...before[0], sessionId: loaded.id }]);
  expect(await faults(store)).toEqual([]);
  // Without a session's name that of the log that was here first is meant.
  await store.undoMerge(mergeId);
  const count = async (id: string) => (await store.readMessages(id, { start: 0, end: 100 })).total;
  expect([await count(target), await count(loaded.id)]).toEqual([4, 5]);
  await store.undoMerge(mergeId, { sessionId: loaded.id });
  expect([await count(target), await count(loaded.id)]).toEqual([4, 4]);
  expect(await faults(store)).toEqual([]);
});

interface SavedLine {
  readonly type: string;
  readonly id?: string;
  readonly native?: { readonly sessionId: string; readonly forkPoint?: object };
}

it('is refused where a session is a fork of itself, and leaves nothing that goes in circles', async () => {
  const { file } = await merged();
  const hostile = rewritten(file, (line) => {
    const value = JSON.parse(line) as SavedLine;
    if (value.type !== 'log' || !value.native) return line;
    const native = { ...value.native, forkPoint: { logId: value.id, seq: 0 } };
    return JSON.stringify({ ...value, native });
  });
  const store = await new StoreFolder().open();
  await expect(store.loadSessionFromDisk(hostile)).rejects.toMatchObject({ code: 'corrupt-file' });
  expect(await faults(store)).toEqual([]);
  await store.loadSessionFromDisk(file);
  expect(await faults(store)).toEqual([]);
});

it('holds a merged message from nowhere, which is merged like any other', async () => {
  const { file, target, root } = await merged();
  const hostile = withRecord(file, (text) => text.replace(/"origins":\[[^\]]*\]/, '"origins":[]'));
  const store = await new StoreFolder().open();
  await store.loadSessionFromDisk(hostile);
  const { session } = await store.forkSession(root, { atMessage: 3 });
  expect(await store.planMerge(session.id, target)).toMatchObject({ messages: [4] });
  expect(await store.mergeFork(session.id, target)).toMatchObject({ merged: 1 });
  expect(await store.mergeFork(session.id, target)).toMatchObject({ merged: 0 });
});

it('does not draw merges into a session to itself', async () => {
  const home = new StoreFolder();
  home.claude.write(A, turns('own', 6));
  const store = await imported(home);
  const root = (await store.listSessions({})).sessions[0]?.id ?? '';
  const { file } = await merged();
  const hostile = withRecord(file, (text) =>
    text.replace(/"targetId":"[^"]+"/, `"targetId":"${root}"`),
  );
  await store.loadSessionFromDisk(hostile);
  const { session } = await store.forkSession(root, { atMessage: 3 });
  await store.appendMessages(session.id, [{ role: 'user', text: 'Mine' }]);
  expect((await store.planMerge(root, session.id)).into).toBeUndefined();
});

it('does not make a session of this computer a fork of its own', async () => {
  const home = new StoreFolder();
  home.claude.write(A, turns('own', 6));
  const store = await imported(home);
  const [own] = (await store.listSessions({})).sessions;
  const { file, root } = await merged();
  const hostile = rewritten(file, (line) => {
    const value = JSON.parse(line) as SavedLine;
    if (value.type !== 'log' || value.native) return line;
    const cut = { sessionId: root, forkLog: value.id, forkSeq: 5, messages: 6, records: 6 };
    return JSON.stringify({ ...value, nativeId: A, resumed: { ...cut, createdAt: 1 } });
  });
  await store.loadSessionFromDisk(hostile);
  home.claude.append(A, turns('b', 1, { parent: 'own-5' }));
  await store.importSessions();
  const now = await store.getSession(own?.id ?? '');
  expect(now).toMatchObject({ messageCount: 7, inheritedCount: 0 });
  expect(now?.parentId).toBeUndefined();
});
