/**
 * Forks written for Codex, gone on with by the real one: the model is told exactly what stands before
 * the fork point and the new prompt, and what Codex adds is read back where it belongs.
 */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Session } from '../../../src/core/session.ts';
import { codexIn, GET, hasCodex, type RealAgent } from './support/agents.ts';
import { startModel, type ModelServer } from './support/modelServer.ts';
import { Play } from './support/play.ts';
import { saidIn, toldCodex, trimmed } from './support/told.ts';

const SLOW = 240_000;
const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples');

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
  it('is read with its tools, and resumed', { timeout: SLOW }, async () => {
    const { play, model, source } = await begin();
    const said = saidIn(await play.messages(source));
    expect(trimmed(said.slice(0, -1))).toEqual(trimmed(toldCodex(model.requests.at(-1))));
    expect(said.at(-1)).toBe(`assistant Reply ${model.requests.length}`);
    expect(source).toMatchObject({ messageCount: 8, kind: 'imported', title: 'First TOOL' });
    // Five answers of a hundred tokens each, forty of them cached.
    expect(source.ownTokens).toEqual({ input: 300, output: 35, cacheRead: 200, cacheWrite: 0 });
  });

  it('goes on by reference from every message', { timeout: SLOW }, async () => {
    const scene = await begin();
    for (const atMessage of [0, 1, 2, 4, 6, 7]) {
      const { file } = await expectGoesOn(scene, scene.source, atMessage);
      expect(file.match(/history_base/g)).toHaveLength(1);
      expect(file).not.toContain('First TOOL');
    }
  });

  it('goes on from a copy where the source is gone', { timeout: SLOW }, async () => {
    const scene = await begin();
    for (const file of scene.codex.files()) rmSync(file);
    for (const atMessage of [0, 1, 4, 7]) {
      const { file } = await expectGoesOn(scene, scene.source, atMessage);
      expect(file).not.toContain('history_base');
      expect(file).toContain('First TOOL');
    }
    const restored = await (await scene.play.read()).restoreToAgent(scene.source.id);
    const asked = scene.model.requests.length;
    await resume(scene.codex, idIn(restored.path), 'Back');
    expect(toldCodex(scene.model.requests[asked])).toContain('user Third TOOL');
  });

  it('forks by reference itself, and we fork its forks', { timeout: SLOW }, async () => {
    const { play, model, codex, source } = await begin();
    const id = source.origin?.nativeId ?? '';
    await codex.run(['exec', 'fork', '--skip-git-repo-check', id, 'Aside']);
    const forkId =
      codex
        .files()
        .map(idIn)
        .find((one) => one !== id) ?? '';
    const fork = await play.session(forkId);
    expect(fork).toMatchObject({ parentId: source.id, inheritedCount: 8, messageCount: 10 });
    expect(fork.ownTokens).toMatchObject({ input: 60, cacheRead: 40, output: 7 });
    const own = await expectGoesOn({ play, model, codex }, fork, 9);
    await expectGoesOn({ play, model, codex }, own.fork, 11);
    // A point that the fork has from its parent names the parent.
    const store = await play.read();
    const resumed = await store.resumeInAgent(fork.id, { agent: 'codex', atMessage: 3 });
    expect(readFileSync(resumed.path, 'utf8')).toContain(`"thread_id":"${id}"`);
    await resume(codex, resumed.nativeId, 'Next');
    const cut = (await play.messages(source)).slice(0, 4);
    expect(trimmed(toldCodex(model.requests.at(-1)))).toEqual(
      trimmed([...saidIn(cut), 'user Next']),
    );
  });

  it('goes on with words of our own', { timeout: SLOW }, async () => {
    const { play, model, codex, source } = await begin();
    const store = await play.read();
    const { session } = await store.forkSession(source.id, { atMessage: 2 });
    await store.appendMessages(session.id, [
      { role: 'user', text: 'What if?' },
      { role: 'assistant', text: 'Then so.\n\n$(echo "no shell")' },
    ]);
    const whole = await store.getSession(session.id);
    if (!whole) throw new Error('The fork is gone.');
    await expectGoesOn({ play, model, codex }, whole, 4);
  });

  it.skipIf(!existsSync(SAMPLES))(
    'goes on with recordings of earlier versions',
    { timeout: SLOW },
    async () => {
      const play = new Play();
      const model = await startModel();
      const codex = codexIn(play.folders.folder, play.cwd, model);
      expect(model.requests).toEqual([]);
      expect(codex.files()).toEqual([]);
    },
  );
});
