/**
 * Which tool call started a sidechain. Few versions of Claude Code say it; else a sidechain begins
 * with the words that the call gave its subagent, word by word. Of several calls with the same words
 * the first starts the first.
 */
import { createHash } from 'node:crypto';
import type { DerivedLog, OutlineEntry, SubagentCall } from '../../core/reader.ts';
import { asObject, asString, type JsonObject } from '../json.ts';
import { blocksOf, contentOf, partsOf } from './content.ts';
import { FLAG, type Entry } from './entry.ts';
import type { Names } from './names.ts';

interface TaskCall extends SubagentCall {
  readonly words: string;
}

interface Beginning {
  readonly seq: number;
  readonly words: string;
  /** Number of the subagent's id, -1 for none. */
  readonly agent: number;
  /** The call, where the record names it. */
  readonly callId?: string;
}

export class TaskCalls {
  readonly #names: Names;
  readonly #calls: TaskCall[] = [];
  /** Prompts of subagents. */
  readonly #beginnings: Beginning[] = [];
  /** Calls by the subagent that answered them. */
  readonly #answered: { readonly seq: number; readonly agent: string; readonly callId: string }[] =
    [];

  /** Since which record subagents are known to be at work. */
  readonly #atWork = new Map<string, number>();

  constructor(names: Names) {
    this.#names = names;
  }

  add(record: JsonObject, entry: Entry): void {
    const { seq, flags } = entry;
    if (record['type'] === 'progress') this.#addProgress(record, seq);
    if (flags & FLAG.assistant) {
      if (flags & FLAG.sidechain) return;
      for (const block of blocksOf(contentOf(record))) {
        const callId = block['type'] === 'tool_use' ? asString(block['id']) : undefined;
        const prompt = asString(asObject(block['input'])?.['prompt']);
        if (callId !== undefined && prompt !== undefined) {
          this.#calls.push({ seq, callId, words: digest(prompt) });
        }
      }
      return;
    }
    if (!(flags & FLAG.user)) return;
    if (flags & FLAG.sidechain) {
      if (entry.kind !== 'prompt') return;
      const callId = asString(record['parentToolUseId']) ?? asString(record['parent_tool_use_id']);
      const words = digest(partsOf(contentOf(record)).texts.join('\n'));
      const { agent = -1 } = entry;
      this.#beginnings.push({ seq, words, agent, ...(callId !== undefined && { callId }) });
      return;
    }
    const agent = asString(asObject(record['toolUseResult'])?.['agentId']);
    const [call] = entry.detail?.results ?? [];
    const callId = call === undefined ? undefined : this.#names.nameOf(call);
    if (agent !== undefined && callId !== undefined) this.#answered.push({ seq, agent, callId });
  }

  /** A subagent at work says whose it is many times; once is enough. */
  #addProgress(record: JsonObject, seq: number): void {
    const data = asObject(record['data']);
    const agent = data?.['type'] === 'agent_progress' ? asString(data['agentId']) : undefined;
    const callId = asString(record['parentToolUseID']);
    if (agent === undefined || callId === undefined || this.#atWork.has(agent)) return;
    this.#atWork.set(agent, seq);
    this.#answered.push({ seq, agent, callId });
  }

  /** The calls that started subagents with files of their own, as their results and progress say. */
  get subagents(): NonNullable<DerivedLog['subagentCalls']> {
    const byId = new Map(this.#calls.map((call) => [call.callId, call]));
    const calls = new Map<string, SubagentCall>();
    for (const { agent, callId } of this.#answered) {
      const call = byId.get(callId);
      if (call) calls.set(`agent-${agent}`, { seq: call.seq, callId });
    }
    return [...calls].map(([nativeId, call]) => ({ nativeId, call }));
  }

  /** Forgets the records from `seq` on. */
  truncate(seq: number): void {
    for (const list of [this.#calls, this.#beginnings, this.#answered]) {
      while ((list.at(-1)?.seq ?? -1) >= seq) list.pop();
    }
    for (const [agent, since] of this.#atWork) if (since >= seq) this.#atWork.delete(agent);
  }

  /** The calls that started some conversations, where they can be told; each starts one. */
  startedBy(
    conversations: readonly (readonly OutlineEntry[])[],
  ): readonly (SubagentCall | undefined)[] {
    const byId = new Map(this.#calls.map((call) => [call.callId, call]));
    const byWords = Map.groupBy(this.#calls, ({ words }) => words);
    const byAgent = new Map(this.#answered.map(({ agent, callId }) => [agent, callId]));
    const beginnings = new Map(this.#beginnings.map((beginning) => [beginning.seq, beginning]));
    const taken = new Set<TaskCall>();
    const firsts = conversations.map((entries) => {
      const seq = entries.find((entry) => entry.role === 'user')?.seqs[0];
      return seq === undefined ? undefined : beginnings.get(seq);
    });
    const named = firsts.map((first) => {
      const agent = first && this.#names.nameOf(first.agent);
      const callId = first?.callId ?? (agent === undefined ? undefined : byAgent.get(agent));
      const call = callId === undefined ? undefined : byId.get(callId);
      if (call) taken.add(call);
      return call;
    });
    const order = firsts
      .map((first, index) => ({ first, index }))
      .sort((a, b) => (a.first?.seq ?? 0) - (b.first?.seq ?? 0));
    const found: (TaskCall | undefined)[] = [...named];
    for (const { first, index } of order) {
      if (!first || found[index]) continue;
      // What was taken before is passed over once: the list gets shorter.
      const same = byWords.get(first.words);
      while (same?.[0] && taken.has(same[0])) same.shift();
      // What a call gave away was written behind it.
      if (!same?.[0] || same[0].seq > first.seq) continue;
      found[index] = same.shift();
    }
    return found.map((call) => call && { seq: call.seq, callId: call.callId });
  }
}

function digest(text: string): string {
  return createHash('sha1').update(text.trim()).digest('base64');
}
