/**
 * Forks written for pi, gone on with by the real one: the model is told exactly what stands before
 * the fork point and the new prompt, and what pi adds is read back where it belongs.
 */
import { readFileSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/core/session.ts';
import { GET, hasPi, piIn, type RealAgent } from './support/agents.ts';
import { startModel, type ModelServer } from './support/modelServer.ts';
import { Play } from './support/play.ts';
import { saidIn, toldPi, trimmed } from './support/told.ts';

const SLOW = 240_000;

interface Scene {
  readonly play: Play;
  readonly model: ModelServer;
  readonly pi: RealAgent;
  /** Of three turns, the first and the last with a tool. */
  readonly source: Session;
}

const ask = (pi: RealAgent, prompt: string, ...more: readonly string[]): Promise<void> =>
  pi.run([...more, '--provider', 'mock', '--model', 'mock-model', '-p', prompt]);

const headerOf = (file: string): Readonly<Record<string, unknown>> =>
  JSON.parse(readFileSync(file, 'utf8').split('\n')[0] ?? '') as Readonly<Record<string, unknown>>;

async function begin(): Promise<Scene> {
  const play = new Play();
  const model = await startModel();
  const pi = piIn(play.folders.folder, play.cwd, model);
  await ask(pi, 'First TOOL');
  const [file = ''] = pi.files();
  await ask(pi, 'Second', '--session', file);
  await ask(pi, 'Third TOOL', '--session', file);
  return { play, model, pi, source: await play.session(String(headerOf(file)['id'])) };
}

async function expectGoesOn(
  { play, model, pi }: Omit<Scene, 'source'>,
  source: Session,
  atMessage: number,
): Promise<Session> {
  const store = await play.read();
  const before = (await play.messages(source)).slice(0, atMessage + 1);
  const resumed = await store.resumeInAgent(source.id, { agent: 'pi', atMessage });
  expect(resumed).toMatchObject({ atMessage, folder: play.cwd });
  expect(resumed.command).toEqual({ program: 'pi', args: ['--session', resumed.path] });
  const written = readFileSync(resumed.path, 'utf8');
  const asked = model.requests.length;
  await ask(pi, 'Next', ...resumed.command.args);
  expect(trimmed(toldPi(model.requests[asked]))).toEqual(trimmed([...saidIn(before), 'user Next']));
  // pi adds to what it was given and changes none of it.
  expect(readFileSync(resumed.path, 'utf8').startsWith(written)).toBe(true);
  const fork = await play.session(resumed.nativeId);
  expect(fork).toMatchObject({ parentId: source.id, inheritedCount: atMessage + 1 });
  const after = await play.messages(fork);
  expect(saidIn(after.slice(0, atMessage + 1))).toEqual(saidIn(before));
  expect(saidIn(after.slice(atMessage + 1))).toEqual(['user Next', `assistant Reply ${asked + 1}`]);
  expect(fork.ownTokens).toMatchObject({ input: 100, output: 7 });
  return fork;
}

describe.skipIf(!hasPi)(`pi${hasPi ? '' : ` (${GET})`}`, () => {
  // One recording for all of it: the agent takes seconds to start.
  it('is read, forked, and gone on with', { timeout: SLOW }, async () => {
    const scene = await begin();
    const { play, model, source } = scene;
    const said = saidIn(await play.messages(source));
    expect(trimmed(said.slice(0, -1))).toEqual(trimmed(toldPi(model.requests.at(-1))));
    expect(said.at(-1)).toBe(`assistant Reply ${model.requests.length}`);
    expect(source).toMatchObject({ messageCount: 8, kind: 'imported', title: 'First TOOL' });
    expect(source.ownTokens).toMatchObject({ input: 500, output: 35 });

    for (const atMessage of [1, 4, 7]) await expectGoesOn(scene, source, atMessage);
    await expectForks(scene);
    await expectOwnWords(scene);
    await expectRescue(scene);
  });
});

async function expectForks({ play, model, pi, source }: Scene): Promise<void> {
  const known = new Set(pi.files());
  const [file = ''] = known;
  await ask(pi, 'Aside', '--fork', file);
  const other = pi.files().find((one) => !known.has(one)) ?? '';
  const fork = await play.session(String(headerOf(other)['id']));
  expect(fork).toMatchObject({ parentId: source.id, inheritedCount: 8, messageCount: 10 });
  expect(fork.ownTokens).toMatchObject({ input: 100, output: 7 });
  await expectGoesOn({ play, model, pi }, fork, 9);
}

async function expectOwnWords({ play, model, pi, source }: Scene): Promise<void> {
  const store = await play.read();
  const { session } = await store.forkSession(source.id, { atMessage: 2 });
  await store.appendMessages(session.id, [
    { role: 'user', text: 'What if?' },
    { role: 'assistant', text: 'Then so.\n\n$(echo "no shell")' },
  ]);
  const whole = await store.getSession(session.id);
  if (!whole) throw new Error('The fork is gone.');
  await expectGoesOn({ play, model, pi }, whole, 4);
}

/** Where the agent's file is gone, its forks go on all the same, and it can be put back. */
async function expectRescue(scene: Scene): Promise<void> {
  const [file = ''] = scene.pi.files();
  const bytes = readFileSync(file);
  rmSync(file);
  await expectGoesOn(scene, scene.source, 2);
  const restored = await (await scene.play.read()).restoreToAgent(scene.source.id);
  expect(readFileSync(restored.path)).toEqual(bytes);
  await ask(scene.pi, 'Back', '--session', restored.path);
  expect(toldPi(scene.model.requests.at(-1))).toContain('user Third TOOL');
}
