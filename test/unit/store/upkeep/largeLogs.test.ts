/** The store doctor looks at a very large log some records at a time, and derives it elsewhere. */
import type { Worker } from 'node:worker_threads';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { agentById } from '../../../../src/agents/agents.ts';
import { deriveLog, deriverOver } from '../../../../src/server/deriveLog.ts';
import { ReaderFailure } from '../../../../src/store/doctor/rebuild.ts';
import { PagedDatabase } from '../../../../src/store/pages/database.ts';
import { recordId } from '../../../../src/store/records.ts';
import { workerScript } from '../../../support/serverFolder.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';
import { withCore } from './support/damage.ts';

const A = '11111111-1111-4111-8111-111111111111';
const RECORDS = 9_000;
const PATH = `/tmp/projects/shop/${A}.jsonl`;

const lines = turns('a', RECORDS).map((turn) => Buffer.from(`${JSON.stringify(turn)}\n`));

async function* batches(): AsyncGenerator<readonly Uint8Array[]> {
  for (let from = 0; from < lines.length; from += 500) {
    yield await Promise.resolve(lines.slice(from, from + 500));
  }
}

describe('a very large log', () => {
  it('is derived in a thread of its own, and is what it is in this one', async () => {
    const expected = await deriveLog('claude-code', PATH, batches(), RECORDS);
    const agent = agentById('claude-code');
    if (!agent) throw new Error('There is such an agent.');
    const here = vi.spyOn(agent, 'createReader');
    onTestFinished(() => here.mockRestore());
    const derive = deriverOver(workerScript('import'));
    expect(await derive('claude-code', PATH, batches(), RECORDS)).toEqual(expected);
    expect(here).not.toHaveBeenCalled();
    expect(expected?.branches[0]?.count).toBeGreaterThan(RECORDS / 4);
    expect(await derive('nobody', PATH, batches(), RECORDS)).toBeUndefined();
  });

  it('that its thread does not get through is named, not left for ever', async () => {
    const ending = deriverOver(new URL('data:text/javascript,process.exit(1)'));
    await expect(ending('claude-code', PATH, batches(), RECORDS)).rejects.toThrow(ReaderFailure);
    const small = deriverOver(workerScript('import'), {
      resourceLimits: { maxOldGenerationSizeMb: 12 },
    });
    await expect(small('claude-code', PATH, batches(), RECORDS)).rejects.toThrow(ReaderFailure);
  });

  it.each([
    ['before anything is asked of it', 'throw new Error("It does not load.")'],
    [
      'after an answer',
      `import { parentPort } from 'node:worker_threads';
       parentPort.once('message', () => {
         parentPort.postMessage({ type: 'taken' });
         setTimeout(() => { throw new Error('It took too much memory.'); });
       });`,
    ],
    [
      'without an error',
      `import { parentPort } from 'node:worker_threads';
       parentPort.once('message', () => {
         parentPort.postMessage({ type: 'taken' });
         setTimeout(() => process.exit(1));
       });`,
    ],
  ])('whose thread ends %s is named, and the process goes on', async (when, script) => {
    const exited = Promise.withResolvers<undefined>();
    // Not `once` of node:events, which would listen for errors.
    const began = (worker: Worker): void => {
      worker.once('exit', () => exited.resolve(undefined));
    };
    process.once('worker', began);
    onTestFinished(() => void process.off('worker', began));
    async function* late(): AsyncGenerator<readonly Uint8Array[]> {
      if (!when.startsWith('before')) yield lines.slice(0, 1);
      await exited.promise;
      yield lines.slice(1, 2);
    }
    const derive = deriverOver(new URL(`data:text/javascript,${encodeURIComponent(script)}`));
    await expect(derive('claude-code', PATH, late(), RECORDS)).rejects.toThrow(ReaderFailure);
  });

  it('is counted some records at a time, and those that are missing are found', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', RECORDS));
    await imported(home);
    await withCore(home, ({ database }) => {
      const log = Number(database.get('SELECT num FROM log WHERE record_count > 0')?.['num']);
      for (const seq of [0, 4_321, 4_322, RECORDS - 1]) {
        database.run('DELETE FROM record WHERE id = ?', [recordId(log, seq)]);
      }
      database.flush();
    });
    const store = await home.open();
    const get = vi.spyOn(PagedDatabase.prototype, 'get');
    onTestFinished(() => get.mockRestore());
    const { findings } = await store.runDoctor({ repair: false });
    expect(findings).toContainEqual(
      expect.objectContaining({
        area: 'records',
        what: `4 of ${RECORDS} records of a log are missing.`,
      }),
    );
    const counted = get.mock.calls.flatMap(([sql, values]) =>
      sql.includes('count(*) AS n FROM record ') && Array.isArray(values)
        ? Number(values[1]) - Number(values[0])
        : [],
    );
    expect(counted.length).toBeGreaterThan(3);
    expect(Math.max(...counted)).toBeLessThanOrEqual(2_048);
  });

  it('is compared some chunks at a time, and what is wrong is found and mended', async () => {
    const home = new StoreFolder();
    home.claude.write(A, turns('a', RECORDS));
    await imported(home);
    await withCore(home, ({ database }) => {
      database.run(
        'UPDATE outline SET data = replace(data, \'"t":1\', \'"t":2\') WHERE chunk = 70',
      );
      database.flush();
    });
    const store = await home.open();
    const all = vi.spyOn(PagedDatabase.prototype, 'all');
    onTestFinished(() => all.mockRestore());
    const wrong = expect.stringContaining('which records its messages stand on') as string;
    const { findings } = await store.runDoctor({ repair: true });
    expect(findings).toContainEqual(expect.objectContaining({ area: 'catalogue', what: wrong }));
    const again = await store.runDoctor({ repair: false });
    expect(again.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    const rows = all.mock.results.flatMap(({ value }, nth) =>
      /(data|\*) FROM outline/.test(all.mock.calls[nth]?.[0] ?? '')
        ? (value as unknown[]).length
        : [],
    );
    expect(Math.max(0, ...rows)).toBeLessThanOrEqual(64);
  });
});
