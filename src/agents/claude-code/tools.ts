/** What a tool call does, in one line, and how many lines of which file it changed. */
import { asArray, asObject, asString, type JsonObject } from '../json.ts';
import type { ToolBlock } from '../../core/message.ts';
import { changedLines, type LineCounts } from '../lineCounts.ts';
import { snippet } from '../text.ts';
import { todosDone } from '../todos.ts';

const SUMMARY_LENGTH = 200;

type Summarise = (input: JsonObject) => string | undefined;

const field =
  (...names: readonly string[]): Summarise =>
  (input) => {
    for (const name of names) {
      const value = asString(input[name]);
      if (value !== undefined) return value;
    }
    return undefined;
  };

const summaries: Readonly<Record<string, Summarise>> = {
  Read: (input) => withRange(asString(input['file_path']), input),
  Write: field('file_path'),
  Edit: field('file_path'),
  MultiEdit: field('file_path'),
  NotebookEdit: field('notebook_path'),
  NotebookRead: field('notebook_path'),
  Bash: field('command', 'description'),
  BashOutput: field('bash_id', 'shell_id'),
  KillShell: field('shell_id'),
  KillBash: field('shell_id'),
  TaskOutput: field('task_id'),
  TaskStop: field('task_id'),
  Grep: (input) => within(asString(input['pattern']), input),
  Glob: (input) => within(asString(input['pattern']), input),
  LS: field('path'),
  Task: (input) => withKind(input),
  Agent: (input) => withKind(input),
  TodoWrite: (input) => todosDone(asArray(input['todos'])),
  TaskCreate: field('subject'),
  TaskUpdate: field('taskId'),
  WebFetch: field('url'),
  WebSearch: field('query'),
  Skill: field('skill', 'command'),
  SlashCommand: field('command'),
  ToolSearch: field('query'),
  LSP: field('operation', 'filePath'),
  AskUserQuestion: (input) => asString(asObject(asArray(input['questions'])[0])?.['question']),
  EnterPlanMode: () => undefined,
  ExitPlanMode: field('plan'),
};

const PATHS = ['file_path', 'notebook_path', 'filePath', 'path'] as const;

/** A call's arguments with the paths below the working folder told from there, as people do. */
export function withLocalPaths(input: unknown, cwd: string | undefined): unknown {
  const given = asObject(input);
  if (!given || cwd === undefined || cwd.length < 2) return input;
  const local: Record<string, unknown> = { ...given };
  for (const name of PATHS) {
    const path = given[name];
    if (typeof path !== 'string' || !path.startsWith(cwd)) continue;
    const below = path.slice(cwd.length);
    if (/^[\\/]./.test(below)) local[name] = below.slice(1);
  }
  return local;
}

/** One line of at most 200 characters; empty when the arguments say nothing. */
export function summaryOf(name: string, input: unknown): string {
  const given = asObject(input);
  if (!given) return typeof input === 'string' ? snippet(input, SUMMARY_LENGTH) : '';
  const known = Object.hasOwn(summaries, name) ? summaries[name]?.(given) : undefined;
  const text = known ?? Object.values(given).find((value) => typeof value === 'string');
  return typeof text === 'string' ? snippet(text, SUMMARY_LENGTH) : '';
}

function withRange(path: string | undefined, input: JsonObject): string | undefined {
  const { offset, limit } = input;
  if (path === undefined || typeof offset !== 'number') return path;
  return typeof limit === 'number'
    ? `${path} (lines ${offset} to ${offset + limit - 1})`
    : `${path} (from line ${offset})`;
}

function within(pattern: string | undefined, input: JsonObject): string | undefined {
  const path = asString(input['path']);
  return pattern !== undefined && path !== undefined ? `${pattern} in ${path}` : pattern;
}

function withKind(input: JsonObject): string | undefined {
  const description = asString(input['description']) ?? asString(input['prompt']);
  const kind = asString(input['subagent_type']);
  return kind !== undefined && description !== undefined ? `${kind}: ${description}` : description;
}

const EDITS: ReadonlySet<string> = new Set(['Edit', 'MultiEdit', 'Write', 'NotebookEdit']);

/**
 * Lines added and removed by an edit. `result` is the record's `toolUseResult`, whose patch is
 * exact; without it the call's own texts are compared by their common first and last lines.
 */
export function editOf(name: string, input: unknown, result: unknown): ToolBlock['edit'] {
  const given = asObject(input);
  if (!given || !EDITS.has(name)) return undefined;
  const path = asString(given['file_path']) ?? asString(given['notebook_path']);
  if (path === undefined) return undefined;
  const outcome = asObject(result);
  const hunks = asArray(outcome?.['structuredPatch']);
  return { path, ...(hunks.length > 0 ? patchLines(hunks) : ownLines(given)) };
}

function patchLines(hunks: readonly unknown[]): LineCounts {
  let added = 0;
  let removed = 0;
  for (const hunk of hunks) {
    for (const line of asArray(asObject(hunk)?.['lines'])) {
      if (typeof line !== 'string') continue;
      if (line.startsWith('+')) added++;
      else if (line.startsWith('-')) removed++;
    }
  }
  return { added, removed };
}

function ownLines(input: JsonObject): LineCounts {
  const edits = Array.isArray(input['edits']) ? asArray(input['edits']) : [input];
  let added = 0;
  let removed = 0;
  for (const item of edits) {
    const edit = asObject(item);
    const counts = changedLines(
      edit?.['old_string'],
      edit?.['new_string'] ?? edit?.['content'] ?? edit?.['new_source'],
    );
    added += counts.added;
    removed += counts.removed;
  }
  return { added, removed };
}
