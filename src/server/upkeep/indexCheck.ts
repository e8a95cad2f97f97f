/** The store doctor's look at the full-text index: every page of every shard. */
import { setTimeout as sleep } from 'node:timers/promises';
import path from 'node:path';
import { messageOf, MultipathError } from '../../core/errors.ts';
import { IndexFiles } from '../../search/indexFiles.ts';
import type { Check, CheckContext } from '../../store/doctor/check.ts';
import { crcCodec } from '../../store/pages/codec.ts';
import { nodeFileSystem } from '../../store/pages/fileSystem.ts';
import { PAGE_SIZE, PageFile } from '../../store/pages/pageFile.ts';
import type { StoreSearch } from '../openSearch.ts';

const PAGES = 256;
/** The search worker may write a page while it is read here: it is looked at again. */
const TRIES = 3;
const AGAIN_MS = 100;

export function indexCheck(search: StoreSearch): Check {
  return {
    area: 'index',
    title: 'Reading the full-text index',
    run: async (context) => {
      const folder = path.join(context.folder, 'index');
      if (!nodeFileSystem.exists(folder)) return;
      const files = new IndexFiles(folder);
      for (const file of [...files.shards(), files.state]) {
        if (!nodeFileSystem.exists(file)) continue;
        const problem = await problemOf(file, context);
        if (problem !== undefined) await damaged(context, search, files, file, problem);
      }
    },
  };
}

async function problemOf(
  file: string,
  { work, looked }: CheckContext,
): Promise<string | undefined> {
  let problem: string | undefined;
  for (let tries = 0; tries < TRIES; tries++) {
    if (tries > 0) await sleep(AGAIN_MS);
    try {
      let page = 0;
      for (let total = 1; page < total;) {
        await work.breathe();
        const pages = PageFile.open(nodeFileSystem, file, crcCodec, true);
        try {
          total = pages.state.pageCount;
          for (const end = Math.min(total, page + PAGES); page < end; page++) pages.readPage(page);
        } finally {
          pages.close();
        }
      }
      looked(1, page * PAGE_SIZE);
      return undefined;
    } catch (error) {
      if (work.signal.aborted) throw error;
      // A shard that was joined or sealed meanwhile has gone under another name.
      if (!nodeFileSystem.exists(file)) return undefined;
      if (!MultipathError.is(error)) throw error;
      problem = messageOf(error);
    }
  }
  return problem;
}

/** What the index held is found again from the records; nothing of it is precious. */
async function damaged(
  { repair, find, now, folder }: CheckContext,
  search: StoreSearch,
  files: IndexFiles,
  file: string,
  problem: string,
): Promise<void> {
  if (repair) {
    await search.worker.kill();
    files.moveAside(file, now());
    search.recheck();
  }
  find({
    area: 'index',
    severity: 'fault',
    what: problem,
    where: path.relative(folder, file),
    effect: 'Messages may be missing from what is found.',
    remedy: repair
      ? 'It was moved aside; its messages are indexed again in the background.'
      : 'The store doctor with repair has its messages indexed again.',
    repaired: repair,
  });
}
