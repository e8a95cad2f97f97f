/** Fills a store with many small sessions at once, through the agent's reader, without any files. */
import { AGENTS } from '../../../src/agents/agents.ts';
import { newId } from '../../../src/core/ids.ts';
import { encodeLog } from '../../../src/store/encodedLog.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { historyLines } from './claudeHistory.ts';

const SESSION_BYTES = 2_000;
/** Sessions in one transaction. */
const BATCH = 500;

/** Reading Claude Code's folder counts as agreed to. Nobody else may have the store open. */
export async function fillCatalogue(storePath: string, sessions: number): Promise<void> {
  const core = await openStoreOver({ storePath, hotBytes: 1_000_000, readOnly: false });
  for (let seed = 0; seed < sessions; seed += BATCH) {
    core.database.transaction(() => {
      for (let next = seed; next < Math.min(seed + BATCH, sessions); next++) addSession(core, next);
    });
    core.database.flush();
  }
  core.database.run('INSERT INTO consent (agent, answer, at) VALUES (?, ?, ?)', [
    'claude-code',
    'granted',
    Date.now(),
  ]);
  core.access.dispose();
  core.database.close();
  core.archive.close();
}

/** Inside a transaction. */
function addSession(core: StoreCore, seed: number): void {
  const agent = AGENTS.find(({ id }) => id === 'claude-code');
  if (!agent) throw new Error('There is no reader for Claude Code.');
  const path = `/history/session-${seed}.jsonl`;
  const reader = agent.createReader(path);
  const records = [...historyLines({ seed, bytes: SESSION_BYTES })].map((line) => ({
    bytes: new TextEncoder().encode(line),
  }));
  records.forEach(({ bytes }, seq) => reader.add(seq, bytes));
  const bytes = records.reduce((sum, record) => sum + record.bytes.length, 0);
  const createdAt = Date.now();
  const log = core.logs.create({ id: newId(), agent: agent.id, path, nativeId: '', createdAt });
  core.logs.append(log, {
    firstSeq: 0,
    records,
    byteCount: bytes,
    checkpoint: { terminatedCount: records.length, terminatedBytes: bytes, prefixHash: '' },
  });
  core.ingest.save(log, { bytes, modifiedAt: createdAt }, encodeLog(reader.finish()));
}
