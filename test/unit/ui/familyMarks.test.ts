import { describe, expect, it } from 'vitest';
import type { FamilyBranch, FamilyGraph } from '../../../src/core/family.ts';
import { FamilyMarks } from '../../../src/ui/tree/familyMarks.ts';

function graph(
  rootId: string,
  marks: Readonly<Record<string, Partial<FamilyBranch>>>,
): FamilyGraph {
  const branches = Object.entries(marks).map(([id, mark]): FamilyBranch => ({
    id,
    at: 0,
    length: 1,
    title: id,
    agent: 'multipath',
    kind: 'fork',
    createdAt: 0,
    updatedAt: 0,
    own: { messages: 1, tokens: 0 },
    ...mark,
  }));
  return { rootId, branches, merges: [], total: branches.length };
}

function setUp() {
  const asked: string[] = [];
  const families = new Map([['root', graph('root', { root: {}, a: { merged: true }, b: {} })]]);
  const store = {
    getFamilyGraph: (id: string) => {
      asked.push(id);
      const family = [...families.values()].find(({ branches }) =>
        branches.some((branch) => branch.id === id),
      );
      return family ? Promise.resolve(family) : Promise.reject(new Error('gone'));
    },
  };
  return { asked, families, marks: new FamilyMarks(store) };
}

describe('FamilyMarks', () => {
  it('asks for a family once, whichever of it is unfolded', async () => {
    const { asked, marks } = setUp();
    expect(marks.of('a')).toBeUndefined();
    expect(await marks.load('root')).toEqual(['a']);
    expect(await marks.load('b')).toEqual([]);
    expect(asked).toEqual(['root']);
    expect(marks.of('a')).toEqual({ merged: true });
    expect(marks.of('b')).toEqual({});
  });

  it('asks again once something of it changed, and says whose marks are others', async () => {
    const { families, marks } = setUp();
    await marks.load('root');
    expect(marks.changed(['stranger'])).toEqual([]);
    families.set('root', graph('root', { root: {}, a: {}, b: { score: 81, best: true } }));
    expect(marks.changed(['b'])).toEqual(['root']);
    expect(marks.of('a')).toEqual({ merged: true });
    expect(await marks.load('root')).toEqual(['a', 'b']);
    expect(marks.of('b')).toEqual({ score: 81, best: true });
  });

  it('keeps few families, and forgets all when anything may have changed', async () => {
    const { families, asked, marks } = setUp();
    await marks.load('root');
    for (let at = 0; at < 60; at++) {
      families.set(`r${at}`, graph(`r${at}`, { [`r${at}`]: {} }));
      await marks.load(`r${at}`);
    }
    expect(marks.of('a')).toBeUndefined();
    marks.clear();
    await marks.load('r59');
    expect(asked.filter((id) => id === 'r59')).toHaveLength(2);
  });
});
