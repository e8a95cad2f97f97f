/** A store beside the real agents' homes, and what tests ask of the two together. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';
import type { Message } from '../../../../src/core/message.ts';
import type { Session } from '../../../../src/core/session.ts';
import type { LocalStore } from '../../../../src/server/localStore.ts';
import { StoreFolder } from '../../store/support/openStore.ts';

export class Play {
  readonly folders = new StoreFolder();
  /** Where the agents work; its name is what paths are made of. */
  readonly cwd: string;
  #store: LocalStore | undefined;

  constructor() {
    this.cwd = path.join(this.folders.folder, 'wörk – a "b" c');
    mkdirSync(this.cwd);
  }

  /** Reads everything that the agents wrote. */
  async read(): Promise<LocalStore> {
    const store = (this.#store ??= await this.folders.open());
    for (const agent of ['claude-code', 'codex', 'pi']) await store.setConsent(agent, 'granted');
    const { failures } = await store.importSessions();
    expect(failures).toEqual([]);
    return store;
  }

  async session(nativeId: string): Promise<Session> {
    const store = await this.read();
    const { sessions } = await store.listSessions({});
    const found = sessions.find(
      (session) => session.origin?.nativeId === nativeId && session.kind !== 'abandoned',
    );
    if (!found) throw new Error(`There is no session ${nativeId}.`);
    return found;
  }

  /** The session's messages, nothing shortened. */
  async messages({ id, messageCount }: Session): Promise<Message[]> {
    const store = await this.read();
    const messages: Message[] = [];
    for (let index = 0; index < messageCount; index++) {
      messages.push(await store.readMessage(id, index));
    }
    return messages;
  }
}
