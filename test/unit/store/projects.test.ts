/** Projects whose folders were moved: found again, said by hand, taken back, and never forgotten. */
import { cpSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ProjectSummary } from '../../../src/core/sessionStore.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { turns } from './support/claudeHome.ts';
import { expectDerivedAnew } from './support/derived.ts';
import { StoreFolder } from './support/openStore.ts';

const A = '0e7b7bca-0000-4000-8000-00000000000a';
const B = '0e7b7bca-0000-4000-8000-00000000000b';
const ROOT = '1'.repeat(40);

/** A folder of a repository, as far as its files say what it is: no git is needed. */
function clone(place: string, remote: string, birth = 1_700_000_000): string {
  const git = path.join(place, '.git');
  mkdirSync(path.join(git, 'logs'), { recursive: true });
  writeFileSync(
    path.join(git, 'config'),
    `[remote "origin"]\n\turl = git@host.invalid:${remote}\n`,
  );
  writeFileSync(path.join(git, 'HEAD'), 'ref: refs/heads/main\n');
  const zero = '0'.repeat(40);
  const line = `${zero} ${ROOT} A <a@b.invalid> ${birth} +0000\tclone\n`;
  writeFileSync(path.join(git, 'logs', 'HEAD'), line);
  return place;
}

class Workplace {
  readonly stores = new StoreFolder();

  at(name: string): string {
    return path.join(this.stores.folder, 'work', name);
  }

  session(nativeId: string, cwd: string): void {
    const lines = turns(nativeId.slice(-2), 4);
    this.stores.claude.write(
      nativeId,
      lines.map((line) => ({ ...line, extra: { cwd } })),
    );
  }

  async imported(): Promise<LocalStore> {
    const store = await this.stores.open();
    await store.setConsent('claude-code', 'granted');
    expect((await store.importSessions()).failures).toEqual([]);
    return store;
  }
}

/** The list once a look that is under way has ended as it should. */
async function listed(
  store: LocalStore,
  isReady: (projects: readonly ProjectSummary[]) => boolean,
): Promise<readonly ProjectSummary[]> {
  for (let tries = 0; tries < 400; tries++) {
    const projects = await store.listProjects();
    if (isReady(projects)) return projects;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`Never as expected: ${JSON.stringify(await store.listProjects())}`);
}

const brief = ({ path: at, sessionCount, exists, formerPaths }: ProjectSummary) => ({
  at,
  sessionCount,
  exists,
  formerPaths,
});

describe('a project whose folder was renamed', () => {
  it('is found where it is open now, with the sessions of both', async () => {
    const work = new Workplace();
    const before = clone(work.at('before'), 'shop/web');
    work.session(A, before);
    let store = await work.imported();
    await store.noteFolders([before]);
    await work.stores.close();

    renameSync(before, work.at('after and “renamed”'));
    const after = work.at('after and “renamed”');
    work.session(B, after);
    store = await work.imported();
    await store.noteFolders([after]);
    const projects = await listed(store, ([one]) => one?.formerPaths.length === 1);
    expect(projects.map(brief)).toEqual([
      { at: after, sessionCount: 2, exists: true, formerPaths: [before] },
    ]);
    const { sessions } = await store.listSessions({ project: after });
    expect(sessions.map(({ origin }) => origin?.nativeId).sort()).toEqual([A, B]);
    await work.stores.close();
    await expectDerivedAnew(work.stores.storePath);
  });

  it('is found once: what the person takes back stays so', async () => {
    const work = new Workplace();
    const before = clone(work.at('before'), 'shop/web');
    work.session(A, before);
    let store = await work.imported();
    await store.noteFolders([before]);
    renameSync(before, work.at('after'));
    await store.noteFolders([work.at('after')]);
    await listed(store, ([one]) => one?.path === work.at('after'));
    expect(await store.relinkProject(before, null)).toEqual({ projectKey: before, sessions: 1 });
    await store.noteFolders([work.at('after')]);
    await work.stores.close();
    store = await work.imported();
    await store.noteFolders([work.at('after')]);
    const [project] = await listed(store, ([one]) => one?.exists === false);
    expect(project).toMatchObject({ path: before, formerPaths: [] });
  });

  it('takes the folders below it along, and comes back when it is renamed back', async () => {
    const work = new Workplace();
    const before = clone(work.at('before'), 'shop/web');
    const inner = path.join(before, 'packages', 'one');
    mkdirSync(inner, { recursive: true });
    work.session(A, before);
    work.session(B, inner);
    const store = await work.imported();
    await store.noteFolders([before]);
    const after = work.at('after');
    renameSync(before, after);
    const places = [after, path.join(after, 'packages', 'one')];
    await store.noteFolders(places);
    const isThere = (all: readonly ProjectSummary[]) => all.every(({ exists }) => exists);
    const moved = await listed(store, (all) => isThere(all) && all[0]?.formerPaths.length === 1);
    expect(moved.map(({ path: at }) => at).sort()).toEqual(places.sort());
    renameSync(after, before);
    await store.noteFolders([before]);
    const back = await listed(store, (all) => all.every((one) => one.formerPaths.length === 0));
    expect(back.map(({ path: at }) => at).sort()).toEqual([before, inner].sort());
  });

  it('is offered, not guessed, where the other clone was there at the same time', async () => {
    const work = new Workplace();
    const gone = clone(work.at('one'), 'shop/web');
    const other = clone(work.at('two'), 'shop/web');
    work.session(A, gone);
    work.session(B, other);
    const store = await work.imported();
    await store.noteFolders([gone, other]);
    rmSync(gone, { recursive: true });
    await store.noteFolders([other]);
    const projects = await listed(store, (all) => all.some(({ exists }) => !exists));
    expect(projects.find(({ path: at }) => at === gone)).toMatchObject({
      exists: false,
      sessionCount: 1,
      likelyPaths: [other],
    });
    expect(projects.find(({ path: at }) => at === other)?.sessionCount).toBe(1);
  });

  it('is not guessed where two folders fit alike, and none is looked at before consent', async () => {
    const work = new Workplace();
    const before = clone(work.at('before'), 'shop/web');
    work.session(A, before);
    const store = await work.stores.open();
    await store.noteFolders([before]);
    await store.setConsent('claude-code', 'granted');
    await store.importSessions();
    await store.noteFolders([before]);
    cpSync(before, work.at('one'), { recursive: true });
    cpSync(before, work.at('two'), { recursive: true });
    rmSync(before, { recursive: true });
    await store.noteFolders([work.at('one'), work.at('two')]);
    const [project] = await listed(store, ([one]) => one?.exists === false);
    expect(project).toMatchObject({ path: before, formerPaths: [] });
  });
});

