import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { alignBranches, alignPair } from '../../../src/core/compare/align.ts';
import { signatureOf, type Signature } from '../../../src/core/compare/signature.ts';
import { diffTexts } from '../../../src/core/compare/words.ts';
import { guardCut } from '../../../src/core/forkGuard.ts';
import { commonAncestor, type LineageNode } from '../../../src/core/lineage.ts';
import { message } from '../../unit/core/messages.ts';

/** Few words, so that equal and alike messages are common. */
const word = fc.constantFrom('lock', 'promise', 'test', 'tab', 'the', 'a');
const signature: fc.Arbitrary<Signature> = fc
  .tuple(
    fc.constantFrom('user' as const, 'assistant' as const, 'system' as const),
    fc.array(word, { maxLength: 4 }),
  )
  .map(([role, words]) => signatureOf(message(role, words.join(' '))));
const branch = fc.array(signature, { maxLength: 40 });
/** Small tables, so that the ways to cut long branches are walked too. */
const cellLimit = fc.constantFrom(1, 4, 30, 250_000);

describe('alignment', () => {
  it('holds every message of every branch once, in order, and pairs only one role', () => {
    fc.assert(
      fc.property(
        fc.array(branch, { minLength: 1, maxLength: 8 }),
        cellLimit,
        (branches, limit) => {
          const rows = alignBranches(branches, limit);
          for (const [at, own] of branches.entries()) {
            const indexes = rows.flatMap((row) => row.indexes[at] ?? []);
            expect(indexes).toEqual(own.map((_, index) => index));
          }
          for (const row of rows) {
            const present = row.indexes.flatMap((index, at) =>
              index === undefined ? [] : (branches[at]?.[index] ?? []),
            );
            expect(present.length).toBeGreaterThan(0);
            expect(new Set(present.map(({ role }) => role)).size).toBe(1);
            const equal =
              present.length === branches.length &&
              new Set(present.map(({ hash }) => hash)).size === 1;
            expect(row.changed).toBe(branches.length === 1 ? false : !equal);
          }
        },
      ),
    );
  });

  it('finds no change between a branch and itself', () => {
    fc.assert(
      fc.property(branch, cellLimit, (own, limit) => {
        const rows = alignBranches([own, own], limit);
        expect(rows).toHaveLength(own.length);
        expect(rows.every((row) => !row.changed)).toBe(true);
      }),
    );
  });

  it('is the same from both sides', () => {
    fc.assert(
      fc.property(branch, branch, cellLimit, (a, b, limit) => {
        const there = alignPair(a, b, limit);
        const back = alignPair(b, a, limit).map(([right, left]) => [left, right]);
        expect(back).toEqual(there);
      }),
    );
  });
});

describe('changes by word', () => {
  const text = fc.oneof(
    fc
      .array(
        fc.oneof(word, fc.constantFrom(' ', '\n', '\r\n', '  ', '.', '修正', '👩‍💻', '\n```\n')),
        {
          maxLength: 60,
        },
      )
      .map((parts) => parts.join('')),
    fc.string({ unit: 'grapheme', maxLength: 200 }),
  );

  it('join to exactly the two texts, with the same words in common', () => {
    fc.assert(
      fc.property(text, text, (a, b) => {
        const difference = diffTexts(a, b, { timeoutMs: 10_000 });
        expect(difference?.left.map((run) => run.text).join('')).toBe(a);
        expect(difference?.right.map((run) => run.text).join('')).toBe(b);
        const common = (runs: typeof difference & object): unknown => [
          runs.left
            .filter((run) => run.kind === 'same')
            .map((run) => run.text)
            .join(''),
          runs.right
            .filter((run) => run.kind === 'same')
            .map((run) => run.text)
            .join(''),
        ];
        const [left, right] = difference ? (common(difference) as [string, string]) : ['', ''];
        expect(left).toBe(right);
        expect(difference?.left.some((run) => run.kind === 'added')).toBe(false);
        expect(difference?.right.some((run) => run.kind === 'removed')).toBe(false);
      }),
    );
  });
});

describe('the fork guard', () => {
  it('never ends on an unanswered call, and moves only when it must', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ open: fc.boolean() })),
        fc.integer({ min: -2, max: 12 }),
        (entries, at) => {
          const cut = guardCut(entries.length, (index) => entries[index]?.open === true, at);
          if (!cut.ok) {
            const inside = at >= 0 && at < entries.length;
            expect(!inside || entries.every(({ open }) => open)).toBe(true);
            return;
          }
          expect(entries[cut.at]?.open).toBe(false);
          expect(cut.movedBecause === undefined).toBe(cut.at === at);
          const passed = cut.at < at ? entries.slice(cut.at + 1, at + 1) : entries.slice(0, cut.at);
          if (cut.at !== at) expect(passed.every(({ open }) => open)).toBe(true);
        },
      ),
    );
  });
});

describe('the common ancestor', () => {
  const nodes = fc
    .array(fc.record({ parent: fc.integer({ min: -1, max: 9 }), inheritedCount: fc.nat(20) }), {
      minLength: 1,
      maxLength: 10,
    })
    .map((drafts) =>
      drafts.map(({ parent, inheritedCount }, at): LineageNode =>
        parent < 0
          ? { id: String(at), inheritedCount }
          : { id: String(at), parentId: String(parent), inheritedCount },
      ),
    );

  it('always ends, shares at most what each walk kept, and is the same from both sides on trees', () => {
    fc.assert(
      fc.property(nodes, fc.nat(9), fc.nat(9), (family, x, y) => {
        const find = (id: string): LineageNode | undefined => family[Number(id)];
        const isTree = family.every(({ parentId }, at) => Number(parentId ?? -1) < at);
        const found = commonAncestor([String(x), String(y)], find);
        if (isTree) expect(commonAncestor([String(y), String(x)], find)).toEqual(found);
        if (found && x !== y) {
          const ways = [family[x], family[y]].filter((node) => node && node.id !== found.id);
          for (const node of ways) {
            expect(found.sharedCount).toBeLessThanOrEqual(node?.inheritedCount ?? 0);
          }
        }
      }),
    );
  });
});
