/**
 * A played host for the merge panel: the real channel and schemas over a branch and a target that are
 * made up. It notes everything it is asked, and a merge changes what it says as the store would.
 */
import type { MergePlan } from '../../../src/core/merge.ts';
import type { Message } from '../../../src/core/message.ts';
import type { Session } from '../../../src/core/session.ts';
import type { MessagePage } from '../../../src/core/sessionStore.ts';
import type { Handlers } from '../../../src/protocol/channel.ts';
import {
  mergeHostSchemas,
  type MergeDone,
  type MergeHost,
  type MergeState,
  type MergeView,
} from '../../../src/protocol/mergePanel.ts';
import { panelSuite } from './panelSuite.ts';
import { PlayedHost } from './playedHost.ts';
import { SESSION } from './storageHost.ts';

export interface MergeScene {
  /** Messages that both have. */
  readonly shared: number;
  /** Messages of the target's own, and of the branch's. */
  readonly target: number;
  readonly source: number;
  readonly plan?: Partial<MergePlan>;
  readonly state?: Partial<MergeState>;
  readonly titles?: readonly [target: string, source: string];
}

export const WORDS = [
  'Use a ledger of cents and round at the very end.',
  'I added `totalInCents` and changed both callers. The tests pass.',
  'What about tax?',
  'Tax is a rate, so it stays a decimal; only the sum is rounded.',
];

/** A parent that went on, with a file that both sides edited. */
export const conflicted: MergeScene = {
  shared: 6,
  target: 2,
  source: 4,
  plan: {
    conflicts: {
      targetMessages: 2,
      files: ['src/total.ts', 'src/tax.ts'],
      edits: [
        {
          path: 'src/total.ts',
          target: { added: 3, removed: 1, messages: [7] },
          source: { added: 12, removed: 4, messages: [7] },
        },
        {
          path: 'src/tax.ts',
          target: { added: 1, removed: 1, messages: [7] },
          source: { added: 2, removed: 0, messages: [7, 9] },
        },
      ],
    },
  },
};

/** A fork of a parent that waits for it. */
export const simple: MergeScene = { shared: 6, target: 0, source: 4 };

class PlayedMergeHost extends PlayedHost<MergeHost, MergeView> {
  protected override readonly panel = {
    name: 'merge',
    schemas: mergeHostSchemas,
    size: { width: 1240, height: 800 },
  };
  protected override readonly answers: Handlers<MergeHost> = {
    ready: () => this.state(),
    setTarget: ({ targetId }) => {
      const state = this.state();
      const chosen = state.targets.find(({ sessionId }) => sessionId === targetId);
      const base = session(targetId, chosen?.title ?? '', this.scene.shared);
      return { ...state, target: base, base };
    },
    readSource: (range) => this.#page('source', this.scene.shared + this.scene.source, range),
    readBase: (range) => this.#page('target', this.state().base.messageCount, range),
    summarise: () => ({
      text: 'Summary of 4 messages from “cents”.',
      messages: this.state().plan.messages,
    }),
    askModel: () => null,
    stopModel: () => null,
    merge: ({ messages }) => {
      const { base } = this.state();
      const at = { sessionId: 'target', title: 'Rounding', first: base.messageCount };
      this.#merged = messages;
      this.done = { ...at, merged: messages.length, stands: true };
      return this.state();
    },
    undo: () => {
      this.#merged = [];
      if (this.done) this.done = { ...this.done, stands: false };
      return this.state();
    },
    compare: () => null,
    openFile: () => null,
    openSession: () => null,
    openFull: () => null,
    openLink: () => null,
    copyText: () => null,
  };
  readonly scene: MergeScene;
  done: MergeDone | undefined;
  #merged: readonly number[] = [];

  constructor(scene: MergeScene) {
    super();
    this.scene = scene;
  }

  state(): MergeState {
    const { shared, target, source, plan, state, titles = ['Rounding', 'cents'] } = this.scene;
    const own = Array.from({ length: source }, (_, at) => shared + at);
    const merged = new Set([...this.#merged, ...(plan?.alreadyMerged ?? [])]);
    const unanswered = plan?.unanswered ?? [];
    const base = session('target', titles[0], shared + target + this.#merged.length);
    return {
      source: { ...session('source', titles[1], shared + source), inheritedCount: shared },
      target: base,
      base,
      targets: [
        { sessionId: 'target', title: titles[0], relation: 'parent' },
        { sessionId: 'root', title: 'Invoices', relation: 'ancestor' },
        { sessionId: 'other', title: 'decimals', relation: 'relative' },
      ],
      models: [],
      canWrite: true,
      strings: {},
      ...state,
      plan: {
        targetId: 'target',
        sourceId: 'source',
        sharedCount: shared,
        into: 'target',
        conflicts: { targetMessages: 0, files: [], edits: [] },
        ...plan,
        messages: own.filter((index) => !merged.has(index) && !unanswered.includes(index)),
        alreadyMerged: [...merged].sort((a, b) => a - b),
        unanswered,
      },
      ...(this.done && { done: this.done }),
    };
  }

  #page(id: string, count: number, { start, end }: { start: number; end: number }): MessagePage {
    const messages = Array.from(
      { length: Math.max(0, Math.min(end, count) - start) },
      (_, at): Message => messageAt(id, start + at, this.scene.shared),
    );
    return { messages, start, total: count, forks: [], merges: [] };
  }
}

function session(id: string, title: string, messageCount: number): Session {
  return { ...SESSION, id, title, messageCount, kind: 'fork' };
}

function messageAt(id: string, index: number, shared: number): Message {
  const own = index - shared;
  const text =
    own < 0
      ? `Shared message ${index + 1}.`
      : id === 'source'
        ? `${WORDS[own % WORDS.length] ?? ''}${own < WORDS.length ? '' : ` (${own})`}`
        : `The target’s own message ${index + 1}.`;
  return {
    id: `${own < 0 ? 'shared' : id}:${index}`,
    sessionId: id,
    index,
    anchor: { logId: id, seq: index },
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: [{ type: 'text', text }],
    inherited: own < 0,
    metadata: {},
  };
}

/** Call at the top of a test file; what it returns opens the panel on a scene. */
export function mergeSuite(): ReturnType<typeof panelSuite<MergeScene, PlayedMergeHost>> {
  return panelSuite((given: MergeScene) => new PlayedMergeHost(given));
}
