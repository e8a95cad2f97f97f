/**
 * Fills a store with many sessions at once, without any files but otherwise as an import does:
 * through the agent's reader and the store's own writing.
 */
import { AGENTS } from '../../../src/agents/agents.ts';
import { newId } from '../../../src/core/ids.ts';
import { encodeLog } from '../../../src/store/encodedLog.ts';
import type { StoreCore } from '../../../src/store/storeCore.ts';
import { openStoreOver } from '../../../src/server/openLocalStore.ts';
import { HOUR_MS, historyLines } from './claudeHistory.ts';

const SESSION_BYTES = 2_000;
/** Sessions in one transaction, and bytes after which it ends early. */
const BATCH = 500;
const BATCH_BYTES = 4_000_000;
/** Sessions that carry the same tag; so many forks has one in a hundred. */
export const SAME_TAG = 20;
export const FORKS = 3;

export interface FillOptions {
  readonly sessions: number;
  /** 2,000 when absent. */
  readonly sessionBytes?: number;
  /** Milliseconds since the epoch of the newest session; they are an hour apart. */
  readonly newestAt?: number;
  readonly text?: () => string;
  /** Tags every session, twenty with each tag, and forks one in a hundred. */
  readonly related?: boolean;
}

/** Reading Claude Code's folder counts as agreed to. Nobody else may have the store open. */
export async function fillCatalogue(storePath: string, options: FillOptions): Promise<void> {
  const { sessions, sessionBytes = SESSION_BYTES } = options;
  const core = await openStoreOver({ storePath, hotBytes: 1_000_000, readOnly: false });
  const batch = Math.max(1, Math.min(BATCH, Math.floor(BATCH_BYTES / sessionBytes)));
  for (let seed = 0; seed < sessions; seed += batch) {
    core.database.transaction(() => {
      for (let next = seed; next < Math.min(seed + batch, sessions); next++) {
        addSession(core, next, options);
      }
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
function addSession(core: StoreCore, seed: number, options: FillOptions): void {
  const { sessions, sessionBytes = SESSION_BYTES, newestAt, text, related = false } = options;
  const agent = AGENTS.find(({ id }) => id === 'claude-code');
  if (!agent) throw new Error('There is no reader for Claude Code.');
  const path = `/history/session-${seed}.jsonl`;
  const reader = agent.createReader(path);
  const history = {
    seed,
    bytes: sessionBytes,
    ...(newestAt !== undefined && { beganAt: newestAt - (sessions - 1 - seed) * HOUR_MS }),
    ...(text && { text }),
  };
  const encoder = new TextEncoder();
  const records = [...historyLines(history)].map((line) => ({ bytes: encoder.encode(line) }));
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
  const saved = core.ingest.save(log, { bytes, modifiedAt: createdAt }, encodeLog(reader.finish()));
  const [id] = saved.added;
  if (!related || id === undefined) return;
  core.edits.update(id, { tags: [tagOf(seed)] });
  if (seed % 100 === 0) {
    for (let fork = 0; fork < FORKS; fork++) core.edits.fork(id, { atMessage: 0 });
  }
}

/** The tag of the nth session. */
export function tagOf(nth: number): string {
  return `tag-${Math.floor(nth / SAME_TAG)}`;
}
