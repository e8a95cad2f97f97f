/** What a log says of itself beside its messages: session, folder, git branch, times, models. */
import { asObject, asString, timeOf, type JsonObject } from '../json.ts';
import { CHAIN_TYPES } from './entry.ts';

/** Types of records that only Claude Code writes and that stand in no chain. */
const OTHER_TYPES: ReadonlySet<unknown> = new Set([
  'summary',
  'custom-title',
  'ai-title',
  'last-prompt',
  'file-history-snapshot',
  'queue-operation',
  'content-replacement',
]);

export class LogFacts {
  readonly models = new Set<string>();
  sessionId: string | undefined;
  cwd: string | undefined;
  gitBranch: string | undefined;
  createdAt: number | undefined;
  updatedAt: number | undefined;
  #relocated = false;

  /** Returns whether the record is of a kind that Claude Code writes. */
  add(record: JsonObject): boolean {
    const { type } = record;
    const relocated = type === 'relocated' ? asString(record['relocatedCwd']) : undefined;
    if (relocated !== undefined) {
      this.cwd = relocated;
      this.#relocated = true;
    }
    if (!CHAIN_TYPES.has(type)) return OTHER_TYPES.has(type);
    this.sessionId ??= asString(record['sessionId']);
    if (!this.#relocated) this.cwd ??= asString(record['cwd']);
    this.gitBranch = asString(record['gitBranch']) ?? this.gitBranch;
    const time = timeOf(record['timestamp']);
    if (time !== undefined) {
      this.createdAt = Math.min(this.createdAt ?? time, time);
      this.updatedAt = Math.max(this.updatedAt ?? time, time);
    }
    const model = type === 'assistant' && asString(asObject(record['message'])?.['model']);
    if (model && model !== '<synthetic>') this.models.add(model);
    return true;
  }
}
