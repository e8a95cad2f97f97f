/**
 * Writes transcripts in the form Claude Code writes them: one JSON object a line, one line for each
 * block of an answer, each line pointing at the one before. Ids come from the session's name and a
 * count, so that the same sample has the same ids on every machine.
 */
import { createHash } from 'node:crypto';

export type JsonObject = Record<string, unknown>;

export type Block =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | {
      readonly type: 'tool_use';
      readonly id: string;
      readonly name: string;
      readonly input: JsonObject;
    };

export interface Usage {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
}

export interface ToolResult {
  readonly call: string;
  readonly text: string;
  readonly isError?: boolean;
  /** The structured twin that Claude Code keeps beside the text. */
  readonly detail?: JsonObject;
}

/** A version 4 shaped UUID that depends on `name` alone. */
function stableUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `a${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}

export const text = (value: string): Block => ({ type: 'text', text: value });

export const thinking = (value: string): Block => ({
  type: 'thinking',
  thinking: value,
  signature: createHash('sha256').update(value).digest('base64'),
});

export const toolUse = (id: string, name: string, input: JsonObject): Block => ({
  type: 'tool_use',
  id: `toolu_${id}`,
  name,
  input,
});

export class Transcript {
  readonly sessionId: string;
  readonly lines: string[] = [];
  /** The record that the next one follows. Set it back to a kept value to write a rewind. */
  head: string | null = null;
  model: string;
  readonly #cwd: string;
  readonly #name: string;
  #time: number;
  #count = 0;
  #tail = '';
  /** The line of each tool call, by the call's id. */
  readonly #calls = new Map<string, string>();

  constructor(name: string, cwd: string, startedAt: Date, model: string) {
    this.#name = name;
    this.#cwd = cwd;
    this.#time = startedAt.getTime();
    this.model = model;
    this.sessionId = stableUuid(`session ${name}`);
  }

  /** A session that carries on from a copy of the first `count` lines, as `--fork-session` does. */
  forked(name: string, count: number, startedAt: Date): Transcript {
    const fork = new Transcript(name, this.#cwd, startedAt, this.model);
    for (const line of this.lines.slice(0, count)) {
      const record = JSON.parse(line) as JsonObject;
      if (typeof record['uuid'] !== 'string') continue;
      fork.raw(JSON.stringify({ ...record, sessionId: fork.sessionId }));
      fork.head = record['uuid'];
    }
    return fork;
  }

  /** A prompt as the person typed it. */
  prompt(content: string): string {
    return this.#chain('user', 40, { message: { role: 'user', content } });
  }

  /** One answer of the model: every block is a line of its own, all repeat the usage. */
  answer(blocks: readonly Block[], usage: Usage): string {
    const id = stableUuid(`${this.#name} answer ${this.#count}`).replaceAll('-', '').slice(0, 24);
    const stop = blocks.some(({ type }) => type === 'tool_use') ? 'tool_use' : 'end_turn';
    for (const block of blocks) {
      const uuid = this.#chain('assistant', 3, {
        requestId: `req_${id}`,
        message: {
          id: `msg_${id}`,
          type: 'message',
          role: 'assistant',
          model: this.model,
          content: [block],
          stop_reason: stop,
          stop_sequence: null,
          usage: {
            input_tokens: usage.input,
            cache_creation_input_tokens: usage.cacheWrite ?? 0,
            cache_read_input_tokens: usage.cacheRead ?? 0,
            output_tokens: usage.output,
            service_tier: 'standard',
          },
        },
      });
      if (block.type === 'tool_use') this.#calls.set(block.id, uuid);
    }
    return this.#kept();
  }

  /**
   * What the tools gave back. With parallel calls each result hangs on the line of its own call, so
   * the chain passes through the last one only.
   */
  results(results: readonly ToolResult[]): string {
    for (const { call, text: output, isError, detail } of results) {
      const source = this.#calls.get(`toolu_${call}`);
      if (source === undefined) throw new Error(`no call ${call} in ${this.#name}`);
      this.head = source;
      const block = { tool_use_id: `toolu_${call}`, type: 'tool_result', content: output };
      this.#chain('user', 2, {
        message: {
          role: 'user',
          content: [isError === true ? { ...block, is_error: true } : block],
        },
        toolUseResult: detail ?? output,
        sourceToolAssistantUUID: source,
      });
    }
    return this.#kept();
  }

  /** The boundary and the summary that compaction writes. */
  compact(summary: string, tokensBefore: number): void {
    const logicalParentUuid = this.head;
    this.head = null;
    this.#chain('system', 1, {
      subtype: 'compact_boundary',
      content: 'Conversation compacted',
      isMeta: false,
      level: 'info',
      logicalParentUuid,
      compactMetadata: { trigger: 'auto', preTokens: tokensBefore },
    });
    this.#chain('user', 1, {
      message: { role: 'user', content: summary },
      isVisibleInTranscriptOnly: true,
      isCompactSummary: true,
    });
  }

  /** A record outside the chain, such as a title. */
  note(record: JsonObject): void {
    this.raw(JSON.stringify({ ...record, sessionId: this.sessionId }));
  }

  /** A line as it is, valid or not. */
  raw(line: string): void {
    this.lines.push(line);
  }

  /** Ends the file in the middle of a line, as a crash does. */
  torn(start: string): void {
    this.#tail = start;
  }

  /** When the last record was written. */
  get endedAt(): Date {
    return new Date(this.#time);
  }

  /** The file's text: every line terminated, then what was torn off. */
  toString(): string {
    return this.lines.map((line) => `${line}\n`).join('') + this.#tail;
  }

  #chain(type: string, seconds: number, rest: JsonObject): string {
    this.#time += seconds * 1_000;
    const uuid = stableUuid(`${this.#name} ${this.#count++}`);
    this.raw(
      JSON.stringify({
        parentUuid: this.head,
        isSidechain: false,
        userType: 'external',
        cwd: this.#cwd,
        sessionId: this.sessionId,
        version: '2.1.41',
        gitBranch: 'main',
        type,
        ...rest,
        uuid,
        timestamp: new Date(this.#time).toISOString(),
      }),
    );
    this.head = uuid;
    return uuid;
  }

  #kept(): string {
    if (this.head === null) throw new Error(`${this.#name}: nothing written yet`);
    return this.head;
  }
}
