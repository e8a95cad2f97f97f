/** Two branches to merge, and what was said in them. */
import type { Message } from '../../../../src/core/message.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { StoreFolder } from './openStore.ts';

export async function said(store: LocalStore, id: string): Promise<string[]> {
  const { messages } = await store.readMessages(id, { start: 0, end: 1000 });
  return messages.map(words);
}

function words({ content }: Message): string {
  return content.map((block) => ('text' in block ? block.text : block.type)).join('|');
}

/** A session of ours with two messages, and a fork of it with two of its own. */
export async function branches(home = new StoreFolder()) {
  const store = await home.open();
  const parent = await store.createSession({ title: 'Login race' });
  await store.appendMessages(parent.id, [
    { role: 'user', text: 'fix it' },
    { role: 'assistant', text: 'how?' },
  ]);
  const { session: fork } = await store.forkSession(parent.id, { atMessage: 1, title: 'lock' });
  await store.appendMessages(fork.id, [
    { role: 'user', text: 'with a lock' },
    {
      role: 'assistant',
      text: 'done',
      tokens: { input: 9, output: 1, cacheRead: 0, cacheWrite: 0 },
    },
  ]);
  return { home, store, parent, fork };
}
