/** Cuts logs with an agent's writer, for tests: what comes out is read again as any file would be. */
import type { Agent } from '../../../../src/agents/agent.ts';
import type { ForkDraft, ForkFacts, SaidMessage } from '../../../../src/agents/writer.ts';
import type { OutlineEntry } from '../../../../src/core/reader.ts';
import { readLog, type LogRead } from './readLog.ts';

export const FORK_ID = '11111111-2222-4333-8444-555555555555';
export const NOW = Date.UTC(2026, 10, 20, 12, 30, 45, 678);

/** The path's messages up to the last one of a branch, or up to message `end`. */
export function pathOf({ log }: LogRead, branch = 0, end = Infinity): OutlineEntry[] {
  const own = log.branches[branch];
  if (!own) return [];
  const before = own.parent ? pathOf(readOf(log), own.parent.branch, own.parent.length) : [];
  return [...before, ...own.entries].slice(0, end);
}

function readOf(log: LogRead['log']): LogRead {
  return { log } as LogRead; // Only its branches are looked at.
}

export interface Fork {
  readonly draft: ForkDraft;
  readonly text: string;
  readonly read: LogRead;
}

export interface ForkOptions extends Partial<ForkFacts> {
  readonly entries?: readonly OutlineEntry[];
  readonly said?: readonly SaidMessage[];
  readonly path?: string;
  readonly isThere?: boolean;
}

export async function forkOf(source: LogRead, options: ForkOptions = {}): Promise<Fork> {
  const { entries = pathOf(source), said = [], path = '/log', isThere = true, ...facts } = options;
  const own =
    entries.length === 0
      ? []
      : [
          {
            nativeId: source.log.nativeId,
            path,
            isThere,
            entries,
            // eslint-disable-next-line @typescript-eslint/require-await -- the store reads them later
            records: async function* () {
              yield source.records;
            },
          },
        ];
  return draftOf(source.agent, own, said, facts);
}

export async function draftOf(
  agent: Agent,
  own: Parameters<NonNullable<Agent['writer']>['draft']>[0]['own'],
  said: readonly SaidMessage[],
  facts: Partial<ForkFacts> = {},
): Promise<Fork> {
  const { writer } = agent;
  if (!writer) throw new Error(`${agent.label} has no writer.`);
  const draft = await writer.draft(
    {
      own,
      // eslint-disable-next-line @typescript-eslint/require-await -- the store reads them later
      said: async function* () {
        yield* said;
      },
      saidCount: said.length,
    },
    {
      id: FORK_ID,
      now: NOW,
      cwd: '/home/ada/engine',
      sameFolder: true,
      title: 'Engine (fork)',
      lineage: { agent: agent.id, session: 's', messages: 1 },
      ...facts,
    },
  );
  const lines: string[] = [];
  for await (const line of draft.lines()) lines.push(line);
  const text = lines.map((line) => `${line}\n`).join('');
  return { draft, text, read: readLog(agent, Buffer.from(text), draft.name) };
}
