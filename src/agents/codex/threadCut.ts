/**
 * Where a thread is cut, and what before the cut was taken back. The cut comes after the last message
 * that is kept: where its turn ends with it, after the turn, else right behind its records, so that
 * nothing of the next answer comes along.
 */
import { asObject, asString, decodeRecord, type JsonObject } from '../json.ts';
import { numbered, type OwnPart } from '../writer.ts';
import { itemOf, type Item } from './item.ts';
import { pairsOf } from './pairs.ts';
import { lineOf } from './document.ts';
import { itemType, recordOf, STARTS_RECORD, type CodexRecord } from './record.ts';

export interface ThreadCut {
  /** Number of the first record that is not part of the fork. */
  readonly end: number;
  /** Its ordinal, in threads that count; where it would stand when there is none. */
  readonly ordinal?: number;
  /** Bytes of the file before it. */
  readonly offset: number;
  /** The thread's own header. */
  readonly header?: JsonObject;
  readonly headerSeq: number;
  readonly turnsTakenBack: number;
  isKept(seq: number): boolean;
}

/** What a record is for the cut. */
type Mark =
  | 'plain' // told about what was said: token counts, ends of commands
  | 'said' // part of what the model or the person said
  | 'opens' // begins a turn, or stands before one
  | 'ends' // ends a turn
  | 'stop'; // nothing behind it belongs to what stands before it

const ENDS: ReadonlySet<unknown> = new Set(['task_complete', 'turn_complete']);
const OPENS: ReadonlySet<unknown> = new Set([
  'task_started',
  'turn_started',
  'thread_settings_applied',
]);
const TOLD: ReadonlySet<unknown> = new Set(['token_count', 'agent_message', 'agent_reasoning']);

export async function threadCut(part: OwnPart): Promise<ThreadCut> {
  const last = part.entries.at(-1)?.seqs.at(-1) ?? -1;
  const marks: Mark[] = [];
  const items: Item[] = [];
  const offsets = [0];
  let header: JsonObject | undefined;
  let headerSeq = -1;
  let firstOrdinal: number | undefined;
  for await (const [seq, bytes] of numbered(part)) {
    offsets.push((offsets.at(-1) ?? 0) + bytes.length);
    const object = asObject(decodeRecord(lineOf(bytes), STARTS_RECORD).value);
    const record = object && recordOf(object);
    marks.push(record ? markOf(record) : 'plain');
    if (!record) continue;
    if (record.type === 'session_meta' && !header) [header, headerSeq] = [record.payload, seq];
    if (record.ordinal !== undefined) firstOrdinal ??= record.ordinal - seq;
    const item = itemOf(seq, record);
    if (item) items.push(item);
  }
  const end = endOf(marks, last);
  const { dropped, turns } = takenBack(items, marks, end);
  return {
    end,
    offset: offsets[end] ?? 0,
    ...(firstOrdinal !== undefined && { ordinal: firstOrdinal + end }),
    ...(header && { header }),
    headerSeq,
    turnsTakenBack: turns,
    isKept: (seq) => seq < end && !dropped.has(seq),
  };
}

function markOf({ type, payload }: CodexRecord): Mark {
  if (type === 'session_meta' || type === 'compacted') return 'stop';
  if (type === 'turn_context' || type === 'world_state') return 'opens';
  if (type === 'token_usage_record') return 'plain';
  if (type === 'response_item') {
    const role = itemType(payload) === 'message' ? payload['role'] : undefined;
    return role === 'user' || role === 'developer' ? 'opens' : 'said';
  }
  if (type !== 'event_msg') return 'stop';
  const event = payload['type'];
  if (ENDS.has(event)) return 'ends';
  if (OPENS.has(event)) return 'opens';
  if (event === 'item_completed') {
    return asString(asObject(payload['item'])?.['type']) === 'UserMessage' ? 'opens' : 'plain';
  }
  const told = typeof event === 'string' && (TOLD.has(event) || event.endsWith('_end'));
  return told ? 'plain' : event === 'user_message' ? 'opens' : 'stop';
}

/** The number behind the last record that belongs to what is kept. */
function endOf(marks: readonly Mark[], last: number): number {
  let at = last + 1;
  while (marks[at] === 'plain') at++;
  // The turn is over: what tells so comes along. Else what was told may be of the next answer.
  if (marks[at] === 'ends') return at + 1;
  return marks[at] === undefined || marks[at] === 'opens' ? at : last + 1;
}

/** Records of turns that were taken back before the cut, and what took them back. */
function takenBack(
  items: readonly Item[],
  marks: readonly Mark[],
  end: number,
): { readonly dropped: ReadonlySet<number>; readonly turns: number } {
  const dropped = new Set<number>();
  const { hidden } = pairsOf(items);
  const prompts: number[] = [];
  let turns = 0;
  items.forEach(({ seq, kind, turns: count = 0 }, place) => {
    if (seq >= end || hidden.has(place)) return;
    if (kind === 'prompt' || kind === 'user') prompts.push(seq);
    if (kind !== 'rollback') return;
    const from = prompts.splice(Math.max(0, prompts.length - count))[0];
    if (from === undefined) return;
    turns += count;
    for (let at = openingOf(marks, from, dropped); at <= seq; at++) dropped.add(at);
  });
  return { dropped, turns };
}

/** The first record of the turn that a prompt stands in. */
function openingOf(marks: readonly Mark[], prompt: number, dropped: ReadonlySet<number>): number {
  let from = prompt;
  while (marks[from - 1] === 'opens' && !dropped.has(from - 1)) from--;
  return from;
}
