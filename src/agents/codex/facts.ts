/** What a thread says of itself: its id, where it came from, folder, branch, times, models. */
import { remoteName } from '../../core/gitRemote.ts';
import { asCount, asObject, asString, type JsonObject } from '../json.ts';
import type { CodexRecord } from './record.ts';

export interface ThreadHeader {
  readonly id?: string;
  readonly cwd?: string;
  readonly gitBranch?: string;
  readonly repository?: string;
  readonly provider?: string;
  readonly forkedFrom?: string;
  /** The thread whose lines before this ordinal come before the ones here, none of them copied. */
  readonly base?: { readonly nativeId: string; readonly end: number };
  /** The thread that this one works for. */
  readonly parentThread?: string;
  readonly isSubagent: boolean;
}

function headerOf(payload: JsonObject): ThreadHeader {
  const base = asObject(payload['history_base']);
  const baseThread = asString(base?.['thread_id']);
  const source = asObject(payload['source']);
  const subagent = source?.['subagent'];
  const spawn = asObject(asObject(subagent)?.['thread_spawn']);
  const parentThread =
    asString(payload['parent_thread_id']) ?? asString(spawn?.['parent_thread_id']);
  const git = asObject(payload['git']);
  const gitBranch = asString(git?.['branch']);
  const address = asString(git?.['repository_url']);
  return {
    ...optional('id', asString(payload['id'])),
    ...optional('cwd', asString(payload['cwd'])),
    ...optional('gitBranch', gitBranch),
    ...optional('repository', address === undefined ? undefined : remoteName(address)),
    ...optional('provider', asString(payload['model_provider'])),
    ...optional('forkedFrom', asString(payload['forked_from_id'])),
    ...(baseThread !== undefined && {
      base: { nativeId: baseThread, end: asCount(base?.['end_ordinal_exclusive']) },
    }),
    ...optional('parentThread', parentThread),
    isSubagent: subagent !== undefined && subagent !== null,
  };
}

function optional<K extends string>(key: K, value: string | undefined): Partial<Record<K, string>> {
  // The computed key is the one key of the record.
  return value === undefined ? {} : ({ [key]: value } as Partial<Record<K, string>>);
}

/** What records say of the thread as a whole, one after the other. */
export class ThreadFacts {
  /** By record: one that is read again does not count twice. */
  readonly #headers = new Map<number, ThreadHeader>();
  /** Threads that calls of this one started, by the calls' ids. */
  readonly spawned = new Map<string, string>();
  readonly models = new Set<string>();
  title: string | undefined;
  cwd: string | undefined;
  createdAt: number | undefined;
  updatedAt: number | undefined;
  /** The ordinal of the file's first record, in logs that count. */
  firstOrdinal: number | undefined;

  /** The first is the thread's own; the others were copied with what it was forked from. */
  get headers(): readonly ThreadHeader[] {
    return [...this.#headers.values()];
  }

  add(seq: number, { type, payload, time, ordinal }: CodexRecord): void {
    if (ordinal !== undefined) this.firstOrdinal ??= ordinal - seq;
    if (time !== undefined) {
      this.createdAt = Math.min(this.createdAt ?? time, time);
      this.updatedAt = Math.max(this.updatedAt ?? time, time);
    }
    if (type === 'session_meta') this.#headers.set(seq, headerOf(payload));
    else if (type === 'turn_context') {
      this.cwd ??= asString(payload['cwd']);
      const model = asString(payload['model']);
      if (model !== undefined) this.models.add(model);
    } else if (payload['type'] === 'thread_name_updated') {
      this.title = asString(payload['thread_name']) ?? this.title;
    } else if (payload['type'] === 'collab_agent_spawn_end') {
      const call = asString(payload['call_id']);
      const thread = asString(payload['new_thread_id']);
      if (call !== undefined && thread !== undefined) this.spawned.set(call, thread);
    }
  }
}
