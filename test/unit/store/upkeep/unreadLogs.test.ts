/** A log that its reader does not get through holds up no other, is named, and is tried again. */
import { describe, expect, it, vi } from 'vitest';
import type { SessionStore } from '../../../../src/core/sessionStore.ts';
import { openStoreOver } from '../../../../src/server/openLocalStore.ts';
import type { Agent } from '../../../../src/agents/agent.ts';
import type { LogReader } from '../../../../src/core/reader.ts';
import type * as agents from '../../../../src/agents/agents.ts';
import { turns } from '../support/claudeHome.ts';
import { imported, StoreFolder } from '../support/openStore.ts';

const [A, B, C] = ['1', '2', '3'].map((n) => `${n.repeat(8)}-1111-4111-8111-111111111111`);
/** Words in whose record the reader breaks off. */
const broken = vi.hoisted(() => ({ at: '' }));

vi.mock('../../../../src/agents/agents.ts', async (original) => {
  const real = await original<typeof agents>();
  return {
    ...real,
    agentById: (id: string) => {
      const agent = real.agentById(id);
      return agent && { ...agent, createReader: (path: string) => breaking(agent, path) };
    },
  };
});

function breaking(agent: Agent, path: string): LogReader {
  const reader = agent.createReader(path);
  const add = reader.add.bind(reader);
  reader.add = (seq, bytes) => {
    if (broken.at !== '' && Buffer.from(bytes).includes(broken.at)) {
      throw new TypeError('no such property');
    }
    add(seq, bytes);
  };
  return reader;
}

/** Three old sessions in a store that has still to read them again. */
async function oldStore(): Promise<StoreFolder> {
  const home = new StoreFolder();
  for (const [at, id] of [A, B, C].entries()) {
    const lines = turns(`s${at}`, 2).map((line) => ({
      ...line,
      extra: { timestamp: new Date(Date.UTC(2025, 6, 1, 9, line.minute)).toISOString() },
    }));
    home.claude.write(id ?? '', lines);
  }
  await imported(home, { version: '1' });
  await home.close();
  await inStore(home, (run) => {
    run("INSERT INTO meta (key, value) VALUES ('sidechains_before', 1000)");
    run("UPDATE session SET title = 'as before'");
  });
  return home;
}

async function inStore<T>(home: StoreFolder, work: (run: (sql: string) => void) => T): Promise<T> {
  const core = await openStoreOver({ storePath: home.storePath, hotBytes: 1, readOnly: false });
  try {
    return core.database.transaction(() => work((sql) => core.database.run(sql)));
  } finally {
    core.database.flush();
    core.access.dispose();
    core.database.close();
    core.archive.close();
  }
}

async function titles(store: SessionStore): Promise<string[]> {
  const { sessions } = await store.listSessions({});
  return sessions.map(({ title }) => title).sort();
}

describe('a log that its reader does not get through', () => {
  it('stays as it was, is named by the doctor, and read by another version', async () => {
    const home = await oldStore();
    broken.at = 'user s1 0';
    const store = await home.open({ version: '1' });
    await expect.poll(() => titles(store)).toEqual(['as before', 'user s0 0', 'user s2 0']);
    await expect.poll(() => home.problems.join('\n')).toContain('does not get through');
    const { findings } = await store.runDoctor({ repair: false });
    expect(findings.filter(({ severity }) => severity !== 'note')).toMatchObject([
      {
        area: 'catalogue',
        what: 'The reader for claude-code does not get through a session: no such property',
        repaired: false,
      },
    ]);
    // The same version does not try again; another one does.
    broken.at = '';
    const same = await home.reopen({ version: '1' });
    expect(await titles(same)).toEqual(['as before', 'user s0 0', 'user s2 0']);
    expect((await same.runDoctor({ repair: false })).findings[0]).toMatchObject({
      what: expect.stringContaining('its row in the catalogue') as unknown,
    });
    const better = await home.reopen({ version: '2' });
    await expect.poll(() => titles(better)).toEqual(['user s0 0', 'user s1 0', 'user s2 0']);
    await inStoreClosed(home);
  });
});

/** Nothing is left to be done. */
async function inStoreClosed(home: StoreFolder): Promise<void> {
  await home.close();
  const core = await openStoreOver({ storePath: home.storePath, hotBytes: 1, readOnly: true });
  expect(core.database.all("SELECT key, value FROM meta WHERE key = 'unread_logs'")).toEqual([
    { key: 'unread_logs', value: '{}' },
  ]);
  expect(core.database.all("SELECT 1 FROM meta WHERE key = 'sidechains_before'")).toEqual([]);
  core.access.dispose();
  core.database.close();
  core.archive.close();
}
