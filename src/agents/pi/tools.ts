/** What a tool call of pi does, in one line, and how many lines of which file it changed. */
import type { ToolBlock } from '../../core/message.ts';
import { asObject, asString, objectsIn, asArray, type JsonObject } from '../json.ts';
import { changedLines, diffLines } from '../lineCounts.ts';
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
  if (name === 'write') return { path, ...changedLines('', given['content']) };
  const edits = Array.isArray(given['edits']) ? objectsIn(asArray(given['edits'])) : [given];
  const counts = edits.map((edit) => changedLines(edit['oldText'], edit['newText']));
  return {
    path,
    added: counts.reduce((sum, count) => sum + count.added, 0),
    removed: counts.reduce((sum, count) => sum + count.removed, 0),
  };
}
