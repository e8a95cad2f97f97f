/** What is read of a history, in what order, and what is taken for gone. */
import { mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { zstdCompressSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { gemini } from '../../../src/agents/gemini/index.ts';
import { FileImport } from '../../../src/server/importing/fileImport.ts';
import { inReadingOrder, planReading } from '../../../src/server/importing/plan.ts';
import { sinceOf } from '../../../src/server/importing/consents.ts';
import type { Found } from '../../../src/server/importing/sources.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from '../store/support/claudeHome.ts';
import { StoreFolder } from '../store/support/openStore.ts';
import { DAY, id, looking, natives, writeOld } from './support/oldSessions.ts';

async function gone(store: LocalStore): Promise<number> {
  const { sessions } = await store.listSessions({});
  return sessions.filter((session) => session.origin?.gone !== undefined).length;
}

describe('a budget', () => {
  it('is kept by later imports, counts what it leaves out, and can be lifted', async () => {
    const home = new StoreFolder();
    writeOld(home, 1, 1);
    writeOld(home, 2, 20);
    writeOld(home, 3, 100);
    let store = await home.open();
    await store.setConsent('claude-code', 'granted', { budget: { days: 30 } });
    const bytes = home.claude.bytes(id(3)).length;
    expect(await store.importSessions()).toMatchObject({
      state: 'done',
      filesDone: 2,
      overBudget: { files: 1, bytes },
    });
    expect(await natives(store)).toEqual([id(1), id(2)]);

    store = await home.reopen();
    writeOld(home, 4, 0);
    await store.importSessions();
    expect(await natives(store)).toEqual([id(1), id(2), id(4)]);
    const survey = (await store.surveyAgents()).find(({ agent }) => agent === 'claude-code');
    expect(survey).toMatchObject({
      files: 4,
      budget: { days: 30 },
      overBudget: { files: 1, bytes },
      deletesAfterDays: 30,
    });
    expect(survey?.byAge?.find(({ days }) => days === 30)?.files).toBe(3);

    // What its agent goes on with is within it.
    home.claude.write(id(3), turns('s3', 4));
    await store.importSessions();
    expect(await natives(store)).toContain(id(3));

    writeOld(home, 5, 200);
    await store.setConsent('claude-code', 'granted');
    const rest = await store.importSessions();
    expect(rest.overBudget).toBeUndefined();
    expect(await natives(store)).toContain(id(5));
  });

  it('in bytes lets the newest files in that fit, and all that is newer', () => {
    const now = 100 * DAY;
    const files = [10, 20, 30].map((age) => ({ bytes: 1000, modifiedAt: now - age * DAY }));
    expect(sinceOf({ bytes: 2500 }, files, now)).toBe(now - 20 * DAY);
    expect(sinceOf({ bytes: 500 }, files, now)).toBe(now);
    expect(sinceOf({ bytes: 9000 }, files, now)).toBe(0);
    expect(sinceOf({}, files, now)).toBeUndefined();
  });
});

describe('what the person says while an agent is looked at', () => {
  it('holds for what was found before: a word taken back', async () => {
    const home = new StoreFolder();
    writeOld(home, 1, 1);
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    const goOn = await looking(store);
    await store.setConsent('claude-code', 'declined');
    await goOn();
    expect(await natives(store)).toEqual([]);
  });

  it('holds for what was found before: a smaller budget', async () => {
    const home = new StoreFolder();
    writeOld(home, 1, 1);
    writeOld(home, 2, 50);
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    const goOn = await looking(store);
    await store.setConsent('claude-code', 'granted', { budget: { days: 30 } });
    await goOn();
    expect(await natives(store)).toEqual([id(1)]);
  });

  it('is asked before an agent’s settings are read', async () => {
    const home = new StoreFolder();
    writeOld(home, 1, 20);
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    const settings = vi.spyOn(gemini, 'deletesAfterDays');
    onTestFinished(() => settings.mockRestore());
    await store.importSessions();
    expect(await natives(store)).toEqual([id(1)]);
    expect(settings).not.toHaveBeenCalled();
  });
});

describe('the order of reading', () => {
  const now = 1000 * DAY;
  const file = (age: number, agent = 'claude-code'): Found => ({
    agent,
    path: `/${agent}/${age}`,
    bytes: 1,
    modifiedAt: now - age * DAY,
  });
  const days = (agent: string): number | undefined => (agent === 'claude-code' ? 30 : undefined);

  it('is newest first, but what is about to be deleted comes before what is old', () => {
    const ages = [300, 29, 8, 0, 25, 6, 22];
    const order = inReadingOrder([...ages.map((age) => file(age)), file(15, 'codex')], days, now);
    expect(order.map(({ path: name }) => name)).toEqual([
      '/claude-code/0',
      '/claude-code/6',
      // Long overdue: it may go at any moment.
      '/claude-code/300',
      '/claude-code/29',
      '/claude-code/25',
      '/claude-code/22',
      '/claude-code/8',
      '/codex/15',
    ]);
  });

  it('leaves out what was stopped, but nothing that the store has already', () => {
    const known = { log: 1, path: '/claude-code/50', bytes: 0, modifiedAt: 0, isEmpty: false };
    const { changed, overBudget } = planReading(
      [file(50), file(60), file(1)],
      (name) => (name === known.path ? known : undefined),
      { stoppedAt: now - 2 * DAY },
    );
    expect(changed.map(({ path: name }) => name)).toEqual(['/claude-code/50', '/claude-code/1']);
    expect(overBudget).toEqual({ files: 0, bytes: 0 });
  });
});

describe('a session is rescued', () => {
  it('when its file is gone, not when its folder is out of sight', async () => {
    const home = new StoreFolder();
    for (let n = 0; n < 3; n++) home.claude.write(id(n), turns(`s${n}`, 2));
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    await store.importSessions();
    rmSync(home.claude.file(id(0)));
    await store.importSessions();
    expect(await gone(store)).toBe(1);

    // The whole folder is away, then an empty one is where it was mounted.
    const { folder } = home.claude;
    renameSync(folder, `${folder}.away`);
    await store.importSessions();
    mkdirSync(folder);
    await store.importSessions();
    expect(await gone(store)).toBe(1);

    // A link on the way leads nowhere.
    symlinkSync(path.join(`${folder}.away`, 'nowhere'), path.join(folder, 'projects'));
    await store.importSessions();
    expect(await gone(store)).toBe(1);

    rmSync(folder, { recursive: true });
    renameSync(`${folder}.away`, folder);
    await store.importSessions();
    expect(await gone(store)).toBe(1);
    home.claude.write(id(0), turns('s0', 2));
    await store.importSessions();
    expect(await gone(store)).toBe(0);
  });

  it('not when its file was moved and a smaller budget leaves it out by now', async () => {
    const home = new StoreFolder();
    writeOld(home, 1, 100);
    writeOld(home, 2, 1);
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    await store.importSessions();
    await store.setConsent('claude-code', 'granted', { budget: { days: 30 } });
    const folder = path.dirname(home.claude.file(id(1)));
    renameSync(folder, `${folder}-new`);
    await store.importSessions();
    expect(await natives(store)).toEqual([id(1), id(2)]);
    expect(await gone(store)).toBe(0);
  });

  it('and stays one session when its file was moved while nobody looked', async () => {
    const home = new StoreFolder();
    home.claude.write(id(0), turns('s0', 2));
    home.claude.write(id(1), turns('s1', 2));
    const store = await home.open();
    await store.setConsent('claude-code', 'granted');
    await store.importSessions();
    const before = (await store.listSessions({})).sessions.map((session) => session.id).sort();
    const projects = path.dirname(path.dirname(home.claude.file(id(0))));
    renameSync(path.join(projects, '-tmp-shop'), path.join(projects, '-tmp-new'));
    // One of them is another session that only has the name.
    home.claude.write(id(0), turns('other', 2));
    renameSync(home.claude.file(id(0)), path.join(projects, '-tmp-new', `${id(0)}.jsonl`));
    await store.importSessions();
    const after = (await store.listSessions({})).sessions;
    expect(after.filter((session) => before.includes(session.id))).toHaveLength(2);
    const moved = after.find((session) => session.origin?.nativeId === id(1));
    expect(moved?.origin?.gone).toBeUndefined();
    expect(moved?.origin?.path).toContain('-tmp-new');
    expect(await gone(store)).toBe(1);
  });
});

describe('a compressed session', () => {
  const THREAD = '0199aaaa-1111-7222-8333-444444444444';
  const lines = (count: number): string =>
    [
      { type: 'session_meta', payload: { id: THREAD, cwd: '/tmp/shop' } },
      ...Array.from({ length: count }, (_, nth) => ({
        type: 'response_item',
        payload: {
          type: 'message',
          role: 'user',
          content: [{ type: 'input_text', text: `${nth} ${'again '.repeat(200)}` }],
        },
      })),
    ]
      .map((line) => `${JSON.stringify({ timestamp: '2026-01-02T03:04:05.000Z', ...line })}\n`)
      .join('');

  function write(home: StoreFolder, text: string): string {
    const folder = path.join(home.folder, 'codex/sessions/2026/01/02');
    mkdirSync(folder, { recursive: true });
    const file = path.join(folder, `rollout-2026-01-02T03-04-05-${THREAD}.jsonl.zst`);
    writeFileSync(file, zstdCompressSync(text));
    return file;
  }

  it('is not unpacked to more than was agreed to, says so, and is read on when more is', async () => {
    const home = new StoreFolder();
    const text = lines(4_000);
    const file = write(home, text);
    const store = await home.open();
    await store.setConsent('codex', 'granted', { budget: { bytes: 2_000_000 } });
    const { failures } = await store.importSessions();
    expect(failures.map((failure) => failure.path)).toEqual([file]);
    expect(failures[0]?.message).toMatch(/agreed to/);
    // It is told again, but not unpacked again as long as nothing is another.
    const read = vi.spyOn(FileImport.prototype, 'read');
    onTestFinished(() => read.mockRestore());
    expect((await store.importSessions()).failures).toEqual(failures);
    expect(read).not.toHaveBeenCalled();
    utimesSync(file, new Date(), new Date());
    expect((await store.importSessions()).failures).toEqual(failures);
    expect(read).toHaveBeenCalledOnce();
    const [part] = (await store.listSessions({})).sessions;
    expect(part?.estimatedSizeBytes ?? 0).toBeLessThanOrEqual(2_000_000);
    await store.setConsent('codex', 'granted');
    expect((await store.importSessions()).failures).toEqual([]);
    const kept: Uint8Array[] = [];
    for await (const batch of store.readSource(file)) kept.push(...batch);
    expect(Buffer.concat(kept).toString() === text).toBe(true);
  });

  it('is not unpacked for ever, whatever was agreed to', async () => {
    const home = new StoreFolder();
    write(home, lines(70_000));
    const store = await home.open();
    await store.setConsent('codex', 'granted');
    const { failures } = await store.importSessions();
    expect(failures.map(({ message }) => message).join()).toMatch(/agreed to/);
  });
});
