/**
 * What a tool call wrote into which file, as far as its arguments tell. Agents name their tools and
 * arguments differently; docs/comparison.md has the table, and a test per agent holds it against
 * recordings. A call whose arguments are not known as an edit yields nothing: what a branch wrote is
 * never guessed.
 *
 * Takes calls with nothing shortened; of a shortened one nothing is known.
 */
import { editedFiles, type ToolBlock } from './message.ts';

/** A stretch of a file and what came in its place. */
export interface Passage {
  readonly old: string;
  readonly now: string;
  /** Wherever it stands, not only where it stands alone. */
  readonly everywhere?: boolean;
}

export type FileEdit =
  /** The whole new text. */
  | { readonly kind: 'whole'; readonly path: string; readonly text: string }
  | { readonly kind: 'passages'; readonly path: string; readonly passages: readonly Passage[] }
  | { readonly kind: 'removed'; readonly path: string }
  /** It was changed; what to, the call does not tell. */
  | { readonly kind: 'unknown'; readonly path: string };

type Arguments = Readonly<Record<string, unknown>>;

/** Names of the tools that write whole files, in lower case. */
const WRITERS: ReadonlySet<string> = new Set(['write', 'write_file']);
/** Those that replace passages. */
const EDITORS: ReadonlySet<string> = new Set(['edit', 'multiedit', 'replace']);

const BEGIN_PATCH = '*** Begin Patch';
const END_PATCH = '*** End Patch';

/** The edits of a call, in order; none for calls that failed or that edit nothing. */
export function fileEditsOf(tool: ToolBlock): readonly FileEdit[] {
  const files = editedFiles(tool);
  const [first] = files;
  if (!first) return [];
  const unknown = files.map(({ path }): FileEdit => ({ kind: 'unknown', path }));
  const { text, fullLength } = tool.input;
  if (fullLength !== undefined && fullLength > text.length) return unknown;
  const given = parsed(text);
  const patch = patchIn(given ?? text);
  if (patch !== undefined) return editsOfPatch(patch);
  // VS Code chat, whose edits are no calls and have no id: the new texts, not where they stand.
  if (tool.callId === '' && tool.name === 'Edit') {
    return [{ kind: 'passages', path: first.path, passages: [{ old: '', now: text }] }];
  }
  // One file from here on, under the path that the agent's reader gave it.
  const edit = given && editOfCall(tool.name.toLowerCase(), first.path, given);
  return edit ? [edit] : unknown;
}

/** Lines that a look may show before its agent leaves the rest out. */
const MOST_LINES = 2000;
/** Characters of a line likewise. */
const MOST_CHARACTERS = 2000;

/**
 * The whole text of a file that the agent looked at, where the result surely shows all of it: with
 * numbered lines from the first on (Claude Code), none of them cut off.
 */
export function seenTextOf(tool: ToolBlock): string | undefined {
  const { result } = tool;
  if (tool.name !== 'Read' || !result || result.isError || result.fullLength !== undefined) {
    return undefined;
  }
  const given = parsed(tool.input.text);
  if (!given || given['offset'] !== undefined || given['limit'] !== undefined) return undefined;
  const [shown = ''] = result.text.split(/\n\n?<system-reminder>/, 1);
  const lines: string[] = [];
  for (const line of shown.replace(/\n$/, '').split('\n', MOST_LINES)) {
    const [, number, text = ''] = /^ *(\d+)[→\t](.*)$/s.exec(line) ?? [];
    if (Number(number) !== lines.length + 1 || text.length >= MOST_CHARACTERS) return undefined;
    lines.push(text);
  }
  if (lines.length >= MOST_LINES) return undefined;
  return linesToText(lines.at(-1) === '' ? lines.slice(0, -1) : lines);
}

function editOfCall(name: string, path: string, given: Arguments): FileEdit | undefined {
  if (WRITERS.has(name)) {
    const { content } = given;
    return typeof content === 'string' ? { kind: 'whole', path, text: content } : undefined;
  }
  if (!EDITORS.has(name)) return undefined;
  const several = given['edits'];
  const passages = (Array.isArray(several) ? several : [given]).map(passageOf);
  const known = passages.filter((passage) => passage !== undefined);
  // Half of an edit is not what was written.
  if (known.length < passages.length || known.length === 0) return undefined;
  const [only, ...others] = known;
  // Replacing nothing makes a new file.
  if (only?.old === '' && others.length === 0) return { kind: 'whole', path, text: only.now };
  return { kind: 'passages', path, passages: known };
}

function passageOf(value: unknown): Passage | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const given: Arguments = { ...value };
  const old = given['old_string'] ?? given['oldText'];
  const now = given['new_string'] ?? given['newText'];
  if (typeof old !== 'string' || typeof now !== 'string') return undefined;
  const everywhere = given['replace_all'] === true || given['allow_multiple'] === true;
  return { old, now, ...(everywhere && { everywhere }) };
}

function parsed(text: string): Arguments | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined; // A text that only begins like JSON.
  }
}

/** The patch among a call's arguments: a text of its own, an argument, or a shell's here-document. */
function patchIn(given: Arguments | string): string | undefined {
  const texts = typeof given === 'string' ? [given] : Object.values(given).flat();
  for (const text of texts) {
    if (typeof text !== 'string') continue;
    const start = text.indexOf(BEGIN_PATCH);
    if (start < 0) continue;
    const end = text.indexOf(END_PATCH, start);
    return text.slice(start, end < 0 ? undefined : end);
  }
  return undefined;
}

/** A patch in the form of Codex: files by headings, passages by `@@`, lines by their first character. */
function editsOfPatch(patch: string): readonly FileEdit[] {
  const sections = patch.split(/^\*\*\* (?=(?:Update|Add|Delete) File: )/m).slice(1);
  return sections.map((section): FileEdit => {
    const [heading = '', ...lines] = section.split(/\r?\n/);
    const path = heading.slice(heading.indexOf(':') + 1).trim();
    if (heading.startsWith('Delete')) return { kind: 'removed', path };
    if (heading.startsWith('Add')) {
      const added = lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1));
      return { kind: 'whole', path, text: linesToText(added) };
    }
    const moved = lines.map((line) => /^\*\*\* Move to: (.+)$/.exec(line)?.[1]).find(Boolean);
    return { kind: 'passages', path: moved?.trim() ?? path, passages: passagesOf(lines) };
  });
}

function passagesOf(lines: readonly string[]): readonly Passage[] {
  const passages: Passage[] = [];
  let old: string[] = [];
  let now: string[] = [];
  const flush = (): void => {
    if (old.length + now.length > 0)
      passages.push({ old: linesToText(old), now: linesToText(now) });
    old = [];
    now = [];
  };
  for (const line of lines) {
    const text = line.slice(1);
    if (line.startsWith('@@')) flush();
    else if (line.startsWith('+')) now.push(text);
    else if (line.startsWith('-')) old.push(text);
    else if (line.startsWith(' ')) {
      old.push(text);
      now.push(text);
    }
  }
  flush();
  return passages;
}

function linesToText(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`;
}
