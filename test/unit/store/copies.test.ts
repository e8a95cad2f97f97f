/** Many copies of one conversation: every import compares them all, and must not read them all. */
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import type { OutlineEntry } from '../../../src/core/reader.ts';
import { beginLog, finishLog } from '../../../src/server/fileSink.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { encodeLog } from '../../../src/store/encodedLog.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { StoreFolder } from './support/openStore.ts';

const COPIES = 12;
const SHARED = 20;

function entry(id: string, seq: number): OutlineEntry {
  return { role: 'user', seqs: [seq], nativeId: id, lineageId: id, timestamp: seq };
}

/** Saves a log that shares its first messages with all others and has two of its own. */
async function saveCopy(core: StoreCore, number: number): Promise<void> {
  const path = `/tmp/shop/${number}.jsonl`;
  const shared = Array.from({ length: SHARED }, (_, seq) => entry(`shared-${seq}`, seq));
  const own = [0, 1].map((at) => entry(`own-${number}-${at}`, SHARED + number * 10 + at));
  const derived = encodeLog({
    nativeId: `log-${number}`,
    title: `copy ${number}`,
    branches: [{ key: 'main', entries: [...shared, ...own] }],
    models: [],
    providers: [],
    problems: [],
  });
  const log = beginLog(core, 'claude-code', path, 1);
  await finishLog(core, log, { path, bytes: 1, modifiedAt: 1 }, derived);
}

describe('many copies of a conversation', () => {
  it('are linked to the first without reading each one for each other', async () => {
    const core = await openStoreOver({
      storePath: new StoreFolder().storePath,
      hotBytes: 1_000_000,
      readOnly: false,
    });
    onTestFinished(() => {
      core.access.dispose();
      core.database.close();
      core.archive.close();
    });
    for (let number = 0; number < COPIES; number++) await saveCopy(core, number);
    const whole = vi.spyOn(core.outlines, 'entries');
    await saveCopy(core, COPIES);
    const read = whole.mock.calls.filter(([, , start, end]) => start === 0 && end === Infinity);
    expect(read.length).toBeLessThan(COPIES);
    const { sessions } = core.catalogue.list({});
    const first = sessions.find(({ title }) => title === 'copy 0');
    expect(first?.parentId).toBeUndefined();
    const others = sessions.filter(({ id }) => id !== first?.id);
    expect(others).toHaveLength(COPIES);
    for (const { parentId, inheritedCount } of others) {
      expect({ parentId, inheritedCount }).toEqual({ parentId: first?.id, inheritedCount: SHARED });
    }
  });
});
