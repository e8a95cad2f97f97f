/** What may be asked of a store in a random history. */
import fc from 'fast-check';
import type { RetentionPolicy, Tier } from '../../../../src/core/session.ts';

/** Sessions are picked by a number, taken modulo how many there are. */
export type Operation =
  | { readonly type: 'create'; readonly title: string; readonly retention: RetentionPolicy }
  | { readonly type: 'import'; readonly turns: number }
  | { readonly type: 'append'; readonly pick: number; readonly texts: readonly string[] }
  | { readonly type: 'fork'; readonly pick: number; readonly at: number }
  | { readonly type: 'tag'; readonly pick: number; readonly tags: readonly string[] }
  | { readonly type: 'rename'; readonly pick: number; readonly title: string }
  | { readonly type: 'trash'; readonly pick: number }
  | { readonly type: 'purge'; readonly pick: number }
  | { readonly type: 'move'; readonly pick: number; readonly tier: Tier }
  | { readonly type: 'archive'; readonly olderThan: number }
  | { readonly type: 'expire' }
  | { readonly type: 'compact' }
  /** The system's clock jumps, backwards too. */
  | { readonly type: 'clock'; readonly by: number }
  | { readonly type: 'reopen' }
  /** The process is killed: nothing is closed. */
  | { readonly type: 'kill' };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const pick = fc.nat(1000);
const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });

const weighted: readonly (readonly [weight: number, fc.Arbitrary<Operation>])[] = [
  [
    4,
    fc.record({
      type: fc.constant('create' as const),
      title: fc.constantFrom('plan', 'fix', 'test'),
      retention: fc.constantFrom('standard', 'standard', 'temporary', 'critical'),
    }),
  ],
  [1, fc.record({ type: fc.constant('import' as const), turns: fc.integer({ min: 1, max: 4 }) })],
  [
    6,
    fc.record({
      type: fc.constant('append' as const),
      pick,
      texts: fc.array(word, { minLength: 1, maxLength: 5 }),
    }),
  ],
  [6, fc.record({ type: fc.constant('fork' as const), pick, at: pick })],
  [
    2,
    fc.record({
      type: fc.constant('tag' as const),
      pick,
      tags: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
    }),
  ],
  [2, fc.record({ type: fc.constant('rename' as const), pick, title: fc.constantFrom('x', 'y') })],
  [4, fc.record({ type: fc.constant('trash' as const), pick })],
  [2, fc.record({ type: fc.constant('purge' as const), pick })],
  [
    4,
    fc.record({
      type: fc.constant('move' as const),
      pick,
      tier: fc.constantFrom('hot', 'warm', 'cold', 'cold'),
    }),
  ],
  [
    1,
    fc.record({ type: fc.constant('archive' as const), olderThan: fc.constantFrom(0, HOUR, DAY) }),
  ],
  [1, fc.constant({ type: 'expire' as const })],
  [1, fc.constant({ type: 'compact' as const })],
  [
    2,
    fc.record({
      type: fc.constant('clock' as const),
      by: fc.constantFrom(HOUR, 3 * DAY, 20 * DAY, -2 * DAY, -400 * DAY),
    }),
  ],
  [1, fc.constant({ type: 'reopen' as const })],
  [1, fc.constant({ type: 'kill' as const })],
];

export const operation: fc.Arbitrary<Operation> = fc.oneof(
  ...weighted.map(([weight, arbitrary]) => ({ weight, arbitrary })),
);
