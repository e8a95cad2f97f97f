/** Writes Claude Code logs for tests, record by record; each hangs on the one before by default. */
import { renderer } from '../../../../src/agents/claude-code/render.ts';
import { ClaudeCodeReader } from '../../../../src/agents/claude-code/reader.ts';
import { RecordSplitter } from '../../../../src/agents/jsonl.ts';
import type { ContentBlock } from '../../../../src/core/message.ts';
import {
  NO_LIMITS,
  type DerivedLog,
  type OutlineEntry,
  type TextLimits,
} from '../../../../src/core/reader.ts';

export type Fields = Readonly<Record<string, unknown>>;

export const SESSION = '0b5f7c1e-0000-4000-8000-000000000001';
const START = Date.parse('2026-03-01T10:00:00.000Z');

export class LogBuilder {
  #text = '';
  #count = 0;
  last: string | null = null;

  /** A record with everything Claude Code writes beside the given fields. */
  record(uuid: string, fields: Fields): this {
    const record = {
      parentUuid: this.last,
      isSidechain: false,
      userType: 'external',
      cwd: '/home/ada/engine',
      sessionId: SESSION,
      version: '2.1.200',
      gitBranch: 'main',
      uuid,
      timestamp: new Date(START + 1000 * this.#count).toISOString(),
      ...fields,
    };
    this.last = uuid;
    return this.line(record);
  }

  line(value: unknown): this {
    return this.raw(`${JSON.stringify(value)}\n`);
  }

  raw(text: string): this {
    this.#text += text;
    this.#count++;
    return this;
  }

  user(uuid: string, content: unknown, fields: Fields = {}): this {
    return this.record(uuid, { type: 'user', message: { role: 'user', content }, ...fields });
  }

  /** An answer of one text block in a message of its own. */
  answer(uuid: string, text: string, fields: Fields = {}): this {
    return this.block(uuid, `msg_${uuid}`, { type: 'text', text }, fields);
  }

  /** One line of an answer. */
  block(uuid: string, messageId: string, block: unknown, fields: Fields = {}): this {
    return this.record(uuid, {
      type: 'assistant',
      requestId: `req_${messageId}`,
      message: {
        id: messageId,
        type: 'message',
        role: 'assistant',
        model: 'claude-opus-4-6',
        content: [block],
        usage: { input_tokens: 10, output_tokens: 5 },
      },
      ...fields,
    });
  }

  call(uuid: string, messageId: string, callId: string, input: Fields = {}): this {
    return this.block(uuid, messageId, { type: 'tool_use', id: callId, name: 'Bash', input });
  }

  result(uuid: string, callId: string, content: unknown, fields: Fields = {}): this {
    return this.user(uuid, [{ type: 'tool_result', tool_use_id: callId, content }], fields);
  }

  progress(uuid: string, fields: Fields = {}): this {
    return this.record(uuid, { type: 'progress', data: { type: 'hook_progress' }, ...fields });
  }

  system(uuid: string, subtype: string, fields: Fields = {}): this {
    return this.record(uuid, { type: 'system', subtype, content: '', ...fields });
  }

  /** The boundary of a compaction and the summary that follows it. */
  compaction(uuid: string, logicalParentUuid: string | null): this {
    this.system(uuid, 'compact_boundary', {
      parentUuid: null,
      logicalParentUuid,
      content: 'Conversation compacted',
    });
    return this.user(`${uuid}-summary`, 'This session is being continued from a previous one.', {
      isCompactSummary: true,
    });
  }

  toString(): string {
    return this.#text;
  }

  toBytes(): Buffer {
    return Buffer.from(this.#text, 'utf8');
  }
}

export interface ReadLog {
  readonly log: DerivedLog;
  readonly reader: ClaudeCodeReader;
  readonly records: readonly Uint8Array[];
}

export const PATH = `/home/ada/.claude/projects/-home-ada-engine/${SESSION}.jsonl`;

export function splitAll(bytes: Uint8Array): Uint8Array[] {
  const splitter = new RecordSplitter();
  return [...splitter.push(bytes), ...splitter.end()];
}

export function read(log: LogBuilder | Uint8Array, path = PATH): ReadLog {
  const records = splitAll(log instanceof LogBuilder ? log.toBytes() : log);
  const reader = new ClaudeCodeReader(path);
  records.forEach((record, seq) => reader.add(seq, record));
  return { log: reader.finish(), reader, records };
}

export function render(
  { records }: ReadLog,
  entry: OutlineEntry | undefined,
  limits: TextLimits = NO_LIMITS,
): readonly ContentBlock[] {
  if (!entry) throw new Error('There is no such message.');
  const own = entry.seqs.map((seq) => records[seq] ?? new Uint8Array());
  return renderer.render(entry, own, limits).content;
}

/** Every branch as the ids of its own messages, with where it leaves its parent. */
export function shape({ log }: ReadLog): readonly string[] {
  return log.branches.map(({ entries, parent }) => {
    const ids = entries.map((entry) => entry.nativeId ?? `seq ${entry.seqs.join(',')}`).join(' ');
    return parent ? `${parent.branch}:${parent.length} ${ids}` : ids;
  });
}
