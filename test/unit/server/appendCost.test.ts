/** What an append to a long session costs: counted in bytes that are read and rows that are written. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { agentById } from '../../../src/agents/agents.ts';
import { appendBatch, beginLog, finishLog } from '../../../src/server/fileSink.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { WarmReadings } from '../../../src/server/warmReadings.ts';
import type { IngestResult } from '../../../src/store/ingest/ingest.ts';
import { number } from '../../../src/store/database.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { ClaudeHome, turns } from '../store/support/claudeHome.ts';
import { GrowingFile } from './support/growingFile.ts';

const ID = '11111111-1111-4111-8111-111111111111';
/** What a file is known again by. */
const KNOWN_BY = 1024 + 256;

interface Cost {
  readonly bytesRead: number;
  readonly rowsWritten: number;
  readonly result: IngestResult;
}

async function openCore(): Promise<StoreCore> {
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-append-'));
  const core = await openStoreOver({ storePath: folder, readOnly: false, hotBytes: 1_000_000 });
  onTestFinished(() => {
    core.access.dispose();
    core.database.close();
    core.archive.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return core;
}

class Follower {
  readonly #core: StoreCore;
  readonly #file: GrowingFile;
  readonly #readings: WarmReadings;
  #saved: number | undefined;

  /** @param now of the clock, in milliseconds; files begin at 0 */
  constructor(core: StoreCore, file: GrowingFile, now = () => 0) {
    this.#core = core;
    this.#file = file;
    this.#readings = new WarmReadings({ open: file.open, now });
  }

  async read(): Promise<Cost> {
    const agent = agentById('claude-code');
    if (!agent) throw new Error('there is no reader');
    const { path: name, bytes } = this.#file;
    const rowsBefore = this.#rows();
    const bytesBefore = this.#file.bytesRead;
    const known = this.#core.logs.ofFile(name);
    let log = known?.log;
    const begin = (): number => beginLog(this.#core, agent.id, name, 0);
    const { derived, result } = await this.#readings.read(
      {
        agent,
        path: name,
        ...(known && { known }),
        ...(this.#saved !== undefined && { saved: this.#saved }),
      },
      {
        onBatch: (batch) => appendBatch(this.#core, (log ??= begin()), batch),
        signal: new AbortController().signal,
      },
      () => {
        log = undefined;
      },
    );
    const file = { path: name, bytes: bytes.length, modifiedAt: 1 };
    const saved = await finishLog(this.#core, (log ??= begin()), file, derived);
    this.#saved = result;
    return {
      bytesRead: this.#file.bytesRead - bytesBefore,
      rowsWritten: this.#rows() - rowsBefore,
      result: saved,
    };
  }

  #rows(): number {
    const row = this.#core.database.get('SELECT total_changes() AS n');
    return row ? number(row, 'n') : NaN;
  }
}

const home = new ClaudeHome('/home/ada/.claude');
const text = (count: number): string => home.text(ID, turns('a', count));

describe('an append', () => {
  it('costs its own bytes and few rows, however long the session is', async () => {
    const costs: Cost[] = [];
    for (const length of [100, 3000]) {
      const core = await openCore();
      const file = new GrowingFile(home.file(ID));
      const follower = new Follower(core, file);
      file.write(Buffer.from(text(length)));
      await follower.read();
      const appended = Buffer.byteLength(text(length + 2)) - file.bytes.length;
      file.write(Buffer.from(text(length + 2)));
      const cost = await follower.read();
      expect(cost.bytesRead).toBeLessThanOrEqual(appended + KNOWN_BY);
      expect(cost.result).toMatchObject({ added: [], removed: [] });
      expect(cost.result.changed).toHaveLength(1);
      costs.push(cost);
    }
    const [short, long] = costs;
    expect(long?.rowsWritten).toBeLessThanOrEqual((short?.rowsWritten ?? 0) + 1);
    expect(long?.rowsWritten).toBeLessThan(20);
  });

  it('to a file that nobody wrote to for long reads it anew once, and is followed from then on', async () => {
    const core = await openCore();
    const file = new GrowingFile(home.file(ID));
    const day = 86_400_000;
    let now = 2 * day;
    const follower = new Follower(core, file, () => now);
    file.write(Buffer.from(text(100)));
    await follower.read();
    file.write(Buffer.from(text(102)));
    now = day;
    expect((await follower.read()).bytesRead).toBeGreaterThanOrEqual(file.bytes.length);
    const before = file.bytes.length;
    file.write(Buffer.from(text(104)));
    const { bytesRead } = await follower.read();
    expect(bytesRead).toBeLessThanOrEqual(file.bytes.length - before + KNOWN_BY);
  });

  it('to one of several branches writes and announces that one only', async () => {
    const core = await openCore();
    const file = new GrowingFile(home.file(ID));
    const follower = new Follower(core, file);
    const rewound = (count: number): string =>
      text(40) + home.text(ID, turns('r', count, { parent: 'a-9', minute: 100 }));
    file.write(Buffer.from(rewound(40)));
    expect((await follower.read()).result.added).toHaveLength(2);
    file.write(Buffer.from(rewound(42)));
    const { result, rowsWritten } = await follower.read();
    expect(result.changed).toHaveLength(1);
    expect(rowsWritten).toBeLessThan(20);
  });

  it('that writes an unfinished line over begins a log that has all of the file', async () => {
    const core = await openCore();
    const file = new GrowingFile(home.file(ID));
    const follower = new Follower(core, file);
    const glued = (last: string): string =>
      text(40) + home.text(ID, turns('z', 1, { parent: 'a-39', text: last })).trimEnd();
    file.write(Buffer.from(`${glued('before')}{"uu`));
    await follower.read();
    file.write(Buffer.from(`${glued('rather')}\n${home.text(ID, turns('y', 1))}`));
    await follower.read();
    const log = core.logs.ofFile(file.path)?.log ?? 0;
    expect(core.outlines.length(log, 0)).toBe(42);
    expect(core.outlines.entries(log, 0, 0, 42)).toHaveLength(42);
  });

  it('is not announced where nothing came of it', async () => {
    const core = await openCore();
    const file = new GrowingFile(home.file(ID));
    const follower = new Follower(core, file);
    file.write(Buffer.from(text(10)));
    await follower.read();
    file.write(Buffer.from(text(10)));
    const { result, bytesRead } = await follower.read();
    expect(result).toEqual({ added: [], changed: [], removed: [] });
    // Written to without having grown: all of it is looked at again.
    expect(bytesRead).toBeGreaterThanOrEqual(file.bytes.length);
  });
});

describe('a reading that is kept', () => {
  it('holds nothing of what was read of the file', async () => {
    const file = new GrowingFile(home.file(ID));
    // Room for it is not taken from what small ones share.
    file.write(Buffer.from(text(1_000)));
    const chunks: WeakRef<ArrayBufferLike>[] = [];
    const readings = new WarmReadings({
      now: () => 0,
      open: async (path) => {
        const opened = await file.open(path);
        return {
          ...opened,
          read: (buffer, ...where) => {
            chunks.push(new WeakRef(buffer.buffer));
            return opened.read(buffer, ...where);
          },
        };
      },
    });
    const agent = agentById('claude-code');
    if (!agent) expect.unreachable('There is a reader for it.');
    const steps = { onBatch: () => Promise.resolve(), signal: new AbortController().signal };
    await readings.read({ agent, path: file.path }, steps, () => undefined);
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    await vi.waitFor(() => {
      collect();
      expect(chunks.filter((chunk) => chunk.deref() !== undefined)).toEqual([]);
    });
    expect(chunks.length).toBeGreaterThan(0);
    // It is still there to go on from.
    const before = file.bytesRead;
    await readings.read({ agent, path: file.path }, steps, () => undefined);
    expect(file.bytesRead).toBeGreaterThan(before);
  });
});

describe('a file that did not only grow', () => {
  const long = text(40);

  it.each([
    ['was cut', (file: GrowingFile) => file.write(Buffer.from(text(20)))],
    ['is another one', (file: GrowingFile) => file.write(Buffer.from(text(42)), true)],
    [
      'begins with another line',
      (file: GrowingFile) => file.write(Buffer.from(text(42).replace('user a 0', 'user b 0'))),
    ],
    [
      'has another last line where it ended',
      (file: GrowingFile) =>
        file.write(Buffer.from(text(42).replace('assistant a 39', 'assistant b 39'))),
    ],
  ])('%s, and is read from its beginning', async (_what, change) => {
    const core = await openCore();
    const file = new GrowingFile(home.file(ID));
    const follower = new Follower(core, file);
    file.write(Buffer.from(long));
    await follower.read();
    change(file);
    const { bytesRead } = await follower.read();
    expect(bytesRead).toBeGreaterThanOrEqual(file.bytes.length);
    const log = core.logs.ofFile(file.path)?.log ?? -1;
    const parts: Uint8Array[] = [];
    for await (const records of core.records.readAll(log)) parts.push(...records);
    expect(Buffer.concat(parts).equals(file.bytes)).toBe(true);
  });
});
