/** Agents' folders that are followed: what is written, renamed and removed in them shows by itself. */
import {
  appendFileSync,
  mkdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from '../store/support/claudeHome.ts';
import { StoreFolder, type OpenOptions } from '../store/support/openStore.ts';

const A = '11111111-1111-4111-8111-111111111111';
const B = '22222222-2222-4222-8222-222222222222';
const THREAD = '019a0000-0000-7000-8000-000000000001';
const QUICK = { quietMs: 20, latestMs: 100 };

async function followed(home: StoreFolder, options: OpenOptions = {}): Promise<LocalStore> {
  const store = await home.open({ live: QUICK, ...options });
  await store.setConsent('claude-code', 'granted');
  await store.setConsent('codex', 'granted');
  await store.importSessions();
  return store;
}

/** Waits until the sessions are as they should be; a change that is never noticed fails. */
async function until(
  store: LocalStore,
  isThere: (sessions: readonly Session[]) => boolean,
): Promise<readonly Session[]> {
  for (let tries = 0; tries < 400; tries++) {
    const { sessions } = await store.listSessions({});
    if (isThere(sessions)) return sessions;
    await sleep(25);
  }
  const { sessions } = await store.listSessions({});
  throw new Error(`It never came. There are ${JSON.stringify(sessions, null, 1)}`);
}

const counts = (sessions: readonly Session[]): number[] =>
  sessions.map(({ messageCount }) => messageCount).sort();

function codexLines(id: string, words: readonly string[]): string {
  const line = (type: string, payload: unknown): string =>
    `${JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', type, payload })}\n`;
  const item = (role: string, kind: string, text: string): string =>
    line('response_item', { type: 'message', role, content: [{ type: kind, text }] });
  return [
    line('session_meta', { id, timestamp: '2026-01-02T03:04:05.000Z', cwd: '/tmp/shop' }),
    ...words.flatMap((text) => [
      line('event_msg', { type: 'user_message', message: text }),
      item('user', 'input_text', text),
      item('assistant', 'output_text', `answer to ${text}`),
    ]),
  ].join('');
}

describe('a folder that is followed', () => {
  it('shows a session that is begun, goes on, and is left in the middle of a line', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const store = await followed(home);
    home.claude.write(B, turns('b', 2));
    await until(store, (sessions) => sessions.length === 2);
    const [third = '', last = ''] = home.claude.text(B, turns('b', 4).slice(2)).split(/(?<=\n)/);
    const file = home.claude.file(B);
    appendFileSync(file, third);
    await until(store, (sessions) => counts(sessions).join() === '2,3');
    appendFileSync(file, last.slice(0, 30));
    appendFileSync(file, last.slice(30));
    await until(store, (sessions) => counts(sessions).join() === '2,4');
  });

  it('is noticed when it appears, however deep', async () => {
    const home = new StoreFolder();
    rmSync(home.claude.folder, { recursive: true, force: true });
    const store = await followed(home);
    expect((await store.listSessions({})).total).toBe(0);
    home.claude.write(A, turns('a', 2));
    await until(store, (sessions) => sessions.length === 1);
    // And again, once it was removed and made anew.
    rmSync(home.claude.folder, { recursive: true, force: true });
    await sleep(200);
    home.claude.write(B, turns('b', 2));
    await until(store, (sessions) => sessions.length === 2);
  });

  it('marks a session as rescued while its file is gone, and no longer when it is back', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    home.claude.write(B, turns('b', 2));
    const store = await followed(home);
    const bytes = home.claude.bytes(A);
    rmSync(home.claude.file(A));
    const [gone] = (await until(store, (all) => all.some((one) => one.origin?.gone))).filter(
      (one) => one.origin?.gone !== undefined,
    );
    expect(gone?.origin?.nativeId).toBe(A);
    writeFileSync(home.claude.file(A), bytes);
    await until(store, (all) => all.every((one) => one.origin?.gone === undefined));
  });

  it('keeps a session whose project folder has another name now', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await followed(home);
    const [before] = (await store.listSessions({})).sessions;
    const folder = path.dirname(home.claude.file(A));
    const renamed = path.join(path.dirname(folder), '-tmp-renamed');
    renameSync(folder, renamed);
    const moved = path.join(renamed, path.basename(home.claude.file(A)));
    await until(store, ([one]) => one?.origin?.path === moved && one.origin.gone === undefined);
    appendFileSync(moved, home.claude.text(A, turns('a', 5).slice(4)));
    const [after, ...others] = await until(store, ([one]) => one?.messageCount === 5);
    expect(others).toEqual([]);
    expect(after?.id).toBe(before?.id);
  });

  it('keeps a session that is truncated and one that is written anew', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 4));
    const store = await followed(home);
    const [before] = (await store.listSessions({})).sessions;
    truncateSync(home.claude.file(A), Buffer.byteLength(home.claude.text(A, turns('a', 2))));
    await until(store, ([one]) => one?.messageCount === 2);
    home.claude.write(A, turns('z', 3, { text: ' anew' }));
    const [after] = await until(store, ([one]) => one?.messageCount === 3);
    expect(after?.id).toBe(before?.id);
  });

  it('keeps a thread that is archived, and one that is compressed and unpacked', async () => {
    const home = new StoreFolder();
    const codex = path.join(home.folder, 'codex');
    const name = `rollout-2026-01-02T03-04-05-${THREAD}.jsonl`;
    const file = path.join(codex, 'sessions/2026/01/02', name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, codexLines(THREAD, ['one', 'two']));
    const store = await followed(home);
    const [first] = (await store.listSessions({})).sessions;
    const archived = path.join(codex, 'archived_sessions', name);
    mkdirSync(path.dirname(archived));
    renameSync(file, archived);
    await until(store, ([one]) => one?.origin?.path === archived && !one.origin.gone);

    const whole = Buffer.from(codexLines(THREAD, ['one', 'two', 'three']));
    writeFileSync(`${archived}.zst`, zstdCompressSync(whole));
    rmSync(archived);
    const [packed] = await until(store, ([one]) => one?.messageCount === 6);
    expect(packed?.origin?.path).toBe(`${archived}.zst`);
    expect(packed?.origin?.gone).toBeUndefined();
    const parts: Uint8Array[] = [];
    for await (const records of store.readSource(`${archived}.zst`)) parts.push(...records);
    expect(Buffer.concat(parts).equals(whole)).toBe(true);

    // The plain file comes before the compressed one, and is the same session.
    writeFileSync(archived, codexLines(THREAD, ['one', 'two', 'three', 'four']));
    const sessions = await until(store, ([one]) => one?.messageCount === 8);
    expect(sessions).toHaveLength(1);
    expect(sessions[0]?.id).toBe(first?.id);
    expect(sessions[0]?.origin?.path).toBe(archived);
  });

  it('takes in a thousand files that come at once', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const store = await followed(home);
    for (let n = 0; n < 1000; n++) {
      home.claude.write(
        `${String(n).padStart(8, '0')}-1111-4111-8111-111111111111`,
        turns(`s${n}`, 2),
      );
    }
    for (let tries = 0; tries < 1200; tries++) {
      if ((await store.listSessions({ limit: 1 })).total === 1001) break;
      await sleep(25);
    }
    expect((await store.listSessions({ limit: 1 })).total).toBe(1001);
  });

  it('does not go on by itself with what was stopped, also once it is opened again', async () => {
    const home = new StoreFolder();
    for (let n = 0; n < 400; n++) {
      const id = `${String(n).padStart(8, '0')}-1111-4111-8111-111111111111`;
      home.claude.write(id, turns(`s${n}`, 2));
    }
    const first = await home.open();
    await first.setConsent('claude-code', 'granted');
    let stopped: Promise<void> | undefined;
    first.onDidChange((event) => {
      if (event.type === 'sessions') stopped ??= first.cancelImport();
    });
    await first.importSessions();
    await stopped;
    const { total } = await first.listSessions({});
    expect(total).toBeLessThan(400);

    const store = await home.reopen({ live: QUICK });
    home.claude.write(B, turns('b', 4));
    await until(store, (sessions) => sessions.some(({ messageCount }) => messageCount === 4));
    expect((await store.listSessions({ limit: 1 })).total).toBe(total + 1);
    await store.importSessions();
    expect((await store.listSessions({ limit: 1 })).total).toBe(401);
  });

  it('is left alone once the person says no', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', 2));
    const store = await followed(home);
    await store.setConsent('claude-code', 'declined');
    home.claude.write(A, turns('a', 4));
    home.claude.write(B, turns('b', 2));
    await sleep(500);
    const { sessions } = await store.listSessions({});
    expect(counts(sessions)).toEqual([2]);
  });
});
