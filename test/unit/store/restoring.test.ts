/** Recordings of every agent, deleted and put back: each file has the bytes it had. */
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { StoreFolder } from './support/openStore.ts';

const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples');
/** By agent: where its samples are, and where it keeps its files below its folder. */
const KEPT = {
  'claude-code': ['claude-code', 'projects/-shop'],
  codex: ['codex', 'sessions/2026/01/01'],
  pi: ['pi', 'sessions/--shop--'],
  gemini: ['gemini-cli', 'tmp/shop/chats'],
  'vscode-chat': ['vscode-copilot-chat', 'workspaceStorage/shop/chatSessions'],
} as const;
const LARGEST = 400_000;

it.skipIf(!existsSync(SAMPLES)).each(Object.entries(KEPT))(
  '%s',
  async (agent, [samples, below]) => {
    const home = new StoreFolder();
    const root = path.join(home.folder, agent);
    const folder = path.join(root, below);
    mkdirSync(folder, { recursive: true });
    const from = path.join(SAMPLES, samples);
    const files = readdirSync(from, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.jsonl?$/.test(name) && statSync(path.join(from, name)).size < LARGEST)
      .map((name, nth) => {
        const kept = path.join(folder, `session-${nth}-${path.basename(name)}`);
        copyFileSync(path.join(from, name), kept);
        return kept;
      });
    const store = await home.open({ agentRoots: { [agent]: [root] } });
    await store.setConsent(agent, 'granted');
    await store.importSessions();
    const { sessions } = await store.listSessions({ limit: 1000 });
    const restored = new Set<string>();
    for (const { id, origin } of sessions) {
      const file = origin?.path ?? '';
      if (!files.includes(file) || restored.has(file)) continue;
      restored.add(file);
      const bytes = readFileSync(file);
      rmSync(file);
      expect(await store.restoreToAgent(id)).toMatchObject({ path: file, bytes: bytes.length });
      expect(Buffer.compare(readFileSync(file), bytes), file).toBe(0);
    }
    expect(restored.size).toBeGreaterThan(files.length / 3);
  },
  120_000,
);
