/**
 * Families of real recordings that fork: what the ledger says against the messages themselves, read
 * one by one.
 */
import { copyFileSync, existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { totalTokens } from '../../../src/core/message.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { StoreFolder } from './support/openStore.ts';

const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples');
/** File, and where its agent would have put it. */
const FILES = [
  ['claude-code/entireio-cli/checkpoints-v1/ea-59bf8d9e0b-0.jsonl', 'claude/projects/-p'],
  ['claude-code/entireio-cli/checkpoints-v1/ea-59bf8d9e0b-2.jsonl', 'claude/projects/-p'],
  ['pi/generated/tree-3-branches.jsonl', 'pi/sessions/--p--'],
  ['pi/generated/branched-session-from-tree-3-branches.jsonl', 'pi/sessions/--p--'],
] as const;
const present = FILES.every(([file]) => existsSync(path.join(SAMPLES, file)));

async function openWithSamples(): Promise<LocalStore> {
  const home = new StoreFolder();
  for (const [file, into] of FILES) {
    mkdirSync(path.join(home.folder, into), { recursive: true });
    copyFileSync(path.join(SAMPLES, file), path.join(home.folder, into, path.basename(file)));
  }
  const store = await home.open({ agentRoots: { pi: [path.join(home.folder, 'pi')] } });
  for (const agent of ['claude-code', 'pi']) await store.setConsent(agent, 'granted');
  await store.importSessions();
  return store;
}

describe.skipIf(!present)('families of recordings', () => {
  it('count every message and its tokens once', async () => {
    const store = await openWithSamples();
    const { sessions } = await store.listSessions({ parentId: null, limit: 100 });
    const sizes: number[] = [];
    for (const { id } of sessions) {
      const { branches, total } = await store.getFamilyGraph(id);
      const { whole, lines, abandoned, abandonedCount } = await store.getFamilyLedger(id);
      let messages = 0;
      let tokens = 0;
      for (const branch of branches) {
        const page = await store.readMessages(branch.id, { start: 0, end: branch.length });
        expect(page.total).toBe(branch.length);
        const own = page.messages.filter(({ inherited }) => !inherited);
        expect(own.length).toBe(branch.own.messages);
        messages += own.length;
        tokens += own.reduce((sum, said) => sum + (said.tokens ? totalTokens(said.tokens) : 0), 0);
      }
      const subagents = branches.reduce((sum, branch) => sum + (branch.subagents?.tokens ?? 0), 0);
      expect(whole).toMatchObject({ messages, tokens: tokens + subagents });
      expect(lines).toHaveLength(total);
      expect(abandoned.messages).toBeLessThan(whole.messages);
      expect(abandonedCount > 0).toBe(abandoned.messages > 0);
      // Whichever of the family is asked about, it is the same one.
      for (const branch of branches) {
        expect((await store.getFamilyLedger(branch.id)).whole).toEqual(whole);
      }
      sizes.push(total);
    }
    expect(sizes.some((size) => size > 2)).toBe(true);
  });
});
