/** Fills rows of a comparison with their messages and the word-level changes between them. */
import type { ComparisonCell, ComparisonRow, RowOutline } from '../comparison.ts';
import { textOf, type Message } from '../message.ts';
import type { BranchReader } from './compare.ts';
import { diffTexts, type TextDifference } from './words.ts';

/** Milliseconds for one pair of texts. */
const PAIR_TIMEOUT = 150;
/** Milliseconds of work after which others get their turn. */
const SLICE = 20;
/** Share of the letters that two texts must have in common for marks to tell anything. */
const COMMON = 0.1;

/**
 * @param sessionIds the branches, in the order of the rows' indexes
 * @param rows a range of the comparison's rows; each branch's indexes in it must ascend
 */
export async function comparisonRows(
  sessionIds: readonly string[],
  rows: readonly RowOutline[],
  reader: Pick<BranchReader, 'readMessages'>,
): Promise<readonly ComparisonRow[]> {
  const columns = await Promise.all(
    sessionIds.map((id, branch) => readColumn(reader, id, rows, branch)),
  );
  const filled: ComparisonRow[] = [];
  let sliceEnd = Date.now() + SLICE;
  for (const row of rows) {
    const messages = row.indexes.map((index, branch) =>
      index === undefined ? undefined : columns[branch]?.get(index),
    );
    filled.push({ cells: cellsOf(messages), changed: row.changed });
    if (Date.now() >= sliceEnd) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      sliceEnd = Date.now() + SLICE;
    }
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

function cellsOf(messages: readonly (Message | undefined)[]): (ComparisonCell | undefined)[] {
  const [first, ...others] = messages;
  if (!first) return messages.map((message) => message && { message, replaced: false });
  const firstText = textOf(first);
  let firstCell: ComparisonCell = { message: first, replaced: false };
  let compared = false;
  const cells = others.map((message): ComparisonCell | undefined => {
    if (!message) return undefined;
    const difference = tellingDifference(firstText, textOf(message));
    // The first branch shows its changes against its nearest counterpart.
    if (!compared) firstCell = cellOf(first, difference, 'left');
    compared = true;
    return cellOf(message, difference, 'right');
  });
  return [firstCell, ...cells];
}

/** `undefined` where nearly everything would be marked: the text was written anew. */
function tellingDifference(a: string, b: string): TextDifference | undefined {
  const difference = diffTexts(a, b, { timeoutMs: PAIR_TIMEOUT });
  if (!difference) return undefined;
  const common = difference.left.filter((run) => run.kind === 'same').map((run) => run.text);
  const most = Math.max(letters(a), letters(b));
  return letters(common.join('')) >= most * COMMON ? difference : undefined;
}

function letters(text: string): number {
  return text.replace(/[^\p{L}\p{N}]/gu, '').length;
}

function cellOf(
  message: Message,
  difference: TextDifference | undefined,
  side: keyof TextDifference,
): ComparisonCell {
  return difference
    ? { message, runs: difference[side], replaced: false }
    : { message, replaced: true };
}
