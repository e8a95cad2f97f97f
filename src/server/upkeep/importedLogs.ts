/**
 * Old histories go straight to the archive when they are imported: some small ones together, while
 * the next files are read, so that an import neither fills the database nor waits for the disk once
 * for each of them.
 */
import type { StoragePolicy } from '../../core/storage.ts';
import { duration, EVENT_RULES } from '../../core/tierPolicy.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import { LARGE_BYTES } from './lots.ts';

/** What is archived in one go. */
const TOGETHER_BYTES = 2 * 1024 * 1024;
const TOGETHER_LOGS = 64;

interface OldLog {
  readonly log: number;
  readonly bytes: number;
  readonly rule: string;
  readonly reason: string;
}

export interface ImportedLogsParts {
  readonly core: StoreCore;
  readonly policy: () => StoragePolicy;
  readonly now: () => number;
  readonly announce: (changed: readonly string[]) => void;
  readonly report: (error: unknown) => void;
}

export class ImportedLogs {
  readonly #parts: ImportedLogsParts;
  #waiting: OldLog[] = [];
  #waitingBytes = 0;
  #underWay: Promise<void> = Promise.resolve();

  constructor(parts: ImportedLogsParts) {
    this.#parts = parts;
  }

  /**
   * A log is in, whose file its agent changed last at `modifiedAt`. Resolves when the import may go
   * on: at most one lot is being archived behind it.
   */
  async add(log: number, modifiedAt: number, signal: AbortSignal): Promise<void> {
    const old = this.#judge(log, modifiedAt);
    if (!old) return;
    this.#waiting.push(old);
    this.#waitingBytes += old.bytes;
    if (this.#waitingBytes < TOGETHER_BYTES && this.#waiting.length < TOGETHER_LOGS) return;
    await this.#underWay;
    this.#begin(signal);
  }

  /** The import has ended: archives what is left, unless it was cancelled. */
  async finish(signal: AbortSignal): Promise<void> {
    await this.#underWay;
    this.#begin(signal);
    await this.#underWay;
  }

  #begin(signal: AbortSignal): void {
    const logs = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    this.#underWay = this.#archive(logs, signal).catch((error: unknown) => {
      // They are in the database, and go from there when their time has come.
      this.#parts.report(error);
    });
  }

  async #archive(logs: readonly OldLog[], signal: AbortSignal): Promise<void> {
    const { core, announce } = this.#parts;
    if (logs.length === 0 || signal.aborted) return;
    await core.moves.archiveTogether(logs.filter(({ bytes }) => bytes < LARGE_BYTES));
    for (const { log, bytes, ...why } of logs) {
      if (bytes < LARGE_BYTES) continue;
      await core.moves.archive(log, { ...why, signal });
    }
    announce(logs.flatMap(({ log }) => core.catalogue.sharingLog(log)));
  }

  /** `undefined` for what is to stay at hand: new, used here, or critical. */
  #judge(log: number, modifiedAt: number): OldLog | undefined {
    const { core, policy, now } = this.#parts;
    const { automatic, warmIdleMs } = policy();
    const age = now() - modifiedAt;
    if (!automatic || age < warmIdleMs) return undefined;
    const records = core.tierFacts.of(log)?.records;
    if (!records || records.bytesAtHand === 0) return undefined;
    if (records.critical || records.idleMs < warmIdleMs) return undefined;
    const limit = duration(warmIdleMs);
    const reason = `imported cold: its agent has not changed it for ${duration(age)} (limit ${limit})`;
    return { log, bytes: records.bytesAtHand, rule: EVENT_RULES.imported.id, reason };
  }
}
