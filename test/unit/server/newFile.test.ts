/** New files in agents' folders: whole or not there, wherever writing is cut short. */
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  nodeDisk,
  partOf,
  writeNewFile,
  type NewFileDisk,
} from '../../../src/server/agentFiles/newFile.ts';

const CONTENT = ['{"a":1}\n', '{"b":"Łódź"}\n', `{"c":"${'x'.repeat(1 << 20)}"}\n`];

function folder(): string {
  const made = mkdtempSync(path.join(tmpdir(), 'multipath-new-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

// eslint-disable-next-line @typescript-eslint/require-await -- as the store reads them
async function* chunks(): AsyncGenerator<string> {
  yield* CONTENT;
}

class Killed extends Error {}

/**
 * A disk that does `steps` things and then nothing more: the process is dead, and cleans nothing up.
 * With `whole` false it only fails once, and what follows works: the process lives.
 */
function dyingDisk(steps: number, isDead: boolean): { disk: NewFileDisk; done: () => number } {
  let count = 0;
  const step = (): void => {
    count++;
    if (isDead ? count > steps : count === steps + 1) throw new Killed('cut short');
  };
  const stepped =
    <A extends readonly unknown[], R>(act: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      step();
      return act(...args);
    };
  const open: NewFileDisk['open'] = async (...args) => {
    step();
    const handle = await nodeDisk.open(...args);
    const write = handle.write.bind(handle) as (...words: readonly unknown[]) => Promise<unknown>;
    const sync = handle.sync.bind(handle);
    const close = handle.close.bind(handle);
    return Object.assign(handle, {
      write: stepped(write),
      sync: stepped(sync),
      // The system closes what a dead process had open.
      close: async () => {
        await close();
        step();
      },
    });
  };
  const disk = {
    mkdir: stepped(nodeDisk.mkdir),
    open,
    link: stepped(nodeDisk.link),
    rename: stepped(nodeDisk.rename),
    rm: stepped(nodeDisk.rm),
    stat: stepped(nodeDisk.stat),
  } as NewFileDisk;
  return { disk, done: () => count };
}

/** What an agent would read: it looks for these endings. */
function read(where: string): string[] {
  const names = readdirSync(where, { recursive: true, encoding: 'utf8' });
  return names.filter((name) => /\.jsonl?$/.test(name));
}

describe('a new file', () => {
  it('is whole, private and in a folder that was made for it', async () => {
    const file = path.join(folder(), 'it’s "new"', 'a b.jsonl');
    expect(await writeNewFile(file, chunks())).toBe(Buffer.byteLength(CONTENT.join('')));
    expect(readFileSync(file, 'utf8')).toBe(CONTENT.join(''));
    expect(readdirSync(path.dirname(file))).toEqual(['a b.jsonl']);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  it('is never put over another one', async () => {
    const file = path.join(folder(), 'a.jsonl');
    writeFileSync(file, 'theirs');
    await expect(writeNewFile(file, chunks())).rejects.toMatchObject({ code: 'bad-request' });
    // Also where the other one comes between the look and the name.
    // Asked for nothing but whether it fails.
    const late = { ...nodeDisk, stat: () => Promise.reject(missing()) } as NewFileDisk;
    await expect(writeNewFile(file, chunks(), late)).rejects.toMatchObject({ code: 'bad-request' });
    const noLinks: NewFileDisk = {
      ...nodeDisk,
      link: () => Promise.reject(Object.assign(new Error('no links'), { code: 'EPERM' })),
    };
    await expect(writeNewFile(file, chunks(), noLinks)).rejects.toMatchObject({
      code: 'bad-request',
    });
    expect(readFileSync(file, 'utf8')).toBe('theirs');
    const other = path.join(path.dirname(file), 'b.jsonl');
    await writeNewFile(other, chunks(), noLinks);
    expect(readFileSync(other, 'utf8')).toBe(CONTENT.join(''));
    expect(readdirSync(path.dirname(file)).sort()).toEqual(['a.jsonl', 'b.jsonl']);
  });

  it.each([
    ['the process dies', true],
    ['the disk fails', false],
  ])('is there whole or not at all when %s at any step', async (_name, isDead) => {
    const probe = dyingDisk(Infinity, isDead);
    await writeNewFile(path.join(folder(), 'a.jsonl'), chunks(), probe.disk);
    const steps = probe.done();
    expect(steps).toBeGreaterThan(8);
    for (let step = 0; step < steps; step++) {
      const where = folder();
      const file = path.join(where, 'a.jsonl');
      await writeNewFile(file, chunks(), dyingDisk(step, isDead).disk).catch(() => undefined);
      const found = read(where);
      if (found.length > 0) expect(readFileSync(file, 'utf8')).toBe(CONTENT.join(''));
      expect(found.length).toBeLessThanOrEqual(1);
      if (!isDead) expect(readdirSync(where).filter((name) => name.endsWith('.part'))).toEqual([]);
      // The next attempt finds a way on, whatever the last one left.
      rmSync(file, { force: true });
      await writeNewFile(file, chunks());
      expect(readFileSync(file, 'utf8')).toBe(CONTENT.join(''));
      expect(readdirSync(where)).toEqual(['a.jsonl']);
    }
  });

  it('is written by one at a time: it is never there in part, nor a mixture', async () => {
    const file = path.join(folder(), 'a.jsonl');
    const mayEnd = Promise.withResolvers<undefined>();
    async function* slowly(word: string, until: Promise<unknown>): AsyncGenerator<string> {
      yield word.repeat(1 << 20);
      await until;
      yield `${word}\n`;
    }
    const first = writeNewFile(file, slowly('1', mayEnd.promise));
    for (let tries = 0; tries < 500 && !existsSync(partOf(file)); tries++) await sleep(2);
    // The second one fails half-way; were both to write into one part, it would be the file's end.
    const inTime = sleep(50).then(() => Promise.reject(new Error('no more')));
    inTime.catch(() => undefined);
    const second = writeNewFile(file, slowly('2', inTime));
    second.catch(() => undefined);
    await sleep(20);
    mayEnd.resolve(undefined);
    await first;
    await expect(second).rejects.toMatchObject({ code: 'bad-request' });
    expect(readFileSync(file, 'utf8')).toBe(`${'1'.repeat(1 << 20)}1\n`);
    expect(readdirSync(path.dirname(file))).toEqual(['a.jsonl']);
  });

  it('takes its part with it when what it is made of fails', async () => {
    const where = folder();
    // eslint-disable-next-line @typescript-eslint/require-await -- as the store reads them
    const broken = async function* (): AsyncGenerator<string> {
      yield 'begun';
      throw new Error('no record');
    };
    await expect(writeNewFile(path.join(where, 'a.jsonl'), broken())).rejects.toMatchObject({
      code: 'io',
    });
    expect(readdirSync(where)).toEqual([]);
    expect(path.basename(partOf('/x/a.jsonl'))).toBe('.a.jsonl.part');
  });
});

function missing(): Error {
  return Object.assign(new Error('not there'), { code: 'ENOENT' });
}
