/**
 * The product's main job through the public API in a real extension host: agree, import, fork,
 * add, compare, archive, lose the session server, and find everything again.
 */
import * as assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import * as path from 'node:path';
import type { Session } from '../../src/core/session.ts';
import { textOf } from '../../src/core/message.ts';
import { until } from './support/until.ts';
import { multipathApi, type TestApi } from './support/multipath.ts';

const agent = 'claude-code';
const claude = path.join(process.env['CLAUDE_CONFIG_DIR'] ?? path.join(homedir(), '.claude'));

describe('the story through the API', () => {
  let api: TestApi;
  let hashBefore: string;
  let parent: Session;
  let fork: Session;

  before(async () => {
    hashBefore = hashOf(claude);
    api = await multipathApi();
    assert.equal(api.version, 1);
  });

  it('reads nothing before the person agreed, and says how much there is', async () => {
    assert.equal((await api.store.listSessions({ agent })).total, 0);
    const [survey] = await api.store.surveyAgents();
    assert.equal(survey?.agent, 'claude-code');
    assert.ok(survey.files >= 6);
    assert.ok(survey.bytes > 0);
  });

  it('imports the sessions of an agent with consent', async () => {
    await api.store.setConsent('claude-code', 'granted');
    const progress = await api.store.importSessions();
    assert.equal(progress.state, 'done');
    assert.deepEqual(progress.failures, []);
    const { sessions } = await api.store.listSessions({ agent, parentId: null });
    assert.ok(sessions.length >= 4);
    const longest = sessions.toSorted((a, b) => b.messageCount - a.messageCount)[0];
    assert.ok(longest);
    parent = longest;
  });

  it('forks a session at a message and adds to the fork', async () => {
    const result = await api.store.forkSession(parent.id, { atMessage: 2 });
    fork = await api.store.appendMessages(result.session.id, [
      { role: 'user', text: 'Another way, please.' },
    ]);
    assert.equal(fork.parentId, parent.id);
    assert.equal(fork.messageCount, result.atMessage + 2);
    assert.deepEqual(
      (await api.store.getSessionForks(parent.id)).map(({ id }) => id).includes(fork.id),
      true,
    );
  });

  it('compares the branches from their common ancestor', async () => {
    const comparison = await api.store.compareSessions([parent.id, fork.id]);
    assert.equal(comparison.sharedCount, fork.inheritedCount);
    assert.equal(comparison.branches[1]?.messages, 1);
    const rows = await api.store.readComparisonRows([parent.id, fork.id], { start: 0, end: 50 });
    const texts = rows.flatMap(({ cells }) => (cells[1] ? [textOf(cells[1].message)] : []));
    assert.deepEqual(texts, ['Another way, please.']);
  });

  it('archives a session, which comes back when it is read', async () => {
    const archived = await api.store.migrateToTier(parent.id, 'cold', { reason: 'test' });
    assert.equal(archived.storageTier, 'cold');
    const page = await api.store.readMessages(parent.id, { start: 0, end: 10 });
    assert.equal(page.total, parent.messageCount);
    await until('the session is back', async () => {
      const history = await api.store.getMigrationHistory(1);
      return history[0]?.reason === 'opened';
    });
  });

  it('refuses to write into an agent’s session, in words that help', async () => {
    const append = api.store.appendMessages(parent.id, [{ role: 'user', text: 'no' }]);
    await assert.rejects(append, /[Ff]ork it/);
  });

  it('loses nothing when the session server is killed', async () => {
    const { serverPid } = await api.store.getStatus();
    const grown = api.store.appendMessages(fork.id, [{ role: 'user', text: 'Before the end.' }]);
    await grown;
    process.kill(serverPid, 'SIGKILL');
    // Asked while nobody is there, answered by the next server.
    const session = await api.store.getSession(fork.id);
    assert.equal(session?.messageCount, fork.messageCount + 1);
    assert.notEqual((await api.store.getStatus()).serverPid, serverPid);
    const page = await api.store.readMessages(fork.id, { start: 0, end: 100 });
    assert.equal(textOf(page.messages.at(-1) ?? { content: [] }), 'Before the end.');
  });

  it('left the agent’s folder as it was', () => {
    assert.equal(hashOf(claude), hashBefore);
  });
});

/** One hash over the names and bytes of all files below a folder. */
function hashOf(folder: string): string {
  const hash = createHash('sha256');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
  assert.ok(files.length > 0, `${folder} holds no files`);
  for (const file of files) hash.update(file).update(readFileSync(file));
  return hash.digest('hex');
}
