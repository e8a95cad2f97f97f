/** What a folder is known by, held against git itself where git is installed. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { deflateSync } from 'node:zlib';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { remoteName } from '../../../../src/core/gitRemote.ts';
import { identityOf, remoteIn } from '../../../../src/server/projects/gitFolder.ts';

const HAS_GIT = (() => {
  try {
    execFileSync('git', ['--version']);
    return true;
  } catch {
    return false;
  }
})();

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'multipath-git-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

function git(cwd: string, ...args: readonly string[]): string {
  const own = ['-c', 'user.name=T', '-c', 'user.email=t@example.invalid', '-c', 'gc.auto=0'];
  return execFileSync('git', [...own, ...args], { cwd, encoding: 'utf8' }).trim();
}

function repository(place: string, commits: number): string {
  mkdirSync(place, { recursive: true });
  git(place, 'init', '-q', '-b', 'main');
  for (let n = 0; n < commits; n++) {
    const words = 'the same words again, so that commits become deltas of each other '.repeat(8);
    git(place, 'commit', '-q', '--allow-empty', '-m', `commit ${n}: ${words}`);
  }
  return git(place, 'rev-list', '--max-parents=0', 'HEAD');
}

describe.skipIf(!HAS_GIT)('a folder in a repository', () => {
  it('is known by its first commit, loose or packed, and by its place in it', async () => {
    const top = path.join(folder(), 'a folder with “quotes” and שם');
    const root = repository(top, 12);
    const inner = path.join(top, 'packages', 'one');
    mkdirSync(inner, { recursive: true });
    expect(await identityOf(top)).toMatchObject({ root, within: '' });
    git(top, 'gc', '-q', '--aggressive', '--prune=now');
    expect(await identityOf(top)).toMatchObject({ root, within: '' });
    expect(await identityOf(inner)).toMatchObject({ root, within: 'packages/one' });
  });

  it('is known alike after it was renamed, and in a worktree of it', async () => {
    const place = folder();
    const top = path.join(place, 'before');
    const root = repository(top, 2);
    git(top, 'remote', 'add', 'origin', 'git@example.invalid:shop/web.git');
    const before = await identityOf(top);
    expect(before).toMatchObject({ root, remote: 'example.invalid/shop/web', within: '' });
    expect(before.birth).toMatch(/^[0-9a-f]{40} \d+ [+-]\d{4}$/);
    git(top, 'worktree', 'add', '-q', path.join(place, 'tree'));
    const { birth, ...shared } = before;
    const tree = await identityOf(path.join(place, 'tree'));
    expect(tree).toMatchObject(shared);
    expect(tree.birth).not.toBe(birth);
    renameSync(top, path.join(place, 'after'));
    expect(await identityOf(path.join(place, 'after'))).toEqual(before);
  });

  it('keeps nobody’s name, address or words', async () => {
    const top = path.join(folder(), 'shop');
    repository(top, 1);
    const known = JSON.stringify(await identityOf(top));
    expect(known).not.toContain('example.invalid');
    expect(known).not.toContain('commit 0');
  });

  it('starts nothing that the repository names', async () => {
    const top = path.join(folder(), 'hostile');
    repository(top, 1);
    const proof = path.join(top, 'ran');
    for (const key of [
      'core.fsmonitor',
      'core.sshCommand',
      'core.pager',
      'core.alternateRefsCommand',
    ]) {
      git(top, 'config', key, `touch ${proof}`);
    }
    await identityOf(top);
    expect(() => execFileSync('ls', [proof], { stdio: 'ignore' })).toThrow();
  });

  it('is not known by its first commit where the history was cut off', async () => {
    const place = folder();
    repository(path.join(place, 'whole'), 3);
    git(place, 'clone', '-q', '--depth', '1', `file://${path.join(place, 'whole')}`, 'part');
    const { root } = await identityOf(path.join(place, 'part'));
    expect(root).toBeUndefined();
  });
});

it('is nothing outside a repository, and where the files make no sense', async () => {
  const place = folder();
  expect(await identityOf(place)).toEqual({});
  expect(await identityOf(path.join(place, 'not', 'there'))).toEqual({});
  mkdirSync(path.join(place, '.git', 'objects', 'pack'), { recursive: true });
  writeFileSync(path.join(place, '.git', 'HEAD'), 'a'.repeat(40));
  writeFileSync(path.join(place, '.git', 'config'), Buffer.alloc(3_000, 0xff));
  writeFileSync(path.join(place, '.git', 'objects', 'pack', 'x.idx'), Buffer.alloc(2_000, 0xff));
  writeFileSync(path.join(place, '.git', 'objects', 'pack', 'x.pack'), 'PACK');
  expect(await identityOf(place)).toEqual({ within: '' });
});

it('takes no time over a configuration that is made to be slow', () => {
  const blanks = ' '.repeat(1 << 19);
  const start = performance.now();
  expect(remoteIn(`[remote "origin"]\nurl =${blanks}"x${blanks}"y\n`)).toBeUndefined();
  expect(remoteName(`h.invalid:${'/'.repeat(1 << 19)}x`)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(2_000);
});

describe.skipIf(process.platform === 'win32')('files that are none', () => {
  it('are not waited for', async () => {
    const place = folder();
    const pack = path.join(place, '.git', 'objects', 'pack');
    mkdirSync(pack, { recursive: true });
    mkdirSync(path.join(place, '.git', 'objects', 'aa'));
    mkdirSync(path.join(place, '.git', 'logs'));
    writeFileSync(path.join(place, '.git', 'HEAD'), 'a'.repeat(40));
    execFileSync('mkfifo', [
      path.join(place, '.git', 'logs', 'HEAD'),
      path.join(place, '.git', 'objects', 'aa', 'a'.repeat(38)),
      path.join(pack, 'x.idx'),
      path.join(pack, 'x.pack'),
    ]);
    expect(await identityOf(place)).toEqual({ within: '' });
  });
});

it('does not put together more than a delta announces', async () => {
  const place = folder();
  const pack = path.join(place, '.git', 'objects', 'pack');
  mkdirSync(pack, { recursive: true });
  writeFileSync(path.join(place, '.git', 'HEAD'), 'b'.repeat(40));
  // A base of 64 KB, and a delta of which each byte stands for all of it: 2 GB.
  const base = Buffer.alloc(0x10000, 'x');
  const delta = Buffer.concat([Buffer.from([0x80, 0x80, 4, 100]), Buffer.alloc(32_768, 0x80)]);
  const head = (type: number, size: number): Buffer =>
    Buffer.from([0x80 | (type << 4) | (size & 15), 0x80 | ((size >> 4) & 0x7f), size >> 11]);
  const first = Buffer.concat([head(1, base.length), deflateSync(base)]);
  const second = Buffer.concat([
    head(6, delta.length),
    // How far back the base begins, in bytes of seven bits, each but the last one less.
    first.length < 128
      ? Buffer.from([first.length])
      : Buffer.from([0x80 | ((first.length >> 7) - 1), first.length & 0x7f]),
    deflateSync(delta),
  ]);
  writeFileSync(path.join(pack, 'x.pack'), Buffer.concat([Buffer.alloc(12), first, second]));
  const fanout = Buffer.alloc(1024);
  for (let n = 0xbb; n < 256; n++) fanout.writeUInt32BE(1, n * 4);
  const offset = Buffer.alloc(4);
  offset.writeUInt32BE(12 + first.length);
  writeFileSync(
    path.join(pack, 'x.idx'),
    Buffer.concat([
      Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]),
      fanout,
      Buffer.alloc(20, 0xbb),
      Buffer.alloc(4),
      offset,
    ]),
  );
  const concat = vi.spyOn(Buffer, 'concat');
  expect(await identityOf(place)).toEqual({ within: '' });
  expect(Math.max(0, ...concat.mock.calls.map(([parts]) => parts.length))).toBeLessThan(100);
});

describe('a remote', () => {
  it('is the same however it is written, without what is secret in it', () => {
    const written = [
      'https://example.invalid/Shop/web.git',
      'https://me:secret@example.invalid:8443/shop/web',
      'ssh://git@example.invalid/shop/web.git/',
      'git@example.invalid:shop/web.git',
    ];
    expect(new Set(written.map(remoteName))).toEqual(new Set(['example.invalid/shop/web']));
    for (const local of ['/srv/web.git', '../web', 'file:///srv/web.git', 'C:\\web', '']) {
      expect(remoteName(local), local).toBeUndefined();
    }
  });

  it('is origin, else the first one', () => {
    const other = '[remote "fork"]\n\turl = git@a.invalid:x/y.git\n';
    const origin = '[remote "origin"]\n\turl = "https://b.invalid/x/y"\n';
    expect(remoteIn(other + origin)).toBe('b.invalid/x/y');
    expect(remoteIn(`[core]\n\turl = https://no.invalid/x\n${other}`)).toBe('a.invalid/x/y');
    expect(remoteIn('')).toBeUndefined();
  });
});
