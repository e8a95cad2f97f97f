/** A recording of Claude Code, carried on in Codex and in pi as text that says all that was said. */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Message } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import { codexIn, GET, hasCodex, hasPi, piIn } from './support/agents.ts';
import { startModel } from './support/modelServer.ts';
import { Play } from './support/play.ts';
import { toldCodex, toldPi } from './support/told.ts';

const SLOW = 240_000;
const SAMPLE = path.join(
  import.meta.dirname,
  '../../../../shared/samples/claude-code/codemie-ai-codemie-code/tests/integration/session/fixtures/session-9eda1058.jsonl',
);
const present = existsSync(SAMPLE);

async function sample(play: Play): Promise<{ source: Session; messages: Message[] }> {
  const folder = path.join(play.folders.claude.folder, 'projects', '-work');
  mkdirSync(folder, { recursive: true });
  copyFileSync(SAMPLE, path.join(folder, '9eda1058-0000-4000-8000-000000000000.jsonl'));
  const store = await play.read();
  const [source] = (await store.listSessions({ parentId: null })).sessions;
  if (!source) throw new Error('The sample holds no session.');
  return { source, messages: await play.messages(source) };
}

/** The model is told each message in its turn, with the words of every part of it. */
function expectTold(told: readonly string[], messages: readonly Message[]): void {
  const meant = messages.filter(({ role, content }) => role !== 'system' && content.length > 0);
  expect(told.map((line) => line.split(' ')[0])).toEqual([
    ...meant.map(({ role }) => role),
    'user',
  ]);
  expect(told.at(-1)).toBe('user Next');
  meant.forEach(({ content }, index) => {
    for (const block of content) {
      if (block.type === 'tool') {
        expect(told[index]).toContain(block.name);
        expect(told[index]).toContain(block.input.text);
        expect(told[index]).toContain(block.result?.text.trimEnd() ?? '');
      } else if (block.type !== 'attachment' && block.type !== 'notice') {
        expect(told[index]).toContain(block.text.trim());
      }
    }
  });
}

describe.skipIf(!present || !hasCodex)(`in Codex CLI${hasCodex ? '' : ` (${GET})`}`, () => {
  it('goes on with every word, and is read back below it', { timeout: SLOW }, async () => {
    const play = new Play();
    const model = await startModel();
    const codex = codexIn(play.folders.folder, play.cwd, model);
    const { source, messages } = await sample(play);
    const store = await play.read();
    for (const atMessage of [0, messages.length >> 1, messages.length - 1]) {
      const options = { agent: 'codex', atMessage, folder: play.cwd };
      const resumed = await store.resumeInAgent(source.id, options);
      const { nativeId } = resumed;
      await codex.run(['exec', 'resume', '--skip-git-repo-check', nativeId, 'Next']);
      expectTold(toldCodex(model.requests.at(-1)), messages.slice(0, resumed.atMessage + 1));
      const fork = await play.session(nativeId);
      expect(fork).toMatchObject({ parentId: source.id, kind: 'copied-fork' });
      expect(fork.messageCount).toBe(fork.inheritedCount + 2);
      expect(fork.ownTokens).toMatchObject({ input: 60, cacheRead: 40, output: 7 });
    }
  });
});

describe.skipIf(!present || !hasPi)(`in pi${hasPi ? '' : ` (${GET})`}`, () => {
  it('goes on with every word, and is read back below it', { timeout: SLOW }, async () => {
    const play = new Play();
    const model = await startModel();
    const pi = piIn(play.folders.folder, play.cwd, model);
    const { source, messages } = await sample(play);
    const store = await play.read();
    const options = { agent: 'pi', folder: play.cwd };
    const { path: file, nativeId } = await store.resumeInAgent(source.id, options);
    const mock = ['--provider', 'mock', '--model', 'mock-model'];
    await pi.run(['--session', file, ...mock, '-p', 'Next']);
    expectTold(toldPi(model.requests.at(-1)), messages);
    const fork = await play.session(nativeId);
    expect(fork).toMatchObject({ parentId: source.id, kind: 'copied-fork' });
    expect(fork.messageCount).toBe(fork.inheritedCount + 2);
    expect(fork.ownTokens).toMatchObject({ input: 100, output: 7 });
  });
});
