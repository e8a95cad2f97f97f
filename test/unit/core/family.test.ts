import { describe, expect, it } from 'vitest';
import { inFamilyOrder } from '../../../src/core/family.ts';

const place = (id: string, parentId?: string, createdAt = 0) => ({
  id,
  createdAt,
  ...(parentId !== undefined && { parentId }),
});
const order = (...branches: readonly ReturnType<typeof place>[]): string =>
  inFamilyOrder(branches)
    .map(({ id }) => id)
    .join(' ');

describe('inFamilyOrder', () => {
  it('puts parents before their children, and siblings by age', () => {
    expect(order(place('c', 'b'), place('d', 'a', 2), place('b', 'a', 3), place('a'))).toBe(
      'a d b c',
    );
  });

  it('begins with a branch whose parent is not there, and cuts a ring', () => {
    expect(order(place('b', 'gone'), place('a'))).toBe('a b');
    expect(order(place('a', 'b', 1), place('b', 'a', 2), place('own', 'own'))).toBe('a b own');
  });
});
