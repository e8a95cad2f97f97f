/**
 * A played host for the transcript panel: the real channel and schemas over a session that is made
 * up by a function, so that 50,000 messages take no memory. It notes everything it is asked.
 */
import type { Browser } from 'playwright-core';
import type { ContentBlock, Message, Role } from '../../../src/core/message.ts';
import type { MessagePage } from '../../../src/core/sessionStore.ts';
import type { Session } from '../../../src/core/session.ts';
import { Channel, type Handlers } from '../../../src/protocol/channel.ts';
import {
  transcriptHostSchemas,
  type TranscriptHost,
  type TranscriptState,
  type TranscriptView,
} from '../../../src/protocol/panels.ts';
import { openPanel, type PanelOptions, type PanelPage } from './page.ts';
import type { PanelServer } from './server.ts';

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

export class PlayedHost {
  /** Requests in the order they came, as `[name, argument]`. */
  readonly asked: [string, unknown][] = [];
  readonly channel: Channel<TranscriptHost, TranscriptView>;
  /** Set to make requests of these names fail with this message. */
  readonly failing = new Map<string, string>();
  count: number;
  forks: MessagePage['forks'];
  readonly merges: MessagePage['merges'];
  readonly added: { text: string; role: Role }[] = [];
  readonly #scene: Scene;
  #post: (message: unknown) => Promise<void> = () => Promise.resolve();

  constructor(scene: Scene) {
    this.#scene = scene;
    this.count = scene.count;
    this.forks = scene.forks ?? [];
    this.merges = scene.merges ?? [];
    this.channel = new Channel<TranscriptHost, TranscriptView>(
      (message) => void this.#post(message),
      this.#handlers(),
      transcriptHostSchemas,
    );
  }

  /** Opens the panel on this host. */
  async open(browser: Browser, server: PanelServer, options?: PanelOptions): Promise<PanelPage> {
    return openPanel(
      browser,
      server,
      'transcript',
      (message, post) => {
        this.#post = post;
        void this.channel.receive(message);
      },
      options,
    );
  }

  get session(): Session {
    return {
      ...baseSession,
      messageCount: this.count,
      forkCount: this.forks.length,
      ...this.#scene.session,
    };
  }

  argumentsOf(name: keyof TranscriptHost): unknown[] {
    return this.asked.filter(([asked]) => asked === name).map(([, argument]) => argument);
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

  #handlers(): Handlers<TranscriptHost> {
    const note = <A, R>(name: string, answer: (argument: A) => R) => {
      return (argument: A): R => {
        this.asked.push([name, argument]);
        const failure = this.failing.get(name);
        if (failure !== undefined) throw new Error(failure);
        return answer(argument);
      };
    };
    return {
      ready: note('ready', () => ({
        session: this.session,
        canWrite: true,
        strings: {},
        ...this.#scene.state,
      })),
      readMessages: note('readMessages', ({ start, end }: { start: number; end: number }) => ({
        start,
        total: this.count,
        messages: Array.from({ length: Math.max(0, Math.min(end, this.count) - start) }, (_, i) =>
          this.message(start + i),
        ),
        forks: this.forks.filter(({ atMessage }) => atMessage >= start && atMessage < end),
        merges: this.merges.filter(({ atMessage }) => atMessage >= start && atMessage < end),
      })),
      forkAt: note('forkAt', ({ index }: { index: number }) => {
        const fork = { atMessage: index, sessionId: `fork-${index}`, title: `fork of ${index}` };
        this.forks = [...this.forks, fork];
        return { sessionId: fork.sessionId };
      }),
      append: note('append', (message: { text: string; role: 'user' | 'assistant' }) => {
        this.added.push(message);
        this.count++;
        return this.session;
      }),
      openFull: note('openFull', () => null),
      openSession: note('openSession', () => null),
      openLink: note('openLink', () => null),
      copyText: note('copyText', () => null),
      navigate: note('navigate', () => null),
      exploreAt: note('exploreAt', () => null),
      changeRun: note('changeRun', () => null),
      setFocus: note('setFocus', () => null),
    };
  }
}

const baseSession: Session = {
  id: '0197f000-0000-7000-8000-000000000001',
  inheritedCount: 0,
  title: 'Fix login race',
  project: { key: '/home/ada/webshop', path: '/home/ada/webshop', name: 'webshop' },
  renamed: false,
  createdAt: Date.UTC(2026, 10, 14, 10, 40),
  updatedAt: Date.UTC(2026, 10, 14, 11, 2),
  lastAccessedAt: Date.UTC(2026, 10, 14, 11, 2),
  accessCount: 3,
  accessFrequency: 1,
  estimatedSizeBytes: 120_000,
  storageTier: 'warm',
  tags: [],
  metadata: {},
  providersUsed: ['anthropic'],
  models: ['claude-sonnet-4-5'],
  messageCount: 0,
  ownTokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
  totalTokens: 0,
  retentionPolicy: 'standard',
  kind: 'imported',
  forkCount: 0,
  problemCount: 0,
};
