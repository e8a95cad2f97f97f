/**
 * The target as it would be: its messages, then those that would be merged, numbered as they will
 * be. Read in pages as the list asks for them; nothing of it is in the store yet.
 */
import { mergedOf, type Merged, type MergeMode, type SummaryAuthor } from '../../src/core/merge.ts';
import type { Message } from '../../src/core/message.ts';
import type { MessagePage } from '../../src/core/sessionStore.ts';

type ReadPage = (range: { start: number; end: number }) => Promise<MessagePage>;

export interface Afterwards {
  readonly targetId: string;
  readonly sourceId: string;
  /** Messages of the session that the merged ones are added behind. */
  readonly baseCount: number;
  readonly sharedCount: number;
  readonly mode: MergeMode;
  /** Indexes in the source, in the order they will stand; for a summary what it stands for. */
  readonly messages: readonly number[];
  readonly summary: string;
  readonly summaryBy?: SummaryAuthor;
}

/** Messages of the source asked for together although some between them are not wanted. */
const GAP = 20;
const MOST = 200;

export function countAfterwards({ baseCount, mode, messages }: Afterwards): number {
  return baseCount + (mode === 'summary' ? Math.min(1, messages.length) : messages.length);
}

/** Messages [start, end) of what will stand. */
export async function readAfterwards(
  after: Afterwards,
  { start, end }: { start: number; end: number },
  readBase: ReadPage,
  readSource: ReadPage,
): Promise<MessagePage> {
  const { baseCount, sharedCount } = after;
  const total = countAfterwards(after);
  const page =
    start < baseCount ? await readBase({ start, end: Math.min(end, baseCount) }) : undefined;
  const before = (page?.messages ?? []).map((message) => ({
    ...message,
    inherited: message.index < sharedCount,
  }));
  const from = Math.max(0, start - baseCount);
  const to = Math.min(total, end) - baseCount;
  const added = to > from ? await addedMessages(after, from, to, readSource) : [];
  return { messages: [...before, ...added], start, total, forks: [], merges: [] };
}

async function addedMessages(
  after: Afterwards,
  from: number,
  to: number,
  readSource: ReadPage,
): Promise<Message[]> {
  const { mode, messages, baseCount, targetId, sourceId, summary, summaryBy } = after;
  const placed = (message: Message, position: number): Message => {
    const earlier = mergedOf(message);
    const merged: Merged = {
      merge: '',
      mode,
      sessionId: sourceId,
      targetId,
      origins: earlier && earlier.mode !== 'summary' ? earlier.origins : [message.id],
      at: 0,
      ...(summaryBy && { summaryBy }),
    };
    // What it took was spent, and is counted, where it came from.
    const { role, content, anchor, provider, model, timestamp } = message;
    return {
      id: `merged:${position}:${message.id}`,
      sessionId: targetId,
      index: baseCount + position,
      inherited: false,
      metadata: { ...message.metadata, merged },
      ...{ role, content, anchor },
      ...(provider !== undefined && { provider }),
      ...(model !== undefined && { model }),
      ...(timestamp !== undefined && { timestamp }),
    };
  };
  if (mode === 'summary') {
    const content = [{ type: 'text', text: summary } as const];
    const message: Message = {
      id: `summary:${summary.length}:${summaryBy?.model ?? ''}`,
      sessionId: sourceId,
      index: 0,
      anchor: { logId: '', seq: 0 },
      role: 'assistant',
      content,
      inherited: false,
      metadata: {},
    };
    return [placed(message, 0)];
  }
  const wanted = messages.slice(from, to);
  const found = new Map<number, Message>();
  for (const range of rangesOf(wanted)) {
    for (const message of (await readSource(range)).messages) found.set(message.index, message);
  }
  return wanted.flatMap((index, offset) => {
    const message = found.get(index);
    return message ? [placed(message, from + offset)] : [];
  });
}

/** Ascending indexes as ranges of neighbours. */
function rangesOf(indexes: readonly number[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = [];
  for (const index of indexes) {
    const last = ranges.at(-1);
    if (last && index - last.end < GAP && index - last.start < MOST) last.end = index + 1;
    else ranges.push({ start: index, end: index + 1 });
  }
  return ranges;
}
