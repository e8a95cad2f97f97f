/**
 * A model as the judge of branches: each pair is shown to it twice, in both orders, because models
 * prefer what stands first (or last) for no other reason. Where the two answers disagree, the pair is
 * a tie and it is said that the order decided. Kept beside the score, which it never changes.
 */
import type { TokenUsage } from './message.ts';
import type { Mutation } from './sessionStore.ts';

/** What the model said of one pair in one order. */
export interface Verdict {
  /** Session shown first, and second. */
  readonly first: string;
  readonly second: string;
  readonly winner: 'first' | 'second' | 'tie';
  /** In the model's own words. */
  readonly reason: string;
}

/** A pair that was not judged in one order, and why, in words for the person. */
export interface MissingVerdict {
  readonly first: string;
  readonly second: string;
  readonly error: string;
}

export interface NewJudgement {
  readonly sessionIds: readonly string[];
  readonly model: { readonly id: string; readonly name: string };
  /** What the person wanted judged by; the usual criteria when absent. */
  readonly criteria?: string;
  readonly verdicts: readonly Verdict[];
  readonly missing: readonly MissingVerdict[];
  readonly tokens: TokenUsage;
}

export interface Judgement extends NewJudgement {
  /** UUIDv7. */
  readonly id: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface JudgementQuery {
  /** This one alone. */
  readonly id?: string;
  /** At most so many; 100 when absent. */
  readonly limit?: number;
}

export interface JudgeOperations {
  /** Keeps what a model said of branches. */
  addJudgement(judgement: NewJudgement, options?: Mutation): Promise<Judgement>;
  /** Judgements that all these sessions are part of, newest first. */
  getJudgements(
    sessionIds: readonly string[],
    query?: JudgementQuery,
  ): Promise<readonly Judgement[]>;
  /** Forgets a judgement. */
  deleteJudgement(judgementId: string, options?: Mutation): Promise<void>;
}

/** One unordered pair with what came of its two showings. */
export interface JudgedPair {
  readonly a: string;
  readonly b: string;
  /** `order`: the two disagree, so the order decided. `unknown`: it was not judged twice. */
  readonly outcome: 'a' | 'b' | 'tie' | 'order' | 'unknown';
}

export interface JudgedBranch {
  readonly sessionId: string;
  readonly wins: number;
  readonly losses: number;
  /** Pairs without a winner. */
  readonly ties: number;
}

/** All pairs, each in both orders. */
export function ordersOf(sessionIds: readonly string[]): (readonly [string, string])[] {
  return sessionIds.flatMap((a, at) =>
    sessionIds.slice(at + 1).flatMap((b) => [[a, b] as const, [b, a] as const]),
  );
}

/** What came of each pair, in the order of the sessions. */
export function judgedPairs({
  sessionIds,
  verdicts,
}: Pick<Judgement, 'sessionIds' | 'verdicts'>): readonly JudgedPair[] {
  const said = new Map(verdicts.map((verdict) => [`${verdict.first} ${verdict.second}`, verdict]));
  return sessionIds.flatMap((a, at) =>
    sessionIds.slice(at + 1).map((b): JudgedPair => {
      const forth = winnerOf(said.get(`${a} ${b}`));
      const back = winnerOf(said.get(`${b} ${a}`));
      if (forth === undefined || back === undefined) return { a, b, outcome: 'unknown' };
      if (forth !== back) return { a, b, outcome: 'order' };
      return { a, b, outcome: forth === a ? 'a' : forth === b ? 'b' : 'tie' };
    }),
  );
}

/** The id of the session that won, or `tie`. */
function winnerOf(verdict: Verdict | undefined): string | undefined {
  if (!verdict) return undefined;
  return verdict.winner === 'tie' ? 'tie' : verdict[verdict.winner];
}

/** Branches by how many pairs they won, ties as half; equals in the order of the sessions. */
export function rankBranches(
  judgement: Pick<Judgement, 'sessionIds' | 'verdicts'>,
): readonly JudgedBranch[] {
  const pairs = judgedPairs(judgement);
  const branches = judgement.sessionIds.map((sessionId): JudgedBranch => {
    const own = pairs.filter(
      ({ a, b, outcome }) => outcome !== 'unknown' && (a === sessionId || b === sessionId),
    );
    const won = ({ a, outcome }: JudgedPair) => outcome === (a === sessionId ? 'a' : 'b');
    const even = ({ outcome }: JudgedPair) => outcome === 'tie' || outcome === 'order';
    const wins = own.filter(won).length;
    const ties = own.filter(even).length;
    return { sessionId, wins, ties, losses: own.length - wins - ties };
  });
  const points = ({ wins, ties }: JudgedBranch) => wins + ties / 2;
  return branches.toSorted((x, y) => points(y) - points(x));
}
