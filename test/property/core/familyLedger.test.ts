/** Families of random shape: what the ledger says against the messages themselves. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { abandonedBranches } from '../../../src/core/abandoned.ts';
import { inFamilyOrder, type FamilyBranch } from '../../../src/core/family.ts';
import { familyLedger } from '../../../src/core/familyLedger.ts';

/** US dollars in eighths, which add up exactly in any order; `undefined` is an unknown price. */
const price = fc.option(
  fc.integer({ min: 0, max: 64 }).map((eighths) => eighths / 8),
  {
    nil: undefined,
  },
);
interface Said {
  readonly id: string;
  readonly tokens: number;
  readonly price: number | undefined;
}
const grown = fc.array(
  fc.record({
    /** Which of those before it is its parent, and where it leaves. */
    parent: fc.nat(),
    at: fc.nat(),
    said: fc.array(fc.record({ tokens: fc.integer({ min: 1, max: 999 }), price }), {
      maxLength: 6,
    }),
    updatedAt: fc.integer({ min: 0, max: 20_000_000 }),
    kind: fc.constantFrom('fork' as const, 'abandoned' as const),
  }),
  { minLength: 1, maxLength: 25 },
);

interface Family {
  readonly branches: readonly FamilyBranch[];
  readonly messages: ReadonlyMap<string, readonly Said[]>;
}

const family: fc.Arbitrary<Family> = grown.map((seeds) => {
  const messages = new Map<string, readonly Said[]>();
  const branches = seeds.map((seed, index): FamilyBranch => {
    const id = `s${index}`;
    const parentId = index === 0 ? undefined : `s${seed.parent % index}`;
    const inherited = messages.get(parentId ?? '') ?? [];
    const at = inherited.length === 0 ? 0 : seed.at % (inherited.length + 1);
    const own = seed.said.map((one, nth): Said => ({ id: `${id}/${nth}`, ...one }));
    messages.set(id, [...inherited.slice(0, at), ...own]);
    return {
      id,
      ...(parentId !== undefined && { parentId }),
      at,
      length: at + own.length,
      title: id,
      agent: 'multipath',
      kind: seed.kind,
      createdAt: index,
      updatedAt: seed.updatedAt,
      own: { messages: own.length, ...sum(own) },
    };
  });
  return { branches, messages };
});

function sum(said: readonly Said[]) {
  const tokens = said.reduce((all, one) => all + one.tokens, 0);
  const known = said.flatMap((one) => one.price ?? []);
  const cost = known.length === 0 ? undefined : known.reduce((all, one) => all + one, 0);
  const unpriced = said.length - known.length;
  if (unpriced > 0) return { tokens, ...(cost !== undefined && { knownCost: cost }), unpriced };
  return { tokens, ...(cost !== undefined && { cost }) };
}

it('counts every message of the family once, and its parts add up to the whole', () => {
  fc.assert(
    fc.property(family, ({ branches, messages }) => {
      const ledger = familyLedger('s0', branches);
      const all = new Map([...messages.values()].flat().map((said) => [said.id, said]));
      const truth = [...all.values()];
      expect(ledger.whole).toEqual({ messages: truth.length, ...sum(truth) });
      const each = [...messages.values()].reduce((count, said) => count + said.length, 0);
      expect(ledger.whole.messages + ledger.sharedMessages).toBe(each);
      expect(ledger.lines.map(({ sessionId }) => sessionId).sort()).toEqual(
        branches.map(({ id }) => id).sort(),
      );
    }),
  );
});

it('says of the abandoned ones what they are, of the whole, in whatever order', () => {
  fc.assert(
    fc.property(family, fc.array(fc.nat(), { minLength: 25 }), ({ branches, messages }, dice) => {
      const marked = (all: readonly FamilyBranch[]): FamilyBranch[] => {
        const given = abandonedBranches(all, []);
        return all.map((one) => (given.has(one.id) ? { ...one, abandoned: true } : one));
      };
      const ledger = familyLedger('s0', marked(branches));
      const given = ledger.lines.filter(({ abandoned }) => abandoned === true);
      expect(ledger.abandonedCount).toBe(given.length);
      const ids = new Set(given.map(({ sessionId }) => sessionId));
      expect(ids.has('s0')).toBe(false);
      const own = branches
        .filter(({ id }) => ids.has(id))
        .flatMap(({ id, at }) => (messages.get(id) ?? []).slice(at));
      expect(ledger.abandoned).toEqual({ messages: own.length, ...sum(own) });
      expect(ledger.abandoned.tokens).toBeLessThanOrEqual(ledger.whole.tokens);

      const shuffled = branches
        .map((branch, nth) => ({ branch, at: dice[nth] ?? 0 }))
        .sort((a, b) => a.at - b.at)
        .map(({ branch }) => branch);
      const again = familyLedger('s0', marked(inFamilyOrder(shuffled)));
      expect(again.whole).toEqual(ledger.whole);
      expect(again.abandoned).toEqual(ledger.abandoned);
    }),
  );
});
