/**
 * A session file as it would be written: where it stands, its bytes, and what our own reader makes of
 * them. A file that would not be read as what it was cut from is refused before it is written.
 */
import path from 'node:path';
import type { Agent } from '../../agents/agent.ts';
import type { AgentWriter, ForkDraft, ForkFacts } from '../../agents/writer.ts';
import { MultipathError } from '../../core/errors.ts';
import type { CutPath } from './forkSource.ts';
import { exists } from './newFile.ts';

export interface ForkFile {
  /** Absolute. */
  readonly path: string;
  readonly bytes: number;
  readonly lineCount: number;
  /** Messages that our reader finds in it. */
  readonly messages: number;
  readonly preview: readonly string[];
  readonly notes: readonly string[];
  /** The file's content; the same whenever it is asked for. */
  content(): AsyncIterable<string>;
}

/** Lines of the preview: from the beginning, and from the end. */
const FIRST = 3;
const LAST = 12;
const PREVIEW_LENGTH = 600;

export async function forkFile(
  agent: Agent & { readonly writer: AgentWriter },
  cut: CutPath,
  facts: ForkFacts,
  root: string,
): Promise<ForkFile> {
  const draft = await agent.writer.draft(cut.source, facts);
  const file = path.join(
    await folderOf(draft, cut.besideFile, root, agent, cut, facts),
    draft.name,
  );
  const reader = agent.createReader(file);
  const encoder = new TextEncoder();
  const first: string[] = [];
  let last: string[] = [];
  let [bytes, lineCount] = [0, 0];
  for await (const line of draft.lines()) {
    const encoded = encoder.encode(`${line}\n`);
    reader.add(lineCount, encoded);
    bytes += encoded.length;
    if (lineCount < FIRST) first.push(shortened(line));
    else last = [...last, shortened(line)].slice(-LAST);
    lineCount++;
  }
  const { branches, problems, base } = reader.finish();
  const messages = branches[0]?.entries.length ?? 0;
  // A fork by reference holds no message of its own yet.
  if (branches.length > 1 || problems.length > 0 || (messages === 0 && !base)) {
    throw new MultipathError(
      'invalid-fork-point',
      `A session of ${agent.label} that was cut here would not be read as it should. Choose another message, or copy the conversation as a prompt.`,
    );
  }
  const left = lineCount - first.length - last.length;
  return {
    path: file,
    bytes,
    lineCount,
    messages,
    preview: [...first, ...(left > 0 ? [`… ${left} more lines`] : []), ...last],
    notes: [...draft.notes, ...notesOf(cut)],
    content: () => withEnds(draft),
  };
}

async function* withEnds(draft: ForkDraft): AsyncGenerator<string> {
  for await (const line of draft.lines()) yield `${line}\n`;
}

async function folderOf(
  draft: ForkDraft,
  besideFile: string | undefined,
  root: string,
  agent: Agent & { readonly writer: AgentWriter },
  cut: CutPath,
  facts: ForkFacts,
): Promise<string> {
  if (draft.folder === 'beside-source') {
    const folder = besideFile === undefined ? '' : path.dirname(besideFile);
    if (path.isAbsolute(folder) && (await exists(folder))) return folder;
    const anew = await agent.writer.draft(cut.source, { ...facts, sameFolder: false });
    return below(root, anew.folder === 'beside-source' ? [] : anew.folder);
  }
  return below(root, draft.folder);
}

/** A setting may name the folder of sessions itself. */
function below(root: string, parts: readonly string[]): string {
  const [first, ...others] = parts;
  return path.basename(root) === first ? path.join(root, ...others) : path.join(root, ...parts);
}

function shortened(line: string): string {
  if (line.length <= PREVIEW_LENGTH) return line;
  return `${line.slice(0, PREVIEW_LENGTH).toWellFormed()} … (${line.length} characters)`;
}

function notesOf({ flattened, unsaid }: CutPath): string[] {
  const { tools, thoughts, attachments } = flattened;
  const counted = (count: number, one: string, many: string): string =>
    count === 1 ? `One ${one}` : `${count} ${many}`;
  return [
    ...(tools > 0
      ? [
          `${counted(tools, 'tool call becomes', 'tool calls become')} text, with ${tools === 1 ? 'its result' : 'their results'} whole.`,
        ]
      : []),
    ...(thoughts > 0
      ? [
          `${counted(thoughts, 'thought becomes', 'thoughts become')} text: only the model that thought it can take it as a thought.`,
        ]
      : []),
    ...(attachments > 0
      ? [`${counted(attachments, 'attachment is', 'attachments are')} named but not carried over.`]
      : []),
    ...(unsaid > 0
      ? [
          `${counted(unsaid, 'event that no model was told of stays', 'events that no model was told of stay')} out.`,
        ]
      : []),
  ];
}
