/**
 * Forks written for Codex, gone on with by the real one: the model is told exactly what stands before
 * the fork point and the new prompt, and what Codex adds is read back where it belongs.
 */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/core/session.ts';
import { codexIn, GET, hasCodex, type RealAgent } from './support/agents.ts';
import { startModel, type ModelServer } from './support/modelServer.ts';
import { Play } from './support/play.ts';
import { saidIn, toldCodex, trimmed } from './support/told.ts';

const SLOW = 240_000;
const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples/codex');
/** A whole one: other samples lack what the model was told. */
const OLDER =
  'codemie-ai-codemie-code/src/agents/plugins/codex/__tests__/fixtures/rollout-2026-05-11T11-26-55-019e1625-789d-76c0-80ab-3724b5ddb799.jsonl';

interface Scene {
  readonly play: Play;
  readonly model: ModelServer;
  readonly codex: RealAgent;
  /** Of three turns, the first and the last with a tool. */
  readonly source: Session;
}

const idIn = (file: string): string => /([0-9a-f-]{36})\.jsonl$/.exec(file)?.[1] ?? '';

async function begin(): Promise<Scene> {
  const play = new Play();
  const model = await startModel();
  const codex = codexIn(play.folders.folder, play.cwd, model);
  await codex.run(['exec', '--skip-git-repo-check', 'First TOOL']);
  const id = idIn(codex.files()[0] ?? '');
  await resume(codex, id, 'Second');
  await resume(codex, id, 'Third TOOL');
  return { play, model, codex, source: await play.session(id) };
}

function resume(codex: RealAgent, id: string, prompt: string): Promise<void> {
  return codex.run(['exec', 'resume', '--skip-git-repo-check', id, prompt]);
}

/** Cuts a session, goes on in Codex, and holds the request and what is read back against it. */
async function expectGoesOn(
  { play, model, codex }: Omit<Scene, 'source'>,
  source: Session,
  atMessage: number,
): Promise<{ readonly fork: Session; readonly file: string }> {
  const store = await play.read();
  const before = (await play.messages(source)).slice(0, atMessage + 1);
  const resumed = await store.resumeInAgent(source.id, { agent: 'codex', atMessage });
  expect(resumed).toMatchObject({ atMessage, folder: play.cwd });
  expect(resumed.command).toEqual({ program: 'codex', args: ['resume', resumed.nativeId] });
  const asked = model.requests.length;
  await resume(codex, resumed.nativeId, 'Next');
  expect(trimmed(toldCodex(model.requests[asked]))).toEqual(
    trimmed([...saidIn(before), 'user Next']),
  );
  const fork = await play.session(resumed.nativeId);
  expect(fork).toMatchObject({ parentId: source.id, inheritedCount: atMessage + 1 });
  const after = await play.messages(fork);
  expect(saidIn(after.slice(0, atMessage + 1))).toEqual(saidIn(before));
  expect(trimmed(saidIn(after.slice(atMessage + 1)))).toEqual([
    'user Next',
    `assistant Reply ${asked + 1}`,
  ]);
  expect(fork.ownTokens).toMatchObject({ input: 60, cacheRead: 40, output: 7 });
  return { fork, file: readFileSync(resumed.path, 'utf8') };
}

describe.skipIf(!hasCodex)(`Codex CLI${hasCodex ? '' : ` (${GET})`}`, () => {
  // One recording for all of it: the agent takes a while to start.
  it('is read, forked, and gone on with', { timeout: SLOW }, async () => {
    const scene = await begin();
    const { play, model, source } = scene;
    const said = saidIn(await play.messages(source));
    expect(trimmed(said.slice(0, -1))).toEqual(trimmed(toldCodex(model.requests.at(-1))));
    expect(said.at(-1)).toBe(`assistant Reply ${model.requests.length}`);
    expect(source).toMatchObject({ messageCount: 8, kind: 'imported', title: 'First TOOL' });
    // Five answers of a hundred tokens each, forty of them cached.
    expect(source.ownTokens).toEqual({ input: 300, output: 35, cacheRead: 200, cacheWrite: 0 });

    for (const atMessage of [0, 1, 2, 4, 7]) {
      const { file } = await expectGoesOn(scene, source, atMessage);
      // By reference: nothing is copied.
      expect(file.match(/history_base/g)).toHaveLength(1);
      expect(file).not.toContain('First TOOL');
    }
    await expectForks(scene);
    await expectOwnWords(scene);
    await expectRescue(scene);
  });

  it.skipIf(!existsSync(SAMPLES))(
    'goes on with a recording of an earlier version',
    { timeout: SLOW },
    () => expectOlder(path.join(SAMPLES, OLDER)),
  );
});

