/** A store of each released version opens, is brought to the present schema, and reads as it did. */
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Run } from '../../../src/core/exploration.ts';
import type { Judgement } from '../../../src/core/judge.ts';
import type { MergeEdge } from '../../../src/core/merge.ts';
import type { ContentBlock, Message } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { LocalStore } from '../../../src/server/localStore.ts';
import { openLocalStore, openStoreOver } from '../../../src/server/openLocalStore.ts';
import { MIGRATIONS } from '../../../src/store/schema/migrations.ts';
import { workerScript } from '../../support/serverFolder.ts';
import { stillClock } from './support/clocks.ts';
import { schemaHashes } from './support/schemaHashes.ts';

const STORES = fileURLToPath(new URL('../../fixtures/stores', import.meta.url));
const WORKER = workerScript('import');
/** How much of a text the expectations hold. */
const TEXT = 60;

interface Expected {
  readonly sessions: readonly {
    readonly id: string;
    /** Absent for one in the trash. */
    readonly session?: Partial<Session>;
    readonly messages: readonly Pick<Message, 'role' | 'anchor' | 'content'>[];
  }[];
  readonly trash: readonly string[];
  /** Absent for versions that could not merge. */
  readonly merges?: readonly MergeEdge[];
  /** Absent for versions that could not explore. */
  readonly runs?: readonly Run[];
  readonly judgements?: readonly Judgement[];
}

/** A copy that may be written to; the database is kept packed. */
function copyOf(version: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'multipath-released-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  cpSync(path.join(STORES, version, 'store'), folder, { recursive: true });
  for (const name of readdirSync(folder).filter((entry) => entry.endsWith('.gz'))) {
    const packed = path.join(folder, name);
    chmodSync(packed, 0o600);
    writeFileSync(packed.slice(0, -'.gz'.length), gunzipSync(readFileSync(packed)));
    rmSync(packed);
  }
  return folder;
}

async function open(storePath: string): Promise<LocalStore> {
  return openLocalStore({
    storePath,
    agentRoots: { 'claude-code': [path.join(storePath, 'no-such-folder')] },
    hotBytes: 8_000_000,
    readOnly: false,
    workerFile: WORKER,
    clock: stillClock(Date.now),
  });
}

function shortened(block: ContentBlock): unknown {
  return block.type === 'text' ? { ...block, text: block.text.slice(0, TEXT) } : block;
}

async function expectAll(store: LocalStore, expected: Expected): Promise<void> {
  const { sessions, total } = await store.listSessions({ limit: 1000 });
  const listed = expected.sessions.filter(({ session }) => session);
  expect(total).toBe(listed.length);
  expect(sessions.map(({ id }) => id).sort()).toEqual(listed.map(({ id }) => id).sort());
  const trash = await store.listTrash();
  expect(trash.map(({ session }) => session.id)).toEqual(expected.trash);
  const sessionIds = expected.sessions.map(({ id }) => id);
  expect(await store.getMerges(sessionIds)).toEqual(expected.merges ?? []);
  expect(await store.getRuns({ sessionIds })).toEqual(expected.runs ?? []);
  for (const judgement of expected.judgements ?? []) {
    expect(await store.getJudgements(judgement.sessionIds)).toEqual([judgement]);
  }
  for (const { id, session, messages } of expected.sessions) {
    if (session) expect(await store.getSession(id)).toMatchObject(session);
    const page = await store.readMessages(id, { start: 0, end: 1000 });
    const found = page.messages.map(({ role, anchor, content }) => ({
      role,
      anchor,
      content: content.map(shortened),
    }));
    expect(found).toEqual(messages);
  }
}

describe('a store of a released version', () => {
  const versions = readdirSync(STORES);

  it('is kept of every version that was released', () => {
    expect(versions).toContain('0.1.0');
    for (const version of versions) {
      expect(existsSync(path.join(STORES, version, 'expected.json'))).toBe(true);
    }
  });

  // An edited migration never runs again where it ran: old and new stores would differ for ever.
  it.each(versions)('%s has the migrations that it had when it was released', (version) => {
    const text = readFileSync(path.join(STORES, version, 'migrations.json'), 'utf8');
    const released = Object.entries(JSON.parse(text) as Record<string, string>);
    expect(released).not.toEqual([]);
    expect(Object.entries(schemaHashes()).slice(0, released.length)).toEqual(released);
  });

  it.each(versions)(
    '%s reads as it did, before and after a move through all tiers',
    async (version) => {
      const folder = copyOf(version);
      const text = readFileSync(path.join(STORES, version, 'expected.json'), 'utf8');
      // Written by the script that CONTRIBUTING describes, from that version's own answers.
      const expected = JSON.parse(text) as Expected;
      let store = await open(folder);
      await expectAll(store, expected);
      await store.archiveOldSessions({ olderThan: 0 });
      await expectAll(store, expected);
      await store.close();
      store = await open(folder);
      const report = await store.runDoctor({ repair: false });
      expect(report.findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
      for (const id of expected.trash) await store.restoreSession(id);
      expect(await store.listTrash()).toEqual([]);
      await store.close();

      const core = await openStoreOver({ storePath: folder, hotBytes: 1, readOnly: true });
      const ids = core.database.all('SELECT id FROM migration').map(({ id }) => id);
      expect(new Set(ids)).toEqual(new Set(MIGRATIONS.map(({ id }) => id)));
      core.access.dispose();
      core.database.close();
      core.archive.close();
    },
  );
});
