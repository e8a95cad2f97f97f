/**
 * A look at 20,000 session files none of which has changed, beside listing the folders and asking
 * for every file's size and time.
 */
import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newId } from '../../src/core/ids.ts';
import { openStoreOver } from '../../src/server/openLocalStore.ts';
import { contest, defineBenchmark, type Bench } from './support/benchmark.ts';
import { homeOf, importAll, openStore, storePathOf } from './support/store.ts';

const FOLDERS = 400;
const FILES_EACH = 50;

export const benchmark = defineBenchmark({
  name: 'rescan',
  limitSeconds: 120,
  figures: {
    'time of 20,000 files': { unit: 'ms', statistic: 'median', goal: { atMost: 2_000 } },
    '20,000 files': {
      unit: 'ms',
      statistic: 'median',
      baseline: 'readdir and stat',
      goal: { ratioAtMost: 1.5 },
    },
  },
  run: async (bench) => {
    const files = writeFiles(bench);
    await remember(bench, files);
    const store = await openStore(bench);
    bench.onEnd(() => store.close());
    await importAll(store);
    const times = await contest({
      warmUp: 1,
      rounds: 8,
      subject: async () => {
        const { filesTotal, state } = await store.importSessions();
        return filesTotal === 0 && state === 'done' ? files.length : 0;
      },
      baseline: () => listAll(homeOf(bench)),
    });
    return { 'time of 20,000 files': { subject: times.subject }, '20,000 files': times };
  },
});

function writeFiles(bench: Bench): string[] {
  const files: string[] = [];
  for (let folder = 0; folder < FOLDERS; folder++) {
    const path = join(homeOf(bench), 'projects', `-code-project-${folder}`);
    mkdirSync(path, { recursive: true });
    for (let n = 0; n < FILES_EACH; n++) files.push(join(path, `${folder}-${n}.jsonl`));
  }
  for (const file of files) writeFileSync(file, '{}\n');
  return files;
}

/** Has the store know the files as they are, as it does once they are imported. */
async function remember(bench: Bench, files: readonly string[]): Promise<void> {
  const core = await openStoreOver({
    storePath: storePathOf(bench),
    hotBytes: 1_000_000,
    readOnly: false,
  });
  core.database.transaction(() => {
    for (const path of files) {
      const { size, mtimeMs } = statSync(path);
      core.database.run(
        `INSERT INTO log (id, agent, path, native_id, generation, created_at, record_count,
           byte_count, file_bytes, file_modified_at) VALUES (?, 'claude-code', ?, '', 0, 0, 1, ?, ?, ?)`,
        [newId(), path, size, size, Math.round(mtimeMs)],
      );
    }
  });
  core.database.flush();
  core.access.dispose();
  core.database.close();
  core.archive.close();
}

async function listAll(folder: string): Promise<number> {
  let bytes = 0;
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    bytes += entry.isDirectory() ? await listAll(path) : (await stat(path)).size;
  }
  return bytes;
}
