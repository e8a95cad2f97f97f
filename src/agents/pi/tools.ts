/** What a tool call of pi does, in one line, and how many lines of which file it changed. */
import type { ToolBlock } from '../../core/message.ts';
import { asObject, asString, objectsIn, asArray, type JsonObject } from '../json.ts';
import { snippet } from '../text.ts';

const SUMMARY_LENGTH = 200;
const FIELDS = ['command', 'path', 'file_path', 'pattern', 'query', 'url', 'task', 'prompt'];

/** One line of at most 200 characters; empty when the arguments say nothing. */
export function summaryOf(input: unknown): string {
  const given = asObject(input);
  if (!given) return typeof input === 'string' ? snippet(input, SUMMARY_LENGTH) : '';
  const named = FIELDS.map((field) => given[field]).find((value) => typeof value === 'string');
  const text = named ?? Object.values(given).find((value) => typeof value === 'string');
  return typeof text === 'string' ? snippet(text, SUMMARY_LENGTH) : '';
}

/** Lines added and removed by an edit: from the result's diff, else from the call's own texts. */
export function editOf(
  name: string,
  input: unknown,
  result: JsonObject | undefined,
): ToolBlock['edit'] {
  const given = asObject(input);
  const path = asString(given?.['path']) ?? asString(given?.['file_path']);
  if (!given || path === undefined || (name !== 'edit' && name !== 'write')) return undefined;
  const diff = asString(asObject(result?.['details'])?.['diff']);
  if (diff !== undefined) return { path, ...diffLines(diff) };
  if (name === 'write') return { path, added: linesOf(given['content']).length, removed: 0 };
  const edits = Array.isArray(given['edits']) ? objectsIn(asArray(given['edits'])) : [given];
  const counts = edits.map((edit) => changed(edit['oldText'], edit['newText']));
  return {
    path,
    added: counts.reduce((sum, count) => sum + count.added, 0),
    removed: counts.reduce((sum, count) => sum + count.removed, 0),
  };
}

interface LineCounts {
  readonly added: number;
  readonly removed: number;
}

/** pi's own diff begins each changed line with its sign and number. */
function diffLines(diff: string): LineCounts {
  const lines = diff.split('\n').filter((line) => !/^(?:\+\+\+|---) /.test(line));
  return {
    added: lines.filter((line) => line.startsWith('+')).length,
    removed: lines.filter((line) => line.startsWith('-')).length,
  };
}

function linesOf(text: unknown): readonly string[] {
  return typeof text === 'string' && text !== '' ? text.replace(/\n$/, '').split('\n') : [];
}

/** By the common first and last lines of the two texts. */
function changed(oldText: unknown, newText: unknown): LineCounts {
  const before = linesOf(oldText);
  const after = linesOf(newText);
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  return { added: after.length - start - end, removed: before.length - start - end };
}
