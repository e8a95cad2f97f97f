/**
 * Keeps the costs in the catalogue at the prices that hold: when the person gives others, when a
 * newer version brings another table, and for stores from before costs could be found anew. Works in
 * slices, so that nothing waits; what is cut short begins again at the next opening.
 *
 * Invariant: `meta.prices` names the edition of prices that all rows have; it is written last.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { OwnPrice } from '../../core/storage.ts';
import { number, numberOrNull, text, textOrNull, type Row } from '../../store/database.ts';
import { costColumns } from '../../store/ingest/figures.ts';
import type { StoreCore } from '../../store/storeCore.ts';
import { mergeUsage, packUsage, unpackUsage } from '../../store/usageGroups.ts';
import { summarise } from '../../store/branchSummary.ts';

interface RepricingParts {
  readonly core: Pick<
    StoreCore,
    'database' | 'copyLinks' | 'prices' | 'transcripts' | 'readOnlyBecause'
  >;
  /** Rows changed; also when only what is shown of messages did. */
  readonly announce: () => void;
  readonly report: (error: unknown) => void;
}

/** Rows between two turns of the event loop. */
const SLICE = 100;

export class Repricing {
  readonly #parts: RepricingParts;
  #running: Promise<void> | undefined;
  #ended = false;

  constructor(parts: RepricingParts) {
    this.#parts = parts;
  }

  /** Takes over the person's prices; messages show them at once, sums a moment later. */
  setOwn(own: readonly OwnPrice[]): void {
    const { prices, transcripts } = this.#parts.core;
    const before = prices.edition;
    prices.setOwn(own);
    if (prices.edition === before) return;
    transcripts.coolAll();
    this.start();
  }

  /** Finds costs anew where the prices are others than those of the rows. */
  start(): void {
    if (this.#parts.core.readOnlyBecause !== undefined) return;
    this.#running ??= this.#untilSettled().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when all rows have the prices that hold. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#running;
  }

  async #untilSettled(): Promise<void> {
    const { core, announce, report } = this.#parts;
    const { database, prices } = core;
    try {
      for (;;) {
        await nextTurn();
        const { edition } = prices;
        const row = database.get("SELECT value FROM meta WHERE key = 'prices'");
        if (this.#hasEnded() || (row && text(row, 'value') === edition)) return;
        const changed = await this.#reprice(edition);
        // Others may have come meanwhile.
        if (this.#hasEnded() || prices.edition !== edition) continue;
        database.transaction(() =>
          database.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('prices', ?)", [edition]),
        );
        database.flush();
        if (changed) announce();
      }
    } catch (error) {
      report(error);
    }
  }

  #hasEnded(): boolean {
    return this.#ended;
  }

  /** True when any row changed. Ends early when the prices change meanwhile. */
  async #reprice(edition: string): Promise<boolean> {
    const { database, prices } = this.#parts.core;
    let changed = false;
    let after = '';
    while (!this.#hasEnded() && prices.edition === edition) {
      const rows = database.all(
        `SELECT id, log, branch, usage, cost, unpriced FROM session
         WHERE id > ? ORDER BY id LIMIT ${SLICE}`,
        [after],
      );
      const last = rows.at(-1);
      if (!last) break;
      after = text(last, 'id');
      changed =
        database.transaction(() => rows.filter((row) => this.#update(row)).length > 0) || changed;
      database.flush();
      await nextTurn();
    }
    return changed;
  }

  /** True when the row changed. */
  #update(row: Row): boolean {
    const { database, copyLinks, prices } = this.#parts.core;
    const kept = textOrNull(row, 'usage');
    const usage =
      kept === undefined
        ? mergeUsage(
            summarise(copyLinks.ownEntries(number(row, 'log'), number(row, 'branch'))).usage,
          )
        : unpackUsage(kept);
    const { cost, unpriced } = costColumns(prices, usage);
    const isSame = cost === numberOrNull(row, 'cost') && unpriced === number(row, 'unpriced');
    if (isSame && kept !== undefined) return false;
    database.run('UPDATE session SET usage = ?, cost = ?, unpriced = ? WHERE id = ?', [
      packUsage(usage),
      cost ?? null,
      unpriced,
      text(row, 'id'),
    ]);
    return !isSame;
  }
}
