/** Several moves archive at once: nobody is told "on the disk" too early, no file is let go twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { SegmentWriter } from '../../../../src/store/archive/segmentWriter.ts';
import { crcCodec } from '../../../../src/store/pages/codec.ts';
import { nodeFileSystem, type FileSystem } from '../../../../src/store/pages/fileSystem.ts';

/**
 * A disk whose syncs end when they are told to, and that knows which handles are open. Each has a
 * number of its own: the system gives those of closed files away again, which would hide mistakes.
 */
function slowDisk() {
  const open = new Map<number, number>();
  const waiting: (() => void)[] = [];
  const wrong: string[] = [];
  let last = 0;
  const real = (handle: number): number => {
    const found = open.get(handle);
    if (found !== undefined) return found;
    wrong.push(`${handle} used though it is not open`);
    throw new Error('EBADF');
  };
  const disk: FileSystem = {
    ...nodeFileSystem,
    open: (file, how) => {
      open.set(++last, nodeFileSystem.open(file, how));
      return last;
    },
    close: (handle) => {
      nodeFileSystem.close(real(handle));
      open.delete(handle);
    },
    size: (handle) => nodeFileSystem.size(real(handle)),
    read: (handle, into, position) => nodeFileSystem.read(real(handle), into, position),
    write: (handle, bytes, position) => nodeFileSystem.write(real(handle), bytes, position),
    syncLater: async (handle) => {
      await new Promise<void>((resolve) => waiting.push(resolve));
      await nodeFileSystem.syncLater(real(handle));
    },
  };
  return { disk, open, wrong, waiting };
}

function opened(segmentBytes?: number) {
  const directory = mkdtempSync(path.join(tmpdir(), 'multipath-syncing-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  const slow = slowDisk();
  const { disk } = slow;
  const options = { disk, directory: path.join(directory, 'archive'), codec: crcCodec };
  return {
    ...slow,
    writer: new SegmentWriter({ ...options, ...(segmentBytes && { segmentBytes }) }),
  };
}

const member = (firstSeq: number) => ({
  logId: 'log',
  firstSeq,
  count: 1,
  bytes: Buffer.from(`{"seq":${firstSeq},"text":"${'x'.repeat(200)}"}\n`),
});

async function some(turns: number): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await nextTurn();
}

it('says that a member is on the disk only when the sync that took it up has ended', async () => {
  const { writer, waiting, wrong } = opened();
  await writer.appendMember(member(0));
  await writer.appendMember(member(1));
  const ended: string[] = [];
  const first = writer.sync().then(() => ended.push('first'));
  const second = writer.sync().then(() => ended.push('second'));
  await some(20);
  expect(ended).toEqual([]);
  waiting.shift()?.();
  await Promise.all([first, second]);
  expect(ended).toEqual(['first', 'second']);
  writer.close();
  expect(wrong).toEqual([]);
});

it('lets each file go once, and not while it is being synced', async () => {
  const { writer, waiting, wrong, open } = opened(600);
  const syncs: Promise<void>[] = [];
  for (let seq = 0; seq < 40; seq++) {
    await writer.appendMember(member(seq));
    syncs.push(writer.sync());
    if (seq % 3 === 0) waiting.shift()?.();
    await some(2);
  }
  const ended = new Set<string>();
  const outcome = Promise.allSettled(syncs).finally(() => ended.add('all'));
  for (let turn = 0; turn < 1_000_000 && !ended.has('all'); turn++) {
    waiting.shift()?.();
    await nextTurn();
  }
  expect((await outcome).filter(({ status }) => status === 'rejected')).toEqual([]);
  writer.close();
  expect(wrong).toEqual([]);
  expect(open.size).toBe(0);
});
