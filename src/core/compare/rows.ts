/** Fills rows of a comparison with their messages and the word-level changes between them. */
import type { ComparisonCell, ComparisonRow, RowOutline } from '../comparison.ts';
import { textOf, type Message } from '../message.ts';
import type { BranchReader } from './compare.ts';
import { comparedWith, counterpartOf } from './reference.ts';
import { Slices } from './slices.ts';
import { diffTexts, type TextDifference } from './words.ts';

/** Milliseconds for one pair of texts. */
const PAIR_TIMEOUT = 150;
/** Share of the letters that two texts must have in common for marks to tell anything. */
const COMMON = 0.1;

/**
 * @param sessionIds the branches, in the order of the rows' indexes
 * @param rows a range of the comparison's rows; each branch's indexes in it must ascend
 * @param reference place of the branch that the others are compared with
 */
export async function comparisonRows(
  sessionIds: readonly string[],
  rows: readonly RowOutline[],
  reader: Pick<BranchReader, 'readMessages'>,
  reference = 0,
): Promise<readonly ComparisonRow[]> {
  const columns = await Promise.all(
    sessionIds.map((id, branch) => readColumn(reader, id, rows, branch)),
  );
  const filled: ComparisonRow[] = [];
  const slices = new Slices();
  for (const row of rows) {
    const messages = row.indexes.map((index, branch) =>
      index === undefined ? undefined : columns[branch]?.get(index),
    );
    filled.push({ cells: cellsOf(messages, reference), changed: row.changed });
    await slices.pass();
  }
  return filled;
}

/** The messages of one branch that the rows name, by index. */
async function readColumn(
  reader: Pick<BranchReader, 'readMessages'>,
  sessionId: string,
  rows: readonly RowOutline[],
  branch: number,
): Promise<ReadonlyMap<number, Message>> {
  const indexes = rows.flatMap((row) => row.indexes[branch] ?? []);
  const first = indexes[0];
  const last = indexes.at(-1);
  if (first === undefined || last === undefined) return new Map();
  const messages = await reader.readMessages(sessionId, first, last + 1);
  return new Map(messages.map((message, at) => [first + at, message]));
}

/** The others are compared with one message; that one is compared with its own counterpart. */
function cellsOf(
  messages: readonly (Message | undefined)[],
  reference: number,
): (ComparisonCell | undefined)[] {
  const at = comparedWith(messages, reference);
  const base = messages[at];
  if (!base) return [...messages.map(() => undefined)];
  const counterpart = counterpartOf(messages, at, reference);
  const baseText = textOf(base);
  let baseCell: ComparisonCell | undefined;
  const cells = messages.map((message, branch): ComparisonCell | undefined => {
    if (!message || branch === at) return undefined;
    const found = tellingDifference(baseText, textOf(message));
    if (branch === counterpart) baseCell = cellOf(base, found, 'left');
    return cellOf(message, found, 'right');
  });
  cells[at] = baseCell ?? { message: base, replaced: false };
  return cells;
}

/** What to show of a difference: nothing of it where nearly everything would be marked. */
interface Found {
  readonly difference?: TextDifference;
  readonly gaveUp: boolean;
}

function tellingDifference(a: string, b: string): Found {
  const difference = diffTexts(a, b, { timeoutMs: PAIR_TIMEOUT });
  if (!difference) return { gaveUp: true };
  const gaveUp = difference.gaveUp === true;
  const common = difference.left.filter((run) => run.kind === 'same').map((run) => run.text);
  const most = Math.max(letters(a), letters(b));
  return letters(common.join('')) >= most * COMMON ? { difference, gaveUp } : { gaveUp };
}

function letters(text: string): number {
  return text.replace(/[^\p{L}\p{N}]/gu, '').length;
}

function cellOf(
  message: Message,
  { difference, gaveUp }: Found,
  side: 'left' | 'right',
): ComparisonCell {
  return {
    message,
    ...(difference && { runs: difference[side] }),
    replaced: !difference,
    ...(gaveUp && { gaveUp }),
  };
}
