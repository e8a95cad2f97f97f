/**
 * Compares branches: what they share, a summary of what each has of its own, and the rows that
 * align it. Bodies come through the reader in pages and are let go at once; what is kept of each
 * message is its signature.
 */
import {
  MOST_BRANCHES,
  type BranchSummary,
  type Comparison,
  type RowOutline,
} from '../comparison.ts';
import { sumFigures, type MessageFigures } from '../cost.ts';
import { MultipathError } from '../errors.ts';
import { commonAncestor, type LineageNode } from '../lineage.ts';
import { textOf, type Message } from '../message.ts';
import type { Session } from '../session.ts';
import { alignSteps } from './align.ts';
import { signatureOf, type Signature } from './signature.ts';
import { Slices } from './slices.ts';
import { BranchTally } from './summary.ts';

/** How a comparison reads. Ranges are half-open and within the session. */
export interface BranchReader {
  /** Messages as a page shows them: long texts may come shortened. */
  readMessages(sessionId: string, start: number, end: number): Promise<readonly Message[]>;
  /** Only what is summed; cheaper than the messages, which would do. */
  readFigures(sessionId: string, start: number, end: number): Promise<readonly MessageFigures[]>;
}

export interface CompareInput {
  /** The branches, 2 to 8, each another session. */
  readonly sessions: readonly Session[];
  /** Any session or ancestor, hidden ones included. */
  readonly findSession: (id: string) => LineageNode | undefined;
  readonly reader: BranchReader;
}

/** Messages read at a time. */
const PAGE = 200;
/** Characters of the shared excerpt. */
const EXCERPT = 120;
/** Messages looked at, backwards, for one with words to quote. */
const EXCERPT_REACH = 10;

/**
 * @throws MultipathError `bad-request` for fewer than two different sessions or more than eight;
 *   whatever the reader throws.
 */
export async function compareBranches(input: CompareInput): Promise<Comparison> {
  const { sessions, reader } = input;
  const ids = sessions.map((session) => session.id);
  if (ids.length < 2 || new Set(ids).size < ids.length) {
    throw new MultipathError('bad-request', 'Choose two different branches to compare.');
  }
  if (ids.length > MOST_BRANCHES) {
    throw new MultipathError('bad-request', 'Choose at most 8 branches to compare.');
  }
  const ancestor = commonAncestor(ids, input.findSession);
  const sharedCount = Math.min(
    ancestor?.sharedCount ?? 0,
    ...sessions.map((session) => session.messageCount),
  );

  const branches: BranchSummary[] = [];
  const signatures: Signature[][] = [];
  const starts: number[] = [];
  const slices = new Slices();
  for (const session of sessions) {
    const tally = new BranchTally();
    const own: Signature[] = [];
    for await (const message of messagesOf(reader, session, sharedCount)) {
      tally.add(message);
      own.push(signatureOf(message));
      await slices.pass();
    }
    branches.push(tally.summary(session));
    signatures.push(own);
    if (tally.firstAt !== undefined) starts.push(tally.firstAt);
  }

  return {
    branches,
    ...(ancestor && sharedCount > 0 && { ancestorId: ancestor.id }),
    sharedCount,
    ...(await sharedFigures(reader, ids[0] ?? '', sharedCount)),
    sharedExcerpt: await excerptBefore(reader, ids[0] ?? '', sharedCount),
    ...(sharedCount > 0 && starts.length > 0 && { forkedAt: Math.min(...starts) }),
    rows: (await slices.run(alignSteps(signatures))).map((row) => shifted(row, sharedCount)),
  };
}

async function* messagesOf(
  reader: BranchReader,
  session: Session,
  from: number,
): AsyncGenerator<Message> {
  for (let start = from; start < session.messageCount; start += PAGE) {
    const end = Math.min(start + PAGE, session.messageCount);
    yield* await reader.readMessages(session.id, start, end);
  }
}

function shifted(row: RowOutline, by: number): RowOutline {
  return {
    ...row,
    indexes: row.indexes.map((index) => (index === undefined ? undefined : index + by)),
  };
}

async function sharedFigures(
  reader: BranchReader,
  sessionId: string,
  count: number,
): Promise<Pick<Comparison, 'sharedTokens' | 'sharedCost' | 'sharedKnownCost' | 'sharedUnpriced'>> {
  const figures = count > 0 ? await reader.readFigures(sessionId, 0, count) : [];
  const { tokens, cost, knownCost, unpriced } = sumFigures(figures);
  return {
    sharedTokens: tokens,
    ...(cost !== undefined && { sharedCost: cost }),
    ...(unpriced !== undefined && { sharedUnpriced: unpriced }),
    ...(knownCost !== undefined && { sharedKnownCost: knownCost }),
  };
}

/** The first words of the last message before `end` that has any. */
async function excerptBefore(
  reader: BranchReader,
  sessionId: string,
  end: number,
): Promise<string> {
  if (end === 0) return '';
  const start = Math.max(0, end - EXCERPT_REACH);
  const messages = await reader.readMessages(sessionId, start, end);
  for (const message of messages.toReversed()) {
    const words = withoutMarks(textOf(message)).replace(/\s+/g, ' ').trim();
    if (words !== '') return shorten(words);
  }
  return '';
}

/** The excerpt is one plain line: Markdown's emphasis, code and heading marks would only be noise. */
function withoutMarks(text: string): string {
  return text.replace(/^#{1,6} |\*\*|`+/gm, '');
}

/** Cut at a space where one is near, and never within a character. */
function shorten(text: string): string {
  if (text.length <= EXCERPT) return text;
  const space = text.lastIndexOf(' ', EXCERPT);
  const end = space > EXCERPT / 2 ? space : EXCERPT;
  return `${text.slice(0, end).replace(/[\uD800-\uDBFF]$/, '')}…`;
}
