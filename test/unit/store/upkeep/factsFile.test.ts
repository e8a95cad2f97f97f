/** The file of the log of facts: what it says is what holds, whatever happened to it or the disk. */
import {
  appendFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadFacts } from '../../../../src/store/copies/applyFacts.ts';
import { nodeFileSystem } from '../../../../src/store/pages/fileSystem.ts';
import { until } from '../../server/support/wait.ts';
import { StoreFolder } from '../support/openStore.ts';
import { flip } from './support/damage.ts';

function factsOf(home: StoreFolder): string {
  return path.join(home.storePath, 'copies', 'facts.log');
}

async function titles(home: StoreFolder): Promise<unknown[]> {
  const facts = await loadFacts(factsOf(home));
  return [...(facts?.kinds.get('native')?.values() ?? [])].map(
    (value) => (value as { title: string }).title,
  );
}

describe('the log of facts', () => {
  it('follows what is changed, within seconds and without being asked', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const { id } = await store.createSession({ title: 'one' });
    await until('the log', () => existsSync(factsOf(home)));
    await store.appendMessages(id, [{ role: 'user', text: 'first words' }]);
    await store.updateSession(id, { tags: ['t1'], metadata: { a: 1 } });
    await until('the change', () => readFileSync(factsOf(home), 'utf8').includes('"t1"'));
    expect(readFileSync(factsOf(home), 'utf8')).toContain('first words');
    await store.updateSession(id, { tags: [] });
    await home.close();
    const facts = await loadFacts(factsOf(home));
    expect(facts?.damaged).toBe(0);
    expect(facts?.records).toBe(1);
    expect(facts?.kinds.get('tag')?.size).toBe(0);
  });

  it('loses no change that comes while another one is written', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    const { id } = await store.createSession({ title: 'one' });
    await until('the log', () => existsSync(factsOf(home)));
    let last = '';
    const end = Date.now() + 2_500;
    for (let nth = 0; Date.now() < end; nth++) {
      last = `m${nth}`;
      await store.updateSession(id, { title: last });
      await store.appendMessages(id, [{ role: 'user', text: last }]);
    }
    await home.close();
    const facts = await loadFacts(factsOf(home));
    expect(facts?.kinds.get('fact')?.get(id)).toMatchObject({ title: last });
    const again = await home.open();
    const { messageCount } = (await again.getSession(id)) ?? {};
    expect(facts?.records).toBe(messageCount);
  });

  it.each([
    ['cut short', (file: string) => truncateSync(file, statSync(file).size - 5)],
    ['with a torn line', (file: string) => appendFileSync(file, '0123abcd {"k":"na')],
    ['with a flipped bit', (file: string) => flip(file, Math.floor(statSync(file).size / 2))],
    ['gone', (file: string) => rmSync(file)],
  ])('is whole again after the next opening: %s', async (_how, damage) => {
    const home = new StoreFolder();
    const store = await home.open();
    for (const title of ['one', 'two', 'three']) await store.createSession({ title });
    await home.close();
    damage(factsOf(home));
    const again = await home.open();
    await again.createSession({ title: 'four' });
    await home.close();
    expect((await titles(home)).sort()).toEqual(['four', 'one', 'three', 'two']);
    expect((await loadFacts(factsOf(home)))?.damaged).toBe(0);
  });

  it('costs nothing but itself when the disk refuses it, and is tried again', async () => {
    const home = new StoreFolder();
    const store = await home.open();
    await store.createSession({ title: 'one' });
    await until('the log', () => existsSync(factsOf(home)));
    const spy = vi.spyOn(nodeFileSystem, 'syncLater').mockImplementation(() => {
      return Promise.reject(new Error('ENOSPC'));
    });
    onTestFinished(() => spy.mockRestore());
    await store.createSession({ title: 'two' });
    await until('a failure', () => home.problems.some((problem) => problem.includes('ENOSPC')));
    spy.mockRestore();
    await until('the change', () => readFileSync(factsOf(home), 'utf8').includes('"two"'));
    expect((await store.listSessions({})).total).toBe(2);
    await home.close();
    expect(await titles(home)).toHaveLength(2);
    expect(readdirSync(path.dirname(factsOf(home)))).toEqual(['facts.log']);
  });
});