/** Forks by reference of its own, ours of those, and from a point they have from their parent. */
async function expectForks({ play, model, codex, source }: Scene): Promise<void> {
  const known = new Set(codex.files());
  const id = source.origin?.nativeId ?? '';
  await codex.run(['exec', 'fork', '--skip-git-repo-check', id, 'Aside']);
  const forkId = idIn(codex.files().find((file) => !known.has(file)) ?? '');
  const fork = await play.session(forkId);
  expect(fork).toMatchObject({ parentId: source.id, inheritedCount: 8, messageCount: 10 });
  expect(fork.ownTokens).toMatchObject({ input: 60, cacheRead: 40, output: 7 });
  const own = await expectGoesOn({ play, model, codex }, fork, 9);
  await expectGoesOn({ play, model, codex }, own.fork, 11);

  const store = await play.read();
  const resumed = await store.resumeInAgent(fork.id, { agent: 'codex', atMessage: 3 });
  expect(readFileSync(resumed.path, 'utf8')).toContain(`"thread_id":"${id}"`);
  await resume(codex, resumed.nativeId, 'Next');
  const cut = (await play.messages(source)).slice(0, 4);
  expect(trimmed(toldCodex(model.requests.at(-1)))).toEqual(trimmed([...saidIn(cut), 'user Next']));
}

async function expectOwnWords({ play, model, codex, source }: Scene): Promise<void> {
  const store = await play.read();
  const { session } = await store.forkSession(source.id, { atMessage: 2 });
  await store.appendMessages(session.id, [
    { role: 'user', text: 'What if?' },
    { role: 'assistant', text: 'Then so.\n\n$(echo "no shell")' },
  ]);
  const whole = await store.getSession(session.id);
  if (!whole) throw new Error('The fork is gone.');
  await expectGoesOn({ play, model, codex }, whole, 4);
}

/** Where the agent's file is gone, forks are copies that go on all the same; it can be put back. */
async function expectRescue(scene: Scene): Promise<void> {
  const { play, model, codex, source } = scene;
  const id = source.origin?.nativeId ?? '';
  const file = codex.files().find((one) => idIn(one) === id) ?? '';
  const bytes = readFileSync(file);
  rmSync(file);
  for (const atMessage of [0, 1, 4, 7]) {
    const copy = await expectGoesOn(scene, source, atMessage);
    expect(copy.file).not.toContain('history_base');
    expect(copy.file).toContain('First TOOL');
  }
  const restored = await (await play.read()).restoreToAgent(source.id);
  expect(readFileSync(restored.path)).toEqual(bytes);
  await resume(codex, id, 'Back');
  expect(toldCodex(model.requests.at(-1))).toContain('user Third TOOL');
}

/** A recording that was not made here, cut in its middle: the model is told what it says. */
async function expectOlder(sample: string): Promise<void> {
  const play = new Play();
  const model = await startModel();
  const codex = codexIn(play.folders.folder, play.cwd, model);
  const folder = path.join(codex.home, 'sessions', '2026', '05', '11');
  mkdirSync(folder, { recursive: true });
  // Codex goes on only with the provider that a session began with.
  const recorded = readFileSync(sample, 'utf8');
  writeFileSync(
    path.join(folder, path.basename(sample)),
    recorded.replace(/"model_provider":"[^"]*"/, '"model_provider":"mock"'),
  );
  const store = await play.read();
  const [source] = (await store.listSessions({ parentId: null })).sessions;
  if (!source) throw new Error(`${sample} holds no session.`);
  const messages = await play.messages(source);
  const atMessage = messages.findIndex(
    ({ role }, index) => index >= messages.length / 2 && role === 'assistant',
  );
  const resumed = await store.resumeInAgent(source.id, {
    agent: 'codex',
    atMessage,
    folder: play.cwd,
  });
  await resume(codex, resumed.nativeId, 'Next');
  const told = toldCodex(model.requests.at(-1));
  const said = saidIn(messages.slice(0, resumed.atMessage + 1));
  expect(told.at(-1)).toBe('user Next');
  // Codex makes results shorter and calls their formats anew; what was said and how often stays.
  const words = (lines: readonly string[]): string[] =>
    trimmed(lines.filter((line) => /^(?:user|assistant) /.test(line)));
  expect(words(told.slice(0, -1))).toEqual(words(said));
  const fork = await play.session(resumed.nativeId);
  expect(fork).toMatchObject({ parentId: source.id, inheritedCount: resumed.atMessage + 1 });
}
