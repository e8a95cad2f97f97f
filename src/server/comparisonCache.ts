/** Keeps the last comparisons, so that reading rows in ranges does not align the branches again. */
import { LRUCache } from 'lru-cache';
import type { Comparison } from '../core/comparison.ts';

export class ComparisonCache {
  readonly #kept = new LRUCache<string, Promise<Comparison>>({ max: 4 });

  /** `revisions` say which states of which sessions are compared. */
  get(revisions: readonly string[], compare: () => Promise<Comparison>): Promise<Comparison> {
    const key = JSON.stringify(revisions);
    const known = this.#kept.get(key);
    if (known) return known;
    const comparison = compare();
    this.#kept.set(key, comparison);
    comparison.catch(() => this.#kept.delete(key)); // its caller is told; the next one tries again
    return comparison;
  }
}
