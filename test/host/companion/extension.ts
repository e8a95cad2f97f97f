/**
 * Another author's extension: all it has of Multipath is docs/multipath-api.d.ts and what VS Code
 * gives it at run time. Its exports let the tests ask it to do what such extensions do.
 */
import * as vscode from 'vscode';
import { ScriptedModels } from './scriptedModels.ts';
import type { MultipathApi, Session, StoreEvent } from '../../../docs/multipath-api.d.ts';

export interface Companion {
  readonly version: number;
  readonly operations: readonly string[];
  /** Questions that reached the models, as text: role by role. */
  readonly asked: readonly string[];
  /** Names of models that were told to stop. */
  readonly cancelled: readonly string[];
  /** Lets the model that waits for it break off. */
  breakOff(): void;
  /** Keeps a conversation, tries another answer in a fork, and finds both again by tag and text. */
  readonly keepConversation: (word: string) => Promise<Kept>;
}

export interface Kept {
  readonly parent: Session;
  readonly fork: Session;
  readonly byTag: readonly string[];
  readonly found: readonly string[];
  /** Sessions that events told of meanwhile. */
  readonly heardOf: readonly string[];
}

export async function activate(context: vscode.ExtensionContext): Promise<Companion> {
  const scripted = new ScriptedModels();
  context.subscriptions.push(
    vscode.lm.registerLanguageModelChatProvider('multipath-tests', scripted),
  );
  const extension = vscode.extensions.getExtension<MultipathApi>('multipath.multipath');
  if (!extension) throw new Error('Multipath is not installed');
  const { version, store } = await extension.activate();
  return {
    asked: scripted.asked,
    cancelled: scripted.cancelled,
    breakOff: () => scripted.breakOff(),
    version,
    operations: Object.keys(store),
    keepConversation: async (word) => {
      const heardOf = new Set<string>();
      const unsubscribe = store.onDidChange((event: StoreEvent) => {
        if (event.type === 'sessions') for (const id of event.changed) heardOf.add(id);
      });
      const tags = [`companion-${word}`];
      const { id } = await store.createSession({ title: 'Kept by another extension', tags });
      const parent = await store.appendMessages(id, [
        { role: 'user', text: `How do I ${word}?` },
        { role: 'assistant', text: 'Like this.', model: 'a-model', provider: 'companion' },
      ]);
      const { session } = await store.forkSession(id, { atMessage: 0 });
      const fork = await store.appendMessages(session.id, [
        { role: 'assistant', text: 'Or like that.' },
      ]);
      const byTag = (await store.findSessionsByTag(`companion-${word}`)).map((one) => one.id);
      const found = await untilFound(() => store.searchSessionsByContent(word));
      unsubscribe();
      return { parent, fork, byTag, found, heardOf: [...heardOf] };
    },
  };
}

/** The index follows the store a moment later. */
async function untilFound(
  search: () => ReturnType<MultipathApi['store']['searchSessionsByContent']>,
): Promise<string[]> {
  for (let tries = 0; tries < 100; tries++) {
    const { hits } = await search();
    if (hits.length > 0) return hits.map((hit) => hit.session.id);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return [];
}