it('is found by what the agent’s records say of a folder that was never seen', async () => {
  const work = new Workplace();
  const [gone, here] = [work.at('gone'), clone(work.at('here'), 'shop/web')];
  const folder = path.join(work.stores.folder, 'codex', '2026', '08', '01');
  mkdirSync(folder, { recursive: true });
  const id = '019fd67d-0000-7000-8000-00000000000a';
  const timestamp = '2026-08-01T09:00:00.000Z';
  const git = { repository_url: 'https://me:secret@host.invalid/shop/web.git' };
  const content = [{ type: 'input_text', text: 'a prompt' }];
  const lines = [
    { timestamp, type: 'session_meta', payload: { id, cwd: gone, git } },
    { timestamp, type: 'response_item', payload: { type: 'message', role: 'user', content } },
  ];
  const file = path.join(folder, `rollout-2026-08-01T09-00-00-${id}.jsonl`);
  writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const store = await work.stores.open();
  await store.setConsent('codex', 'granted');
  await store.importSessions();
  await store.noteFolders([here]);
  expect((await store.listProjects()).map(brief)).toEqual([
    { at: here, sessionCount: 1, exists: true, formerPaths: [gone] },
  ]);
  await work.stores.close();
  await expectDerivedAnew(work.stores.storePath);
});

describe('a project that the person says is elsewhere', () => {
  it('moves with its forks, once, and back again', async () => {
    const work = new Workplace();
    const [from, to] = [work.at('gone'), work.at('here')];
    mkdirSync(to, { recursive: true });
    work.session(A, from);
    const store = await work.imported();
    const [session] = (await store.listSessions({})).sessions;
    const { session: fork } = await store.forkSession(session?.id ?? '', { atMessage: 1 });
    const events: unknown[] = [];
    store.onDidChange((event) => events.push(event));
    const requestId = 'the same request';
    const first = await store.relinkProject(from, `${to}${path.sep}`, { requestId });
    expect(first).toEqual({ projectKey: to, sessions: 2 });
    expect(await store.relinkProject(from, to, { requestId })).toEqual(first);
    expect(events).toContainEqual(expect.objectContaining({ type: 'sessions', all: true }));
    expect((await store.getSession(fork.id))?.project).toEqual({ key: to, path: to, name: 'here' });
    const { session: later } = await store.forkSession(fork.id, { atMessage: 0 });
    expect(later.project.key).toBe(to);
    await store.createSession({ project: from });
    expect((await store.listProjects()).map(brief)).toEqual([
      { at: to, sessionCount: 2, exists: true, formerPaths: [from] },
    ]);
    expect(await store.relinkProject(from, null)).toEqual({ projectKey: from, sessions: 4 });
    expect((await store.getSession(later.id))?.project.key).toBe(from);
    await work.stores.close();
    await expectDerivedAnew(work.stores.storePath);
  });

  it('never leads in a circle', async () => {
    const work = new Workplace();
    const [a, b, c] = [work.at('a'), work.at('b'), work.at('c')];
    for (const one of [a, b, c]) mkdirSync(one, { recursive: true });
    work.session(A, a);
    const store = await work.imported();
    const at = async () => (await store.listProjects()).map(({ key }) => key);
    await store.relinkProject(a, b);
    await store.relinkProject(b, c);
    expect(await at()).toEqual([c]);
    await store.relinkProject(c, a);
    expect(await at()).toEqual([a]);
    await store.relinkProject(a, a);
    expect(await at()).toEqual([a]);
  });

  it('has to be at a folder that is there', async () => {
    const work = new Workplace();
    work.session(A, work.at('gone'));
    const store = await work.imported();
    for (const to of [work.at('nowhere'), 'relative/folder']) {
      await expect(store.relinkProject(work.at('gone'), to)).rejects.toMatchObject({
        code: 'bad-request',
      });
    }
  });

  it('stays there when the database is lost', async () => {
    const work = new Workplace();
    const [from, to] = [work.at('gone'), work.at('here')];
    mkdirSync(to, { recursive: true });
    work.session(A, from);
    let store = await work.imported();
    await store.relinkProject(from, to);
    await work.stores.close();
    for (const file of ['warm.db', 'warm.db-redo']) rmSync(path.join(work.stores.storePath, file));
    store = await work.imported();
    const projects = await listed(store, ([one]) => one?.path === to);
    expect(projects.map(brief)).toEqual([
      { at: to, sessionCount: 1, exists: true, formerPaths: [from] },
    ]);
    const { findings } = await store.runDoctor({ repair: true });
    expect(findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
  });
});
