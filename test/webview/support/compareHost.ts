/**
 * A played host for the comparison panel: the real channel, schemas and comparison over sessions
 * that are made up. What crosses to the panel goes through JSON, as in VS Code. It notes everything
 * it is asked.
 */
import { compareBranches, type BranchReader } from '../../../src/core/compare/compare.ts';
import { comparisonRows } from '../../../src/core/compare/rows.ts';
import type { Comparison } from '../../../src/core/comparison.ts';
import type { ContentBlock, Message, Role } from '../../../src/core/message.ts';
import { bestOf, scoreBranches } from '../../../src/core/score.ts';
import type { Session } from '../../../src/core/session.ts';
import type { Handlers } from '../../../src/protocol/channel.ts';
import {
  compareHostSchemas,
  type CompareHost,
  type CompareState,
  type CompareView,
  type JudgementView,
} from '../../../src/protocol/panels.ts';
import { PlayedHost } from './playedHost.ts';
import { importedSession } from './sessions.ts';

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

export class PlayedCompareHost extends PlayedHost<CompareHost, CompareView> {
  protected override readonly panel = {
    name: 'compare',
    schemas: compareHostSchemas,
    size: { width: 1240, height: 980 },
  };
  protected override readonly answers: Handlers<CompareHost> = {
    ready: () => this.state(),
    readRows: async ({ start, end, reference }) => {
      await this.held;
      const ids = this.#scene.branches.map(({ session }) => session.id);
      const outline = this.#comparison?.rows.slice(start, end) ?? [];
      return { rows: await comparisonRows(ids, outline, this.#reader, reference) };
    },
    openDiff: () => null,
    openFiles: () => null,
    openFile: () => null,
    rate: async ({ branch, rating }) => {
      if (rating === null) this.ratings.delete(branch);
      else this.ratings.set(branch, rating);
      const state = await this.state();
      void this.channel.request('changed', { state });
      return null;
    },
    merge: () => null,
    openWeights: () => null,
    openJudgement: () => null,
    exportText: () => null,
    openSession: () => null,
    openLink: () => null,
    copyText: () => null,
  };
  /** Set to keep `readRows` unanswered until it resolves. */
  held: Promise<void> = Promise.resolve();
  /** The person's ratings, by branch. */
  readonly ratings = new Map<number, number>();
  readonly #scene: CompareScene;
  #comparison: Comparison | undefined;

  constructor(scene: CompareScene) {
    super();
    this.#scene = scene;
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
  return importedSession(session.id, { messageCount: messages.length, ...session });
}
