/**
 * A played host for the transcript panel: the real channel and schemas over a session that is made
 * up by a function, so that 50,000 messages take no memory. It notes everything it is asked.
 */
import type { ContentBlock, Message, Role } from '../../../src/core/message.ts';
import type { MessagePage } from '../../../src/core/sessionStore.ts';
import type { Session } from '../../../src/core/session.ts';
import type { Handlers } from '../../../src/protocol/channel.ts';
import {
  transcriptHostSchemas,
  type TranscriptHost,
  type TranscriptState,
  type TranscriptView,
} from '../../../src/protocol/panels.ts';
import { PlayedHost } from './playedHost.ts';
import { importedSession } from './sessions.ts';

export type MessageAt = (index: number) => Partial<Message> & {
  readonly role: Role;
  readonly content: readonly ContentBlock[];
};

export interface Scene {
  readonly session?: Partial<Session>;
  readonly messages: MessageAt;
  readonly count: number;
  readonly forks?: MessagePage['forks'];
  readonly merges?: MessagePage['merges'];
  readonly state?: Partial<TranscriptState>;
}

export const text = (words: string): ContentBlock => ({ type: 'text', text: words });

export class PlayedTranscriptHost extends PlayedHost<TranscriptHost, TranscriptView> {
  protected override readonly panel = {
    name: 'transcript',
    schemas: transcriptHostSchemas,
  };
  protected override readonly answers: Handlers<TranscriptHost> = {
    ready: () => ({
      session: this.session,
      canWrite: true,
      strings: {},
      ...this.#scene.state,
    }),
    readMessages: ({ start, end }) => ({
      start,
      total: this.count,
      messages: Array.from({ length: Math.max(0, Math.min(end, this.count) - start) }, (_, i) =>
        this.message(start + i),
      ),
      forks: this.forks.filter(({ atMessage }) => atMessage >= start && atMessage < end),
      merges: this.merges.filter(({ atMessage }) => atMessage >= start && atMessage < end),
    }),
    forkAt: ({ index }) => {
      const fork = { atMessage: index, sessionId: `fork-${index}`, title: `fork of ${index}` };
      this.forks = [...this.forks, fork];
      return { sessionId: fork.sessionId };
    },
    append: (message) => {
      this.added.push(message);
      this.count++;
      return this.session;
    },
    openFull: () => null,
    openSession: () => null,
    openLink: () => null,
    copyText: () => null,
    navigate: () => null,
    exploreAt: () => null,
    changeRun: () => null,
    setFocus: () => null,
  };
  count: number;
  forks: MessagePage['forks'];
  readonly merges: MessagePage['merges'];
  readonly added: { text: string; role: Role }[] = [];
  readonly #scene: Scene;

  constructor(scene: Scene) {
    super();
    this.#scene = scene;
    this.count = scene.count;
    this.forks = scene.forks ?? [];
    this.merges = scene.merges ?? [];
  }

  get session(): Session {
    return importedSession('0197f000-0000-7000-8000-000000000001', {
      title: 'Fix login race',
      providersUsed: ['anthropic'],
      models: ['claude-sonnet-4-5'],
      messageCount: this.count,
      forkCount: this.forks.length,
      ...this.#scene.session,
    });
  }

  /** The agent wrote more: tells the panel. */
  async grow(by: number): Promise<void> {
    this.count += by;
    await this.channel.request('sessionChanged', { session: this.session });
  }

  message(index: number): Message {
    const { added } = this;
    const own = added[index - (this.count - added.length)];
    const given =
      own === undefined
        ? this.#scene.messages(index)
        : { role: own.role, content: [text(own.text)] };
    return {
      id: `log:${index}`,
      sessionId: this.session.id,
      index,
      anchor: { logId: 'log', seq: index },
      inherited: index < this.session.inheritedCount,
      metadata: {},
      ...given,
    };
  }
}
