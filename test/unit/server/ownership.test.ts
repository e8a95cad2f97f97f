/** Who owns a store, decided in one process: locks, the lock file, and what others are told. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSqlite } from '../../../src/server/kernelLock.ts';
import { whyLocksAreUnreliable } from '../../../src/server/lockReliability.ts';
import { openOwnership, type Ownership } from '../../../src/server/ownership.ts';
import { processExists, processStart } from '../../../src/server/processIdentity.ts';
import { smallDisk } from './support/smallDisk.ts';
import { temporaryFolder } from './support/wait.ts';

let folder: ReturnType<typeof temporaryFolder>;
const open: Ownership[] = [];
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => {
  for (const ownership of open.splice(0)) ownership.close();
  folder.remove();
});

async function ownership(options?: Parameters<typeof openOwnership>[1]): Promise<Ownership> {
  const opened = await openOwnership(folder.path, options);
  open.push(opened);
  return opened;
}
const withoutSqlite = () => ownership({ sqlite: undefined });
const lockFile = () => join(folder.path, 'owner.pid');

/** The id of a process that has ended. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

describe('the kernel lock', () => {
  it('is held by one at a time and passed on when released', async () => {
    const [first, second] = [await ownership(), await ownership()];
    const lock = first.tryLock();
    expect(lock).toBeDefined();
    expect(second.tryLock()).toBeUndefined();
    lock?.release();
    lock?.release();
    const next = second.tryLock();
    expect(next).toBeDefined();
    expect(first.tryLock()).toBeUndefined();
    next?.release();
    expect(first.tryLock()).toBeDefined();
  });

  it('goes with the end of its use', async () => {
    const [first, second] = [await openOwnership(folder.path), await ownership()];
    expect(first.tryLock()).toBeDefined();
    first.close();
    expect(second.tryLock()).toBeDefined();
  });

  it('lets a second window write, through the owner', async () => {
    const [first, second] = [await ownership(), await ownership()];
    first.tryLock();
    expect(second.whyReadOnly()).toBeUndefined();
    expect(existsSync(lockFile())).toBe(false);
  });

  it('is not taken while a window without kernel locks owns the store', async () => {
    const [early, late] = [await withoutSqlite(), await ownership()];
    const lock = early.tryLock();
    expect(late.tryLock()).toBeUndefined();
    expect(late.whyReadOnly()).toContain(lockFile());
    lock?.release();
    expect(late.tryLock()).toBeDefined();
    expect(late.whyReadOnly()).toBeUndefined();
  });

  it('says what to do when its file is something else', async () => {
    writeFileSync(join(folder.path, 'owner.lock'), 'x'.repeat(8192));
    const opened = await ownership();
    expect(() => opened.tryLock()).toThrow(/delete it/);
  });
});

describe('the lock file', () => {
  it('is held by one at a time; the other is told that and why it may only read', async () => {
    const [first, second] = [await withoutSqlite(), await withoutSqlite()];
    const lock = first.tryLock();
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
    });
    expect(second.tryLock()).toBeUndefined();
    expect(second.whyReadOnly()).toContain(`process ${process.pid}`);
    expect(second.whyReadOnly()).toContain('node:sqlite');
    lock?.release();
    expect(existsSync(lockFile())).toBe(false);
    expect(second.tryLock()).toBeDefined();
  });

  it('is used where locks cannot be trusted', async () => {
    const options = {
      sqlite: findSqlite(),
      whyUnreliable: () => Promise.resolve('its folder is synchronised'),
    };
    const [first, second] = [await ownership(options), await ownership(options)];
    expect(first.tryLock()).toBeDefined();
    expect(second.tryLock()).toBeUndefined();
    expect(second.whyReadOnly()).toContain('its folder is synchronised');
  });

  async function expectTakenOverFrom(holder: object): Promise<void> {
    writeFileSync(lockFile(), JSON.stringify(holder));
    expect((await withoutSqlite()).tryLock()).toBeDefined();
    expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).toMatchObject({ pid: process.pid });
    expect(readFileSync(lockFile(), 'utf8')).not.toContain('earlier');
    expect(readdirSync(folder.path)).toEqual(['owner.pid']);
  }

  it('is taken over from a process that has ended', async () => {
    await expectTakenOverFrom({ pid: endedProcess(), started: 'earlier', host: hostname() });
  });

  it.skipIf(processStart(process.pid) === undefined)(
    'is taken over from a process whose id another one has now',
    () => expectTakenOverFrom({ pid: process.pid, started: 'earlier', host: hostname() }),
  );

  it.each([
    ['of another machine', () => JSON.stringify({ pid: endedProcess(), host: 'elsewhere' })],
    ['that cannot be understood', () => '{"pid":'],
  ])('is not taken over from a holder %s', async (_what, content) => {
    writeFileSync(lockFile(), content());
    const opened = await withoutSqlite();
    expect(opened.tryLock()).toBeUndefined();
    expect(opened.whyReadOnly()).toContain(lockFile());
  });

  it('is not left behind where the disk had no room to say who holds it', async (test) => {
    const disk = smallDisk(1);
    if (disk === undefined) return test.skip('no disk of its own can be mounted here');
    const opened = await openOwnership(disk.path, { sqlite: undefined });
    const filler = join(disk.path, 'filler');
    expect(() => writeFileSync(filler, Buffer.alloc(2 << 20))).toThrow(/ENOSPC/);
    expect(() => opened.tryLock()).toThrow(/ENOSPC/);
    rmSync(filler);
    expect(opened.tryLock()).toBeDefined();
  });

  it('is not taken over while another process is about to', async () => {
    writeFileSync(lockFile(), JSON.stringify({ pid: endedProcess(), host: hostname() }));
    writeFileSync(`${lockFile()}.takeover`, '');
    expect((await withoutSqlite()).tryLock()).toBeUndefined();
  });
});

describe('what is known of a process', () => {
  it('tells the living from the ended', () => {
    expect(processExists(process.pid)).toBe(true);
    expect(processExists(endedProcess())).toBe(false);
    expect(processStart(process.pid)).toBe(processStart(process.pid));
    expect(processStart(endedProcess())).toBeUndefined();
  });
});

describe('a folder', () => {
  it.each([
    ['/home/a/OneDrive - Firm/store', 'OneDrive - Firm'],
    ['/home/a/Dropbox/store', 'Dropbox'],
    ['/Users/a/Library/Mobile Documents/store', 'Mobile Documents'],
    ['/Users/a/Library/CloudStorage/Box/store', 'CloudStorage'],
  ])('that is synchronised is known by its path: %s', async (path, part) => {
    if (process.platform === 'win32') return;
    expect(await whyLocksAreUnreliable(path)).toContain(part);
  });

  it('on a disk of this machine takes locks', async () => {
    expect(await whyLocksAreUnreliable(folder.path)).toBeUndefined();
  });
});
