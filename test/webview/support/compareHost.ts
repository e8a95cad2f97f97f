/**
 * A played host for the comparison panel: the real channel, schemas and comparison over sessions
 * that are made up. What crosses to the panel goes through JSON, as in VS Code. It notes everything
 * it is asked.
 */
import type { Browser } from 'playwright-core';
import { compareBranches, type BranchReader } from '../../../src/core/compare/compare.ts';
import { comparisonRows } from '../../../src/core/compare/rows.ts';
import type { Comparison } from '../../../src/core/comparison.ts';
import type { ContentBlock, Message, Role } from '../../../src/core/message.ts';
import { bestOf, scoreBranches } from '../../../src/core/score.ts';
import type { Session } from '../../../src/core/session.ts';
import { Channel, type Handlers } from '../../../src/protocol/channel.ts';
import {
  compareHostSchemas,
  type CompareHost,
  type CompareState,
  type CompareView,
  type JudgementView,
} from '../../../src/protocol/panels.ts';
import { openPanel, type PanelOptions, type PanelPage } from './page.ts';
import type { PanelServer } from './server.ts';

export type Said = Partial<Message> & {
  readonly role: Role;
  readonly content: readonly ContentBlock[];
};

export interface PlayedBranch {
  readonly session: Pick<Session, 'id' | 'title'> & Partial<Session>;
  /** All messages, shared ones included. */
  readonly messages: readonly Said[];
}

export interface CompareScene {
  /** The branches that are compared, then their ancestors. */
  readonly branches: readonly [PlayedBranch, PlayedBranch, ...PlayedBranch[]];
  readonly ancestors?: readonly PlayedBranch[];
  /** What a model said of the branches. */
  readonly judgement?: JudgementView;
}

export class PlayedCompareHost {
  /** Requests in the order they came, as `[name, argument]`. */
  readonly asked: [string, unknown][] = [];
  readonly channel: Channel<CompareHost, CompareView>;
  /** Set to make requests of these names fail with this message. */
  readonly failing = new Map<string, string>();
  /** Set to keep `readRows` unanswered until it resolves. */
  held: Promise<void> = Promise.resolve();
  /** The person's ratings, by branch. */
  readonly ratings = new Map<number, number>();
  readonly #scene: CompareScene;
  #comparison: Comparison | undefined;
  #post: (message: unknown) => Promise<void> = () => Promise.resolve();

  constructor(scene: CompareScene) {
    this.#scene = scene;
    this.channel = new Channel<CompareHost, CompareView>(
      (message) => void this.#post(JSON.parse(JSON.stringify(message))),
      this.#handlers(),
      compareHostSchemas,
    );
  }

  /** Opens the panel on this host. */
  open(browser: Browser, server: PanelServer, options?: PanelOptions): Promise<PanelPage> {
    return openPanel(
      browser,
      server,
      'compare',
      (message, post) => {
        this.#post = post;
        void this.channel.receive(message);
      },
      { width: 1240, height: 980, ...options },
    );
  }

  argumentsOf(name: keyof CompareHost): unknown[] {
    return this.asked.filter(([asked]) => asked === name).map(([, argument]) => argument);
  }

  async state(): Promise<CompareState> {
    const sessions = this.#scene.branches.map((branch, at) => {
      const rating = this.ratings.get(at);
      return { ...sessionOf(branch), metadata: rating === undefined ? {} : { rating } };
    });
    this.#comparison = await compareBranches({
      sessions,
      findSession: (id) => {
        const found = this.#find(id);
        return found && sessionOf(found);
      },
      reader: this.#reader,
    });
    const [ancestor] = this.#scene.ancestors ?? [];
    const judged = this.#comparison.branches.map((summary, at) => {
      const rating = this.ratings.get(at);
      return { summary, ...(rating !== undefined && { rating }) };
    });
    const scores = scoreBranches(judged);
    return {
      sessions,
      ...(ancestor && { ancestorTitle: ancestor.session.title }),
      comparison: this.#comparison,
      scores,
      bestFork: bestOf(judged, scores) ?? '',
      ...(this.#scene.judgement && { judgement: this.#scene.judgement }),
      canWrite: true,
      strings: {},
    };
  }

  #find(id: string): PlayedBranch | undefined {
    const { branches, ancestors = [] } = this.#scene;
    return [...branches, ...ancestors].find(({ session }) => session.id === id);
  }

  readonly #reader: BranchReader = {
    readMessages: (id, start, end) => {
      const branch = this.#find(id);
      const all = branch?.messages ?? [];
      return Promise.resolve(
        all.slice(start, end).map((said, at) => messageOf(id, start + at, said)),
      );
    },
    readFigures: (id, start, end) => this.#reader.readMessages(id, start, end),
  };

  #handlers(): Handlers<CompareHost> {
    const note = <A, R>(name: string, answer: (argument: A) => R | Promise<R>) => {
      return (argument: A): R | Promise<R> => {
        this.asked.push([name, argument]);
        const failure = this.failing.get(name);
        if (failure !== undefined) throw new Error(failure);
        return answer(argument);
      };
    };
    return {
      ready: note('ready', () => this.state()),
      readRows: note(
        'readRows',
        async ({ start, end, reference }: Parameters<CompareHost['readRows']>[0]) => {
          await this.held;
          const ids = this.#scene.branches.map(({ session }) => session.id);
          const outline = this.#comparison?.rows.slice(start, end) ?? [];
          return { rows: await comparisonRows(ids, outline, this.#reader, reference) };
        },
      ),
      openDiff: note('openDiff', () => null),
      openFiles: note('openFiles', () => null),
      openFile: note('openFile', () => null),
      rate: note('rate', async ({ branch, rating }: { branch: number; rating: number | null }) => {
        if (rating === null) this.ratings.delete(branch);
        else this.ratings.set(branch, rating);
        const state = await this.state();
        void this.channel.request('changed', { state });
        return null;
      }),
      merge: note('merge', () => null),
      openWeights: note('openWeights', () => null),
      openJudgement: note('openJudgement', () => null),
      exportText: note('exportText', () => null),
      openSession: note('openSession', () => null),
      openLink: note('openLink', () => null),
      copyText: note('copyText', () => null),
    };
  }
}

function messageOf(sessionId: string, index: number, said: Said): Message {
  return {
    id: `${sessionId}:${String(index)}`,
    sessionId,
    index,
    anchor: { logId: sessionId, seq: index },
    inherited: false,
    metadata: {},
    ...said,
  };
}

function sessionOf({ session, messages }: PlayedBranch): Session {
  return {
    inheritedCount: 0,
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
    providersUsed: [],
    models: [],
    messageCount: messages.length,
    ownTokens: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    totalTokens: 0,
    retentionPolicy: 'standard',
    kind: 'imported',
    forkCount: 0,
    problemCount: 0,
    ...session,
  };
}
