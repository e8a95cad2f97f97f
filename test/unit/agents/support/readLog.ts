/** Reads a log with an agent's reader, and shows its messages, for tests of any agent. */
import type { Agent } from '../../../../src/agents/agent.ts';
import { RecordSplitter } from '../../../../src/agents/jsonl.ts';
import type { ContentBlock } from '../../../../src/core/message.ts';
import { addTokens, NO_TOKENS } from '../../../../src/core/message.ts';
import { NO_LIMITS, type DerivedLog, type OutlineEntry } from '../../../../src/core/reader.ts';

export interface LogRead {
  readonly agent: Agent;
  readonly log: DerivedLog;
  readonly records: readonly Uint8Array[];
}

export function readLog(
  agent: Agent,
  content: Uint8Array | readonly unknown[],
  path: string,
): LogRead {
  const bytes =
    content instanceof Uint8Array
      ? content
      : Buffer.from(content.map((value) => `${JSON.stringify(value)}\n`).join(''));
  const splitter = new RecordSplitter();
  const records = [...splitter.push(bytes), ...splitter.end()];
  const reader = agent.createReader(path);
  records.forEach((record, seq) => reader.add(seq, record));
  return { agent, log: reader.finish(), records };
}

export function shown(
  { agent, records }: LogRead,
  entry: OutlineEntry | undefined,
): ContentBlock[] {
  if (!entry) throw new Error('There is no such message.');
  const own = entry.seqs.map((seq) => records[seq] ?? new Uint8Array());
  return [...agent.renderer.render(entry, own, NO_LIMITS).content];
}

/** Each branch as `role: first words` of its own messages, with where it leaves its parent. */
export function outline(read: LogRead): string[][] {
  return read.log.branches.map(({ entries, parent }) => [
    ...(parent ? [`after ${parent.length} of ${parent.branch}`] : []),
    ...entries.map((entry) => `${entry.role}: ${shown(read, entry).map(said).join(', ')}`),
  ]);
}

function said(block: ContentBlock): string {
  if (block.type === 'tool') return `[${block.name} ${block.summary}]`;
  if (block.type === 'attachment') return `[${block.mediaType}]`;
  if (block.type === 'notice') return `(${block.kind}) ${block.text}`;
  return block.type === 'thinking' ? `<${block.text}>` : block.text;
}

/** What a person can count in the raw file. */
export function figures(read: LogRead): Readonly<Record<string, unknown>> {
  const entries = read.log.branches.flatMap((branch) => branch.entries);
  const count = (role: string): number => entries.filter((entry) => entry.role === role).length;
  const sum = (of: (entry: OutlineEntry) => number | undefined): number =>
    entries.reduce((total, entry) => total + (of(entry) ?? 0), 0);
  const tokens = entries.reduce(
    (all, entry) => addTokens(all, entry.tokens ?? NO_TOKENS),
    NO_TOKENS,
  );
  return {
    branches: read.log.branches.length,
    user: count('user'),
    assistant: count('assistant'),
    system: count('system'),
    tools: sum((entry) => entry.tools),
    errors: sum((entry) => entry.errors),
    open: entries.filter((entry) => entry.open).length,
    tokens: [tokens.input, tokens.output, tokens.cacheRead, tokens.cacheWrite],
  };
}

/** The first and the last text of the live branch. */
export function ends(read: LogRead): readonly [string, string] {
  const texts = (read.log.branches[0]?.entries ?? []).flatMap((entry) =>
    shown(read, entry).flatMap((block) => (block.type === 'text' ? [block.text] : [])),
  );
  return [texts[0] ?? '', texts.at(-1) ?? ''];
}
