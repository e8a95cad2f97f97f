/** A file that is read while it grows gives what it gives when it is read once, wherever it was cut. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Agent } from '../../../src/agents/agent.ts';
import { AGENTS } from '../../../src/agents/agents.ts';
import { fromScratch, GrowingFile, ReadingOwner } from '../../unit/server/support/growingFile.ts';

const SAMPLES = path.join(import.meta.dirname, '../../../../shared/samples');
const FIXTURE = path.join(import.meta.dirname, '../../fixtures/claude-code/everything.jsonl');
const FOLDERS: Readonly<Record<string, string>> = {
  gemini: 'gemini-cli',
  'vscode-chat': 'vscode-copilot-chat',
};
const MAX_BYTES = 300_000;

function samplesOf(agent: Agent): string[] {
  const root = path.join(SAMPLES, FOLDERS[agent.id] ?? agent.id);
  const found = existsSync(root)
    ? readdirSync(root, { recursive: true, encoding: 'utf8' })
        .filter((name) => /\.jsonl?$/.test(name))
        .sort()
        .map((name) => path.join(root, name))
    : [];
  return agent.id === 'claude-code' ? [FIXTURE, ...found] : found;
}

async function grow(
  agent: Agent,
  name: string,
  bytes: Buffer,
  cuts: readonly number[],
  maxBytes?: number,
): Promise<void> {
  const file = new GrowingFile(name);
  const owner = new ReadingOwner(agent, file, maxBytes);
  for (const end of [...cuts].sort((a, b) => a - b)) {
    file.write(bytes.subarray(0, end));
    await owner.read();
    expect(owner.derived).toEqual(await fromScratch(agent, file));
    expect(owner.bytes.equals(file.bytes)).toBe(true);
  }
}

describe.each(AGENTS)('$label', (agent) => {
  const samples = samplesOf(agent)
    .map((name) => [name, readFileSync(name)] as const)
    .filter(([, bytes]) => bytes.length > 0 && bytes.length < MAX_BYTES);

  it.skipIf(samples.length === 0)('reads growing recordings as whole ones', async () => {
    const picked = fc.constantFrom(...samples);
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), {
      minLength: 1,
      maxLength: 5,
    });
    // Kept in memory, or forgotten at once.
    const room = fc.constantFrom(undefined, 1);
    await fc.assert(
      fc.asyncProperty(picked, places, room, async ([name, bytes], at, maxBytes) => {
        const cuts = at.map((place) => Math.round(place * bytes.length));
        await grow(agent, name, bytes, [...cuts, bytes.length], maxBytes);
      }),
      { numRuns: 60 },
    );
  });

  it.skipIf(samples.length === 0)(
    'reads a recording that is cut at every line and inside it',
    async () => {
      const [name, bytes] = samples.reduce((a, b) => (b[1].length < a[1].length ? b : a));
      const cuts: number[] = [];
      for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
        cuts.push(Math.max(0, at - 3), at, at + 1);
      }
      await grow(agent, name, bytes, [...cuts.slice(0, 60), bytes.length]);
    },
  );
});
