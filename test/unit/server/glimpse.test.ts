/** What the two ends of a file tell of it. */
import { appendFileSync, existsSync, globSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { AGENTS } from '../../../src/agents/agents.ts';
import { openForReading, type FileOpener } from '../../../src/agents/byteSource.ts';
import { claudeCode } from '../../../src/agents/claude-code/index.ts';
import { readRecords } from '../../../src/agents/jsonl.ts';
import { glimpseOf } from '../../../src/server/glimpse.ts';
import { turns } from '../store/support/claudeHome.ts';
import { StoreFolder } from '../store/support/openStore.ts';
import { id } from './support/oldSessions.ts';

const SAMPLES = path.resolve('../shared/samples');
const FOLDERS: Readonly<Record<string, string>> = {
  'claude-code': 'claude-code',
  codex: 'codex',
  gemini: 'gemini-cli',
  pi: 'pi',
  'vscode-chat': 'vscode-copilot-chat',
};

describe('a glimpse of a file', () => {
  it('reads its two ends, and the title that stands in them', async () => {
    const home = new StoreFolder();
    const long = 'x'.repeat(2_000);
    home.claude.write(id(1), turns('big', 2_000, { text: ` ${long}` }));
    appendFileSync(home.claude.file(id(1)), '{"type":"ai-title","aiTitle":"Named at the end"}\n');
    let bytes = 0;
    const open: FileOpener = async (file) => {
      const own = await openForReading(file);
      return {
        stat: () => own.stat(),
        close: () => own.close(),
        read: async (...args) => {
          const result = await own.read(...args);
          bytes += result.bytesRead;
          return result;
        },
      };
    };
    expect(await glimpseOf(claudeCode, home.claude.file(id(1)), open)).toEqual({
      title: 'Named at the end',
      cwd: '/tmp/shop',
      createdAt: Date.UTC(2026, 4, 4, 9, 0),
    });
    expect(bytes).toBe(128 * 1024);
  });

  it('is nothing where one line is all there is, however long', async () => {
    const home = new StoreFolder();
    home.claude.write(id(1), []);
    writeFileSync(home.claude.file(id(1)), `{"type":"user","text":"${'y'.repeat(3_000_000)}`);
    expect(await glimpseOf(claudeCode, home.claude.file(id(1)))).toEqual({
      title: 'Untitled session',
    });
  });

  it.skipIf(!existsSync(SAMPLES))('says of small recordings what reading them says', async () => {
    let seen = 0;
    for (const agent of AGENTS) {
      const files = globSync(`${FOLDERS[agent.id]}/**/*.{jsonl,json}`, { cwd: SAMPLES });
      for (const file of files.map((name) => path.join(SAMPLES, name))) {
        const glimpse = await glimpseOf(agent, file);
        if (statSync(file).size > 128 * 1024) continue;
        const reader = agent.createReader(file);
        const splitter = agent.createSplitter?.(file);
        for await (const records of readRecords(file, splitter ? { splitter } : {})) {
          for (const { seq, bytes } of records) reader.add(seq, bytes);
        }
        const { title, cwd } = reader.finish();
        expect({ title: glimpse.title ?? '', cwd: glimpse.cwd }).toEqual({ title, cwd });
        seen++;
      }
    }
    expect(seen).toBeGreaterThan(20);
  });
});
