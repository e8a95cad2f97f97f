/** What a tool call of Codex does, whether it failed, and how many lines of which file it changed. */
import type { ToolBlock } from '../../core/message.ts';
import { asArray, asObject, asString, type JsonObject } from '../json.ts';
import { indented, snippet } from '../text.ts';
import { todosDone } from '../todos.ts';
import { textOfParts } from './record.ts';

const SUMMARY_LENGTH = 200;
/** How much of an output is looked at for how the command ended: it stands at the top. */
const HEAD = 400;
const ENDED = /^(?:Process exited with code|Exit code:) (-?\d+)$/m;
/** A call that Codex could not carry out is answered with this and why. */
const REFUSED =
  /^(?:(?:exec_command|write_stdin|apply_patch verification) failed\b|failed to parse function arguments\b)/;
const PATCH = /^\*\*\* Begin Patch$/m;
const HEADING = /^\*\*\* (?:Update|Add|Delete) File: (.+)$/;
const MOVED = /^\*\*\* Move to: (.+)$/;
const PATCHED = /^\*\*\* (?:Update|Add|Delete) File: (.+)$/gm;

export function nameOf(payload: JsonObject): string {
  const name = asString(payload['name']) ?? asString(asObject(payload['function'])?.['name']);
  return name ?? asString(payload['type'])?.replace(/_call$/, '') ?? 'tool';
}

/** The call's arguments: those of functions are JSON in a string, those of custom tools a text. */
export function argumentsOf(payload: JsonObject): unknown {
  const given = payload['arguments'] ?? payload['input'] ?? payload['action'];
  if (typeof given !== 'string' || !/^\s*[[{]/.test(given)) return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return given; // A text that only begins like JSON is shown as it is.
  }
}

const FIELDS = ['cmd', 'command', 'path', 'query', 'message', 'explanation', 'chars', 'session_id'];

/** One line of at most 200 characters; empty when the arguments say nothing. */
export function summaryOf(payload: JsonObject): string {
  const input = argumentsOf(payload);
  const patch = patchOf(payload);
  if (patch !== undefined) return snippet(pathsOf(patch).join(', '), SUMMARY_LENGTH);
  if (typeof input === 'string') return snippet(input, SUMMARY_LENGTH);
  const given = asObject(input);
  if (!given) return snippet(asString(payload['summary']) ?? '', SUMMARY_LENGTH);
  for (const name of FIELDS) {
    const value = given[name];
    if (typeof value === 'number') return String(value);
    const text = Array.isArray(value) ? commandOf(value) : value;
    if (typeof text === 'string' && text.trim() !== '') return snippet(text, SUMMARY_LENGTH);
  }
  const plan = asArray(given['plan']);
  if (plan.length > 0) return todosDone(plan);
  const first = Object.values(given).find((value) => typeof value === 'string');
  return typeof first === 'string' ? snippet(first, SUMMARY_LENGTH) : '';
}

/** `["bash", "-lc", "ls"]` is `ls`. */
function commandOf(words: readonly unknown[]): string {
  const texts = words.filter((word) => typeof word === 'string');
  const isShell = texts.length === 3 && /^-l?c$/.test(texts[1] ?? '');
  return isShell ? (texts[2] ?? '') : texts.join(' ');
}

/** The patch a call applies: a custom tool's text, a function's argument, or a shell's here-document. */
function patchOf(payload: JsonObject): string | undefined {
  const input = argumentsOf(payload);
  const given = asObject(input);
  const texts = [input, given?.['patch'], given?.['input'], given?.['cmd'], given?.['command']];
  for (const text of [...texts, ...asArray(given?.['command'])]) {
    if (typeof text === 'string' && PATCH.test(text)) return text;
  }
  return undefined;
}

function pathsOf(patch: string): string[] {
  return [...patch.matchAll(PATCHED)].map((match) => (match[1] ?? '').trim());
}

/**
 * Lines added and removed by a patch, by file and in all. Of a deleted file the patch does not tell
 * the lines. A file that is moved counts under its new name.
 */
export function editOf(payload: JsonObject): ToolBlock['edit'] {
  const patch = patchOf(payload);
  if (patch === undefined) return undefined;
  const files: { path: string; added: number; removed: number }[] = [];
  for (const line of patch.split('\n')) {
    const [, path] = HEADING.exec(line) ?? [];
    if (path !== undefined) files.push({ path: path.trim(), added: 0, removed: 0 });
    const file = files.at(-1);
    if (!file) continue;
    const [, moved] = MOVED.exec(line) ?? [];
    if (moved !== undefined) file.path = moved.trim();
    else if (line.startsWith('+')) file.added++;
    else if (line.startsWith('-')) file.removed++;
  }
  const [first, ...others] = files;
  if (!first || others.length === 0) return first;
  return {
    path: `${first.path} (+${others.length})`,
    added: files.reduce((sum, { added }) => sum + added, 0),
    removed: files.reduce((sum, { removed }) => sum + removed, 0),
    files,
  };
}

/** A result's text and how many images and the like it holds beside it. */
export function resultOf(payload: JsonObject): { readonly text: string; readonly others: number } {
  const output = payload['output'] ?? payload['result'] ?? payload['tools'];
  if (typeof output === 'string') return { text: unwrapped(output), others: 0 };
  if (Array.isArray(output)) {
    const parts = asArray(output).map(asObject);
    const others = parts.filter((part) => asString(part?.['type'])?.includes('image')).length;
    const text = textOfParts(output);
    return { text: text === '' && others === 0 ? indented(output) : text, others };
  }
  const content = asObject(output)?.['content'];
  return { text: typeof content === 'string' ? content : indented(output), others: 0 };
}

/** Shell output comes wrapped as `{"output": …, "metadata": …}`. */
function unwrapped(text: string): string {
  const output = wrapped(text)?.['output'];
  return typeof output === 'string' ? output : text;
}

function wrapped(text: string): JsonObject | undefined {
  if (!text.startsWith('{"output":')) return undefined;
  try {
    return asObject(JSON.parse(text));
  } catch {
    return undefined; // A text of its own, not the wrapper.
  }
}

/** True for a result that says that the call failed. */
export function failed(payload: JsonObject): boolean {
  const output = payload['output'] ?? payload['result'];
  const object = asObject(output);
  if (object?.['success'] === false) return true;
  const code =
    object?.['exitCode'] ??
    (typeof output === 'string'
      ? asObject(wrapped(output)?.['metadata'])?.['exit_code']
      : undefined);
  if (typeof code === 'number') return code !== 0;
  const head = typeof output === 'string' ? output : textOfParts(output);
  if (REFUSED.test(head)) return true;
  const ended = ENDED.exec(head.slice(0, HEAD))?.[1];
  return ended !== undefined && ended !== '0';
}
