/** Reads bytes as a file of an agent, the way an import does, and shows what came of it. */
import type { Agent } from '../../../../src/agents/agent.ts';
import { RecordSplitter } from '../../../../src/agents/jsonl.ts';
import type { RenderedMessage, DerivedLog, OutlineEntry } from '../../../../src/core/reader.ts';
import { NO_LIMITS } from '../../../../src/core/reader.ts';

export interface ReadFile {
  readonly log: DerivedLog;
  readonly records: readonly Uint8Array[];
  readonly shown: (entry: OutlineEntry) => RenderedMessage;
  /** Every message of a branch's own in one line. */
  readonly lines: (branch?: number) => string[];
}

export function recordsOf(
  agent: Agent,
  path: string,
  bytes: Uint8Array,
  chunkBytes = 65_536,
): Uint8Array[] {
  const splitter = agent.createSplitter?.(path) ?? new RecordSplitter();
  const records: Uint8Array[] = [];
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    records.push(...splitter.push(bytes.subarray(at, at + chunkBytes)));
  }
  return [...records, ...splitter.end()];
}

export function readBytes(agent: Agent, path: string, bytes: Uint8Array): ReadFile {
  const records = recordsOf(agent, path, bytes);
  const reader = agent.createReader(path);
  records.forEach((record, seq) => {
    reader.add(seq, record);
  });
  const log = reader.finish();
  const shown = (entry: OutlineEntry): RenderedMessage => {
    const own = entry.seqs.map((seq) => records[seq] ?? new Uint8Array());
    return agent.renderer.render(entry, own, NO_LIMITS);
  };
  const lines = (branch = 0): string[] =>
    (log.branches[branch]?.entries ?? []).map((entry) => `${entry.role}: ${textOf(shown(entry))}`);
  return { log, records, shown, lines };
}

export function readText(agent: Agent, path: string, text: string): ReadFile {
  return readBytes(agent, path, Buffer.from(text));
}

export function textOf({ content }: RenderedMessage): string {
  return content
    .map((block) =>
      block.type === 'tool' || block.type === 'attachment' ? `[${block.type}]` : block.text,
    )
    .join(' ');
}

export const jsonLines = (...values: readonly unknown[]): string =>
  values.map((value) => `${JSON.stringify(value)}\n`).join('');
