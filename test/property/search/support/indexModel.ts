/**
 * Whatever happens to a store and to its index, in the end the index holds what an index holds that
 * is made of the same store from nothing, and a search finds the same, titles included.
 */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect } from 'vitest';
import { indexFolder, removeIndex, SearchStore } from '../../../unit/search/support/searchStore.ts';
import { turns } from '../../../unit/store/support/claudeHome.ts';
import { StoreFolder } from '../../../unit/store/support/openStore.ts';

const WORDS = ['alpha', 'beta', 'gamma', 'deltaEpsilon', '全文検索'];
/** Small enough that shards are sealed and rebuilt within a few steps. */
const LIMITS = {
  shardMessages: 12,
  deadShare: 0.2,
  leastDead: 2,
  batchMessages: 5,
  batchCharacters: 200,
};

type Step =
  | { readonly type: 'append'; readonly pick: number; readonly words: readonly number[] }
  | { readonly type: 'fork'; readonly pick: number; readonly at: number }
  | { readonly type: 'trash'; readonly pick: number }
  | { readonly type: 'archive'; readonly pick: number }
  | { readonly type: 'grow' | 'rewrite'; readonly file: number; readonly count: number }
  | { readonly type: 'search'; readonly word: number }
  | { readonly type: 'kill' | 'reopen' | 'lose shard' | 'lose state' }
  | { readonly type: 'damage'; readonly file: number; readonly at: number };

const pick = fc.nat(50);
const one = <T extends string>(type: T) => fc.record({ type: fc.constant(type) });
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 5,
    arbitrary: fc.record({
      type: fc.constant('append' as const),
      pick,
      words: fc.array(fc.nat(4), { minLength: 1, maxLength: 8 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('fork' as const), pick, at: pick }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('trash' as const), pick }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('archive' as const), pick }) },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constantFrom('grow' as const, 'rewrite' as const),
      file: fc.nat(1),
      count: fc.integer({ min: 1, max: 9 }),
    }),
  },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('search' as const), word: fc.nat(4) }) },
  { weight: 1, arbitrary: one('kill' as const) },
  { weight: 1, arbitrary: one('reopen' as const) },
  { weight: 1, arbitrary: one('lose shard' as const) },
  { weight: 1, arbitrary: one('lose state' as const) },
  {
    weight: 2,
    arbitrary: fc.record({ type: fc.constant('damage' as const), file: pick, at: fc.nat(400) }),
  },
);

class World {
  readonly home = new StoreFolder();
  /** Files by number: how many turns, and which writing of it. */
  readonly files = new Map<number, { turns: number; writing: number }>();
  readonly sessions: string[] = [];
  readonly trashed = new Set<string>();
  #open: SearchStore | undefined;

  async opened(): Promise<SearchStore> {
    this.#open ??= await SearchStore.open(this.home, LIMITS);
    return this.#open;
  }

  async close(): Promise<void> {
    await this.#open?.close();
    this.#open = undefined;
  }

  async do(step: Step): Promise<void> {
    const { store, search } = await this.opened();
    switch (step.type) {
      case 'append': {
        const id = this.#session(step.pick);
        if (id === undefined || step.pick % 5 === 0) {
          const made = await store.createSession({ title: `session ${this.sessions.length}` });
          this.sessions.push(made.id);
        }
        const to = this.#session(step.pick);
        if (to === undefined || this.trashed.has(to)) return;
        await store.appendMessages(
          to,
          step.words.map((word) => ({ role: 'user', text: `${WORDS[word]} ${WORDS[word]}` })),
        );
        return;
      }
      case 'fork': {
        const { sessions } = await store.listSessions({});
        const parent = sessions[step.pick % Math.max(1, sessions.length)];
        if (!parent || parent.messageCount === 0) return;
        const atMessage = step.at % parent.messageCount;
        const { session } = await store.forkSession(parent.id, { atMessage });
        this.sessions.push(session.id);
        return;
      }
      case 'trash': {
        const id = this.#session(step.pick);
        if (id === undefined) return;
        if (this.trashed.delete(id)) await store.restoreSession(id);
        else {
          this.trashed.add(id);
          await store.deleteSession(id);
        }
        return;
      }
      case 'archive': {
        const { sessions } = await store.listSessions({});
        const session = sessions[step.pick % Math.max(1, sessions.length)];
        if (session) await store.migrateToTier(session.id, 'cold', { reason: 'test' });
        return;
      }
      case 'grow':
      case 'rewrite': {
        const known = this.files.get(step.file) ?? { turns: 0, writing: 0 };
        const grows = step.type === 'grow';
        const writing = known.writing + Number(!grows);
        const count = grows ? known.turns + step.count : step.count;
        this.files.set(step.file, { turns: count, writing });
        const text = ` ${WORDS[step.count % WORDS.length] ?? ''}`;
        const prefix = `f${step.file}-${writing}`;
        this.home.claude.write(`file-${step.file}`, turns(prefix, count, { text }));
        await store.setConsent('claude-code', 'granted');
        await store.importSessions();
        return;
      }
      case 'search':
        await store.searchSessionsByContent(WORDS[step.word] ?? '');
        return;
      case 'kill':
        await search.worker.kill();
        return;
      case 'reopen':
        await this.close();
        return;
      case 'lose shard':
        await this.close();
        rmSync(path.join(indexFolder(this.home), 'active.db'), { force: true });
        return;
      case 'lose state':
        await this.close();
        rmSync(path.join(indexFolder(this.home), 'state.db'), { force: true });
        return;
      case 'damage': {
        await this.close();
        if (!existsSync(indexFolder(this.home))) return;
        const names = readdirSync(indexFolder(this.home)).filter((name) => name.endsWith('.db'));
        const name = names[step.file % Math.max(1, names.length)];
        if (name === undefined) return;
        const file = path.join(indexFolder(this.home), name);
        const bytes = readFileSync(file);
        const at = Math.floor((step.at / 400) * (bytes.length - 1));
        bytes[at] = (bytes[at] ?? 0) ^ 0x20;
        writeFileSync(file, bytes);
      }
    }
  }

  #session(index: number): string | undefined {
    return this.sessions[index % Math.max(1, this.sessions.length)];
  }
}

async function hitsOf({ store }: SearchStore): Promise<string[]> {
  const all: string[] = [];
  for (const word of [...WORDS, 'epsilon', 'user', '"alpha alpha"', 'session', 'alp*']) {
    for (const order of ['relevance', 'newest'] as const) {
      const { hits, titles } = await store.searchSessionsByContent(word, { limit: 200, order });
      const found = hits.map(({ session, messageIndex, snippet }) =>
        [word, session.id, messageIndex, snippet.text].join('|'),
      );
      const titled = titles.map(({ session, title }) => [word, session.id, title.text].join('|'));
      all.push(...found.sort(), ...titled.sort());
    }
  }
  return all;
}

/** Fails with the shrunk steps and their seed. */
export async function checkIndex(runs: number): Promise<void> {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 24 }), async (steps) => {
      const world = new World();
      for (const next of steps) await world.do(next);
      const followed = await world.opened();
      const documents = await followed.documents();
      const hits = await hitsOf(followed);
      await world.close();
      removeIndex(world.home);
      const made = await world.opened();
      expect(documents).toEqual(await made.documents());
      expect(hits).toEqual(await hitsOf(made));
      await world.close();
    }),
    { numRuns: runs },
  );
}
