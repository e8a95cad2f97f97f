/** Moves between tiers, imports and reads at the same time: nobody loses what another one uses. */
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { PersonalPrices } from '../../../src/core/ownPrices.ts';
import { appendBatch, beginLog } from '../../../src/server/fileSink.ts';
import type { Batch } from '../../../src/server/fileReading.ts';
import { crcCodec } from '../../../src/store/pages/codec.ts';
import { nodeFileSystem } from '../../../src/store/pages/fileSystem.ts';
import { SegmentArchive } from '../../../src/store/archive/segmentArchive.ts';
import { BlobStore } from '../../../src/store/blobs.ts';
import { openStoreCore, type StoreCore } from '../../../src/store/storeCore.ts';
import { StoreFolder } from './support/openStore.ts';

interface Opened {
  readonly core: StoreCore;
  /** The next read of a blob waits until the function that this returns is called. */
  readonly holdNextRead: () => () => void;
}

async function open(): Promise<Opened> {
  const folder = new StoreFolder().storePath;
  const options = {
    disk: nodeFileSystem,
    directory: path.join(folder, 'archive'),
    codec: crcCodec,
  };
  const blobs = new BlobStore({ ...options, directory: path.join(folder, 'blobs') });
  let held: Promise<void> | undefined;
  const core = await openStoreCore({
    folder,
    renderers: new Map(),
    prices: new PersonalPrices({ price: () => undefined, edition: '' }),
    archive: new SegmentArchive(options),
    blobs: {
      put: (bytes, onName) => blobs.put(bytes, onName),
      get: async (hash) => {
        const waiting = held;
        held = undefined;
        await waiting;
        return blobs.get(hash);
      },
      remove: (hash) => blobs.remove(hash),
      has: (hash) => blobs.has(hash),
      list: () => blobs.list(),
      leftovers: () => blobs.leftovers(),
    },
    readOnly: false,
    hotBytes: 1_000_000,
    now: () => 1,
    onError: () => undefined,
  });
  onTestFinished(() => {
    core.access.dispose();
    core.database.close();
    core.archive.close();
  });
  return {
    core,
    holdNextRead: () => {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      held = promise;
      return () => {
        resolve(undefined);
      };
    },
  };
}

function batchOf(records: readonly Uint8Array[]): Batch {
  const byteCount = records.reduce((sum, record) => sum + record.length, 0);
  return {
    firstSeq: 0,
    records,
    byteCount,
    checkpoint: {
      terminatedCount: records.length,
      terminatedBytes: byteCount,
      prefixHash: '',
    },
  };
}

function large(letter: string): Uint8Array {
  return Buffer.from(`${letter.repeat(300_000)}\n`);
}

async function holds(core: StoreCore, log: number, record: Uint8Array): Promise<boolean> {
  const found = await core.records.read(log, [0]);
  return Buffer.from(found.get(0) ?? []).equals(record);
}

describe('a large record', () => {
  it('can be read while it is archived', async () => {
    const { core, holdNextRead } = await open();
    const record = large('r');
    const log = beginLog(core, 'claude-code', '/tmp/a.jsonl', 1);
    await appendBatch(core, log, batchOf([record]));
    const release = holdNextRead();
    const read = holds(core, log, record);
    await core.moves.archive(log, { sessionId: 'any', rule: 'asked', reason: 'asked' });
    release();
    expect(await read).toBe(true);
  });

  it('stays while another log that has the same one is about to name it', async () => {
    const { core } = await open();
    const shared = large('s');
    const first = beginLog(core, 'claude-code', '/tmp/a.jsonl', 1);
    const second = beginLog(core, 'claude-code', '/tmp/b.jsonl', 1);
    await appendBatch(core, first, batchOf([shared]));
    const appended = appendBatch(core, second, batchOf([shared, ...['t', 'u', 'v'].map(large)]));
    await core.moves.archive(first, { sessionId: 'any', rule: 'asked', reason: 'asked' });
    await appended;
    expect(await holds(core, second, shared)).toBe(true);
  });

  it('stays while another log that has the same one comes back from the archive', async () => {
    const { core } = await open();
    const shared = large('s');
    const first = beginLog(core, 'claude-code', '/tmp/a.jsonl', 1);
    const second = beginLog(core, 'claude-code', '/tmp/b.jsonl', 1);
    await appendBatch(core, first, batchOf([shared]));
    await appendBatch(core, second, batchOf([shared]));
    await core.moves.archive(first, { sessionId: 'any', rule: 'asked', reason: 'asked' });
    await Promise.all([
      core.moves.promote(first, { sessionId: 'any', rule: 'asked', reason: 'opened' }),
      core.moves.archive(second, { sessionId: 'any', rule: 'asked', reason: 'asked' }),
    ]);
    expect(await holds(core, first, shared)).toBe(true);
    expect(await holds(core, second, shared)).toBe(true);
  });
});
